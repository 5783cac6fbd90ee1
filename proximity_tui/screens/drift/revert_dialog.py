"""The dialog that sets a config back: what is written, what is left, and whether what needs a restart is taken, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.settings import differences
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import ChangeOptions
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.following_dialog import ChangedMeanwhile
from proximity_tui.screens.operation.plan_dialogs import StartsPlan
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.dialogs.dialog import SCROLLS
from proximity_tui.widgets.dialogs.dialog_keys import MOVES_BETWEEN_BUTTONS
from proximity_tui.widgets.line_controls import LineButton


@value_object
class RevertPlans:
    """The plan of what a running container takes at once, and the one of everything; both from one inspection."""

    container: Container
    at_once: Plan | Refusal
    whole: Plan | Refusal

    @property
    def shown(self) -> Plan | None:
        """The plan to show; None where nothing can be set back."""
        return next((plan for plan in (self.at_once, self.whole) if isinstance(plan, Plan)), None)

    @property
    def has_more(self) -> bool:
        """True where the plan of everything sets more back."""
        return isinstance(self.whole, Plan) and self.whole.options != getattr(self.at_once, "options", None)

    @property
    def refusal(self) -> str:
        """The reason why nothing can be set back; empty where something can."""
        return self.whole.reason if isinstance(self.whole, Refusal) else ""


def plans_of(engine: Engine, container_id: int, number: int | None) -> RevertPlans:
    """Return the plans that set a container back to a revision, or to the baseline (None). Raises StoreError."""
    container = records.get(container_id)
    seen = engine.inspect(container)
    at_once = engine.plan_revert(container, number, lookup=seen)
    return RevertPlans(container, at_once, engine.plan_revert(container, number, with_restart=True, lookup=seen))


class RevertDialog(StartsPlan):
    """A dialog that inspects the container, shows the plan, starts the one that was chosen, and becomes its progress
    view.
    """

    AUTO_FOCUS = "#revert-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [*MOVES_BETWEEN_BUTTONS, *SCROLLS]

    def __init__(self, container_id: int, number: int | None) -> None:
        """`number` is the revision to set the config back to, None for the baseline."""
        super().__init__()
        self._container_id = container_id
        self._number = number
        self._plans: RevertPlans | None = None
        self._trouble = ""

    def compose_body(self) -> ComposeResult:
        """Yield the plan."""
        yield Lines(id="revert-plan")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and a button for each of the two plans."""
        yield LineButton("Cancel", id="revert-cancel")
        yield LineButton("Set back", id="revert-at-once", agrees=True)
        yield LineButton("Set back what needs a restart, too", id="revert-whole", agrees=True)

    @property
    def was_refused(self) -> bool:
        return bool(self._trouble) or (self._plans is not None and self._plans.shown is None)

    def action_read_again(self) -> None:
        self._plans, self._trouble = None, ""
        self._begin_inspection()

    @property
    def followed(self) -> Sequence[int]:
        return (self._container_id,)

    @property
    def may_be_stale(self) -> bool:
        return bool(self._trouble or self._plans is not None) and not self._begun

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Inspect and plan again."""
        self.query_one("#revert-cancel").focus()
        self.take_message(changed.sentence, bad=True, about_dialog=True)
        self.action_read_again()

    def on_mount(self) -> None:
        """Inspect, and plan."""
        self._begin_inspection()

    def _begin_inspection(self) -> None:
        self._show()
        self.begin_inspection(self._plan)

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan that is shown, if there is one."""
        shown = self._plans.shown if self._plans is not None else None
        return (shown,) if shown is not None else ()

    def press(self, button: LineButton) -> None:
        """Start the plan of the button, and become its progress view."""
        plans = self._plans
        if plans is None or self._begun:
            return
        plan, container = plans.at_once if button.id == "revert-at-once" else plans.whole, plans.container
        if isinstance(plan, Plan):
            carry_out = self.app.controller.context.engine.carry_out
            self.start_and_watch(plan, f"set {container.name} back", carry_out, plan, container)

    async def _plan(self) -> None:
        controller = self.app.controller
        try:
            self._plans = await controller.ask(plans_of, controller.context.engine, self._container_id, self._number)
        except StoreError as error:
            self._trouble = str(error)
        self._show()

    @unless_unmounted
    def _show(self) -> None:
        plans = self._plans
        target = "its baseline" if self._number is None else f"revision {self._number}"
        whose = f"the config of {plans.container.name}" if plans is not None else "the config"
        self.show_title(f"Set {whose} back to {target}")
        self.query_one("#revert-plan", Lines).set_text(self._body())
        self.query_one("#revert-at-once").display = plans is not None and isinstance(plans.at_once, Plan)
        self.query_one("#revert-whole").display = plans is not None and plans.has_more
        self.show_keys()

    def _body(self) -> list[TextLine]:
        shown, why_not = self._plans.shown if self._plans is not None else None, self._trouble
        if shown is not None:
            return _plan_lines(shown)
        if self._plans is not None:
            why_not = f"{self._plans.refusal}."
        if why_not:
            return [[(why_not, "warn")], [("Nothing was set back.", "dim")]]
        return [[("Reading its config.", "dim")]]


def _plan_lines(plan: Plan) -> list[TextLine]:
    """Return what is set back, what that is bound to, and what is left."""
    changes = plan.options.changes if isinstance(plan.options, ChangeOptions) else ()
    lines: list[TextLine] = [
        [(f"  {masked_text(line, leaving=False)}", "warn")] for change in changes for line in differences(change)
    ]
    bound = "One write, with the digest of what is shown: if anybody changes the config meanwhile, it is refused."
    lines.append([(bound, "normal")])
    return lines + [[(f"{masked_text(warning, leaving=False)}.", "dim")] for warning in plan.warnings]
