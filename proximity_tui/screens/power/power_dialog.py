"""The power dialog: start, shut down, stop, reboot, each with its effect or its refusal.

One inspection serves all four. Nothing is chosen at first; the confirmed plan goes to the engine and is then watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.model import POWER_ACTIONS, Action, Container, GuestDetail, GuestLookup, Plan, Refusal
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.following_dialog import ChangedMeanwhile
from proximity_tui.screens.operation.plan_dialogs import StartsPlan
from proximity_tui.screens.power.power_preview import KEYS, LABELS, MEANINGS, YES, plans_of
from proximity_tui.screens.presentation.ages import coarse_age, since
from proximity_tui.screens.presentation.container_cells import reading_words
from proximity_tui.screens.presentation.operation_text import steps_lines
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton


class PowerDialog(StartsPlan):
    """A dialog that asks for a power action on one container, starts it, and becomes its progress view."""

    DEFAULT_CSS = """
    PowerDialog {
        & > DialogBox { width: 90; }
        & #power-title { margin-bottom: 1; }
        & .note { padding-left: 4; }
        &.-short #power-title { margin: 0; }
    }
    """
    AUTO_FOCUS = "#power-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(letter, f"choose('{action}')", LABELS[action].capitalize(), show=False)
            for letter, action in KEYS.items()
        ),
        *MOVES_FOCUS,
    ]

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self._record_id = container_id
        self._record: Container | None = None
        self._lookup: GuestLookup | None = None
        self._outcomes: Mapping[Action, Plan | Refusal] = {}
        self._choice: Action | None = None
        self._trouble = ""
        self._changed = ""
        """That its record changed while this was open."""

    def compose_body(self) -> ComposeResult:
        """Yield the container, and four choices with their keys."""
        yield Lines(id="power-title")
        for key, action in KEYS.items():
            yield ChoiceLine(action.value, f"{key} {LABELS[action]}", id=f"power-{action}")
            yield Lines(id=f"power-{action}-note", classes="note")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Continue."""
        yield LineButton("Cancel", id="power-cancel")
        yield LineButton("Confirm", id="power-go", danger=True, agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Read the record, then inspect the guest."""
        self.set_interval(1.0, self._show)
        self._inspect_now()

    def _inspect_now(self) -> None:
        self._began = self.app.controller.clock.now()
        self._show()
        self.begin_inspection(self._inspect)

    def action_choose(self, name: str) -> None:
        """Choose one of the four. It only shows the steps; the button executes them."""
        if self._choose(Action(name)):
            self.query_one("#power-go").focus()
            return
        outcome = self._outcomes.get(Action(name))
        why = outcome.reason if isinstance(outcome, Refusal) else self._trouble or "it is still being read"
        self.take_message(f"Nothing was done: {why}", bad=True, about_dialog=True)

    @property
    def was_refused(self) -> bool:
        none_possible = bool(self._outcomes) and not any(isinstance(one, Plan) for one in self._outcomes.values())
        return bool(self._trouble) or none_possible

    def action_read_again(self) -> None:
        self._inspect_again("")

    @property
    def followed(self) -> Sequence[int]:
        return (self._record_id,)

    @property
    def may_be_stale(self) -> bool:
        return bool(self._outcomes or self._trouble) and not self._begun

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Inspect again, and let the person choose again."""
        self._inspect_again(changed.sentence)

    def _inspect_again(self, why: str) -> None:
        self._lookup, self._outcomes, self._choice, self._trouble, self._changed = None, {}, None, "", why
        # Not on the button of another choice: enter would agree to what was not read.
        self.query_one("#power-cancel").focus()
        self._inspect_now()

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan of the choice."""
        plan = self._outcomes.get(self._choice) if self._choice is not None else None
        return (plan,) if isinstance(plan, Plan) else ()

    def _choose(self, action: Action) -> bool:
        chosen = isinstance(self._outcomes.get(action), Plan)
        if chosen:
            self._choice = action
            self._show()
            # What is chosen is read on any screen, once its steps are laid out.
            self.bring_into_sight(self.query_one(f"#power-{action}"))
        return chosen

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        # It was chosen by enter: a second one must not be a yes, so the focus stays.
        again = self._choice is not None and event.line.name == self._choice.value
        self._choose(Action(event.line.name or ""))
        if again and self._choice is not None:
            self.take_message(f"Nothing was done: {YES[self._choice]} is a button, tab leads to it.", bad=False)

    def press(self, button: LineButton) -> None:
        """Start the confirmed plan, and become its progress view."""
        plan = self._outcomes.get(self._choice) if self._choice is not None else None
        if not isinstance(plan, Plan) or self._record is None or self._begun or self._choice is None:
            return
        label = f"{LABELS[self._choice]} {self._record.name}"
        self.start_and_watch(plan, label, self.app.controller.context.engine.carry_out, plan, self._record)

    async def _inspect(self) -> None:
        controller = self.app.controller
        try:
            self._record = await controller.ask(records.get, self._record_id)
            self._show()
            lookup = await controller.ask(controller.context.engine.inspect, self._record)
            outcomes = await controller.ask(plans_of, controller.context.engine, self._record, lookup)
            # Both at once: what says that it was seen offers what can be chosen.
            self._lookup, self._outcomes = lookup, outcomes
        except StoreError as error:
            self._trouble = str(error)
        self._show()

    @unless_unmounted
    def _show(self) -> None:
        self.query_one("#power-title", Lines).set_text(self._title())
        common = self._common_reason()
        for action in POWER_ACTIONS:
            outcome = self._outcomes.get(action)
            line = self.query_one(f"#power-{action}", ChoiceLine)
            line.show(MEANINGS[action], chosen=self._choice is action, disabled=not isinstance(outcome, Plan))
            note: list[TextLine] = []
            if isinstance(outcome, Refusal) and common is None:
                note = [[(outcome.reason, "dim")]]
            elif isinstance(outcome, Plan) and self._choice is action:
                note = steps_lines(outcome)
            self.query_one(f"#power-{action}-note", Lines).set_text(note)
        go = self.query_one("#power-go", LineButton)
        go.disabled = self._choice is None or self._begun
        go.relabel(YES[self._choice] if self._choice is not None else "Confirm")
        self.show_keys()

    def _title(self) -> list[TextLine]:
        if self._trouble:
            return [[(self._trouble, "bad")]]
        if self._record is None:
            return [[("Reading the record.", "dim")]]
        now = self.app.controller.clock.now()
        lines: list[TextLine] = [[(f"Power of {self._record.label}, cluster {self._record.cluster}", "accent")]]
        if isinstance(self._lookup, GuestDetail):
            age = coarse_age(since(self._lookup.taken_at, now))
            lines.append([(f"{self._lookup.status}, seen {age} ago", "normal")])
        elif not self._outcomes:
            lines.append([(reading_words(self._record, self._began, now), "dim")])
        common = self._common_reason()
        if self._changed:
            free = any(isinstance(one, Plan) for one in self._outcomes.values())
            lines.append([(f"{self._changed}{' Choose again.' if free else ''}", "warn")])
        return [*lines, [(common, "warn")]] if common is not None else lines

    def _common_reason(self) -> str | None:
        """Return the refusal of all four actions, where it is the same for all, so that it is shown once."""
        reasons = {one.reason if isinstance(one, Refusal) else None for one in self._outcomes.values()}
        return next(iter(reasons)) if len(reasons) == 1 else None
