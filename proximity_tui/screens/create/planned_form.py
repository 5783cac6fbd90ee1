"""The base of the forms for a new container and for a clone: a form, the plan of the typed request, a confirmation of
exactly that plan, and then its progress. A subclass defines the fields and the plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import getters, on
from textual.app import ComposeResult
from textual.widgets import Input

from proximity_tui.core.engine.operations.outcome import Result
from proximity_tui.core.model import Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.delete.text import steps_lines
from proximity_tui.screens.operation.progress import ProgressDialog
from proximity_tui.screens.text.field import Field
from proximity_tui.screens.text.form import Form
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.choice_line import ChoiceLine
from proximity_tui.widgets.dialog import Dialog
from proximity_tui.widgets.line_button import LineButton

R = TypeVar("R")
"""What is asked of the engine."""


class PlannedForm(Dialog[None], Generic[R]):
    """A form that asks, plans, starts the confirmed plan, and becomes its progress view."""

    DEFAULT_CSS = "PlannedForm .plan { margin-top: 1; }"

    VERB: ClassVar[str]
    """What is done, as the button says it: `create`. Its widgets are called after it."""
    FIELDS: ClassVar[Sequence[Field]]
    CHOICES: ClassVar[Mapping[str, str]]
    """What can be switched on and off below the fields, and how it is called."""

    app = getters.app(ControllerApp)

    def __init__(self, chosen: Collection[str] = ()) -> None:
        """Build the form; `chosen` are the choices that are switched on at first."""
        super().__init__()
        self._form = Form(self.VERB, self.FIELDS)
        self._chosen = frozenset(chosen)
        self._plan: Plan | None = None
        self._planning = False
        self._checked = False
        """Whether a plan was asked for, so that problems are told from then on."""
        self._trouble = ""
        self._begun = False

    def heading(self) -> str:
        """Return the title."""
        raise NotImplementedError

    def known(self) -> list[TextLine]:
        """Return the facts that are known before anything is typed."""
        return []

    def choice(self, name: str) -> tuple[str, bool]:
        """Return the text beside a choice, and whether it can be switched."""
        return "", True

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> R | dict[str, str]:
        """Return the request, or the problem of each field."""
        raise NotImplementedError

    def answered(self, outcome: Plan | Refusal) -> None:
        """Handle the plan or refusal of a request, which is newer than everything known before."""

    def make_plan(self, request: R) -> Plan | Refusal:
        """Return the plan of a request, on a worker thread. Raises ProxmoxError, StoreError and ValueError."""
        raise NotImplementedError

    def execute(self, plan: Plan) -> Result:
        """Execute the confirmed plan, on a thread of its own."""
        raise NotImplementedError

    def read_offers(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the offer by field, on a worker thread. Raises ProxmoxError."""
        raise NotImplementedError

    def compose_body(self) -> ComposeResult:
        """Yield the known facts, the fields, the choices, the plan."""
        yield Lines(id=f"{self.VERB}-known")
        yield self._form
        for name, label in self.CHOICES.items():
            yield ChoiceLine(name, label, id=f"{self.VERB}-{name}", square=True)
        yield Lines(id=f"{self.VERB}-plan", classes="plan")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Continue."""
        yield LineButton("Cancel", id=f"{self.VERB}-cancel")
        yield LineButton("Show the plan", agrees=True, id=f"{self.VERB}-go")

    def on_mount(self) -> None:
        """Focus the first field."""
        self.show_all()
        self._form.lead()

    async def offer_what_there_is(self, cluster: str) -> None:
        """Read the offer of a cluster; the form can be filled in meanwhile."""
        client = self.app.controller.session.clients.get(cluster)
        if client is None:
            return
        try:
            offers = await self.app.controller.ask(self.read_offers, client)
        except ProxmoxError as error:
            self._trouble = f"What {cluster} offers cannot be read: {error}"
            self.show_all()
            return
        for name, offered in offers.items():
            self._form.offer(name, offered)
            needed = next(not field.optional for field in self.FIELDS if field.id == name)
            if needed and offered:
                self._form.suggest(name, offered[0])

    @on(ChoiceLine.Chosen)
    def _choice_made(self, event: ChoiceLine.Chosen) -> None:
        self._chosen ^= {event.line.name or ""}
        self._changed()

    @on(Input.Changed)
    def _changed(self) -> None:
        # A plan is of exactly what was asked for: another letter makes it void.
        self._plan = None
        self._trouble = ""
        self.show_all()

    def press(self, button: LineButton) -> None:
        """Go one step on, unless one is under way."""
        if not self._begun and not self._planning:
            self._go_on()

    def _go_on(self) -> None:
        """Go one step on: execute the confirmed plan, plan the typed request, or focus its first problem."""
        if self._plan is not None:
            self._begun = True
            task = self.app.controller.begin(f"{self.VERB} {self._plan.name}", self.execute, self._plan)
            self.become(ProgressDialog(self._plan, task))
            return
        self._checked = True
        read = self._read()
        if isinstance(read, dict):
            self._form.lead(read)
        else:
            self._planning = True
            self.run_worker(self._ask_for_plan(read), group="plan", exclusive=True)
        self.show_all()

    def _read(self) -> R | dict[str, str]:
        return self.read(self._form.typed(), self._chosen)

    async def _ask_for_plan(self, request: R) -> None:
        try:
            outcome = await self.app.controller.ask(self.make_plan, request)
            # What was typed meanwhile is not what this plan is of.
            self._plan = outcome if isinstance(outcome, Plan) and self._read() == request else None
            self._trouble = "" if isinstance(outcome, Plan) else outcome.reason
            self.answered(outcome)
        except (ProxmoxError, StoreError, ValueError) as error:
            self._trouble = str(error)
        finally:
            self._planning = False
            self.show_all()
        if self._plan is not None and self.focused is self.query_one(f"#{self.VERB}-go"):
            # The enter that asked for the plan may come twice; to agree is one deliberate step to the right.
            self.query_one(f"#{self.VERB}-cancel").focus()
        if self._plan is not None or self._trouble:
            # Only once it is laid out there is a place to scroll to.
            self.call_after_refresh(self.query_one(f"#{self.VERB}-plan").scroll_visible, animate=False, top=True)

    @unless_unmounted
    def show_all(self) -> None:
        """Draw everything again; only changes are painted."""
        self.show_title(self.heading())
        self.query_one(f"#{self.VERB}-known", Lines).set_text(self.known())
        read = self._read() if self._checked else None
        self._form.show_problems(read if isinstance(read, dict) else {})
        for name in self.CHOICES:
            text, free = self.choice(name)
            line = self.query_one(f"#{self.VERB}-{name}", ChoiceLine)
            line.show(text, chosen=name in self._chosen, disabled=not free)
        self.query_one(f"#{self.VERB}-plan", Lines).set_text(self._plan_lines())
        go = self.VERB.capitalize() if self._plan is not None else "Show the plan"
        self.query_one(f"#{self.VERB}-go", LineButton).relabel(go)

    def _plan_lines(self) -> list[TextLine]:
        if self._trouble:
            return [[(self._trouble, "bad")]]
        if self._plan is not None:
            return [[(self._plan.summary, "accent")], *steps_lines(self._plan)]
        return [[("Making the plan.", "dim")]] if self._planning else []
