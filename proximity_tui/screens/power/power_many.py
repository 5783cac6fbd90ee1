"""The power dialog for several containers: one action for all of them; those that it cannot be done to say why, and are
left alone. To pull the plug of several the count has to be typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.power_rules import pointless_of
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import POWER_ACTIONS, Action, Container, Plan
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.batch.item import PlannedItem
from proximity_tui.screens.batch.record_batch import PlannedBatchDialog
from proximity_tui.screens.power.power_preview import KEYS, LABELS, MEANINGS, YES, Outcomes, plans_of

DOING = {
    Action.START: ("Starting", "Started"),
    Action.SHUTDOWN: ("Shutting down", "Shut down"),
    Action.STOP: ("Stopping", "Stopped"),
    Action.REBOOT: ("Rebooting", "Rebooted"),
}


@value_object
class PowerItem(PlannedItem):
    """A container to start or stop."""

    def outcome(self, action: Action | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if (progress := self.progress()) is not None:
            return progress
        if action is None:
            able = [LABELS[one] for one in POWER_ACTIONS if self.plan(one) is not None]
            return (f"can {', '.join(able)}", "normal") if able else self._skipped(POWER_ACTIONS[0])
        return (LABELS[action], "normal") if self.plan(action) is not None else self._skipped(action)

    def _skipped(self, action: Action) -> tuple[str, Tone]:
        refusal = self.outcomes[action] if self.outcomes is not None else None
        if refusal is None or isinstance(refusal, Plan):
            return "", "dim"
        return f"skipped: {refusal.reason}", "dim" if refusal.code in pointless_of(action) else "warn"


class PowerManyDialog(PlannedBatchDialog[PowerItem, Action]):
    """A dialog for one power action on several containers, given by record id, a few at a time."""

    AUTO_FOCUS = "#power-many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"choose('{action}')", LABELS[action].capitalize(), show=False)
        for letter, action in KEYS.items()
    ]
    NAME = "power-many"
    KEYS = KEYS
    LABELS = LABELS
    MEANINGS = MEANINGS
    AT_WORK_AT_ONCE = AT_ONCE

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(PowerItem(id) for id in container_ids)

    @property
    def words(self) -> tuple[str, str, str]:
        if self.chosen is None:
            return "Confirm", "Working", "Done:"
        return YES[self.chosen], *DOING[self.chosen]

    @property
    def needs_count(self) -> bool:
        """True when the plug is to be pulled."""
        return self.chosen is Action.STOP

    def plans(self, engine: Engine, record: Container) -> Outcomes:
        return plans_of(engine, record, engine.inspect(record))

    def execute(self, item: PowerItem) -> BackgroundTask | None:
        return None if self.chosen is None else self.carry_out(item, LABELS[self.chosen])

    def question(self) -> str:
        return f"Power of {len(self.items)} containers"
