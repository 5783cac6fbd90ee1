"""The adoption dialog: inspect each guest, show the data to capture, ask, adopt a few at a time, show results.

Each adoption is whole or not at all, so stopping in the middle leaves the finished ones and touches no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.observe.shared_inventory import SharedInventory
from proximity_tui.core.engine.operations.outcome import Outcome, Refused
from proximity_tui.core.model import Refusal, Status
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.adopt.candidate import Candidate, inspect_item, plan_as_shown, read_port
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.batch.batch_columns import LONGEST_NAME
from proximity_tui.screens.batch.batch_dialog import BatchDialog
from proximity_tui.screens.text.lines import Line, Lines
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton, LineInput
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column


class AdoptDialog(BatchDialog[Candidate]):
    """The dialog for adopting guests, each given by cluster and VMID."""

    DEFAULT_CSS = """
    AdoptDialog {
        & #adopt-port-row { height: 1; }
        & #adopt-port-label { width: auto; min-width: 32; }
        & Input { width: 8; }
        & ChoiceLine { display: none; }
    }
    """
    AUTO_FOCUS = "RowTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Adopt", tooltip="Adopt, as shown."),
        Binding("a", "adopt", "Adopt", show=False, tooltip="Go to the button that adopts."),
    ]
    NAME = "adopt"
    AT_WORK_AT_ONCE = AT_ONCE
    COLUMNS = (
        Column("vmid", "VMID", 5, flex=1, max=9, align="right", priority=2),
        Column("name", "NAME", 10, flex=2, max=LONGEST_NAME),
        Column("node", "NODE", 6, flex=1, max=12, priority=4),
        Column("status", "STATUS", 8, priority=3),
        Column("outcome", "OUTCOME", 14, flex=6),
    )

    def __init__(self, guests: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self._guests = tuple(guests)
        self._inventories: dict[str, SharedInventory] = {}
        self._consent = False
        """Whether those are adopted, too, whose config cannot be read."""

    def compose_questions(self) -> ComposeResult:
        """Yield the fields for the port and the consent."""
        with Horizontal(id="adopt-port-row"):
            yield Line(id="adopt-port-label")
            yield LineInput(id="adopt-port", max_length=6)
        # Beside the field there is no room for it on a small screen.
        yield Lines(id="adopt-port-problem")
        yield ChoiceLine("consent", "without record", id="adopt-consent", square=True)

    def on_mount(self) -> None:
        """Start with the list's knowledge of each guest."""
        whose = "publish its port" if len(self._guests) == 1 else "publish port of each"
        label = f"{whose} (empty: none): "
        self.query_one("#adopt-port-label", Line).set_text([(label, "normal")])
        engine = self.app.controller.context.engine
        known = {(row.cluster, row.vmid): row for row in self.app.controller.view.unmanaged}
        for cluster, vmid in self._guests:
            row = known.get((cluster, vmid))
            name, node = (row.name, row.node or "?") if row is not None else (f"CT{vmid}", "?")
            self._inventories.setdefault(cluster, SharedInventory(engine.clients[cluster], engine.clock))
            candidate = Candidate(cluster, vmid, name, node, row.status if row is not None else Status.UNKNOWN)
            self.items[candidate.key] = candidate

    @property
    def words(self) -> tuple[str, str, str]:
        return "Adopt", "Adopting", "Adopted"

    def is_text(self, character: str) -> bool:
        """Return whether a character belongs into the field: a port has only digits."""
        return character.isdigit()

    def action_adopt(self) -> None:
        """Move the focus to the confirm button: the key that opens this dialog may come twice."""
        self.query_one("#adopt-go").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for the keys that adopt while there is nothing to agree to: they are not offered then."""
        if action in ("adopt", "agree") and not self.may_begin:
            return False
        return super().check_action(action, parameters)

    def action_agree(self) -> None:
        """Adopt, unless the key was typed before everything was shown."""
        self.query_one("#adopt-go", LineButton).agree(self.typed_at)

    @on(Input.Changed, "#adopt-port")
    def _port_changed(self) -> None:
        self.show()

    @on(ChoiceLine.Chosen)
    def _consent_chosen(self) -> None:
        self._consent = not self._consent
        self.show()

    @on(Input.Submitted, "#adopt-port")
    def _port_submitted(self) -> None:
        self.query_one("#adopt-go").focus()

    async def inspect_item(self, item: Candidate) -> None:
        try:
            inventory = self._inventories[item.cluster]
            seen = await self.app.controller.ask(inspect_item, self.app.controller.context.engine, item, inventory)
        except StoreError as error:
            seen = item.unreadable(str(error))
        self.put(seen)

    def able(self) -> list[Candidate]:
        return [one for one in self.items.values() if one.is_ready(consent=self._consent)]

    def agreed(self) -> bool:
        return not isinstance(self._port, Refusal) and bool(self.able())

    def execute(self, item: Candidate) -> BackgroundTask | None:
        port = self._port
        if isinstance(port, Refusal):
            return None
        request = AdoptionRequest(port, without_record=self._consent and item.needs_consent)
        controller = self.app.controller
        return controller.begin_one_of_many(f"adopt {item.name}", _adopt, controller.context.engine, item, request)

    @property
    def _port(self) -> int | Refusal | None:
        return read_port(self.query_one("#adopt-port", Input).value)

    def unread(self) -> int:
        return sum(one.preview is None for one in self.items.values())

    def question(self) -> str:
        total = len(self.items)
        what = next(iter(self.items.values())).name if total == 1 else f"{total} containers"
        if self.unread():
            return f"Adopt {what}"
        return f"Adopt {what}: {len(self.able())} ready. Adoption changes nothing on Proxmox."

    def describe(self, item: Candidate) -> str:
        return f" {item.describe()}"

    def show_questions(self) -> None:
        problem = self._port.reason if isinstance(self._port, Refusal) else ""
        self.query_one("#adopt-port-problem", Lines).set_text([[(problem, "bad")]] if problem else [])
        self.query_one("#adopt-port-row").display = self.asking
        count = sum(one.needs_consent for one in self.items.values())
        consent = self.query_one("#adopt-consent", ChoiceLine)
        consent.display = count > 0 and self.asking
        also = f"also adopt {count} whose config cannot be read: no clinical record, no drift detection"
        consent.show(also, chosen=self._consent, disabled=False)
        self.show_keys()

    def row(self, item: Candidate) -> Row:
        words, tone = item.outcome(consent=self._consent)
        if item.is_offered:
            words = item.captures
        vmid = Cell(str(item.vmid), order=item.vmid)
        return Row(item.key, (vmid, item.name, item.node, item.status.value, Cell(words, tone)))


def _adopt(engine: Engine, candidate: Candidate, request: AdoptionRequest) -> Outcome:
    """Plan exactly this request for the guest that was shown, and execute it, on the thread of the task."""
    plan = plan_as_shown(engine, candidate, request)
    return Refused(plan) if isinstance(plan, Refusal) else engine.adopt(plan, request)
