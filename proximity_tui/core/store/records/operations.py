"""The start of an operation: one transaction claims the guest, moves the record, journals the plan (law 5).

`journal` continues it, and `liveness` knows its owner; both are public from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import peewee

from proximity_tui.core.model import Actor, Container, Operation, OperationStatus, State, StepOutcome
from proximity_tui.core.store import events
from proximity_tui.core.store.clock_readings import clock_reading, kept
from proximity_tui.core.store.database import refuse_newer_schema, transaction
from proximity_tui.core.store.db.store_errors import Conflict, StoreError
from proximity_tui.core.store.journal.journal import (
    by_ids,
    conclude,
    fact,
    finish,
    for_container,
    for_containers,
    get,
    heartbeat,
    intend,
    note_silence,
    open_operations,
    record_task,
    tasks_of_others,
    withdraw,
)
from proximity_tui.core.store.journal.liveness import (
    holder_now,
    is_alive,
    is_busy,
    mark_interrupted_stale,
    take_over,
    without_dead_owners,
)
from proximity_tui.core.store.journal.operation_reads import UNFINISHED, read_operations
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.writes import changed_meanwhile
from proximity_tui.core.store.schema.container_tables import ContainerRow
from proximity_tui.core.store.schema.operation_tables import OperationRow, StepRow

if TYPE_CHECKING:
    from proximity_tui.core.model import Plan

__all__ = [
    "begin",
    "by_ids",
    "conclude",
    "fact",
    "finish",
    "for_container",
    "for_containers",
    "get",
    "heartbeat",
    "intend",
    "is_alive",
    "is_busy",
    "mark_interrupted_stale",
    "note_silence",
    "open_operations",
    "record_task",
    "take_over",
    "tasks_of_others",
    "withdraw",
    "without_dead_owners",
]


def begin(
    plan: Plan,
    container: Container | None,
    actor: Actor | str,
    owner: str,
    *,
    transient: State | None,
    message: str,
) -> Operation:
    """Claim the guest and record, move the record to its transient state, and journal every step as pending; return the
    operation.

    All of it is one transaction, so nothing is sent to Proxmox before it (law 5). Raises `Conflict` that names who
    holds the guest, `LostRace` when the record changed since `container` was read, `ForbiddenMove`.
    """
    with transaction():
        new = _claim(plan, container, actor, owner)
        _journal_as_pending(new, plan)
        if container and transient:
            records.transition(
                container,
                transient,
                actor=actor,
                action=plan.action,
                message=message,
                evidence={"operation": new},
                last_error=None,
            )
        else:
            _require_unchanged(container)
            events.append(
                actor=actor,
                action=plan.action,
                message=message,
                container=container.id if container else None,
                cluster=plan.cluster,
                vmid=plan.vmid,
                evidence={"operation": new},
            )
        return get(new)


def _journal_as_pending(operation_id: int, plan: Plan) -> None:
    for seq, step in enumerate(plan.steps, start=1):
        StepRow.insert(
            operation_id=operation_id,
            seq=seq,
            name=step.name.value,
            reason=step.reason,
            outcome=StepOutcome.PENDING.value,
            detail={},
        ).execute()


def _claim(plan: Plan, container: Container | None, actor: Actor | str, owner: str) -> int:
    """Add the row of an operation and return its id: the database lets no second open one be of a guest or record."""
    reading = clock_reading()
    moment = reading.at
    try:
        with transaction():
            refuse_newer_schema()
            new: int = OperationRow.insert(
                container_id=container.id if container else None,
                cluster=plan.cluster,
                vmid=plan.vmid,
                name=plan.name,
                action=plan.action.value,
                status=OperationStatus.OPEN.value,
                plan=plan,
                actor=str(actor),
                owner=owner,
                started_at=moment,
                heartbeat_at=moment,
                heartbeat_clock=kept(reading, moment),
            ).execute()
    except StoreError as error:
        raise _in_progress(plan, container, error) from error
    return new


def _require_unchanged(container: Container | None) -> None:
    """Raise `LostRace` for a record that is not as it was read."""
    if container is None:
        return
    same = (ContainerRow.id == container.id) & (ContainerRow.version == container.version)
    if not ContainerRow.select().where(same, ContainerRow.closed_at.is_null()).exists():
        raise changed_meanwhile(container)


def _in_progress(plan: Plan, container: Container | None, error: StoreError) -> StoreError:
    if not isinstance(error.__cause__, peewee.IntegrityError):
        return error
    mine = OperationRow.container_id == (container.id if container else None)
    guest = (OperationRow.cluster == plan.cluster) & (OperationRow.vmid == plan.vmid)
    holders = read_operations(OperationRow.status.in_(UNFINISHED), mine | guest)
    return Conflict(f"{plan.name} is busy", holder_now(holders[0])) if holders else error
