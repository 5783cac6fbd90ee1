"""The dialog that backs several containers up, in one mode for all of them. Those that cannot be backed up say why, and
are left alone. To stop several for it the count has to be typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import BackupMode, Container, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import BackupOptions
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.batch.item import PlannedItem
from proximity_tui.screens.batch.record_batch import PlannedBatchDialog

KEYS: Mapping[str, BackupMode] = {"s": BackupMode.SNAPSHOT, "u": BackupMode.SUSPEND, "x": BackupMode.STOP}

MEANINGS = {
    BackupMode.SNAPSHOT: "they keep running",
    BackupMode.SUSPEND: "paused for a moment",
    BackupMode.STOP: "down for as long as the backup takes",
}


@value_object
class BackupItem(PlannedItem):
    """A container to back up."""

    def outcome(self, mode: BackupMode | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if (progress := self.progress()) is not None:
            return progress
        outcome = (self.outcomes or {}).get(mode or BackupMode.SNAPSHOT)
        if isinstance(outcome, Refusal):
            return f"skipped: {outcome.reason}", "warn"
        return f"to {outcome.carries(BackupOptions).storage}" if outcome is not None else "", "normal"


class BackupManyDialog(PlannedBatchDialog[BackupItem, BackupMode]):
    """A dialog for a backup of each of several containers, given by record id, one after the other."""

    AUTO_FOCUS = "#backup-many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"choose('{mode}')", mode.value.capitalize(), show=False) for letter, mode in KEYS.items()
    ]
    NAME = "backup-many"
    KEYS = KEYS
    LABELS: ClassVar[Mapping[BackupMode, str]] = {mode: f"mode {mode}" for mode in BackupMode}
    MEANINGS = MEANINGS
    DANGER = False

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(BackupItem(id) for id in container_ids)

    @property
    def words(self) -> tuple[str, str, str]:
        return "Back up", "Backing up", "Backed up"

    @property
    def needs_count(self) -> bool:
        """True when they are stopped for it."""
        return self.chosen is BackupMode.STOP

    def plans(self, engine: Engine, record: Container) -> Mapping[BackupMode, Plan | Refusal]:
        return engine.plan_backup_modes(record, BackupRequest())

    def execute(self, item: BackupItem) -> BackgroundTask | None:
        return self.carry_out(item, "back up")

    def question(self) -> str:
        return f"Back up {len(self.items)} containers"
