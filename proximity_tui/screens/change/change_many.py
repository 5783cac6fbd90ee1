"""The dialog that changes several containers in the same way: a request is typed once, each gets a plan of its own, and
those that it cannot be done to say why and are left alone.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest, read_request
from proximity_tui.core.doctrine.actions.changing.settings import differences
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.model import GuestLookup, Plan, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import ChangeOptions
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.batch.item import RecordItem
from proximity_tui.screens.batch.record_batch import RecordsDialog
from proximity_tui.screens.text.lines import Lines, Piece
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.background_work import in_background

BEGINS_WITH = "tags+="
"""What is changed of several most often."""

KEYS = (
    "keys: tags+= tags-= cores memory swap disk onboot protection startup name description nameserver searchdomain"
    " net0.bridge net0.tag net0.ip, and every other one by its name at Proxmox"
)

Requests = tuple[SettingRequest, ...]


@value_object
class ChangeItem(RecordItem):
    """A container to change. Without a `lookup` it was not inspected yet; `answer` is of the requests `of`."""

    lookup: GuestLookup | None = None
    of: Requests | None = None
    answer: Plan | Refusal | None = None

    def plan(self, requested: Requests | None) -> Plan | None:
        """Return its plan for these requests; None where there is none."""
        return self.answer if isinstance(self.answer, Plan) and requested is not None and self.of == requested else None

    def is_read(self, requested: Requests | None) -> bool:
        """Return whether it was inspected, and its plan is made for these requests."""
        planned = requested is None or (self.of == requested and self.answer is not None)
        return self.trouble is not None or (self.lookup is not None and planned)

    def outcome(self, requested: Requests | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if (progress := self.progress()) is not None:
            return progress
        if self.lookup is None:
            return "reading", "dim"
        if requested is None or self.of != requested or self.answer is None:
            return "", "dim"
        if isinstance(self.answer, Refusal):
            if self.answer.code is RefusalCode.UNCHANGED:
                return "skipped: nothing to change", "dim"
            return f"skipped: {self.answer.reason}", "warn"
        options = self.answer.carries(ChangeOptions)
        grown = [f"{one.disk} {one.before} \N{RIGHTWARDS ARROW} {one.size}" for one in options.growth]
        return "; ".join([*(line for change in options.changes for line in differences(change)), *grown]), "normal"


class ChangeManyDialog(RecordsDialog[ChangeItem, Requests]):
    """A dialog for one change of several containers, given by record id, a few at a time."""

    AUTO_FOCUS = "#change-many-settings"
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
        """Yield the field of the request, and what can be set, or what is wrong with it."""
        yield TypedRow(f"{self.NAME}-settings", shown=True)
        yield Lines(id=f"{self.NAME}-complaint")

    def on_mount(self) -> None:
        """Begin with the tags."""
        field = self.query_one(Input)
        field.value = BEGINS_WITH
        field.cursor_position = len(BEGINS_WITH)

    def show_questions(self) -> None:
        row = self.query_one(TypedRow)
        row.display = self.asking
        row.ask("KEY=VALUE, then enter: ")
        complaint: Piece = (self._complaint, "bad") if self._complaint else (self._advice(), "dim")
        self.query_one(f"#{self.NAME}-complaint", Lines).set_text([[complaint]] if complaint[0] else [])
        self.show_keys()

    def _advice(self) -> str:
        """Return what to press or to type next."""
        if not self.asking:
            return ""
        return (
            f"enter changes {len(self.able())} of them; if you type more, the plan is made again"
            if self.able()
            else KEYS
        )

    @on(Input.Changed)
    def _typed(self) -> None:
        # A plan is of exactly what was asked for: another letter makes it void.
        self.chosen, self._complaint = None, ""
        self.show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Plan what was typed for each of them; the button agrees to it."""
        requested = _read(self.query_one(Input).value)
        if isinstance(requested, Refusal):
            self._complaint = requested.reason
            self.show()
            return
        self.chosen = requested
        self.show()
        in_background(self, partial(self._plan_all, requested), group="plans", exclusive=True)

    async def inspect_item(self, item: ChangeItem) -> None:
        controller = self.app.controller
        try:
            record = await controller.ask(records.get, item.id)
            self.put(replace(self.items[item.key], record=record))
            lookup = await controller.ask(controller.context.engine.inspect, record)
            if lookup is None:
                self.put(replace(self.items[item.key], trouble=refusals.no_guest_to_ask(record).reason))
                return
            self.put(replace(self.items[item.key], lookup=lookup))
            if self.chosen is not None:
                await self._plan_item(self.items[item.key], self.chosen)
        except StoreError as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    async def _plan_all(self, requested: Requests) -> None:
        await asyncio.gather(*(self._plan_item(item, requested) for item in list(self.items.values())))
        if self.chosen == requested and self.able():
            # What is not drawn as possible yet cannot be focused.
            self.show()
            self._go.focus()

    async def _plan_item(self, item: ChangeItem, requested: Requests) -> None:
        if item.record is None or item.lookup is None:
            return
        engine, record, lookup = self.app.controller.context.engine, item.record, item.lookup
        try:
            answer = await self.app.controller.ask(lambda: engine.plan_settings(record, requested, lookup=lookup))
            planned = replace(self.items[item.key], of=requested, answer=answer, trouble=None)
        except StoreError as error:
            planned = replace(self.items[item.key], trouble=str(error))
        # A late answer to what was asked for before takes no newer one away.
        if self.chosen == requested:
            self.put(planned)

    def execute(self, item: ChangeItem) -> BackgroundTask | None:
        return self.carry_out(item, "change")


def _read(text: str) -> Requests | Refusal:
    """Return the requests in a line, or the refusal of the first that is none; quotes hold blanks together."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        return Refusal(RefusalCode.INVALID, f"{text!r}: {error}")
    found = []
    for word in words:
        request = read_request(word)
        if isinstance(request, Refusal):
            return request
        found.append(request)
    return tuple(found) if found else Refusal(RefusalCode.INVALID, "type what to change, such as tags+=web")
