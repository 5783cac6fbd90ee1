"""The engine: screens and commands use it to plan (see `planner`), to execute and to resume.

It connects inspection, rules, journal and client, and decides nothing itself. Every call may block for long, so callers
keep it off any event loop. Only the plan that was shown is executed. An action is imported by the method that
needs it, because most processes only look; one that lasts calls `load_actions`.
"""

from __future__ import annotations

from functools import partial

from proximity_tui.core.doctrine.guards.checks import check_native
from proximity_tui.core.engine.backup_changes import BackupChanges
from proximity_tui.core.engine.downloads import TemplateDownloads
from proximity_tui.core.engine.operations.outcome import Outcome, Refused
from proximity_tui.core.engine.operations.planners.backup_planner import BackupPlanner
from proximity_tui.core.engine.operations.planners.change_planner import ChangePlanner
from proximity_tui.core.engine.operations.planners.snapshot_planner import SnapshotPlanner
from proximity_tui.core.engine.operations.record_guards import refuse_not_ours
from proximity_tui.core.engine.plan_execution import PlanExecution
from proximity_tui.core.engine.record_actions import RecordActions
from proximity_tui.core.model import (
    Action,
    Container,
    GuestLookup,
    Operation,
    OperationStatus,
    Plan,
    Refusal,
    RefusalCode,
    State,
)
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.records import operations, records


def load_actions() -> None:
    """Load what any action needs. A process that lasts does it early: the program may be replaced on the disk before a
    person decides, and what is executed then must be of one version.
    """
    from proximity_tui.core.doctrine.actions import download_rules  # noqa: F401
    from proximity_tui.core.doctrine.actions.backup import backup_change_rules  # noqa: F401
    from proximity_tui.core.engine.observe.places import (
        placement,  # noqa: F401
        restorable,  # noqa: F401
    )
    from proximity_tui.core.engine.operations import executor, plan_check, recovery  # noqa: F401
    from proximity_tui.core.engine.operations.actions import (  # noqa: F401
        accept_drift,
        adopt_guest,
        reattach,
        restore_steps,
        soft_delete,
    )
    from proximity_tui.core.proxmox.backups import all_backups, backups_of_vmid, one_backup  # noqa: F401
    from proximity_tui.core.store.revisions import revisions  # noqa: F401


class Engine(
    PlanExecution, SnapshotPlanner, ChangePlanner, BackupPlanner, RecordActions, TemplateDownloads, BackupChanges
):
    """The write access of one process to its clusters and its database."""

    def delete(self, agreed: Plan, container: Container) -> Outcome:
        """Execute a confirmed soft or hard delete. Return the outcome."""
        if agreed.action is Action.SOFT_DELETE:
            return self._stop_managing(agreed, container)
        refused = self.refuse_write_to(container.cluster) or check_native(container) or refuse_not_ours(container)
        if refused:
            return Refused(refused, plan=agreed, container=container)
        return self._execute(agreed, partial(self._begin, agreed, container, State.REMOVING), container)

    def _stop_managing(self, agreed: Plan, container: Container) -> Outcome:
        from proximity_tui.core.engine.operations.actions import soft_delete

        refused = self.refuse_soft_delete(container.cluster)
        if refused:
            return Refused(refused, plan=agreed, container=container)
        # Closing a record ends its interrupted operation; the one of a dead process is not called that yet.
        operations.mark_interrupted_stale()
        return soft_delete.execute(agreed, container, str(self.settings.actor))

    def carry_out(self, agreed: Plan, container: Container) -> Outcome:
        """Execute a confirmed plan for a guest that stays. A backup changes nothing: its record keeps its state. Return
        the outcome.
        """
        transient = None if agreed.action is Action.BACKUP else State.UPDATING
        return self._execute(agreed, partial(self._begin, agreed, container, transient), container)

    def mark_interrupted(self) -> tuple[Operation, ...]:
        """Mark the operations without an end whose process is gone as interrupted, and return all that are."""
        operations.mark_interrupted_stale()
        found = operations.open_operations()
        return tuple(operation for operation in found if operation.status is OperationStatus.INTERRUPTED)

    def plan_resume(self, operation_id: int, *, destroy_again: bool = False) -> Plan | Refusal:
        """Return the plan of `resume` for an interrupted operation, from a fresh inspection of its VMID; or the
        refusal.
        """
        from proximity_tui.core.engine.operations import recovery

        operation = operations.get(operation_id)
        return self._refuse_to_end(operation_id) or recovery.plan_resume(
            operation, _record_of(operation), self._inspect(operation), again=destroy_again
        )

    def plan_abandon(self, operation_id: int) -> Plan | Refusal:
        """Return the plan of `abandon` for an interrupted operation, from a fresh inspection; or the refusal."""
        from proximity_tui.core.engine.operations import recovery

        operation = operations.get(operation_id)
        return self._refuse_to_end(operation_id) or recovery.plan_abandon(
            operation, _record_of(operation), self._inspect(operation)
        )

    def resume(self, operation_id: int, shown: Operation | None = None, *, destroy_again: bool = False) -> Outcome:
        """Continue an interrupted operation from its journal; refused when it is no longer as it was `shown`. A destroy
        whose answer was lost is sent a second time only with `destroy_again`. Return the outcome. Raises Conflict when
        another process executes it.
        """
        from proximity_tui.core.engine.operations.executor import execute

        refused = self._refuse_to_end(operation_id, shown)
        if refused:
            return Refused(refused)
        return execute(self._context_of(self._begin_again(operation_id), destroy_again=destroy_again))

    def abandon(self, operation_id: int, shown: Operation | None = None) -> Outcome:
        """End an interrupted operation with what is observed; only reads from Proxmox. Refused as in `resume`. Return
        the outcome.
        """
        from proximity_tui.core.engine.operations import recovery

        refused = self._refuse_to_end(operation_id, shown)
        if refused:
            return Refused(refused)
        return recovery.abandon(self._context_of(operations.take_over(operation_id, self.owner)))

    def _begin_again(self, operation_id: int) -> Operation:
        """Take an interrupted operation over to continue it. Why it was interrupted is no longer true of its record
        from then on, as when one begins: what it says of the requests is of before. An abandon leaves it until it has
        seen what is there.
        """
        with transaction():
            operation = operations.take_over(operation_id, self.owner)
            record = _record_of(operation)
            if record is not None and not record.is_tombstone:
                records.set_last_error(record.id, None)
        return operation

    def _inspect(self, operation: Operation) -> GuestLookup | None:
        from proximity_tui.core.doctrine.actions import deletion
        from proximity_tui.core.engine.observe import inspection

        if operation.vmid is None:
            return None
        record = _record_of(operation)
        home = None if record is None or deletion.is_destroyed(operation) else record.node
        return inspection.inspect_guest(self.clients[operation.cluster], operation.vmid, home=home)

    def _refuse_to_end(self, operation_id: int, shown: Operation | None = None) -> Refusal | None:
        """Return the refusal when an interrupted operation cannot be taken over, else None; once it is, other processes
        wait for us.
        """
        operation = operations.get(operation_id)
        if shown is not None and _changed_since(shown, operation):
            return Refusal(RefusalCode.CHANGED, f"operation {operation_id} changed since it was shown: check it again")
        return self.refuse_acting_on(operation.cluster)


def _record_of(operation: Operation) -> Container | None:
    return None if operation.container is None else records.get(operation.container)


def _changed_since(shown: Operation, now: Operation) -> bool:
    """Return whether another process continued or ended an operation since it was shown."""
    return (shown.owner, shown.heartbeat_at, shown.steps) != (now.owner, now.heartbeat_at, now.steps)
