"""The delete dialog for several containers: soft for all of them, or hard for those that may be destroyed.

Every name is listed with its effect, and the count has to be typed.
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
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.base.batch_dialog import BatchDialog, BatchItem
from proximity_tui.screens.delete.preview import DeletePreview, look_at, open_case
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.theme import Tone


@value_object
class DeleteItem(BatchItem):
    """A container by its record id. Without a `case` it was not read yet."""

    id: int
    case: DeletePreview | None = None
    trouble: str | None = None

    @property
    def key(self) -> str:
        return str(self.id)

    @property
    def place(self) -> str:
        return self.case.container.cluster if self.case is not None else ""

    def plan(self, choice: Choice | None) -> Plan | None:
        """Return its plan; None for one with a doubtful identity, because that is asked about one at a time."""
        if self.case is None or (choice is Choice.HARD and self.case.doubtful):
            return None
        return self.case.plan(choice)

    def outcome(self, choice: Choice | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if self.ended is not None:
            return self.ended.outcome, "good" if self.ended.success else "bad"
        if self.trouble is not None or self.case is None:
            return (self.trouble, "bad") if self.trouble else ("reading", "dim")
        if self.untouched:
            return "untouched", "dim"
        if self.begun:
            return "in progress", "accent"
        if choice is None:
            return "soft or hard?", "dim"
        plan = self.case.soft if choice is Choice.SOFT else self.case.hard
        if plan is None:
            return "looking", "dim"
        if isinstance(plan, Refusal):
            return f"skipped: {plan.reason}", "warn"
        if self.plan(choice) is None:
            return "skipped: identity not certain, delete it separately", "warn"
        return (plan.steps[-1].reason if choice is Choice.SOFT else f"destroy CT {plan.vmid}"), "normal"


class DeleteManyDialog(BatchDialog[DeleteItem]):
    """A dialog that deletes containers, given by record id, soft or hard, one after the other."""

    DEFAULT_CSS = "DeleteManyDialog ChoiceLine { max-height: 1; }"
    AUTO_FOCUS = "#many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "choose('soft')", "Soft"),
        Binding("h", "choose('hard')", "Hard"),
    ]
    NAME = "many"
    HARMFUL = True
    COLUMNS = (
        Column("kind", "KIND", 7, priority=4),
        Column("vmid", "VMID", 5, flex=1, max=9, align="right", priority=2),
        Column("name", "NAME", 10, flex=2, max=40),
        Column("node", "NODE", 6, flex=1, max=12, priority=5),
        Column("outcome", "OUTCOME", 16, flex=6),
    )

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(DeleteItem(id) for id in container_ids)
        self._choice: Choice | None = None

    @property
    def words(self) -> tuple[str, str, str]:
        if self._choice is None:
            return "Delete", "Deleting", "Deleted"
        soft = self._choice is Choice.SOFT
        return (
            ("Stop managing", "Closing records", "Records closed:") if soft else ("Destroy", "Destroying", "Destroyed")
        )

    def compose_questions(self) -> ComposeResult:
        """Yield both choices and the count."""
        yield ChoiceLine("soft", "Soft", id="many-soft")
        yield ChoiceLine("hard", "Hard", id="many-hard")
        yield TypedRow("many-count", max_length=6)

    def action_choose(self, name: str) -> None:
        """Choose soft or hard for all. A hard one leaves those untouched that may not be destroyed."""
        choice = Choice(name)
        if self.asking and self._able(choice):
            if choice is not self._choice:
                # A count that was typed for forgetting agrees to no destroying.
                self.query_one(TypedRow).clear()
            self._choice = choice
            self.show()
            self.query_one(TypedRow).enter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for a choice that cannot be made: the key line leaves it out."""
        if action == "choose" and not (self.asking and self._able(Choice(str(parameters[0])))):
            return False
        return super().check_action(action, parameters)

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        self.action_choose(event.line.name or "")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus from the field to the button; enter there does nothing itself."""
        if not self.query_one("#many-go").disabled:
            self.query_one("#many-go").focus()

    def able(self) -> list[DeleteItem]:
        return self._able(self._choice)

    def agreed(self) -> bool:
        return self._choice is not None and self.query_one(TypedRow).value.strip() == str(len(self.able()))

    async def look(self, item: DeleteItem) -> None:
        controller = self.app.controller
        try:
            case = await controller.ask(open_case, controller.session.engine, item.id)
            self.put(replace(self.items[item.key], case=case))
            if case.hard is None:
                case = await controller.ask(look_at, controller.session.engine, case)
                self.put(replace(self.items[item.key], case=case))
        except (StoreError, ValueError) as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    def execute(self, item: DeleteItem) -> BackgroundTask | None:
        plan, controller = item.plan(self._choice), self.app.controller
        if plan is None or item.case is None:
            return None
        verb, container = "stop managing" if self._choice is Choice.SOFT else "delete", item.case.container
        return controller.begin(f"{verb} {container.name}", controller.session.engine.delete, plan, container)

    def question(self) -> str:
        return f"Delete {len(self.items)} containers"

    def describe(self, item: DeleteItem) -> str:
        return item.outcome(self._choice)[0]

    def show_questions(self) -> None:
        for choice, text in (
            (Choice.SOFT, "stop managing them: closes our records, frees their ports. No container is touched."),
            (Choice.HARD, f"destroy {len(self._able(Choice.HARD))} of them; the others are not touched"),
        ):
            line = self.query_one(f"#many-{choice}", ChoiceLine)
            line.show(text, chosen=self._choice is choice, disabled=not (self.asking and self._able(choice)))
            line.display = self.asking
        count = self.query_one(TypedRow)
        count.display = self.asking and self._choice is not None
        count.ask("Type the count to confirm: ")
        self.query_one("#many-go", LineButton).relabel(self.words[0])
        self.show_keys()

    def row(self, item: DeleteItem) -> Row:
        words, tone = item.outcome(self._choice)
        if item.case is None:
            return Row(item.key, ("", "", f"record {item.id}", "", Cell(words, tone)))
        container = item.case.container
        vmid = Cell(str(container.vmid or "-"), order=container.vmid or -1)
        return Row(item.key, (container.kind.value, vmid, container.name, container.node or "?", Cell(words, tone)))

    def _able(self, choice: Choice | None) -> list[DeleteItem]:
        return [one for one in self.items.values() if one.plan(choice) is not None]
