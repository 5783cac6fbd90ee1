"""The dialog that changes several containers in the same way: a wish is typed once, each gets a plan of its own, and
those that it cannot be done to say why and are left alone.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.settings import differences
from proximity_tui.core.doctrine.actions.changing.wishes import Wish, read_wish
from proximity_tui.core.model import Container, GuestLookup, Plan, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_content import ChangeOptions
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.base.record_batch import RecordItem, RecordsDialog
from proximity_tui.screens.text.lines import Line
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.theme import Tone

BEGINS_WITH = "tags+="
"""What is changed of several most often."""

Wishes = tuple[Wish, ...]


@value_object
class ChangeItem(RecordItem):
    """A container to change. Without a `lookup` it was not inspected yet; `answer` is of the wishes `of`."""

    record: Container | None = None
    lookup: GuestLookup | None = None
    of: Wishes | None = None
    answer: Plan | Refusal | None = None

    @property
    def container(self) -> Container | None:
        """The record; None while it is not read."""
        return self.record

    def plan(self, wishes: Wishes | None) -> Plan | None:
        """Return its plan for these wishes; None where there is none."""
        return self.answer if isinstance(self.answer, Plan) and wishes is not None and self.of == wishes else None

    def outcome(self, wishes: Wishes | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if (progress := self.progress()) is not None:
            return progress
        if self.lookup is None:
            return "looking", "dim"
        if wishes is None or self.of != wishes or self.answer is None:
            return "", "dim"
        if isinstance(self.answer, Refusal):
            if self.answer.code is RefusalCode.UNCHANGED:
                return "skipped: nothing to change", "dim"
            return f"skipped: {self.answer.reason}", "warn"
        options = self.answer.carries(ChangeOptions)
        grown = [f"{one.disk} {one.before} \N{RIGHTWARDS ARROW} {one.size}" for one in options.growth]
        return "; ".join([*(line for change in options.changes for line in differences(change)), *grown]), "normal"


class ChangeManyDialog(RecordsDialog[ChangeItem, Wishes]):
    """A dialog for one change of several containers, given by record id, a few at a time."""

    AUTO_FOCUS = "#change-many-wish"
    NAME = "change-many"
    AT_WORK_AT_ONCE = AT_ONCE

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(ChangeItem(id) for id in container_ids)
        self._complaint = ""

    @property
    def words(self) -> tuple[str, str, str]:
        return "Change", "Changing", "Changed"

    def question(self) -> str:
        return f"Change {len(self.items)} containers"

    def compose_questions(self) -> ComposeResult:
        """Yield the field of the wish, and what is wrong with it."""
        yield TypedRow(f"{self.NAME}-wish", shown=True)
        yield Line(id=f"{self.NAME}-complaint")

    def on_mount(self) -> None:
        """Begin with the tags."""
        super().on_mount()
        field = self.query_one(Input)
        field.value = BEGINS_WITH
        field.cursor_position = len(BEGINS_WITH)

    def show_questions(self) -> None:
        row = self.query_one(TypedRow)
        row.display = self.asking
        row.ask("KEY=VALUE, then enter: ")
        self.query_one(f"#{self.NAME}-complaint", Line).set_text([(self._complaint, "bad")])
        self.show_keys()

    @on(Input.Changed)
    def _typed(self) -> None:
        # A plan is of exactly what was asked for: another letter makes it void.
        self.chosen, self._complaint = None, ""
        self.show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Plan what was typed for each of them; the button agrees to it."""
        wishes = _read(self.query_one(Input).value)
        if isinstance(wishes, Refusal):
            self._complaint = wishes.reason
            self.show()
            return
        self.chosen = wishes
        self.show()
        self.run_worker(self._plan_all(wishes), group="plans", exclusive=True)

    async def inspect_item(self, item: ChangeItem) -> None:
        controller = self.app.controller
        try:
            record = await controller.ask(records.get, item.id)
            self.put(replace(self.items[item.key], record=record))
            lookup = await controller.ask(controller.session.engine.inspect, record)
            if lookup is None:
                raise ValueError(f"{record.name} has no VMID, or {record.cluster} is not configured")
            self.put(replace(self.items[item.key], lookup=lookup))
            if self.chosen is not None:
                await self._plan_item(self.items[item.key], self.chosen)
        except (StoreError, ValueError) as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    async def _plan_all(self, wishes: Wishes) -> None:
        await asyncio.gather(*(self._plan_item(item, wishes) for item in list(self.items.values())))
        if self.chosen == wishes and self.able():
            # What is not drawn as possible yet cannot be focused.
            self.show()
            self._go.focus()

    async def _plan_item(self, item: ChangeItem, wishes: Wishes) -> None:
        if item.record is None or item.lookup is None:
            return
        engine, record, lookup = self.app.controller.session.engine, item.record, item.lookup
        try:
            answer = await self.app.controller.ask(lambda: engine.plan_wishes(record, wishes, lookup=lookup))
            self.put(replace(self.items[item.key], of=wishes, answer=answer))
        except (StoreError, ValueError) as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    def execute(self, item: ChangeItem) -> BackgroundTask | None:
        plan, controller = item.plan(self.chosen), self.app.controller
        if plan is None or item.record is None:
            return None
        label = f"change {item.record.name}"
        return controller.begin_one_of_many(label, controller.session.engine.change, plan, item.record)


def _read(text: str) -> Wishes | Refusal:
    """Return the wishes in a line, or the refusal of the first that is none; quotes hold blanks together."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        return Refusal(RefusalCode.INVALID, f"{text!r}: {error}")
    found = []
    for word in words:
        wish = read_wish(word)
        if isinstance(wish, Refusal):
            return wish
        found.append(wish)
    return tuple(found) if found else Refusal(RefusalCode.INVALID, "type what to change, such as tags+=web")
