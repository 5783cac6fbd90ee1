"""A widget that makes its lines itself and keeps those that look the same.

Textual 8.2.8 lays out, measures and styles each line of a widget whenever it is painted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class OwnLines(Widget):
    """The base of a widget whose lines are as wide as the widget. With a border or padding Textual draws them."""

    def own_lines(self, lines: Sequence[int]) -> Iterable[Strip]:
        """Return these lines. One that was drawn before is the same object: what follows from it is kept with it."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines as Textual requests them."""
        if self.styles.gutter:
            return super().render_lines(crop)
        return self.as_painted(self.own_lines(crop.line_range), crop.column_span)

    def as_painted(self, strips: Iterable[Strip], columns: tuple[int, int]) -> list[Strip]:
        """Return the cells of lines in these columns, as the filters of the App leave them."""
        background, filters = self.background_colors[1], self.get_line_filters()
        painted = []
        for strip in strips:
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            painted.append(strip.crop(*columns))
        return painted
