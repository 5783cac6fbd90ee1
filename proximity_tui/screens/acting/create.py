"""The form for a new native container: problems stand beside their fields, the plan is shown before it is agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input

from proximity_tui.core.model import CreateRequest, Plan
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.errors import StoreError
from proximity_tui.screens.acting.choice_line import ChoiceLine
from proximity_tui.screens.acting.create_form import FIELDS, read_form
from proximity_tui.screens.acting.deleting import steps_lines
from proximity_tui.screens.acting.progress import ProgressDialog
from proximity_tui.screens.desk.host import DeskApp
from proximity_tui.screens.desk.late import unless_too_late
from proximity_tui.screens.text.field import Field
from proximity_tui.screens.text.line import Line
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.line_button import LineButton

ROOM_FOR_HINTS = 60
"""How wide a screen must be for hints beside the fields."""


class OfferInput(Input):
    """A field that up and down fill with what Proxmox offers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "offer(-1)", "Previous", show=False),
        Binding("down", "offer(1)", "Next", show=False),
    ]

    offers: Sequence[str] = ()

    def action_offer(self, step: int) -> None:
        """Fill in the next offer, or the one before."""
        if self.offers:
            known = self.value in self.offers
            place = (self.offers.index(self.value) + step) % len(self.offers) if known else 0
            self.value = self.offers[place]
            self.cursor_position = len(self.value)


class CreateScreen(ModalScreen[None]):
    """Asks for everything that a new container needs, begins it, and becomes its progress view."""

    DEFAULT_CSS = """
    CreateScreen {
        align: center middle;
        & > Vertical {
            width: 100; max-width: 100%; height: auto; max-height: 100%;
            border: round $border; background: $surface; padding: 0 1;
        }
        & VerticalScroll { height: auto; scrollbar-size-vertical: 1; }
        & .row { height: auto; }
        & .row > .label { width: 12; }
        & .row > .problem { width: 2fr; margin-left: 1; }
        & Input { height: 1; width: 3fr; border: none; padding: 0; background: $panel; }
        & Input:focus { border: none; text-style: bold; }
        & #create-plan { margin-top: 1; }
        & #create-buttons { height: 1; align-horizontal: right; }
        & LineButton { margin-left: 2; }
    }
    """
    AUTO_FOCUS = "#create-hostname"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "cancel", "Cancel")]

    app = getters.app(DeskApp)

    def __init__(self, cluster: str) -> None:
        super().__init__()
        self._cluster = cluster
        self._plan: Plan | None = None
        self._start = True
        self._planning = False
        self._checked = False
        """Whether a plan was asked for, so that problems are told from then on."""
        self._trouble = ""
        self._begun = False

    def compose(self) -> ComposeResult:
        """A row a field, the plan, buttons."""
        with Vertical():
            yield Line(id="create-title")
            with VerticalScroll(can_focus=False):
                for field in FIELDS:
                    yield from self._row(field)
                yield ChoiceLine("start", "start it when it is made", id="create-start", square=True)
                yield Lines(id="create-plan")
            with Horizontal(id="create-buttons"):
                yield LineButton("Cancel", id="create-cancel")
                yield LineButton("Show the plan", id="create-go")

    def on_mount(self) -> None:
        """Ask the cluster what it offers; the form can be filled in meanwhile."""
        title = f"New native container on cluster {self._cluster}"
        self.query_one("#create-title", Line).say([(title, "accent")])
        for field in FIELDS:
            self.query_one(f"#create-{field.id}-label", Line).say([(field.label, "normal")])
        self._show()
        self.run_worker(self._read_offers(), group="offers")

    def on_resize(self) -> None:
        """Leave the form what title and buttons do not need."""
        self.query_one(VerticalScroll).styles.max_height = max(1, self.app.size.height - 4)

    def action_cancel(self) -> None:
        """Close; nothing was created."""
        self.dismiss(None)

    @on(ChoiceLine.Chosen)
    def _start_chosen(self) -> None:
        self._start = not self._start
        self._plan = None
        self._show()

    @on(Input.Changed)
    def _typed(self) -> None:
        # A plan is of exactly what was typed: another letter makes it void.
        self._plan = None
        self._trouble = ""
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.focus_next()

    @on(LineButton.Pressed, "#create-cancel")
    def _cancel_pressed(self) -> None:
        self.action_cancel()

    @on(LineButton.Pressed, "#create-go")
    def _go_pressed(self) -> None:
        if self._begun or self._planning:
            return
        desk = self.app.desk
        if self._plan is not None:
            self._begun = True
            errand = desk.begin(f"create {self._plan.name}", desk.session.engine.create, self._plan)
            self.app.switch_screen(ProgressDialog(self._plan, errand))
            return
        self._checked = True
        request = self._read()
        if isinstance(request, CreateRequest):
            self._planning = True
            self.run_worker(self._make_plan(request), group="plan", exclusive=True)
        else:
            first = next(field.id for field in FIELDS if field.id in request)
            self.query_one(f"#create-{first}", Input).focus()
        self._show()

    def _row(self, field: Field) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Line(id=f"create-{field.id}-label", classes="label")
            kind = OfferInput if field.id in ("template", "node", "storage") else Input
            typed = kind(field.value, id=f"create-{field.id}", compact=True, max_length=300)
            typed.cursor_blink = False
            yield typed
            yield Lines(id=f"create-{field.id}-problem", classes="problem")

    def _read(self) -> CreateRequest | dict[str, str]:
        typed = {field.id: self.query_one(f"#create-{field.id}", Input).value for field in FIELDS}
        return read_form(typed, start=self._start)

    async def _read_offers(self) -> None:
        gateway, ask = self.app.desk.session.gateways[self._cluster], self.app.desk.ask
        try:
            nodes = [node.name for node in await ask(gateway.nodes) if node.status == "online"]
            if nodes:
                templates = [template.volid for template in await ask(gateway.templates, nodes[0])]
                storages = [storage.name for storage in await ask(gateway.storages, nodes[0]) if storage.active]
                for name, offers in (("node", nodes), ("template", templates), ("storage", storages)):
                    self.query_one(f"#create-{name}", OfferInput).offers = tuple(offers)
                template = self.query_one("#create-template", OfferInput)
                if not template.value and templates:
                    template.value = templates[0]
        except ProxmoxError as error:
            self._trouble = f"What {self._cluster} offers cannot be read: {error}"
            self._show()

    async def _make_plan(self, request: CreateRequest) -> None:
        desk = self.app.desk
        try:
            outcome = await desk.ask(desk.session.engine.plan_create, self._cluster, request)
            # What was typed meanwhile is not what this plan is of.
            self._plan = outcome if isinstance(outcome, Plan) and self._read() == request else None
            self._trouble = "" if isinstance(outcome, Plan) else outcome.reason
        except (ProxmoxError, StoreError, ValueError) as error:
            self._trouble = str(error)
        self._planning = False
        self._show()
        if self._plan is not None:
            self.query_one("#create-plan").scroll_visible(animate=False)

    @unless_too_late
    def _show(self) -> None:
        read = self._read() if self._checked else None
        problems = read if isinstance(read, dict) else {}
        for field in FIELDS:
            problem = problems.get(field.id, "")
            beside = self.query_one(f"#create-{field.id}-problem", Lines)
            hint = field.hint if self.app.size.width >= ROOM_FOR_HINTS else ""
            beside.say([[(problem, "bad")]] if problem else [[(hint, "dim")]] if hint else [])
        self.query_one("#create-start", ChoiceLine).show("", chosen=self._start, disabled=False)
        plan = self.query_one("#create-plan", Lines)
        if self._trouble:
            plan.say([[(self._trouble, "bad")]])
        elif self._plan is not None:
            plan.say([[(self._plan.summary, "accent")], *steps_lines(self._plan)])
        else:
            plan.say([[("Making the plan.", "dim")]] if self._planning else [])
        self.query_one("#create-go", LineButton).relabel("Create" if self._plan is not None else "Show the plan")
