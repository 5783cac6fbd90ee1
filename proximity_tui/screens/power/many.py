"""The power dialog for several containers: one action for all of them; those that it cannot be done to say why, and are
left alone. To pull the plug of several the count has to be typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.power import POINTLESS
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import POWER_ACTIONS, Action, Container, Plan
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.base.batch_dialog import BatchDialog, BatchItem
from proximity_tui.screens.power.preview import KEYS, LABELS, MEANINGS, YES, Outcomes, plans_of
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.theme import Tone

DOING = {
    Action.START: ("Starting", "Started"),
    Action.SHUTDOWN: ("Shutting down", "Shut down"),
    Action.STOP: ("Stopping", "Stopped"),
    Action.REBOOT: ("Rebooting", "Rebooted"),
}


@value_object
class PowerItem(BatchItem):
    """A container by its record id. Without `outcomes` it was not inspected yet."""

    id: int
    record: Container | None = None
    outcomes: Outcomes | None = None
    trouble: str | None = None

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def place(self) -> str:
        return self.record.cluster if self.record is not None else ""

    def plan(self, action: Action | None) -> Plan | None:
        """Return its plan for an action; None where there is none."""
        found = self.outcomes.get(action) if self.outcomes is not None and action is not None else None
        return found if isinstance(found, Plan) else None

    def outcome(self, action: Action | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if self.ended is not None:
            return self.ended.outcome, "good" if self.ended.success else "bad"
        if self.trouble is not None:
            return self.trouble, "bad"
        if self.untouched:
            return "untouched", "dim"
        if self.begun:
            return "in progress", "accent"
        if self.outcomes is None:
            return "looking", "dim"
        if action is None:
            able = [LABELS[one] for one in POWER_ACTIONS if self.plan(one) is not None]
            return (f"can {', '.join(able)}", "normal") if able else self._skipped(POWER_ACTIONS[0])
        return (LABELS[action], "normal") if self.plan(action) is not None else self._skipped(action)

    def _skipped(self, action: Action) -> tuple[str, Tone]:
        refusal = self.outcomes[action] if self.outcomes is not None else None
        if refusal is None or isinstance(refusal, Plan):
            return "", "dim"
        return f"skipped: {refusal.reason}", "dim" if refusal.code in POINTLESS else "warn"


class PowerManyDialog(BatchDialog[PowerItem]):
    """A dialog for one power action on several containers, given by record id, a few at a time."""

    DEFAULT_CSS = "PowerManyDialog ChoiceLine { max-height: 1; }"
    AUTO_FOCUS = "#power-many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"choose('{action}')", LABELS[action].capitalize(), show=False)
        for letter, action in KEYS.items()
    ]
    NAME = "power-many"
    HARMFUL = True
    AT_WORK_AT_ONCE = 4
    COLUMNS = (
        Column("kind", "KIND", 7, priority=4),
        Column("vmid", "VMID", 5, flex=1, max=9, align="right", priority=2),
        Column("name", "NAME", 10, flex=2, max=40),
        Column("node", "NODE", 6, flex=1, max=12, priority=5),
        Column("outcome", "OUTCOME", 16, flex=6),
    )

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(PowerItem(id) for id in container_ids)
        self._choice: Action | None = None

    @property
    def words(self) -> tuple[str, str, str]:
        if self._choice is None:
            return "Confirm", "Working", "Done:"
        return YES[self._choice], *DOING[self._choice]

    def compose_questions(self) -> ComposeResult:
        """Yield the four choices and the count."""
        for letter, action in KEYS.items():
            yield ChoiceLine(action.value, f"{letter} {LABELS[action]}", id=f"power-many-{action}")
        yield TypedRow("power-many-count", max_length=6)

    def action_choose(self, name: str) -> None:
        """Choose one action for all. Those that it cannot be done to are left alone."""
        action = Action(name)
        if not self.asking or not self._able(action):
            return
        if action is not self._choice:
            # A count that was typed for another action agrees to nothing.
            self.query_one(TypedRow).clear()
        self._choice = action
        self.show()
        if action is Action.STOP:
            self.query_one(TypedRow).enter()
        else:
            self.query_one("#power-many-go").focus()

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        self.action_choose(event.line.name or "")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus from the field to the button; enter there does nothing itself."""
        if not self.query_one("#power-many-go").disabled:
            self.query_one("#power-many-go").focus()

    def able(self) -> list[PowerItem]:
        return self._able(self._choice)

    def agreed(self) -> bool:
        able = self.able()
        if self._choice is Action.STOP:
            return self.query_one(TypedRow).value.strip() == str(len(able))
        return bool(able)

    async def look(self, item: PowerItem) -> None:
        controller = self.app.controller
        try:
            record = await controller.ask(records.get, item.id)
            self.put(replace(self.items[item.key], record=record))
            outcomes = await controller.ask(_inspected, controller.session.engine, record)
            self.put(replace(self.items[item.key], outcomes=outcomes))
        except (StoreError, ValueError) as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    def execute(self, item: PowerItem) -> BackgroundTask | None:
        plan, controller = item.plan(self._choice), self.app.controller
        if plan is None or item.record is None or self._choice is None:
            return None
        label = f"{LABELS[self._choice]} {item.record.name}"
        return controller.begin_one_of_many(label, controller.session.engine.power, plan, item.record)

    def question(self) -> str:
        return f"Power of {len(self.items)} containers"

    def describe(self, item: PowerItem) -> str:
        return item.outcome(self._choice)[0]

    def show_questions(self) -> None:
        for action in POWER_ACTIONS:
            line, able = self.query_one(f"#power-many-{action}", ChoiceLine), len(self._able(action))
            text = f"{able} of {len(self.items)}: {MEANINGS[action]}"
            line.show(text, chosen=self._choice is action, disabled=not (self.asking and able))
            line.display = self.asking
        count = self.query_one(TypedRow)
        count.display = self.asking and self._choice is Action.STOP
        count.ask("Type the count to confirm: ")
        self.query_one("#power-many-go", LineButton).relabel(self.words[0])

    def row(self, item: PowerItem) -> Row:
        words, tone = item.outcome(self._choice)
        record = item.record
        if record is None:
            return Row(item.key, ("", "", f"record {item.id}", "", Cell(words, tone)))
        vmid = Cell(str(record.vmid or "-"), order=record.vmid or -1)
        return Row(item.key, (record.kind.value, vmid, record.name, record.node or "?", Cell(words, tone)))

    def _able(self, action: Action | None) -> list[PowerItem]:
        return [one for one in self.items.values() if one.plan(action) is not None]


def _inspected(engine: Engine, record: Container) -> Outcomes:
    """Return the plan or the refusal of each action, from an inspection of its own. Raises StoreError."""
    return plans_of(engine, record, engine.inspect(record))
