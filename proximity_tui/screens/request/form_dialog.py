"""The base of the dialogs with a form: what was typed is planned, and exactly that plan is agreed to.

What is asked for is described by a `PlannedForm`: a new container, a change, a port.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.core.model import Refusal
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.following_dialog import ChangedMeanwhile
from proximity_tui.screens.request.learning_dialog import LearningDialog
from proximity_tui.screens.request.request_form import P, PlannedForm, R
from proximity_tui.screens.text.form import Form
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton


class FormDialog(LearningDialog[R, P]):
    """A dialog that fills a form in, plans, and has the plan confirmed. A subclass carries it out in `agree`."""

    DEFAULT_CSS = "FormDialog .plan { margin-top: 1; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Agree", tooltip="Execute the plan that is shown."),
        Binding("ctrl+s", "ask_for_plan", "Plan", tooltip="Show the plan of what is filled in."),
        Binding("ctrl+o", "show_more", "More", tooltip="Show more fields, or fewer."),
    ]

    def __init__(self, form: PlannedForm[R, P]) -> None:
        super().__init__(form)
        self._plan: P | None = None
        self._planned: R | None = None
        """What the plan is of."""
        self.busy = False
        """Whether a plan is being made or carried out."""
        self._checked = False
        """Whether a plan was asked for, so that problems are told from then on."""
        self._changed_meanwhile = ""
        """Why the plan was made again without being asked for."""

    def compose_body(self) -> ComposeResult:
        """Yield the known facts, the fields, the choices, the plan."""
        yield Lines(id=f"{self._verb}-known")
        yield self._form
        for name, label in self._request.CHOICES.items():
            yield ChoiceLine(name, label, id=f"{self._verb}-{name}", square=True)
        yield Lines(id=f"{self._verb}-plan", classes="plan")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Continue."""
        yield LineButton("Cancel", id=f"{self._verb}-cancel")
        yield LineButton(self._words, agrees=True, danger=self._request.is_dangerous, id=f"{self._verb}-go")

    def on_mount(self) -> None:
        """Focus the first field, and learn what should be known first; without a field, plan at once."""
        self._show()
        if self._request.fields:
            self._form.lead()
        else:
            self.query_one(f"#{self._verb}-cancel").focus()
            self._plan_what_is_read()
        self._start_to_learn()

    @property
    def may_be_stale(self) -> bool:
        return not self.busy and (self._plan is not None or bool(self._trouble and self._planned is not None))

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Plan what is filled in again."""
        self._plan, self._changed_meanwhile = None, changed.sentence
        self._plan_what_is_read()

    def press(self, button: LineButton) -> None:
        """Go one step on: agree to the plan, plan the typed request, or focus its first problem."""
        if self.busy:
            return
        if self._plan is not None and self._planned is not None:
            self.agree(self._plan, self._planned)
        else:
            self._changed_meanwhile = ""
            self._plan_what_is_read()

    def is_yes(self, button: LineButton) -> bool:
        """Return whether there is a plan that the button agrees to; else it only asks for one."""
        return self._plan is not None and not self.busy

    def agree(self, plan: P, request: R) -> None:
        """Carry out the confirmed plan of `request`."""
        raise NotImplementedError

    def reject(self, reason: str) -> None:
        """Show why the plan could not be carried out; it is void."""
        self._plan, self._planned, self._trouble, self.busy = None, None, reason, False
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for the key of the plan once there is one, for the key that agrees while there is none, and for
        more fields where there are none: they are not offered then. What does harm is agreed to by its button alone.
        """
        idle = {
            "agree": self._plan is None or self.busy or self._is_dangerous,
            "ask_for_plan": self._plan is not None or not self._request.fields,
            "show_more": not self._request.MORE,
        }
        return False if idle.get(action, False) else super().check_action(action, parameters)

    def action_agree(self) -> None:
        """Agree to the plan, unless the key was typed before that was shown."""
        self._go.agree(self.typed_at)

    @on(Form.FilledIn)
    def action_ask_for_plan(self) -> None:
        """Show the plan from any field. To agree to it is another key."""
        if self._plan is None:
            self._go.focus()
            self.press(self._go)

    def action_show_more(self) -> None:
        """Show the fields that few need, or hide them again; what is typed into them counts in both cases."""
        self._form.show_more(not self._form.shows_more)
        self.show_keys()

    def is_text(self, character: str) -> bool:
        """Return whether a character belongs into a field: not any more once there is a plan to agree to."""
        return self._plan is None

    @on(ChoiceLine.Chosen)
    def _choice_made(self, event: ChoiceLine.Chosen) -> None:
        self._chosen ^= {event.line.name or ""}
        self._changed()

    @on(Input.Changed)
    def _changed(self) -> None:
        # A plan is of exactly what was asked for: another letter makes it void.
        self._plan = None
        self._trouble = self._changed_meanwhile = ""
        self._show()

    @property
    def _go(self) -> LineButton:
        return self.query_one(f"#{self._verb}-go", LineButton)

    @property
    def _is_dangerous(self) -> bool:
        return self._request.is_dangerous or (self._plan is not None and self._request.takes_down(self._plan))

    @property
    def _words(self) -> str:
        asks = self._plan is None and self._request.fields
        return "Show the plan" if asks else self._request.agrees

    def _plan_what_is_read(self) -> None:
        """Plan the typed request, or focus its first problem."""
        self._checked = True
        self._read_again()
        read = self._read()
        if isinstance(read, dict):
            self._form.lead(read)
        else:
            # Why the last one was refused is not why this one is.
            self.busy, self._trouble = True, ""
            self.remember()
            in_background(self, self._ask_for_plan, group="plan", exclusive=True)
        self._show()

    def _read(self) -> R | dict[str, str]:
        return self._request.read(self._form.typed(), self._chosen)

    async def _ask_for_plan(self) -> None:
        """Plan what is filled in. A form waits for what is still read: filled in later, it would make the plan void."""
        if self._request.fields:
            await self._learnt.wait()
        request = self._read()
        if isinstance(request, dict):
            self.busy = False
            self._form.lead(request)
            self._show()
            return
        controller = self.app.controller
        try:
            planned: P | Refusal | str = await controller.ask(self._request.plan, controller.context.engine, request)
        except (ProxmoxError, StoreError, ValueError) as error:
            planned = str(error)
        finally:
            self.busy = False
            self._show()
        if self._read() != request:
            # What was typed meanwhile is not what this answer is about.
            return
        self._keep_answer(planned, request)
        self._show()
        if self._plan is not None and self.focused is self._go:
            # The enter that asked for the plan may come twice; to agree is one deliberate step to the right.
            self.query_one(f"#{self._verb}-cancel").focus()
        if self._plan is not None or self._trouble:
            self.bring_into_sight(self.query_one(f"#{self._verb}-plan"), top=True)
        self.follow()

    def _keep_answer(self, planned: P | Refusal | str, request: R) -> None:
        """Take the plan of what is filled in, or why there is none."""
        if isinstance(planned, str):
            self._trouble = planned
            return
        self._plan = None if isinstance(planned, Refusal) else planned
        self._planned = request
        self._trouble = planned.reason if isinstance(planned, Refusal) else ""
        # What was in the way at first need not be any more, or is told below the form by now.
        self._known = []

    @unless_unmounted
    def _show(self) -> None:
        """Draw everything again; only changes are painted."""
        self.show_title(self._request.heading)
        self.query_one(f"#{self._verb}-known", Lines).set_text(self.known_lines)
        read = self._read() if self._checked else None
        self._form.show_problems(read if isinstance(read, dict) else {})
        for name in self._request.CHOICES:
            text, free = self._request.choice(name)
            line = self.query_one(f"#{self._verb}-{name}", ChoiceLine)
            line.show(text, chosen=name in self._chosen, disabled=not free)
        self.query_one(f"#{self._verb}-plan", Lines).set_text(self._plan_lines())
        self._go.relabel(self._words)
        self._go.set_class(self._is_dangerous, "-danger")
        self._go.disabled = self._plan is None and not self._request.fields
        self.show_keys()

    def _plan_lines(self) -> list[TextLine]:
        trouble: list[TextLine] = [[(self._trouble, "bad")]] if self._trouble else []
        why: list[TextLine] = [[(self._changed_meanwhile, "warn")]] if self._changed_meanwhile else []
        if self._plan is not None:
            # What is agreed to stands there, whatever could not be read meanwhile.
            return [*why, *self._request.plan_lines(self._plan), *trouble]
        if trouble:
            return [*why, *trouble] if self._request.fields else [*why, *trouble, [("Nothing was done.", "dim")]]
        return [[("Planning.", "dim")]] if self.busy else []
