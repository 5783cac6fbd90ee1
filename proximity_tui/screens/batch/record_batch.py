"""The base of dialogs that do one thing, chosen among a few, to several of our containers.

Those that it cannot be done to say why, and are left alone; what does harm needs the typed count.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.batch.batch_columns import LONGEST_NAME
from proximity_tui.screens.batch.batch_dialog import BatchDialog
from proximity_tui.screens.batch.item import PlannedItem, RecordItem
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.line_controls import ChoiceLine
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column

R = TypeVar("R", bound=RecordItem)
P = TypeVar("P", bound=PlannedItem)
C = TypeVar("C")


class RecordsDialog(BatchDialog[R], Generic[R, C]):
    """A dialog for a batch of records: the table of them, and what can be done to which for what was chosen."""

    COLUMNS: ClassVar = (
        Column("kind", "KIND", 7, priority=4),
        Column("vmid", "VMID", 5, flex=1, max=9, align="right", priority=2),
        Column("name", "NAME", 16, flex=2, max=LONGEST_NAME),
        Column("node", "NODE", 6, flex=1, max=12, priority=5),
        Column("outcome", "OUTCOME", 16, flex=6),
    )

    def __init__(self, items: Iterable[R]) -> None:
        super().__init__(items)
        self.chosen: C | None = None

    def withdraw(self) -> None:
        self.chosen = None
        super().withdraw()

    def able(self) -> list[R]:
        return self.able_to(self.chosen)

    def able_to(self, choice: C | None) -> list[R]:
        """Return the items that a choice can be carried out on."""
        return [one for one in self.items.values() if one.plan(choice) is not None]

    def unread(self) -> int:
        return sum(not one.is_read(self.chosen) for one in self.items.values())

    def agreed(self) -> bool:
        return bool(self.able())

    def shown_plans(self) -> Sequence[Plan]:
        plans = (one.plan(self.chosen) for one in self.able()) if self.asking else ()
        return [plan for plan in plans if plan is not None]

    def carry_out(self, item: R, verb: str) -> BackgroundTask | None:
        """Start what was chosen for an item; return its task, or None where there is no plan for it."""
        plan, controller = item.plan(self.chosen), self.app.controller
        if plan is None or item.record is None:
            return None
        execute = controller.context.engine.carry_out
        return controller.begin_one_of_many(f"{verb} {item.record.name}", execute, plan, item.record)

    def describe(self, item: R) -> str:
        return item.outcome(self.chosen)[0]

    def row(self, item: R) -> Row:
        words, tone = item.outcome(self.chosen)
        container = item.container
        if container is None:
            return Row(item.key, ("", "", f"record {item.id}", "", Cell(words, tone)))
        vmid = Cell(str(container.vmid or "-"), order=container.vmid or -1)
        return Row(item.key, (container.kind.value, vmid, container.name, container.node or "?", Cell(words, tone)))


class RecordBatchDialog(RecordsDialog[R, C]):
    """A dialog for a batch of records. A subclass has the choices, and the work that each of them stands for."""

    DEFAULT_CSS = """
    RecordBatchDialog.-short ChoiceLine { max-height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    DANGER = True
    KEYS: ClassVar[Mapping[str, Any]]
    """The choice of each letter, in the order of the lines; a choice is a word."""

    @property
    @abstractmethod
    def needs_count(self) -> bool:
        """True when the present choice needs the typed count."""

    @abstractmethod
    def compose_choices(self) -> ComposeResult:
        """Yield a line for each choice."""

    @abstractmethod
    def show_choices(self) -> None:
        """Update the lines of the choices."""

    def withdraw(self) -> None:
        self.query_one(TypedRow).clear()
        super().withdraw()

    def compose_questions(self) -> ComposeResult:
        """Yield the choices and the count."""
        yield from self.compose_choices()
        yield TypedRow(f"{self.NAME}-count", max_length=6)

    def show_questions(self) -> None:
        self.show_choices()
        count = self.query_one(TypedRow)
        count.display = self.asking and self.needs_count
        count.ask("Type the count to confirm: ", str(len(self.able())))
        self.show_keys()

    def show_choice(self, name: str, text: str) -> None:
        """Update the line of one choice."""
        choice = self._choice_called(name)
        line = self.query_one(f"#{self.NAME}-{name}", ChoiceLine)
        line.show(text, chosen=self.chosen is choice, disabled=not (self.asking and self.able_to(choice)))
        line.display = self.asking

    def action_choose(self, name: str) -> None:
        """Choose one thing for all. Those that it cannot be done to are left alone."""
        choice = self._choice_called(name)
        if not (self.asking and self.able_to(choice)):
            return
        if choice is not self.chosen:
            # A count that was typed for another choice agrees to nothing.
            self.query_one(TypedRow).clear()
        self.chosen = choice
        self.show()
        if self.needs_count:
            self.query_one(TypedRow).enter()
        else:
            self._go.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for a choice that cannot be made: the key line leaves it out."""
        if action == "choose" and not (self.asking and self.able_to(self._choice_called(str(parameters[0])))):
            return False
        return super().check_action(action, parameters)

    def why_not(self, key: str) -> str | None:
        """Return why the choice of a key cannot be made."""
        choice = self.KEYS.get(key) if self.asking else None
        return None if choice is None else self.why_none(choice)

    def why_none(self, choice: C) -> str:
        """Return why a choice is possible for none of the items: what is said of each, if it is the same for all."""
        if any(not one.is_read(choice) for one in self.items.values()):
            return "They are still being read."
        reasons = {one.outcome(choice)[0].removeprefix("skipped: ") for one in self.items.values()} or {"there is none"}
        why = "each row has its own reason" if len(reasons) > 1 else reasons.pop()
        return f"Possible for none of them: {why}."

    @on(ChoiceLine.Chosen)
    def _line_chosen(self, event: ChoiceLine.Chosen) -> None:
        self.action_choose(event.line.name or "")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus from the field to the button; enter there does nothing itself."""
        if not self._go.disabled:
            self._go.focus()

    def agreed(self) -> bool:
        if not self.needs_count:
            return super().agreed()
        return self.query_one(TypedRow).confirms(str(len(self.able())))

    def _choice_called(self, name: str) -> C:
        found: C = next(choice for choice in self.KEYS.values() if choice == name)
        return found


class PlannedBatchDialog(RecordBatchDialog[P, C]):
    """A dialog for a batch of records that makes the plans for all choices from one inspection of each."""

    LABELS: ClassVar[Mapping[Any, str]]
    MEANINGS: ClassVar[Mapping[Any, str]]
    """What a choice means, in one line."""

    def compose_choices(self) -> ComposeResult:
        for letter, choice in self.KEYS.items():
            yield ChoiceLine(choice, f"{letter} {self.LABELS[choice]}", id=f"{self.NAME}-{choice}")

    def show_choices(self) -> None:
        for choice in self.KEYS.values():
            self.show_choice(choice, f"{len(self.able_to(choice))} of {len(self.items)}: {self.MEANINGS[choice]}")

    @abstractmethod
    def plans(self, engine: Engine, record: Container) -> Mapping[C, Plan | Refusal]:
        """Return the plan or the refusal of each choice. Blocks; raises ProxmoxError and StoreError."""

    async def inspect_item(self, item: P) -> None:
        controller = self.app.controller
        try:
            record = await controller.ask(records.get, item.id)
            self.put(replace(self.items[item.key], record=record))
            outcomes = await controller.ask(self.plans, controller.context.engine, record)
            self.put(replace(self.items[item.key], outcomes=outcomes))
        except (ProxmoxError, StoreError) as error:
            self.put(replace(self.items[item.key], trouble=str(error)))
