"""The page of a container: overview, live figures, clinical record, events, tasks. It shows; its dialogs act."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.engine.observe.drift_check import compare_with_record
from proximity_tui.core.fleet import GuestRow
from proximity_tui.core.model import Container, Event, GuestDetail, GuestLookup, Match
from proximity_tui.core.model.config_revision import ConfigRevision
from proximity_tui.core.model.guests.guest_snapshot import SnapshotList
from proximity_tui.core.model.guests.probe_result import PortObservation
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import clinical_records, port_observations, records
from proximity_tui.core.store.records.clinical_records import Revision
from proximity_tui.core.store.revisions import revisions
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.container.clinical_lines import clinical_lines
from proximity_tui.screens.container.live import GuestLocation
from proximity_tui.screens.container.page_tabs import LIVE, TASKS, TabbedPage
from proximity_tui.screens.container.sections import (
    config_lines,
    event_lines,
    inspection_lines,
    observed_port_lines,
    overview_lines,
)
from proximity_tui.screens.container.shell import open_shell
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.presentation.container_cells import NO_CONFIG, ONLY_GONE, may_be_gone
from proximity_tui.screens.text.lines import Piece, TextLine
from proximity_tui.widgets.background_work import in_background, in_turn

EVENTS = 200


class ContainerScreen(TabbedPage):
    """The page of one record, also after it was closed."""

    SCREEN_ID = ScreenId.CONTAINER
    TABS = ("overview", LIVE, "clinical", "events", TASKS)
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.CONTAINER)]

    def __init__(self, container_id: int, *, at_tasks: bool = False) -> None:
        super().__init__(at_tasks=at_tasks)
        self._record_id = container_id
        self._record: Container | None = None
        self._trouble: str | None = None
        self._reveal = False
        self._compared = False
        self._seen: GuestLookup | None = None
        self._snapshots: SnapshotList | None = None
        self._revision: Revision | None = None
        self._observed: tuple[PortObservation, ...] = ()
        self._config: ConfigRevision | None = None
        self._events: tuple[Event, ...] = ()

    @property
    def location(self) -> GuestLocation | None:
        """The location where its guest is, as the record has it; until that is read, as the list has it."""
        found = self._record or self.guest_row()
        if found is None or found.vmid is None or found.node is None:
            return None
        return GuestLocation(found.cluster, found.node, found.vmid)

    @property
    def record_id(self) -> int:
        """The record of this page."""
        return self._record_id

    def guest_row(self) -> GuestRow | None:
        """Return the container of this page, unless its record is closed."""
        return self.view.row(self._record_id)

    def show(self, view: View) -> None:
        """Show the view, and read the record again."""
        self.add_reading()
        in_turn(self, self._read, group="record")
        self.redraw()

    def do_delete(self) -> None:
        """Open the soft/hard dialog."""
        self.app.routes.open_delete([self._record_id])

    def do_power(self) -> None:
        """Open the power dialog."""
        self.app.routes.open_power([self._record_id])

    def do_edit(self) -> None:
        """Open the form that changes its settings."""
        self.app.routes.open_edit([self._record_id])

    def do_probe(self) -> None:
        """Open the dialog that probes its ports."""
        self.app.routes.open_probe([self._record_id])

    def do_migrate(self) -> None:
        """Open the form that moves it to another node."""
        self.app.routes.open_migrate(self._record_id)

    def do_clone(self) -> None:
        """Open the form for a clone."""
        self.app.routes.open_clone(self._record_id)

    def do_raw(self) -> None:
        """Show the config as Proxmox has it, and the differences."""
        if self._record is not None and self._record.vmid is not None:
            self.app.routes.open_raw(self._record.cluster, self._record.vmid, self._record_id)
        else:
            self.app.show_message(NO_CONFIG, bad=True)

    def do_drift(self) -> None:
        """Open the revisions of its config."""
        self.app.routes.open_drift(self._record_id)

    def do_snapshots(self) -> None:
        """Open its snapshots."""
        self.app.routes.open_snapshots(self._record_id)

    def do_explain(self) -> None:
        """Explain what is concluded of the container, also after its record was closed."""
        self.app.routes.open_explain(self._record_id)

    def do_backups(self) -> None:
        """Show the backups of the container, also after its record was closed."""
        self.app.routes.open_backups(self._record_id)

    def do_undo(self) -> None:
        """Ask whether what was done last with the container is to be taken back, also after its record was closed."""
        self.app.routes.open_undo(container=self._record_id)

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that do not apply: what is gone is restored, what is closed is not changed."""
        closed = keys.OF_AN_OPEN_RECORD if self._record is not None and self._record.is_tombstone else frozenset()
        return super().idle_commands() | closed | (frozenset() if self._is_gone else {"restore"})

    def do_restore(self) -> None:
        """Open the dialog that brings it back from a backup."""
        if self._is_gone:
            self.app.routes.open_restore(self._record_id)
        else:
            self.app.show_message(ONLY_GONE)

    @property
    def _is_gone(self) -> bool:
        return self._record is not None and may_be_gone(self._record)

    def do_shell(self) -> None:
        """Leave the screen for a shell in the container."""
        if self._record is not None:
            open_shell(self.app, self._record.cluster, self._record.node, self._record.vmid)

    def do_reveal(self) -> None:
        """Show values that may be secret, or mask them again."""
        self._reveal = not self._reveal
        self.redraw()

    def do_watch(self) -> None:
        """Watch the operation that is under way, in whichever process."""
        row = self.view.row(self._record_id)
        if row is None or row.operation is None:
            self.app.show_message("No operation is in progress.")
        else:
            self.app.push_screen(ProgressDialog(row.operation.plan, operation_id=row.operation.id))

    def do_refresh(self) -> None:
        """Poll the cluster, inspect the container, and read the tasks again."""
        super().do_refresh()
        in_background(self, self._compare, exclusive=True, group="compare")
        self.read_tasks()

    async def _read(self) -> None:
        try:
            self._record = await self.controller.ask(records.get, self._record_id)
            self._events = await self.controller.ask(events.list_events, container=self._record_id, limit=EVENTS)
            self._revision = await self.controller.ask(clinical_records.latest, self._record_id)
            self._observed = await self.controller.ask(port_observations.of_container, self._record_id)
            self._config = await self.controller.ask(revisions.last, self._record_id)
            self._trouble = None
        except StoreError as error:
            self._trouble = str(error)
        if not self._readings:
            self.add_reading()
        if self._record is not None and not self._compared:
            self._compared = True
            in_background(self, self._compare, exclusive=True, group="compare")
        self.redraw()

    async def _compare(self) -> None:
        """Inspect the whole config, so that this page and every list know the drift; the view brings the number."""
        record = self._record
        if record is None or record.is_tombstone:
            return
        inspect = self.controller.context.engine.inspect
        self._seen = await self.controller.ask(inspect, record, backups=True)
        if isinstance(self._seen, GuestDetail) and judge(record, self._seen, self._seen.taken_at).match is Match.SAME:
            self.controller.remember_config(f"c{record.id}", self._seen.config)
        with suppress(StoreError):
            # What keeps the database from answering is said by everything that reads it.
            remember, rules = self.controller.read_only is None, self.controller.context.settings.drift
            await self.controller.ask(compare_with_record, record, self._seen, remember=remember, rules=rules)
        self.redraw()
        if isinstance(self._seen, GuestDetail):
            await self._count_snapshots(self._seen)

    async def _count_snapshots(self, seen: GuestDetail) -> None:
        """Read the snapshots of a guest that has some by its config: only then it is one more request."""
        client = self.controller.context.clients.get(seen.cluster)
        if client is None or "parent" not in (seen.config or {}):
            return
        # Without them the line says less; the screen of snapshots says why.
        with suppress(ProxmoxError):
            self._snapshots = await self.controller.ask(client.snapshots, seen.node, seen.vmid)
            self.redraw()

    def heading(self) -> list[Piece]:
        """Return the name, the cluster, and the trouble with the database."""
        if self._record is None:
            return [(self._trouble or "Reading the record.", "bad" if self._trouble else "dim")]
        pieces: list[Piece] = [(self._record.label, "accent"), (f", cluster {self._record.cluster}", "normal")]
        if self._record.is_tombstone:
            pieces.append(("  CLOSED", "warn"))
        return [*pieces, (f"  {self._trouble}", "bad")] if self._trouble else pieces

    def text(self) -> list[TextLine]:
        """Return the text of the current tab."""
        record, now = self._record, self.controller.clock.now()
        if record is None:
            return []
        texts: dict[str, Callable[[], list[TextLine]]] = {
            "overview": lambda: [
                *overview_lines(record, self.view.row(record.id), self.view, now, self.controller.context.owner),
                *observed_port_lines(self._observed, now),
                *inspection_lines(record, self._seen, self._snapshots, now),
                *config_lines(self._config, now),
            ],
            "live": self.live_text,
            "clinical": lambda: clinical_lines(self._revision, reveal=self._reveal),
            "events": lambda: event_lines(self._events),
        }
        return texts[self.tab]()
