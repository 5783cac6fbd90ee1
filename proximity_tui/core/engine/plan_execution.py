"""The part of the engine that executes confirmed plans; where one makes a container, its record comes first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.outcome import Outcome, Refused
from proximity_tui.core.engine.operations.planners.restore_planner import RestorePlanner
from proximity_tui.core.engine.operations.record_guards import refuse_busy
from proximity_tui.core.model import Container, Kind, Operation, Plan, Refusal, RefusalCode, State
from proximity_tui.core.model.actions.credentials import NO_CREDENTIALS, Credentials
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import Conflict, LostRace
from proximity_tui.core.store.records import operations, records

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.last_inspection import LastInspection
    from proximity_tui.core.engine.operations.step_context import StepContext


class PlanExecution(RestorePlanner):
    """The right of one process to execute plans, and to make containers, on its clusters."""

    def create(self, agreed: Plan, credentials: Credentials = NO_CREDENTIALS) -> Outcome:
        """Execute a confirmed creation: the record comes first, as `deploying`. The `credentials` must be those that
        the plan names; they go into the one request, and are kept nowhere. Return the outcome.
        """
        from proximity_tui.core.engine.operations.actions.create_steps import check_credentials

        refused = check_credentials(agreed, credentials)
        if refused:
            return Refused(refused, plan=agreed)
        begin = partial(self._begin_new, agreed, State.DEPLOYING)
        return self._execute(agreed, begin, credentials=credentials)

    def clone(self, agreed: Plan) -> Outcome:
        """Execute a confirmed clone: its record comes first, as `cloning`; the record of the source stays as it is.
        Return the outcome.
        """
        return self._execute(agreed, partial(self._begin_new, agreed, State.CLONING))

    def restore(self, agreed: Plan) -> Outcome:
        """Execute a confirmed restore: its record comes first, as `deploying`, and follows the one of the container
        that is gone. Return the outcome.
        """
        from proximity_tui.core.engine.operations.actions import restore_steps

        return self._execute(agreed, partial(restore_steps.begin, agreed, self.settings.actor, self.owner))

    def _execute(
        self,
        agreed: Plan,
        begin: Callable[[], Operation],
        container: Container | None = None,
        credentials: Credentials = NO_CREDENTIALS,
    ) -> Outcome:
        """Execute a confirmed plan: compare it with what is there now, `begin` its operation, take every step.
        `container` is the record that the plan was made for, where there is one already. Return the outcome.
        """
        from proximity_tui.core.engine.operations.executor import execute
        from proximity_tui.core.engine.operations.last_inspection import LastInspection
        from proximity_tui.core.engine.operations.plan_check import refuse_void

        # Who is at work on it comes before the inspection: then it is no wonder that it is not as it was shown.
        refused = self.refuse_acting_on(agreed.cluster) or (_check_as_shown(agreed, container) if container else None)
        if refused:
            return Refused(refused, plan=agreed, container=container)
        last_inspection = LastInspection(self.clients[agreed.cluster], self.clock)
        void = refuse_void(last_inspection, agreed)
        if void:
            return Refused(void, plan=agreed, container=container)
        if container is not None:
            # Before the operation: where it cannot be kept nothing is begun.
            _keep_what_was(container, last_inspection)
        try:
            operation = begin()
        except (Conflict, LostRace) as conflict:
            return Refused(Refusal(RefusalCode.BUSY, str(conflict)), plan=agreed, container=container)
        context = self._context_of(operation, last_inspection)
        context.credentials = credentials
        return execute(context)

    def _begin(self, agreed: Plan, container: Container, transient: State | None = None) -> Operation:
        """Start the operation of a plan on a record, which it takes into the `transient` state, if any. Return the
        operation.
        """
        message = f"started: {agreed.summary}"
        return operations.begin(
            agreed, container, self.settings.actor, self.owner, transient=transient, message=message
        )

    def _begin_new(self, agreed: Plan, state: State) -> Operation:
        """Add the record of a new native container and start its operation, in one transaction; return it."""
        from proximity_tui.core.doctrine.actions.create.creation import marker_of

        doing = "cloning" if state is State.CLONING else "creating"
        with transaction():
            container = records.add(
                records.NewRecord(
                    cluster=agreed.cluster,
                    vmid=agreed.vmid,
                    node=agreed.node,
                    name=agreed.name,
                    kind=Kind.NATIVE,
                    state=state,
                    marker=marker_of(agreed),
                ),
                actor=self.settings.actor,
                action=agreed.action,
                message=f"{doing} {agreed.name} (CT {agreed.vmid} on {agreed.node})",
            )
            return self._begin(agreed, container)

    def _context_of(
        self, operation: Operation, last_inspection: LastInspection | None = None, *, destroy_again: bool = False
    ) -> StepContext:
        from proximity_tui.core.engine.operations.step_context import StepContext

        return StepContext(
            operation,
            self.clients[operation.cluster],
            self.clock,
            self.settings,
            self.owner,
            last_inspection=last_inspection,
            destroy_again=destroy_again,
        )


def _keep_what_was(container: Container, last_inspection: LastInspection) -> None:
    """Keep the config that is about to be changed as a revision, where nobody saw it before."""
    from proximity_tui.core.engine.observe.drift_check import keep_config

    seen = last_inspection.just_seen(container.vmid or 0)
    if seen is not None:
        keep_config(container, seen)


def _check_as_shown(agreed: Plan, container: Container) -> Refusal | None:
    """Return the refusal when a record is not as the plan was made from it, or an operation holds it; else None."""
    if agreed.version != container.version:
        return refusals.changed(f"{container.name} changed")
    return refuse_busy(records.get(container.id))
