"""The compositor of a screen, which has of each widget only those lines drawn that are to be painted and can be seen.

Textual 8.2.8 has every widget between the first and the last changed line drawn whole, and those behind them as well:
five hundred lines for a key that changes three.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import cast

from textual._compositor import ChopsUpdate, Compositor, CompositorMap, ReflowResult
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

Span = tuple[int, int, int]
"""A line of the screen, the first of its columns, and the one behind the last."""


class LeanCompositor(Compositor):
    """A compositor for one screen."""

    def __init__(self) -> None:
        super().__init__()
        self._laid_out: CompositorMap = {}
        """Where each widget was when the screen was laid out last."""

    def clear(self) -> None:
        """Let go of the widgets of a closed screen."""
        super().clear()
        self._laid_out = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay the screen out; return which widgets are hidden, shown and resized. Each is told its sizes here: when the
        screen tells them, Textual lays everything out a second time, because what can be scrolled changed with them.
        """
        # Textual, asked after a scroll where a widget is, takes the new places as laid out. Whatever came meanwhile
        # would be neither painted nor told that it is shown.
        self._full_map = self._laid_out
        result = super().reflow(parent, size)
        self._laid_out = self._full_map
        for widget, place in self._full_map.items():
            # A scroll view knows by itself how much it has to show.
            if not isinstance(widget, ScrollView):
                widget._size_updated(place.region.size, place.virtual_size, place.container_size, layout=False)
        return result

    def render_partial_update(self) -> ChopsUpdate | None:
        """Return what is to be painted again; None for nothing."""
        spans = list(self._regions_to_spans(self._dirty_regions))
        self._dirty_regions.clear()
        if not spans:
            return None
        return ChopsUpdate(self._drawn(spans), spans, [cuts[1:] for cuts in self.cuts])

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        lines = [y for y in crop.line_range if is_rendered_line(y)]
        return cast("Sequence[Mapping[int, Strip]]", self._drawn([(y, *crop.column_span) for y in lines]))

    def _drawn(self, spans: Iterable[Span]) -> Sequence[Mapping[int, Strip | None]]:
        """Return what is shown of each line where it is cut by the edges of widgets; None outside of the spans."""
        cuts = self.cuts
        missing = _missing(cuts, spans)
        drawn: list[dict[int, Strip | None]] = [
            dict.fromkeys(line[:-1]) if y in missing else {} for y, line in enumerate(cuts)
        ]
        # What is in front comes first.
        for widget, (region, clip) in self.visible_widgets.items():
            place = region.intersection(clip)
            lines = _missing_in(place, missing)
            if not lines:
                continue
            begin = min(map(min, lines.values()))
            end = max(cuts[y][bisect_right(cuts[y], max(columns))] for y, columns in lines.items())
            for first, behind in _runs(lines):
                # What is missing in one line may begin where another line is not cut.
                strips = widget.render_lines(Region(begin - region.x, first - region.y, end - begin, behind - first))
                for y, strip in enumerate(strips, first):
                    _fill(drawn[y], missing[y], [begin, *(cut for cut in cuts[y] if begin < cut <= end)], strip)
        return drawn


def _missing(cuts: Sequence[Sequence[int]], spans: Iterable[Span]) -> dict[int, set[int]]:
    """Return, for each line in its order, the cuts at which something of the spans begins."""
    missing: dict[int, set[int]] = {}
    for y, begin, end in spans:
        line = cuts[y]
        found = {x for x, behind in pairwise(line) if x < end and behind > begin}
        missing.setdefault(y, set()).update(found)
    return missing


def _missing_in(place: Region, missing: Mapping[int, set[int]]) -> dict[int, list[int]]:
    """Return, for each line of a place in which something is missing, at which cuts."""
    (left, right), (top, bottom) = place.column_span, place.line_span
    found = ((y, [x for x in columns if left <= x < right]) for y, columns in missing.items() if top <= y < bottom)
    return {y: columns for y, columns in found if columns}


def _runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first of each run of neighbours, and the line behind its last."""
    first = end = -1
    for y in lines:
        if y != end:
            if first < end:
                yield first, end
            first = y
        end = y + 1
    if first < end:
        yield first, end


def _fill(line: dict[int, Strip | None], missing: set[int], cuts: Sequence[int], strip: Strip) -> None:
    """Put into a line what is missing of it, out of a strip that begins at the first of these cuts."""
    for cut, piece in zip(cuts, strip.divide([cut - cuts[0] for cut in cuts[1:]]), strict=False):
        if cut in missing:
            line[cut] = piece
            missing.discard(cut)
