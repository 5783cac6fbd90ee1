"""The adoption dialog: look at each guest, show what will be captured, ask, adopt one after the other, show results.

Each adoption is whole or not at all, so stopping in the middle leaves the finished ones and touches no other (N84).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input

from proximity_tui.core.doctrine.adoption import AdoptionWish
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.outcome import Result
from proximity_tui.core.model import Refusal, Status
from proximity_tui.core.store.errors import StoreError
from proximity_tui.screens.acting.adoption import Candidate, look_at, plan_again, read_port
from proximity_tui.screens.desk.host import DeskApp
from proximity_tui.screens.text.line import Line
from proximity_tui.widgets.cells import Cell, Row
from proximity_tui.widgets.columns import Column
from proximity_tui.widgets.line_button import LineButton
from proximity_tui.widgets.row_table import RowTable

AT_ONCE = 4
"""How many guests are looked at at the same time."""

COLUMNS = (
    Column("vmid", "VMID", 5, flex=1, max=9, align="right", priority=2),
    Column("name", "NAME", 10, flex=2, max=30),
    Column("node", "NODE", 6, flex=1, max=12, priority=4),
    Column("status", "STATUS", 8, priority=3),
    Column("outcome", "OUTCOME", 14, flex=6),
)


class AdoptDialog(ModalScreen[None]):
    """Takes guests by cluster and VMID through their adoption."""

    DEFAULT_CSS = """
    AdoptDialog {
        align: center middle;
        padding-top: 1;  /* the status line, with SIMULATED and READ-ONLY, stays in sight */
        & > Vertical {
            width: 110; max-width: 100%; height: 26; max-height: 100%;
            border: round $border; background: $surface; padding: 0 1;
        }
        & RowTable { height: 1fr; min-height: 2; }
        & Horizontal { height: 1; }
        & #adopt-port-label { width: auto; min-width: 32; }
        & Input { height: 1; width: 8; border: none; padding: 0; }
        & Input:focus { border: none; }
        & Checkbox { height: 1; border: none; padding: 0; display: none; }
        & Checkbox:focus { border: none; }
        & #adopt-buttons { align-horizontal: right; }
        & LineButton { margin-left: 2; }
    }
    """
    AUTO_FOCUS = "RowTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "Cancel"),
        Binding("a", "adopt", "Adopt"),
    ]

    app = getters.app(DeskApp)

    def __init__(self, guests: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self._guests = tuple(guests)
        self._candidates: dict[str, Candidate] = {}
        self._at_work = False
        self._stop_wanted = False
        self._finished = False

    def compose(self) -> ComposeResult:
        """Title, table, story of the current guest, port, consent, buttons."""
        with Vertical():
            yield Line(id="adopt-title")
            yield RowTable(COLUMNS, markable=False)
            yield Line(id="adopt-story")
            with Horizontal(id="adopt-port-row"):
                yield Line(id="adopt-port-label")
                port = Input(id="adopt-port", compact=True, max_length=6)
                port.cursor_blink = False
                yield port
                yield Line(id="adopt-port-problem")
            yield Checkbox("", id="adopt-consent", compact=True)
            with Horizontal(id="adopt-buttons"):
                yield LineButton("Cancel", id="adopt-cancel")
                yield LineButton("Adopt", id="adopt-go", disabled=True)

    def on_mount(self) -> None:
        """Look at every guest."""
        self.query_one("#adopt-port-label", Line).say([("publish its port (may be empty): ", "normal")])
        known = {(row.cluster, row.vmid): row for row in self.app.desk.view.unmanaged}
        for cluster, vmid in self._guests:
            row = known.get((cluster, vmid))
            name, node = (row.name, row.node or "?") if row is not None else (f"CT{vmid}", "?")
            self._put(Candidate(cluster, vmid, name, node, row.status if row is not None else Status.UNKNOWN))
        self._show()
        self.run_worker(self._look_at_all(), group="looks")

    def action_cancel(self) -> None:
        """Close; in the middle of a batch stop after the current guest, and close when asked again."""
        if self._at_work and not self._stop_wanted:
            self._stop_wanted = True
            self._show()
        else:
            self.dismiss(None)

    def action_adopt(self) -> None:
        """Adopt what is ready, if what was typed allows it."""
        port = read_port(self.query_one("#adopt-port", Input).value)
        if self._at_work or self._finished or isinstance(port, Refusal) or not self._ready() or self._looking():
            return
        self._at_work = True
        self._show()
        self.run_worker(self._adopt_all(port), group="adoption")

    @on(LineButton.Pressed, "#adopt-cancel")
    def _cancel_pressed(self) -> None:
        self.action_cancel()

    @on(LineButton.Pressed, "#adopt-go")
    def _go_pressed(self) -> None:
        self.action_adopt()

    @on(Input.Changed, "#adopt-port")
    @on(Checkbox.Changed, "#adopt-consent")
    @on(RowTable.Highlighted)
    def _something_changed(self) -> None:
        self._show()

    @on(Input.Submitted, "#adopt-port")
    def _port_submitted(self) -> None:
        self.query_one("#adopt-go").focus()

    async def _look_at_all(self) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def look(candidate: Candidate) -> None:
            async with room:
                try:
                    seen = await self.app.desk.ask(look_at, self._engine, candidate)
                except StoreError as error:
                    seen = replace(candidate, preview=Refusal("failed", str(error)))
                self._put(seen)
                self._show()

        await asyncio.gather(*(look(one) for one in list(self._candidates.values())))

    async def _adopt_all(self, port: int | None) -> None:
        consent = self._consent
        for candidate in self._ready():
            if self._stop_wanted:
                self._put(replace(candidate, untouched=True))
                continue
            self._put(replace(candidate, begun=True))
            self._show()
            wish = AdoptionWish(port, without_record=consent and candidate.needs_consent)
            errand = self.app.desk.begin_quietly(f"adopt {candidate.name}", _adopt, self._engine, candidate, wish)
            self._put(replace(candidate, ended=await errand.wait()))
        self._at_work, self._finished = False, True
        self._show()
        self.query_one("#adopt-cancel").focus()

    @property
    def _engine(self) -> Engine:
        return self.app.desk.session.engine

    @property
    def _consent(self) -> bool:
        return self.query_one("#adopt-consent", Checkbox).value

    def _put(self, candidate: Candidate) -> None:
        self._candidates[candidate.key] = candidate

    def _ready(self) -> list[Candidate]:
        return [one for one in self._candidates.values() if one.is_ready(consent=self._consent)]

    def _looking(self) -> int:
        return sum(one.preview is None for one in self._candidates.values())

    def _show(self) -> None:
        """Everything again; only what looks different is painted."""
        table = self.query_one(RowTable)
        table.show([self._row(one) for one in self._candidates.values()])
        current = self._candidates.get(table.cursor_key or "")
        self.query_one("#adopt-story", Line).say([(f" {current.story()}" if current else "", "dim")])
        self.query_one("#adopt-title", Line).say([(self._title(), "accent")])
        port = read_port(self.query_one("#adopt-port", Input).value)
        problem = port.reason if isinstance(port, Refusal) else ""
        self.query_one("#adopt-port-problem", Line).say([(problem, "bad")])
        self.query_one("#adopt-port-row").display = not (self._at_work or self._finished)
        self._show_consent()
        go, cancel = self.query_one("#adopt-go", LineButton), self.query_one("#adopt-cancel", LineButton)
        go.display = not self._finished
        go.disabled = bool(problem) or self._at_work or not self._ready() or self._looking() > 0
        cancel.relabel("Close" if self._finished else "Stop" if self._at_work else "Cancel")

    def _show_consent(self) -> None:
        count = sum(one.needs_consent for one in self._candidates.values())
        box = self.query_one("#adopt-consent", Checkbox)
        box.display = count > 0 and not (self._at_work or self._finished)
        label = f"adopt {count} whose config cannot be read: without a clinical record, drift is never seen"
        if str(box.label) != label:
            box.label = label

    def _title(self) -> str:
        total, looking = len(self._candidates), self._looking()
        done = sum(one.ended is not None and one.ended.success for one in self._candidates.values())
        if self._finished:
            return f"Adopted {done} of {total}"
        if self._at_work:
            return f"Adopting, {done} of {total} done" + (": stopping after this one" if self._stop_wanted else "")
        what = next(iter(self._candidates.values())).name if total == 1 else f"{total} containers"
        rest = f": looked at {total - looking} of {total}" if looking else f": {len(self._ready())} ready"
        return f"Adopt {what}{rest}. It only reads: Proxmox stays as it is."

    def _row(self, candidate: Candidate) -> Row:
        words, tone = candidate.outcome(consent=self._consent)
        if words == "ready":
            words = candidate.captures
        vmid = Cell(str(candidate.vmid), order=candidate.vmid)
        return Row(candidate.key, (vmid, candidate.name, candidate.node, candidate.status.value, Cell(words, tone)))


def _adopt(engine: Engine, candidate: Candidate, wish: AdoptionWish) -> Result:
    """On the thread of the errand: the plan for exactly this wish, then its execution."""
    plan = plan_again(engine, candidate, wish)
    return Result(False, refused=plan) if isinstance(plan, Refusal) else engine.adopt(plan, wish)
