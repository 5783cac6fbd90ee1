"""The base of the lists about one container, such as its snapshots: who it is and what is known of it stand above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.widget import Widget

from proximity_tui.core.fleet import GuestRow
from proximity_tui.core.model import Container
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.presentation.ages import read_a_while_ago
from proximity_tui.screens.text.lines import HangingLine, Lines, Piece
from proximity_tui.widgets.background_work import in_turn


class ContainerList(ListScreen):
    """A list about one container, read when it opens, on request, and after operations.

    A subclass reads it, and words the second line.
    """

    DEFAULT_CSS = "ContainerList #heading { padding: 0 1; }"
    AFTER_OPERATIONS: ClassVar[bool] = True
    """Whether an operation of anybody on the container that began or ended makes another reading due."""

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self.container_id = container_id
        self.container: Container | None = None
        self.trouble: str | None = None
        """Why nothing could be read."""
        self._seen_at: datetime | None = None
        """When what is shown was read."""
        self._read_at: tuple[int | None, int | None] | None = None
        """The version of the record, and the operation that held it, when the list was read last; None before that."""

    async def read_list(self, container: Container) -> str | None:
        """Read the list; return why that cannot be done, else None. Raises StoreError and ProxmoxError."""
        raise NotImplementedError

    def summary(self) -> Sequence[Piece]:
        """Return what is known of the container, as the second line."""
        raise NotImplementedError

    def heading(self) -> Sequence[Piece]:
        """Return the container, as the first line, or why there is nothing to say of it yet."""
        if self.container is None:
            return [(f"{self.trouble or 'Reading the record.'}", "bad" if self.trouble else "dim")]
        return [(self.container.label, "accent"), (f", cluster {self.container.cluster}", "normal")]

    def read_at(self, entry: Listed, at: Moment) -> datetime | None:
        """Return when the list was read."""
        return self._seen_at

    def content(self) -> Iterable[Widget]:
        """Yield both lines above the list."""
        yield Lines(id="heading")
        yield Lines(id="summary")
        yield from super().content()

    def guest_row(self) -> GuestRow | None:
        """Return the container of this screen."""
        return self.view.row(self.container_id)

    async def on_mount(self) -> None:
        """Read again when anything that was begun here has ended: while its dialog lay on top, no view was shown."""
        self.controller.finished.subscribe(self, lambda _: self.read())

    def do_refresh(self) -> None:
        """Poll the cluster, and read the list again."""
        super().do_refresh()
        self.read()

    def show(self, view: View) -> None:
        """Show the list; read it at first, and again where an operation makes that due."""
        super().show(view)
        if self._read_at is None or (self.AFTER_OPERATIONS and self._place_in(view) != self._read_at):
            self.read()

    def read(self) -> None:
        """Start to read the record and the list in the background; both are shown then."""
        self._read_at = self._place_in(self.view)
        in_turn(self, self._read, group="list")

    async def _read(self) -> None:
        now = self.controller.clock.now()
        try:
            self.container = await self.controller.ask(records.get, self.container_id)
            self.trouble = await self.read_list(self.container)
        except (StoreError, ProxmoxError) as error:
            self.trouble = str(error)
        if self.trouble is None:
            self._seen_at = now
        self._show_what_was_read()

    def _place_in(self, view: View) -> tuple[int | None, int | None]:
        """Return where the record is in its history: what a begun or ended operation changes."""
        row = view.row(self.container_id)
        if row is None or row.container is None:
            return None, None
        return row.container.version, row.operation.id if row.operation is not None else None

    @unless_unmounted
    def _show_what_was_read(self) -> None:
        super().show(self.view)
        self.query_one("#heading", Lines).set_text([self.heading()])
        self._show_summary()
        self.show_keys()

    def tick(self) -> None:
        """Update the ages, also that of what is shown."""
        super().tick()
        self._show_summary()

    @unless_unmounted
    def _show_summary(self) -> None:
        pieces = [*self._age(), *self.summary()]
        self.query_one("#summary", Lines).set_text([HangingLine(pieces, 1)] if pieces else [])

    def _age(self) -> Sequence[Piece]:
        """Return how old what is shown is, unless it was read just now: nothing reads it again by itself."""
        age = read_a_while_ago(self._seen_at, self.controller.clock.now())
        return [(f" {age}", "warn")] if age else ()
