"""The base of the lists about one container, such as its snapshots: who it is and what is known of it stand above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from proximity_tui.core.fleet import GuestRow
from proximity_tui.core.model import Container
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.list_screen import ListScreen
from proximity_tui.screens.text.lines import Line, Piece


class ContainerList(ListScreen):
    """A list about one container, read when it opens and on request. A subclass reads it, and words both lines."""

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self._container_id = container_id
        self._trouble: str | None = None
        """Why nothing could be read."""

    def read(self) -> object:
        """Start to read the list in the background; `show_what_was_read` shows it."""
        raise NotImplementedError

    def heading(self) -> Sequence[Piece]:
        """Return the container, as the first line."""
        raise NotImplementedError

    def summary(self) -> Sequence[Piece]:
        """Return what is known of it, as the second line."""
        raise NotImplementedError

    def content(self) -> Iterable[Widget]:
        """Yield both lines above the list."""
        yield Line(id="heading")
        yield Line(id="summary")
        yield from super().content()

    def guest_row(self) -> GuestRow | None:
        """Return the container of this screen."""
        return self.view.row(self._container_id)

    def on_mount(self) -> None:
        """Read the list."""
        self.read()

    def do_refresh(self) -> None:
        """Poll the cluster, and read the list again."""
        super().do_refresh()
        self.read()

    @unless_unmounted
    def show_what_was_read(self) -> None:
        """Show the list and both lines."""
        super().show(self.view)
        self.query_one("#heading", Line).set_text(self.heading())
        self.query_one("#summary", Line).set_text(self.summary())
        self.show_keys()


def named(container: Container) -> list[Piece]:
    """Return who a list is about: `web1 (CT 101 on pve1), cluster lab`."""
    return [(f" {container.label}", "accent"), (f", cluster {container.cluster}", "normal")]
