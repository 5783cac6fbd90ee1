"""A view of more lines than have room, whose number lays no screen out again, and its bar for scrolling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from rich.color import Color
from rich.style import Style
from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from proximity_tui.widgets.own_lines import OwnLines

NO_COLOR = Color.default()


class Bar(ScrollBar, OwnLines):
    """An upright bar for scrolling. Nearly all of its lines are alike, and made once."""

    def own_lines(self, lines: Sequence[int]) -> Iterator[Strip]:
        """Return lines of the bar."""
        bar = cast(ScrollBarRender, self.render())
        style = cast(Style, bar.style)
        pieces = bar.render_bar(
            size=self.size.height,
            virtual_size=bar.virtual_size,
            window_size=bar.window_size,
            position=bar.position,
            thickness=bar.thickness,
            back_color=style.bgcolor or NO_COLOR,
            bar_color=style.color or NO_COLOR,
        ).segments
        base = self.rich_style
        made = {piece: Strip([piece], bar.thickness).apply_style(base) for piece in set(pieces)}
        return (made[pieces[y]] for y in lines)


class LongView(ScrollView):
    """A scroll view that has its own size from its screen, however many lines there are."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))
    """The size of all lines."""

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The bar, made when it is first asked for, as Textual makes its own."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = Bar(vertical=True, name="vertical", thickness=self.scrollbar_size_vertical)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)
        return self._vertical_scrollbar

    def set_virtual_size(self, size: Size) -> None:
        """Set the size of all lines, and do what Textual does with one when it lays out: the bar shows it, and nothing
        is scrolled further than it reaches. The screen is laid out only where the bar comes or goes.
        """
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)
            if self._vertical_scrollbar is not None:
                # While it is hidden it is told of no move: it would stand elsewhere when it comes back.
                self._vertical_scrollbar.position = self.scroll_y
