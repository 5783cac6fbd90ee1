"""The restore dialog: the plan for the newest backup of a lost container, the other backups, and the typed name.

It reads when it opens. Another backup makes another plan; the confirmed one goes to the engine and is then watched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from proximity_tui.core.doctrine.actions.restore.recreating import RecreateRequest
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.doctrine.guards.checks import is_typed
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import BackupList, Container, Plan, Refusal, RefusalCode, StepName
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.operation.plan_dialogs import StartsTypedPlan
from proximity_tui.screens.restore.place_form import CHOSEN, PlaceDialog, PlaceForm
from proximity_tui.screens.restore.restore_text import (
    backup_words,
    chosen_backup,
    gap_lines,
    heading,
    list_lines,
    made_at,
    plan_lines,
)
from proximity_tui.screens.text.lines import Lines
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton

MOST_LISTED = 20
"""How many backups can be chosen here; `restore --list` has all of them."""


class RestoreDialog(StartsTypedPlan):
    """A dialog that restores one container, and becomes its progress view."""

    DEFAULT_CSS = """
    RestoreDialog {
        & > DialogBox { width: 110; }
        & #restore-backups { height: auto; }
    }
    """
    AUTO_FOCUS = "#restore-cancel"
    GO = "#restore-go"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+s", "toggle_start", "Start", priority=True, tooltip="Start it afterwards, or not."),
        Binding("alt+e", "toggle_empty", "Empty", priority=True, tooltip="Plan an empty one, without a backup."),
        Binding(
            "alt+p",
            "choose_place",
            "Place",
            priority=True,
            tooltip="Choose another place, bridge or pool.",
        ),
        Binding("alt+g", "agree", "Another guest", priority=True, tooltip="Agree to a backup of another guest."),
        *MOVES_FOCUS,
    ]

    def __init__(self, record_id: int, backup: str | None = None) -> None:
        """`backup` is the volume id to begin with; None: the newest one of the container."""
        super().__init__()
        self._record_id = record_id
        self._request = RestoreRequest(backup=backup)
        self._record: Container | None = None
        self._found: BackupList | None = None
        self._empty = False
        """Whether an empty container is to be made as the clinical record says, without a backup."""

    def compose_body(self) -> ComposeResult:
        """Yield the plan, the backups, and what could not be seen."""
        yield Lines(id="restore-plan")
        yield Lines(id="restore-count")
        yield Vertical(id="restore-backups")
        yield Lines(id="restore-gaps")

    def compose_foot(self) -> ComposeResult:
        """Yield the field for the confirmation."""
        yield TypedRow("restore-name")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Restore."""
        yield LineButton("Cancel", id="restore-cancel")
        yield LineButton("Restore", id="restore-go", agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Read the record and its backups, and plan."""
        self.set_interval(1.0, self._show)
        self.action_read_again()

    def action_read_again(self) -> None:
        self._planned, self._began = None, self.app.controller.clock.now()
        self._show()
        self.begin_inspection(self._open)

    @property
    def followed(self) -> tuple[int, ...]:
        return (self._record_id,)

    def action_toggle_start(self) -> None:
        """Start it afterwards, or leave it stopped."""
        if isinstance(self._planned, Plan):
            starts = any(step.name is StepName.START for step in self._planned.steps)
            self._plan_with(start=not starts, backup=chosen_backup(self._planned))

    def action_toggle_empty(self) -> None:
        """Plan an empty container, without a backup; or a restore again."""
        self._empty = not self._empty
        self._plan_with(start=None)

    def action_choose_place(self) -> None:
        """Ask for another VMID, node or storage, and for another network."""
        record, found = self._record, self._found
        if record is None or found is None or self._begun:
            return
        chosen = chosen_backup(self._planned) or self._request.backup
        nodes = next((one.nodes for one in found.found if one.volid == chosen), None)
        where = None if self._empty else nodes
        unique = frozenset({"unique"} if self._request.unique else ())
        form = PlaceForm(record.name, self._request, self._make_plan, record.cluster, where, self._empty, unique)
        self.app.push_screen(PlaceDialog(form, self._take_place))

    def action_agree(self) -> None:
        """Agree to a backup of another guest."""
        if self._is_of_another_guest:
            self._plan_with(other_guest=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for what would do nothing: the key line leaves it out."""
        idle = {
            "toggle_start": not isinstance(self._planned, Plan) or self._empty,
            "toggle_empty": self._found is None,
            "choose_place": self._found is None or self._begun,
            "agree": not self._is_of_another_guest,
        }
        return False if idle.get(action, False) else super().check_action(action, parameters)

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        # A consent is for one backup: another one is asked about again.
        self._empty = False
        self._plan_with(backup=event.line.name, other_guest=False)

    def press(self, button: LineButton) -> None:
        """Start the confirmed plan, and become its progress view."""
        plan = self._agreed()
        if plan is None or self._begun:
            return
        engine = self.app.controller.context.engine
        if self._empty:
            self.start_and_watch(plan, f"create {plan.name}", engine.create, plan)
        else:
            self.start_and_watch(plan, f"restore {plan.name}", engine.restore, plan)

    @property
    def _is_of_another_guest(self) -> bool:
        return isinstance(self._planned, Refusal) and self._planned.code is RefusalCode.IDENTITY_UNSURE

    def confirms(self, plan: Plan, typed: str) -> bool:
        """Return whether the name of the container was typed."""
        return is_typed(plan.name, typed)

    async def _open(self) -> None:
        engine = self.app.controller.context.engine
        record = await self._ask(engine.lost_record, self._record_id)
        if isinstance(record, Refusal):
            self._take(record)
            return
        self._record = record
        self._show()
        found = await self._ask(engine.restorable, record)
        if isinstance(found, Refusal):
            self._take(found)
            return
        self._found = found
        await self._list(found)
        await self._plan()

    def _plan_with(self, **choices: Any) -> None:
        """Plan with other choices. Until that is shown there is nothing to confirm."""
        if self._record is None or self._begun:
            return
        self._request = replace(self._request, **choices)
        self._began = self.app.controller.clock.now()
        self._plan_again()

    def _take_place(self, request: RestoreRequest) -> None:
        self._plan_with(**{name: getattr(request, name) for name in CHOSEN})

    def _make_plan(self, engine: Engine, request: RestoreRequest) -> Plan | Refusal:
        """Return the plan of a request; of an empty container only its place counts. Blocks."""
        record = self._record
        assert record is not None, "it was read first"
        if not self._empty:
            return engine.plan_restore(record, request)
        empty = RecreateRequest(vmid=request.vmid, node=request.node, storage=request.storage)
        return engine.plan_recreate(record, empty)

    async def _plan(self) -> None:
        self._take(await self._ask(self._make_plan, self.app.controller.context.engine, self._request))

    async def _list(self, found: BackupList) -> None:
        lines = [ChoiceLine(one.volid, made_at(one)) for one in found.found[:MOST_LISTED]]
        listed = self.query_one("#restore-backups")
        await listed.remove_children()
        await listed.mount_all(lines)

    @unless_unmounted
    def _show(self) -> None:
        self.show_title(heading(self._record))
        waited = int((self.app.controller.clock.now() - self._began).total_seconds())
        self.query_one("#restore-plan", Lines).set_text(plan_lines(self._planned, waited))
        self.query_one("#restore-count", Lines).set_text(list_lines(self._found, self._record, self._planned))
        self.query_one("#restore-gaps", Lines).set_text(gap_lines(self._found, self._record))
        chosen = None if self._empty else chosen_backup(self._planned) or self._request.backup
        now, listed = self.app.controller.clock.now(), self._found.found if self._found is not None else ()
        known = {one.volid: one for one in listed}
        for line in self.query(ChoiceLine):
            # A line may be of the list before, until those of this one are there.
            if (one := known.get(line.name or "")) is not None:
                line.show(backup_words(one, now), chosen=line.name == chosen, disabled=self._begun)
        self.query_one(self.GO, LineButton).relabel("Create empty" if self._empty else "Restore")
        self._show_confirmation(self._planned.name if isinstance(self._planned, Plan) else "")
        self.show_keys()
