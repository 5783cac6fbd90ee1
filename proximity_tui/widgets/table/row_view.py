"""The drawing of a list of rows line by line; only changed lines are drawn again.

It knows no keys and sends no messages: `row_table` adds those.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from proximity_tui.core.base.advised_commands import as_called
from proximity_tui.widgets.glyphs import Glyphs
from proximity_tui.widgets.own_lines import OwnLines
from proximity_tui.widgets.table.columns import Column, arrange
from proximity_tui.widgets.table.long_view import LongView
from proximity_tui.widgets.table.row_line import (
    GUTTER,
    RowState,
    StyledLine,
    StyledPiece,
    header_style,
    sentence_style,
)
from proximity_tui.widgets.table.row_lines import RowLines
from proximity_tui.widgets.table.row_list import RowList
from proximity_tui.widgets.theme import STYLES, tone_css

MOST_STRIPS = 500
"""How many lines are kept as Textual draws them: some pages."""


class RowView(LongView, OwnLines):
    """A header line, and below it the visible part of `rows`."""

    DEFAULT_CSS = """
    RowView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .row-view--header { text-style: bold; color: $text-muted; }
        TONES
        & > .row-view--cursor { background: $block-cursor-background; text-style: bold; }
        &:ansi > .row-view--cursor { color: $foreground; background: $background; text-style: reverse; }
        &:ansi > .row-view--dim { text-style: dim; }
    }
    """.replace("TONES", " ".join(f"& > .row-view--{tone} {{ {tone_css(tone)} }}" for tone in STYLES))
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row-view--{part}" for part in ("header", "cursor", *STYLES)}

    def __init__(
        self,
        columns: Sequence[Column],
        rows: RowList,
        signs: Glyphs,
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.rows = rows
        self.signs = signs
        self.placed = arrange(self.columns, 0)
        self._sentence = ""
        self._sentence_style: list[StyledLine] = []
        self._painted: dict[int, StyledLine] = {}
        self._lines = RowLines(signs)
        self._strips: dict[StyledLine, Strip] = {}
        """Lines as Textual draws them, in the present colours and width."""
        self._styles_of: dict[tuple[str, bool], Style] = {}
        self._widths = (0, 0)
        """The cells of a row, and of the table with its bar for scrolling, for which the columns were laid out."""
        self._cursor_in_view = True

    @property
    def empty(self) -> str:
        """The sentence shown where there are no rows: the reason, in words that a person can act on."""
        return self._sentence

    @empty.setter
    def empty(self, sentence: str) -> None:
        shown = as_called(sentence)
        if shown != self._sentence:
            self._sentence = shown
            self._wrap_sentence()
            self._paint_changes()

    @property
    def page(self) -> int:
        """The number of visible rows."""
        return max(0, self.scrollable_content_region.height - 1)

    def set_columns(self, columns: Sequence[Column]) -> bool:
        """Replace the columns, and return True: rows with cells for them must follow."""
        self.columns = tuple(columns)
        self.placed = arrange(self.columns, self._width - GUTTER)
        self._painted.clear()
        self._lines.forget(frozenset())
        return True

    def changed(self, *, reveal: bool = False, cells: bool = True) -> None:
        """Paint a change of `rows`, after each one; `reveal` scrolls to a cursor that is out of view. Without `cells`
        every row says what it said: only cursor, marks, order or filter changed.
        """
        if cells:
            self._lines.forget(self.keys_in_sight())
        self.set_virtual_size(Size(self._width, len(self.rows.shown) + 1))
        if reveal or self._cursor_in_view:
            self._reveal_cursor()
        self._paint_changes()

    def keys_in_sight(self) -> frozenset[str]:
        """Return the keys of the rows that are visible."""
        top = self.scroll_offset.y
        return frozenset(row.key for row in self.rows.shown[top : top + self.page])

    def forget_out_of_sight(self) -> None:
        """Make the lines of rows again that come into view: their cells may have changed."""
        self._lines.forget_others(self.keys_in_sight())

    def look_of(self, y: int) -> StyledLine:
        """Return the present content of line `y`, whatever was drawn there."""
        if y == 0:
            return header_style(self.placed, self.rows.sorting, self.signs)
        if not self.rows.shown:
            return self._sentence_style[y - 1] if y <= len(self._sentence_style) else ()
        place = self.place_at(y)
        if place is None:
            return ()
        row = self.rows.shown[place]
        return RowLines(self.signs).line(row, self.placed, self._width, self._state_of(row.key))

    def make_ahead(self, step: int) -> None:
        """Make the line of one row that the scroll shows which keys in this direction come to. A scroll by half a page
        comes after as many keys, so that it finds every line made.
        """
        half = self.page // 2
        place = self.rows.place + (self.page - half if step > 0 else -half - 1)
        if 0 <= place < len(self.rows.shown):
            row, width = self.rows.shown[place], self._width
            line = self._lines.line(row, self.placed, width, self._state_of(row.key))
            self.as_painted((self._strip(line),), (0, width))

    def place_at(self, y: int) -> int | None:
        """Return the row on line `y` of the content; None for the header and below the last row."""
        place = y - 1 + self.scroll_offset.y
        return place if y > 0 and place < len(self.rows.shown) else None

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the content, as Textual requests it for a table with a border."""
        return next(self.own_lines((y,)))

    def own_lines(self, lines: Sequence[int]) -> Iterator[Strip]:
        """Return lines of the content. One is the same wherever it stands: a scroll costs what came into view."""
        for y, line in zip(lines, self._known_lines(lines), strict=True):
            self._painted[y] = line
            yield self._strip(line)

    def on_resize(self, event: events.Resize) -> None:
        before, self._widths = self._widths, (self._width, self.outer_size.width)
        is_as_wide = before == self._widths
        if not is_as_wide:
            self.placed = arrange(self.columns, self._width - GUTTER)
            self._strips.clear()
            self._painted.clear()
            self.refresh()
        self._wrap_sentence()
        self.changed(cells=not is_as_wide)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._note_where_the_cursor_is()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of.clear()
        self._strips.clear()

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def _strip(self, line: StyledLine) -> Strip:
        strip = self._strips.get(line)
        if strip is None:
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            segments = [Segment(piece.text, self._style_of(piece)) for piece in line]
            strip = Strip(segments).adjust_cell_length(self.outer_size.width, self._style_of(StyledPiece("")))
            self._strips[line] = strip
        return strip

    def _paint_changes(self) -> None:
        """Request from Textual only the lines that changed since they were drawn."""
        width, painted, visible = self._width, self._painted, range(self.page + 1)
        known = zip(visible, self._known_lines(visible), strict=True)
        if lines := [y for y, line in known if painted.get(y) != line]:
            self.refresh(*(Region(0, y, width, 1) for y in lines))

    def _known_lines(self, lines: Iterable[int]) -> Iterator[StyledLine]:
        """Yield what `look_of` returns of these lines, made once for each row and appearance. Where the table is and
        how wide is asked once for all of them: Textual works it out each time.
        """
        shown, top, width = self.rows.shown, self.scroll_offset.y, self._width
        for y in lines:
            place = y - 1 + top
            if y > 0 and place < len(shown):
                row = shown[place]
                yield self._lines.line(row, self.placed, width, self._state_of(row.key))
            else:
                yield self.look_of(y)

    def _state_of(self, key: str) -> RowState:
        cursor = key == self.rows.cursor
        return RowState(key in self.rows.marks, cursor, cursor and self.rows.gone)

    def _reveal_cursor(self) -> None:
        """Scroll by half pages at the edges: a scrolled view is painted whole, so it should happen seldom."""
        place, top, page = self.rows.place, self.scroll_offset.y, self.page
        if not top <= place < top + page:
            self.scroll_to(y=max(0, place - page // 2), animate=False, force=True)
        self._note_where_the_cursor_is()

    def _note_where_the_cursor_is(self) -> None:
        # Somebody who scrolled away from the cursor must not be pulled back by a refresh.
        self._cursor_in_view = 0 <= self.rows.place - self.scroll_offset.y < max(1, self.page)

    def _wrap_sentence(self) -> None:
        self._sentence_style = sentence_style(self._sentence, self._width, self.page)

    def _style_of(self, piece: StyledPiece) -> Style:
        known = self._styles_of.get(piece[1:])
        if known is None:
            known = self.rich_style
            if piece.tone != "normal":
                known += self.get_component_rich_style(f"row-view--{piece.tone}", partial=True)
            if piece.cursor:
                known += self.get_component_rich_style("row-view--cursor", partial=True)
            self._styles_of[piece[1:]] = known
        return known
