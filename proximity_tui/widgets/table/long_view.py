"""A view of more lines than have room, whose number lays no screen out again."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.scroll_view import ScrollView


class LongView(ScrollView):
    """A scroll view that has its own size from its screen, however many lines there are."""

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))
    """The size of all lines."""

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
