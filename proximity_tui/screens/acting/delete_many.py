"""The delete dialog for several containers: soft for all of them, or hard for those that may be destroyed.

Every name is listed with what would become of it, the count has to be typed, and each succeeds or fails alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from proximity_tui.core.doctrine.deletion import Choice
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.store.errors import StoreError
from proximity_tui.screens.acting.choice_line import ChoiceLine
from proximity_tui.screens.acting.deleting import Case, look_at, open_case
from proximity_tui.screens.desk.errand import Ended
from proximity_tui.screens.desk.host import DeskApp
from proximity_tui.screens.desk.late import unless_too_late
from proximity_tui.screens.text.line import Line
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.cells import Cell, Row, Tone
from proximity_tui.widgets.columns import Column
from proximity_tui.widgets.line_button import LineButton
from proximity_tui.widgets.row_table import RowTable

AT_ONCE = 4
"""How many guests are looked at at the same time."""

COLUMNS = (
    Column("kind", "KIND", 7, priority=4),
    Column("vmid", "VMID", 5, flex=1, max=9, align="right", priority=2),
    Column("name", "NAME", 10, flex=2, max=40),
    Column("node", "NODE", 6, flex=1, max=12, priority=5),
    Column("outcome", "OUTCOME", 16, flex=6),
)


@dataclass(frozen=True, slots=True)
class Doomed:
    """One of the containers and how far it is. Without a `case` it was not read yet."""

    id: int
    case: Case | None = None
    trouble: str | None = None
    begun: bool = False
    ended: Ended | None = None

    def plan(self, choice: Choice | None) -> Plan | None:
        """What would be done; nothing to one whose identity is in doubt, because that is asked about one at a time."""
        if self.case is None or (choice is Choice.HARD and self.case.doubtful):
            return None
        return self.case.plan(choice)

    def outcome(self, choice: Choice | None) -> tuple[str, Tone]:
        """How it stands, in words."""
        if self.ended is not None:
            return self.ended.outcome, "good" if self.ended.success else "bad"
        if self.trouble is not None or self.case is None:
            return (self.trouble, "bad") if self.trouble else ("reading", "dim")
        if self.begun:
            return "under way", "accent"
        if choice is None:
            return "soft or hard?", "dim"
        plan = self.case.soft if choice is Choice.SOFT else self.case.hard
        if plan is None:
            return "looking", "dim"
        if isinstance(plan, Refusal):
            return f"untouched: {plan.reason}", "warn"
        if self.plan(choice) is None:
            return "untouched: its identity is in doubt, delete it by itself", "warn"
        return (plan.steps[-1].reason if choice is Choice.SOFT else f"destroy CT {plan.vmid}"), "normal"


class DeleteManyDialog(ModalScreen[None]):
    """Takes containers by record id through a soft or a hard delete, one after the other."""

    DEFAULT_CSS = """
    DeleteManyDialog {
        align: center middle;
        & > Vertical {
            width: 110; max-width: 100%; height: 26; max-height: 100%;
            border: round $border; background: $surface; padding: 0 1;
        }
        & RowTable { height: 1fr; min-height: 2; }
        & #many-count-row { height: 1; }
        & #many-count-row Lines { width: auto; }
        & ChoiceLine { max-height: 1; }
        & Input { height: 1; width: 8; border: none; padding: 0; }
        & Input:focus { border: none; }
        & #many-buttons { height: 1; align-horizontal: right; }
        & LineButton { margin-left: 2; }
    }
    """
    AUTO_FOCUS = "#many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Cancel"),
        Binding("s", "choose('soft')", "Soft"),
        Binding("h", "choose('hard')", "Hard"),
    ]

    app = getters.app(DeskApp)

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__()
        self._all = {id: Doomed(id) for id in container_ids}
        self._choice: Choice | None = None
        self._at_work = False
        self._stop_wanted = False
        self._finished = False

    def compose(self) -> ComposeResult:
        """Title, every container, both choices, the count, buttons."""
        with Vertical():
            yield Line(id="many-title")
            yield RowTable(COLUMNS, markable=False)
            yield Line(id="many-story")
            yield ChoiceLine("soft", "Soft", id="many-soft")
            yield ChoiceLine("hard", "Hard", id="many-hard")
            with Horizontal(id="many-count-row"):
                yield Lines(id="many-count-label")
                field = Input(id="many-count", compact=True, max_length=6)
                field.cursor_blink = False
                yield field
            with Horizontal(id="many-buttons"):
                yield LineButton("Cancel", id="many-cancel")
                yield LineButton("Delete", id="many-go", danger=True, disabled=True)

    def on_mount(self) -> None:
        """Read every record, then look at every guest."""
        self._show()
        self.run_worker(self._look_at_all(), group="looks")

    def action_cancel(self) -> None:
        """Close; in the middle of the work stop after the current container, and close when asked again."""
        if self._at_work and not self._stop_wanted:
            self._stop_wanted = True
            self._show()
        else:
            self.dismiss(None)

    def action_choose(self, name: str) -> None:
        """Choose soft or hard for all. What may not be destroyed stays untouched by a hard one."""
        choice = Choice(name)
        if not self._at_work and not self._finished and self._able(choice):
            self._choice = choice
            self._show()
            self.query_one("#many-count", Input).focus()

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        self.action_choose(event.line.name or "")

    @on(Input.Changed)
    @on(RowTable.Highlighted)
    def _something_changed(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Enter in the field leads to the button, and does nothing itself."""
        if not self.query_one("#many-go").disabled:
            self.query_one("#many-go").focus()

    @on(LineButton.Pressed, "#many-cancel")
    def _cancel_pressed(self) -> None:
        self.action_cancel()

    @on(LineButton.Pressed, "#many-go")
    def _go_pressed(self) -> None:
        if self._choice is not None and self._confirmed() and not self._at_work and not self._finished:
            self._at_work = True
            self._show()
            self.run_worker(self._delete_all(self._choice), group="deletion")

    def _able(self, choice: Choice | None) -> list[Doomed]:
        return [one for one in self._all.values() if one.plan(choice) is not None]

    def _confirmed(self) -> bool:
        return self.query_one("#many-count", Input).value.strip() == str(len(self._able(self._choice)))

    async def _look_at_all(self) -> None:
        room = asyncio.Semaphore(AT_ONCE)
        desk = self.app.desk
        engine = desk.session.engine

        async def look(one: Doomed) -> None:
            async with room:
                try:
                    case = await desk.ask(open_case, engine, one.id)
                    self._put(replace(one, case=case))
                    if case.hard is None:
                        self._put(replace(one, case=await desk.ask(look_at, engine, case)))
                except (StoreError, ValueError) as error:
                    self._put(replace(one, trouble=str(error)))

        await asyncio.gather(*(look(one) for one in list(self._all.values())))

    async def _delete_all(self, choice: Choice) -> None:
        desk = self.app.desk
        verb = "forget" if choice is Choice.SOFT else "delete"
        for one in self._able(choice):
            plan = one.plan(choice)
            if self._stop_wanted or plan is None or one.case is None:
                continue
            self._put(replace(one, begun=True))
            container = one.case.container
            errand = desk.begin_quietly(f"{verb} {container.name}", desk.session.engine.delete, plan, container)
            self._put(replace(one, ended=await errand.wait()))
        self._at_work, self._finished = False, True
        self._show()
        self.query_one("#many-cancel").focus()

    def _put(self, one: Doomed) -> None:
        self._all[one.id] = one
        self._show()

    @unless_too_late
    def _show(self) -> None:
        table = self.query_one(RowTable)
        table.show([self._row(one) for one in self._all.values()])
        current = next((one for one in self._all.values() if str(one.id) == table.cursor_key), None)
        story = current.outcome(self._choice)[0] if current is not None else ""
        self.query_one("#many-story", Line).say([(story, "dim")])
        self.query_one("#many-title", Line).say([(self._title(), "accent")])
        idle = not self._at_work and not self._finished
        for choice, text in (
            (Choice.SOFT, "forget them: records closed, ports free; every container stays as it is on Proxmox"),
            (Choice.HARD, f"destroy {len(self._able(Choice.HARD))} of them; the others stay untouched"),
        ):
            line = self.query_one(f"#many-{choice}", ChoiceLine)
            line.show(text, chosen=self._choice is choice, disabled=not (idle and self._able(choice)))
            line.display = idle
        self.query_one("#many-count-row").display = idle and self._choice is not None
        label = f"Type how many shall be {'destroyed' if self._choice is Choice.HARD else 'forgotten'}: "
        self.query_one("#many-count-label", Lines).say([[(label, "warn")]])
        go, cancel = self.query_one("#many-go", LineButton), self.query_one("#many-cancel", LineButton)
        go.display = not self._finished
        go.relabel("Forget" if self._choice is Choice.SOFT else "Destroy" if self._choice else "Delete")
        go.disabled = not (idle and self._choice is not None and self._confirmed())
        cancel.relabel("Close" if self._finished else "Stop" if self._at_work else "Cancel")

    def _title(self) -> str:
        done = sum(one.ended is not None and one.ended.success for one in self._all.values())
        total = len(self._able(self._choice)) if self._choice is not None else len(self._all)
        if self._finished:
            return f"Deleted {done} of {len(self._all)}"
        if self._at_work:
            return f"Deleting, {done} of {total} done" + (": stopping after this one" if self._stop_wanted else "")
        return f"Delete {len(self._all)} containers"

    def _row(self, one: Doomed) -> Row:
        words, tone = one.outcome(self._choice)
        container = one.case.container if one.case is not None else None
        if container is None:
            return Row(str(one.id), ("", "", f"record {one.id}", "", Cell(words, tone)))
        vmid = Cell(str(container.vmid or "-"), order=container.vmid or -1)
        return Row(str(one.id), (container.kind.value, vmid, container.name, container.node or "?", Cell(words, tone)))
