"""The dialog that probes the ports of containers: the plan with every connect, the yes to it, and what was met."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.observe import port_probe
from proximity_tui.core.engine.operations.outcome import Done, Outcome, Refused
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.model.actions.port_plan import PortChange
from proximity_tui.core.model.guests.probe_result import PortObservation, PortOutcome, results
from proximity_tui.core.model.port_registry import PortRegistry
from proximity_tui.core.probe.probe_plan import ProbePlan, total
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.runtime.context import AppContext
from proximity_tui.runtime.probe_rules import rules_of
from proximity_tui.screens.app.background_task import ShowsEnds
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.ports.port_form import PortDialog, PortForm, containers_of
from proximity_tui.screens.presentation.container_cells import observed_words
from proximity_tui.screens.presentation.operation_text import warning_lines
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import SCROLLS, Dialog
from proximity_tui.widgets.line_controls import LineButton


@value_object
class ProbeItem:
    """One container of the dialog: its plan or the refusal, and then what was met."""

    container: Container
    plan: ProbePlan | Refusal
    met: tuple[PortObservation, ...] | None = None

    @property
    def facts_to_be(self) -> tuple[PortObservation, ...]:
        """The ports that were observed open and are in no record yet."""
        known = {port.container for port in self.container.ports}
        return tuple(one for one in self.met or () if one.outcome is PortOutcome.OPEN and one.port not in known)


class ProbeDialog(ShowsEnds, Dialog[None]):
    """Plans the probe of one container or several, carries it out, and offers to take what is open for a fact."""

    BINDINGS: ClassVar[list[BindingType]] = [*SCROLLS]

    app = getters.app(ControllerApp)

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__()
        self._ids = tuple(container_ids)
        self._items: tuple[ProbeItem, ...] = ()
        self._doing = "Reading the addresses."
        self._trouble = ""
        self._unread: list[str] = []
        """What is wrong with the records that cannot be read: they are left out, and the others are probed."""

    def compose_body(self) -> ComposeResult:
        """Yield the plan, and then what was met."""
        yield Lines(id="probe-lines")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Probe."""
        yield LineButton("Cancel", id="probe-cancel")
        yield LineButton("Probe", agrees=True, disabled=True, id="probe-go")

    def on_mount(self) -> None:
        """Read the addresses, and plan."""
        self.show_title("Probe ports")
        self._show()
        # What was met gets older while it is shown.
        self.set_interval(1.0, self._show)
        self.query_one("#probe-cancel", LineButton).focus()
        in_background(self, self._plan, group="plan")

    def press(self, button: LineButton) -> None:
        """Make the connects that were shown; once that is done, reserve a port for the first that is open."""
        if self._doing:
            return
        if self._facts:
            in_background(self, partial(self._reserve, self._facts[0]))
        elif self._plans:
            self._doing, self._trouble = f"Connecting: {total(self._plans)} connects.", ""
            self._show()
            in_background(self, self._probe, group="probe")

    @property
    def _plans(self) -> list[ProbePlan]:
        return [one.plan for one in self._items if isinstance(one.plan, ProbePlan) and one.met is None]

    @property
    def _has_met(self) -> bool:
        return any(one.met is not None for one in self._items)

    @property
    def _facts(self) -> list[ProbeItem]:
        return [one for one in self._items if one.facts_to_be]

    async def _plan(self) -> None:
        controller = self.app.controller
        for number in self._ids:
            try:
                container = await controller.ask(records.get, number)
                rules = rules_of(controller.context, container.cluster)
                plan = partial(port_probe.plan, container, controller.context.clients, rules)
                self._items = (*self._items, ProbeItem(container, await controller.ask(plan)))
            except StoreError as error:
                self._unread.append(f"{self._called(number)} is not probed: {error}")
            self._show()
        self._doing = ""
        self._show()

    def _called(self, number: int) -> str:
        row = self.app.controller.view.row(number)
        return row.name if row is not None else f"record {number}"

    async def _probe(self) -> None:
        controller = self.app.controller
        for item in self._items:
            # What was met before a failure is not asked a second time.
            if not isinstance(item.plan, ProbePlan) or item.met is not None:
                continue
            task = controller.begin(f"probe {item.plan.name}", _carry_out, item, item.plan, controller.context)
            self.show_end_of(task)
            ended = await task.wait()
            self._take(item, ended.result, ended.outcome)
            self._show()
        self._doing = ""
        self._show()

    def _take(self, item: ProbeItem, outcome: Outcome | None, sentence: str) -> None:
        match outcome:
            case Done(detail=detail):
                done = ProbeItem(item.container, item.plan, tuple(detail["met"]))
            case Refused(refusal):
                done = ProbeItem(item.container, refusal)
            case _:
                self._trouble = sentence
                return
        self._items = tuple(done if one is item else one for one in self._items)

    async def _reserve(self, item: ProbeItem) -> None:
        """Go on with the form that reserves a public port for what was observed."""
        controller = self.app.controller
        try:
            holdings = await controller.ask(public_ports.registry)
        except StoreError as error:
            self._trouble = str(error)
            self._show()
            return
        registry = PortRegistry(holdings, controller.context.settings.ports.public)
        containers = containers_of(controller.view.rows)
        self.become(
            PortDialog(PortForm(PortChange.RESERVE, registry, None, containers, item.container, item.facts_to_be))
        )

    @unless_unmounted
    def _show(self) -> None:
        self.query_one("#probe-lines", Lines).set_text(self._lines())
        go = self.query_one("#probe-go", LineButton)
        go.relabel("Reserve a public port" if self._facts else "Probe")
        self.query_one("#probe-cancel", LineButton).relabel("Cancel" if self._plans and not self._has_met else "Close")
        go.disabled = bool(self._doing) or not (self._plans or self._facts)
        self.show_keys()

    def _lines(self) -> list[TextLine]:
        lines = [line for item in self._items for line in self._lines_of(item)]
        lines += [[(sentence, "bad")] for sentence in self._unread]
        if self._doing:
            lines.append([(self._doing, "dim")])
        if self._trouble:
            lines.append([(self._trouble, "bad")])
        return lines

    def _lines_of(self, item: ProbeItem) -> list[TextLine]:
        if isinstance(item.plan, Refusal):
            return [[(f"{item.container.name}: {item.plan.reason}", "warn")]]
        if item.met is None:
            steps: list[TextLine] = [[(f"  {step}", "dim")] for step in item.plan.steps]
            return [[(item.plan.summary, "accent")], *steps, *warning_lines(item.plan.warnings, indent="  ")]
        now = self.app.controller.clock.now()
        lines: list[TextLine] = [
            [(f"{item.container.name} ", "accent"), (f"observed {observed_words(one, now)}", "normal")]
            for one in results(item.met)
        ]
        return lines or [[(f"{item.container.name}: this machine could not ask any port", "warn")]]


def _carry_out(item: ProbeItem, plan: ProbePlan, context: AppContext) -> Outcome:
    execute = partial(port_probe.execute, plan, context.clients, rules_of(context, plan.cluster))
    met = execute(context.clock, context.engine.settings.actor)
    if isinstance(met, Refusal):
        return Refused(met)
    return Done(container=item.container, detail={"met": met})
