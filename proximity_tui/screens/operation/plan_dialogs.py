"""The bases of the dialogs that carry a plan out: it is started once, and the dialog becomes its progress view."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, ClassVar, ParamSpec, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Plan, Refusal, RefusalCode
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.base.following_dialog import ChangedMeanwhile, FollowingDialog
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.pct_commands import PlanDialog
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.line_controls import LineButton

P = ParamSpec("P")
T = TypeVar("T")


class StartsPlan(FollowingDialog[None], PlanDialog[None]):
    """A dialog that starts the plan a person agreed to. A second enter in the queue starts nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "read_again", "Read again", tooltip="Inspect it again: what was refused may be possible by now."),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        """Whether a plan was started."""

    def begin_inspection(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start to inspect, in place of an earlier inspection, and follow what changes from now on."""
        self.remember()
        in_background(self, partial(self._inspect_and_follow, work), group="inspection", exclusive=True)

    async def _inspect_and_follow(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await work()
        self.follow()

    @property
    def was_refused(self) -> bool:
        """True when what is asked for was refused for a reason that may pass, so that it can be read again."""
        return False

    def action_read_again(self) -> None:
        """Inspect again and plan again, because what was refused may be possible by now."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for reading again where nothing was refused: the key line leaves it out."""
        idle = action == "read_again" and (self._begun or not self.was_refused)
        return False if idle else super().check_action(action, parameters)

    def start(self, label: str, work: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs) -> BackgroundTask:
        """Start `work` as the task `label`, from when on nothing else is started; return the task."""
        self._begun = True
        return self.app.controller.begin(label, work, *args, **kwargs)

    def start_and_watch(
        self, plan: Plan, label: str, work: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Start `work`, which executes `plan`, and become its progress view."""
        self.become(ProgressDialog(plan, self.start(label, work, *args, **kwargs)))

    def become_progress_of(self, operation_id: int) -> None:
        """Become the progress view of an operation that is under way, in whichever process."""
        in_background(self, partial(self._watch, operation_id), group="watch", exclusive=True)

    async def _watch(self, operation_id: int) -> None:
        try:
            operation = await self.app.controller.ask(operations.get, operation_id)
        except StoreError as error:
            self.app.show_message(str(error), bad=True)
        else:
            self.become(ProgressDialog(operation.plan, operation_id=operation.id))


class StartsTypedPlan(StartsPlan):
    """A dialog with one plan that is started once a name was typed. A subclass makes it in `_plan`, and draws it in
    `_show`.
    """

    GO: ClassVar[str]
    """The selector of the button that starts it."""

    def __init__(self) -> None:
        super().__init__()
        self._planned: Plan | Refusal | None = None

    @property
    def may_be_stale(self) -> bool:
        return self._planned is not None and not self._begun

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Make the plan again. It is agreed to by typing the name again."""
        self.query_one(TypedRow).clear()
        self.query(LineButton).first().focus()
        self.take_message(changed.sentence, bad=True, about_dialog=True)
        self.action_read_again()

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan, if there is one."""
        return (self._planned,) if isinstance(self._planned, Plan) else ()

    def confirms(self, plan: Plan, typed: str) -> bool:
        """Return whether what was typed confirms the plan."""
        raise NotImplementedError

    async def _plan(self) -> None:
        """Read what is needed, make the plan and show it."""
        raise NotImplementedError

    def _show(self) -> None:
        raise NotImplementedError

    @property
    def was_refused(self) -> bool:
        return isinstance(self._planned, Refusal)

    def action_read_again(self) -> None:
        self._plan_again()

    def _plan_again(self) -> None:
        """Plan for what is wanted now. Until that is shown there is nothing to confirm."""
        self._planned = None
        self._show()
        self.begin_inspection(self._plan)

    async def _ask(self, call: Callable[P, T | Refusal], *args: P.args, **kwargs: P.kwargs) -> T | Refusal:
        """Return what a call returns that reads or plans; where it fails, its error as the refusal."""
        try:
            return await self.app.controller.ask(call, *args, **kwargs)
        except (ProxmoxError, StoreError) as error:
            return Refusal(RefusalCode.FAILED, str(error))

    def _take(self, planned: Plan | Refusal) -> None:
        """Show the plan, or why there is none."""
        self._planned = planned
        self._show()

    def _agreed(self) -> Plan | None:
        """Return the plan that is shown, once it is confirmed."""
        plan = self._planned
        return plan if isinstance(plan, Plan) and self.confirms(plan, self.query_one(TypedRow).value) else None

    def _show_confirmation(self, wanted: str) -> None:
        """Ask for a name where there is a plan, and release the button once it was typed."""
        row = self.query_one(TypedRow)
        row.display = isinstance(self._planned, Plan)
        row.ask(f"Type {wanted} to confirm: ", wanted)
        self.query_one(self.GO, LineButton).disabled = self._begun or self._agreed() is None

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus on from the field; enter there does nothing itself."""
        go = self.query_one(self.GO, LineButton)
        if not go.disabled:
            go.focus()
