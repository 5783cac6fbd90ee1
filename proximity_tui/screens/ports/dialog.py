"""The dialog that reserves, moves or releases a public port: a form, the plan of what is typed, and the yes to it."""

from __future__ import annotations

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.core.engine.operations.actions import port_change
from proximity_tui.core.model import Refusal
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.ports.request import PortForm
from proximity_tui.screens.text.form import Form
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.dialog import Dialog
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.line_controls import LineButton


class PortDialog(Dialog[None]):
    """Fills a form in, plans, and carries the confirmed plan out. A release has no form: its plan is shown at once."""

    DEFAULT_CSS = "PortDialog #port-plan { margin-top: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "ask_for_plan", "Plan", tooltip="Show the plan of what is filled in."),
        Binding("left", "app.focus_previous", "Previous", show=False),
        Binding("right", "app.focus_next", "Next", show=False),
    ]

    app = getters.app(ControllerApp)

    def __init__(self, form: PortForm) -> None:
        super().__init__()
        self._request = form
        self._form = Form("port", form.fields)
        self._plan: PortPlan | None = None
        self._trouble = ""
        self._busy = False
        """Whether a plan is being made or carried out."""

    def compose_body(self) -> ComposeResult:
        """Yield the fields and the plan."""
        yield self._form
        yield Lines(id="port-plan")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Continue."""
        yield LineButton("Cancel", id="port-cancel")
        yield LineButton("Show the plan", agrees=True, danger=self._releases, id="port-go")

    def on_mount(self) -> None:
        """Focus the first field; a release is planned at once."""
        self.show_title(self._request.title)
        self._show()
        if self._releases:
            self.query_one("#port-cancel", LineButton).focus()
            self._ask(self._request.read({}))
        else:
            self._form.offer("holder", list(self._request.containers))
            self._form.lead()

    def press(self, button: LineButton) -> None:
        """Show the plan, or carry it out."""
        if self._busy:
            return
        if self._plan is not None:
            self._busy = True
            self.run_worker(self._execute(self._plan))
        else:
            self._ask(self._request.read(self._form.typed()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for the key of the plan once there is one: it is not offered then."""
        idle = action == "ask_for_plan" and (self._plan is not None or self._releases)
        return False if idle else super().check_action(action, parameters)

    def action_ask_for_plan(self) -> None:
        """Show the plan from any field. To agree to it is the button's alone."""
        if self._plan is None:
            self.press(self.query_one("#port-go", LineButton))

    def is_text(self, character: str) -> bool:
        """Return whether a character belongs into a field: not any more once there is a plan to agree to."""
        return self._plan is None

    @property
    def _releases(self) -> bool:
        return self._request.change is PortChange.RELEASE

    @on(Input.Changed)
    def _changed(self) -> None:
        # A plan is of exactly what was asked for: another letter makes it void.
        self._plan, self._trouble = None, ""
        self._show()

    def _ask(self, read: PortRequest | dict[str, str]) -> None:
        """Ask for the plan, or lead to the first problem."""
        if isinstance(read, dict):
            self._form.show_problems(read)
            self._form.lead(read)
        else:
            self._form.show_problems({})
            self._busy = True
            self.run_worker(self._ask_for_plan(read), group="plan", exclusive=True)
        self._show()

    async def _ask_for_plan(self, request: PortRequest) -> None:
        controller = self.app.controller
        engine = controller.session.engine
        try:
            planned = await controller.ask(port_change.plan, request, engine.settings, engine.clock.now())
            unchanged = self._request.read(self._form.typed()) == request
            self._plan = planned if isinstance(planned, PortPlan) and unchanged else None
            self._trouble = planned.reason if isinstance(planned, Refusal) else ""
        except StoreError as error:
            self._trouble = str(error)
        self._busy = False
        if self._plan is not None:
            # The enter that asked for the plan may come twice; to agree is one deliberate step to the right.
            self.query_one("#port-cancel", LineButton).focus()
        self._show()

    async def _execute(self, plan: PortPlan) -> None:
        controller = self.app.controller
        engine = controller.session.engine
        try:
            done = await controller.write(port_change.execute, plan, engine.settings, engine.clock.now())
        except StoreError as error:
            done, self._trouble = None, str(error)
        if isinstance(done, Refusal):
            self._trouble = done.reason
        self._busy = False
        if self._trouble:
            self._plan = None
            self._show()
        else:
            self.app.show_message(f"Done: {plan.summary}.")
            self.dismiss()

    @unless_unmounted
    def _show(self) -> None:
        self.query_one("#port-plan", Lines).set_text(self._lines())
        go = self.query_one("#port-go", LineButton)
        go.relabel(self._request.change.capitalize() if self._plan is not None or self._releases else "Show the plan")
        go.disabled = self._releases and self._plan is None
        self.show_keys()

    def _lines(self) -> list[TextLine]:
        if self._trouble:
            return [[(self._trouble, "bad")]]
        if self._plan is None:
            return [[("Planning.", "dim")]] if self._busy else []
        warnings: list[TextLine] = [[(f"{glyphs().warning} {text}", "warn")] for text in self._plan.warnings]
        return [[(self._plan.summary, "accent")], *warnings, [("Nothing changes on Proxmox.", "dim")]]
