"""The dialog that backs several containers up, in one mode for all of them. Those that cannot be backed up say why, and
are left alone. To stop several for it the count has to be typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup_now import BackupRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import BackupMode, Container, Plan, Refusal
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.base.record_batch import RecordBatchDialog, RecordItem
from proximity_tui.widgets.line_controls import ChoiceLine
from proximity_tui.widgets.theme import Tone

KEYS: Mapping[str, BackupMode] = {"s": BackupMode.SNAPSHOT, "u": BackupMode.SUSPEND, "x": BackupMode.STOP}

MEANINGS = {
    BackupMode.SNAPSHOT: "they keep running",
    BackupMode.SUSPEND: "paused for a moment",
    BackupMode.STOP: "down for as long as the backup takes",
}

Outcomes = Mapping[BackupMode, Plan | Refusal]


@value_object
class BackupItem(RecordItem):
    """A container to back up. Without `outcomes` it was not inspected yet."""

    record: Container | None = None
    outcomes: Outcomes | None = None

    @property
    def container(self) -> Container | None:
        """The record; None while it is not read."""
        return self.record

    def plan(self, mode: BackupMode | None) -> Plan | None:
        """Return its plan for a mode; None where there is none."""
        found = self.outcomes.get(mode) if self.outcomes is not None and mode is not None else None
        return found if isinstance(found, Plan) else None

    def outcome(self, mode: BackupMode | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if (progress := self.progress()) is not None:
            return progress
        if self.outcomes is None:
            return "looking", "dim"
        outcome = self.outcomes[mode or BackupMode.SNAPSHOT]
        if isinstance(outcome, Refusal):
            return f"skipped: {outcome.reason}", "warn"
        return outcome.summary, "normal"


class BackupManyDialog(RecordBatchDialog[BackupItem, BackupMode]):
    """A dialog for a backup of each of several containers, given by record id, one after the other."""

    AUTO_FOCUS = "#backup-many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"choose('{mode}')", mode.value.capitalize(), show=False) for letter, mode in KEYS.items()
    ]
    NAME = "backup-many"
    HARMFUL = False

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(BackupItem(id) for id in container_ids)

    @property
    def words(self) -> tuple[str, str, str]:
        return "Back up", "Backing up", "Backed up"

    def read_choice(self, name: str) -> BackupMode:
        """Return one of the modes."""
        return BackupMode(name)

    @property
    def needs_count(self) -> bool:
        """True when they are stopped for it."""
        return self.chosen is BackupMode.STOP

    def compose_choices(self) -> ComposeResult:
        """Yield the three modes."""
        for letter, mode in KEYS.items():
            yield ChoiceLine(mode.value, f"{letter} mode {mode}", id=f"backup-many-{mode}")

    def show_choices(self) -> None:
        for mode in BackupMode:
            self.show_choice(mode, f"{len(self.able_to(mode))} of {len(self.items)}: {MEANINGS[mode]}")

    async def inspect_item(self, item: BackupItem) -> None:
        controller = self.app.controller
        try:
            record = await controller.ask(records.get, item.id)
            self.put(replace(self.items[item.key], record=record))
            outcomes = await controller.ask(_planned, controller.session.engine, record)
            self.put(replace(self.items[item.key], outcomes=outcomes))
        except (ProxmoxError, StoreError, ValueError) as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    def execute(self, item: BackupItem) -> BackgroundTask | None:
        plan, controller = item.plan(self.chosen), self.app.controller
        if plan is None or item.record is None:
            return None
        engine = controller.session.engine
        return controller.begin_one_of_many(f"back up {item.record.name}", engine.carry_out, plan, item.record)

    def question(self) -> str:
        return f"Back up {len(self.items)} containers"


def _planned(engine: Engine, record: Container) -> Outcomes:
    """Return the plan or the refusal of each mode. Raises ProxmoxError and StoreError."""
    return engine.plan_backup_modes(record, BackupRequest())
