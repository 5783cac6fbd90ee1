"""The part of the engine that makes containers: it creates, clones and restores. The record comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from proximity_tui.core.engine.operations.outcome import Outcome, Refused
from proximity_tui.core.engine.operations.planners.restore import RestorePlanner
from proximity_tui.core.model import Kind, Operation, Plan, Refusal, RefusalCode, State
from proximity_tui.core.model.actions.credentials import NO_CREDENTIALS, Credentials
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.errors import Conflict, LostRace
from proximity_tui.core.store.records import operations, records

if TYPE_CHECKING:
    from proximity_tui.core.engine.operations.last_inspection import LastInspection
    from proximity_tui.core.engine.operations.step_context import StepContext


class Maker(RestorePlanner):
    """The right of one process to make containers on its clusters."""

    def create(self, agreed: Plan, credentials: Credentials = NO_CREDENTIALS) -> Outcome:
        """Execute a confirmed creation: the record comes first, as `deploying`. The `credentials` must be those that
        the plan names; they go into the one request, and are kept nowhere.
        """
        from proximity_tui.core.engine.operations.actions.create import check_credentials

        refused = check_credentials(agreed, credentials)
        if refused:
            return Refused(refused, plan=agreed)
        return self._make(agreed, lambda: self._begin_new(agreed, State.DEPLOYING), credentials)

    def clone(self, agreed: Plan) -> Outcome:
        """Execute a confirmed clone: its record comes first, as `cloning`; the record of the source stays as it is."""
        return self._make(agreed, lambda: self._begin_new(agreed, State.CLONING))

    def restore(self, agreed: Plan) -> Outcome:
        """Execute a confirmed restore: its record comes first, as `deploying`, and follows the one of the container
        that is gone.
        """
        from proximity_tui.core.engine.operations.actions import restore

        return self._make(agreed, lambda: restore.begin(agreed, self.settings.actor, self.owner))

    def _make(self, agreed: Plan, begin: Callable[[], Operation], credentials: Credentials = NO_CREDENTIALS) -> Outcome:
        from proximity_tui.core.engine.operations.executor import execute
        from proximity_tui.core.engine.operations.last_inspection import LastInspection
        from proximity_tui.core.engine.operations.plan_check import why_void

        refused = self.refuse_write_to(agreed.cluster)
        if refused:
            return Refused(refused, plan=agreed)
        last_inspection = LastInspection(self.clients[agreed.cluster], self.clock)
        void = why_void(last_inspection, agreed)
        if void:
            return Refused(void, plan=agreed)
        try:
            operation = begin()
        except (Conflict, LostRace) as conflict:
            return Refused(Refusal(RefusalCode.BUSY, str(conflict)), plan=agreed)
        run = self._run(operation, last_inspection)
        run.credentials = credentials
        return execute(run)

    def _begin_new(self, agreed: Plan, state: State) -> Operation:
        """Add the record of a new native container and start its operation, in one transaction."""
        from proximity_tui.core.doctrine.actions.creation import marker_of

        doing = "cloning" if state is State.CLONING else "creating"
        with transaction():
            container = records.add(
                cluster=agreed.cluster,
                vmid=agreed.vmid,
                node=agreed.node,
                name=agreed.name,
                kind=Kind.NATIVE,
                state=state,
                marker=marker_of(agreed),
                actor=self.settings.actor,
                action=agreed.action,
                message=f"{doing} {agreed.name} (CT {agreed.vmid} on {agreed.node})",
            )
            return operations.begin(
                agreed,
                container,
                self.settings.actor,
                self.owner,
                transient=None,
                message=f"started: {agreed.summary}",
            )

    def _run(
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
