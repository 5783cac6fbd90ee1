"""The journal of an operation under way: intents before, facts after, a heartbeat between (law 5).

It knows nothing of Proxmox. Each function fails once the operation has ended or another process executes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from proximity_tui.core.doctrine.actions.sent_requests import with_doubt
from proximity_tui.core.model import Action, Operation, OperationStatus, StepOutcome, StepRecord
from proximity_tui.core.model.actions.step_record import UNHEARD
from proximity_tui.core.store import events
from proximity_tui.core.store.clock_readings import clock_reading, kept
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import chunks, dicts
from proximity_tui.core.store.db.store_errors import LostRace, RecordNotFound, StoreError
from proximity_tui.core.store.journal.operation_reads import UNFINISHED, read_operations
from proximity_tui.core.store.schema.operation_tables import OperationRow, StepRow


def intend(op_id: int, seq: int, detail: Mapping[str, Any] | None = None, *, owner: str | None = None) -> None:
    """Record that a step is about to be sent to Proxmox. Committed before it is sent (law 5)."""
    values = {"outcome": StepOutcome.INTENDED.value, "intent_at": now()}
    _journal(op_id, seq, values, detail, owner, until=(StepOutcome.DONE, StepOutcome.SKIPPED))


def withdraw(op_id: int, before: StepRecord, *, owner: str | None = None) -> None:
    """Withdraw the intent of a step of which certainly nothing was sent: it is as it was `before`, with the evidence
    of an earlier request.
    """
    values = {"outcome": before.outcome.value, "intent_at": before.intent_at}
    _journal(op_id, before.seq, values, before.detail, owner, until=(StepOutcome.DONE, StepOutcome.SKIPPED))


def record_task(op_id: int, seq: int, upid: str, *, owner: str | None = None) -> None:
    """Record the task that Proxmox started for a step."""
    _journal(op_id, seq, {"task": upid}, None, owner)


def tasks_of_others(op_id: int, upids: Iterable[str]) -> frozenset[str]:
    """Return those of some tasks that are of another operation than this one."""
    with unit():
        others = StepRow.select(StepRow.task).where(StepRow.task.in_(tuple(upids)), StepRow.operation_id != op_id)
        return frozenset(row["task"] for row in dicts(others))


def note_silence(op_id: int, seq: int, why: str | None, *, owner: str | None = None) -> None:
    """Record that the task of a step cannot be read since now, and why; with None that it can be read again."""
    unheard = None if why is None else {"since": now().isoformat(), "why": why}
    _journal(op_id, seq, {}, {UNHEARD: unheard}, owner)


def fact(
    op_id: int,
    seq: int,
    outcome: StepOutcome,
    detail: Mapping[str, Any] | None = None,
    *,
    owner: str | None = None,
    warnings: Sequence[str] = (),
) -> None:
    """Record how a step ended, as observed. `detail` adds to the detail of the intent. The `warnings` of its task are
    kept with the step and stand in the audit trail.
    """
    kept_too = {"warnings": list(warnings)} if warnings else {}
    with transaction():
        _journal(op_id, seq, {"outcome": outcome.value, "fact_at": now()}, {**(detail or {}), **kept_too}, owner)
        if warnings:
            _append_warnings(get(op_id), seq, warnings)


def heartbeat(op_id: int, owner: str) -> None:
    """Record that `owner` still executes the operation. Raises `LostRace` once another process does, or none."""
    with transaction():
        reading = clock_reading()
        beat = {"heartbeat_at": reading.at, "heartbeat_clock": kept(reading, reading.at)}
        changed = OperationRow.update(beat).where(*_carried(op_id, owner)).execute()
        if changed != 1:
            raise lost(op_id)


def finish(op_id: int, status: OperationStatus, error: str | None = None, *, owner: str | None = None) -> Operation:
    """End an operation as `done`, `failed`, `abandoned`, or leave it `interrupted` to be resumed. Return the operation
    as it is now.

    An interrupted one may be ended too, by the process that settles it; with `owner` only that owner's open one.
    Raises `LostRace` when it has ended, or another process executes it.
    """
    ended = None if status is OperationStatus.INTERRUPTED else now()
    mine = _carried(op_id, owner) if owner else (OperationRow.id == op_id, OperationRow.status.in_(UNFINISHED))
    with transaction():
        values = {"status": status.value, "finished_at": ended, "error": error}
        if OperationRow.update(values).where(*mine).execute() != 1:
            raise lost(op_id)
        return get(op_id)


def conclude(op_id: int, detail: Mapping[str, Any]) -> Operation:
    """End an operation that no process executes as done, because the goal of its open steps was observed; `detail` says
    how, in each of them. Return the operation as it is now. Raises `LostRace` when it has ended.
    """
    moment = now()
    with transaction():
        found = get(op_id)
        mine = (OperationRow.id == op_id, OperationRow.status.in_(UNFINISHED))
        ended = {"status": OperationStatus.DONE.value, "finished_at": moment, "error": None}
        if OperationRow.update(ended).where(*mine).execute() != 1:
            raise lost(op_id)
        for step in found.steps:
            if step.outcome not in (StepOutcome.DONE, StepOutcome.SKIPPED):
                values = {"outcome": StepOutcome.DONE.value, "fact_at": moment, "detail": {**step.detail, **detail}}
                StepRow.update(values).where(StepRow.operation_id == op_id, StepRow.seq == step.seq).execute()
        return get(op_id)


def get(op_id: int) -> Operation:
    """Return the operation with that id. Raises `RecordNotFound`."""
    with unit():
        found = read_operations(OperationRow.id == op_id)
    if not found:
        raise RecordNotFound(f"there is no operation {op_id}")
    return found[0]


def by_ids(ids: Iterable[int]) -> tuple[Operation, ...]:
    """Return the operations with these ids, under way or ended, as far as there are any."""
    with unit():
        return tuple(one for chunk in chunks(ids) for one in read_operations(OperationRow.id.in_(chunk)))


def open_operations(cluster: str | None = None) -> tuple[Operation, ...]:
    """Return the operations that are under way or interrupted (in a cluster), oldest first."""
    conditions: list[Any] = [OperationRow.status.in_(UNFINISHED)]
    if cluster is not None:
        conditions.append(OperationRow.cluster == cluster)
    with unit():
        return read_operations(*conditions)


def since(moment: datetime, cluster: str | None = None) -> tuple[Operation, ...]:
    """Return the operations (in a cluster) that were under way at or after a moment, newest first."""
    conditions: list[Any] = [
        (OperationRow.started_at >= moment) | (OperationRow.finished_at >= moment) | OperationRow.status.in_(UNFINISHED)
    ]
    if cluster is not None:
        conditions.append(OperationRow.cluster == cluster)
    with unit():
        return read_operations(*conditions)[::-1]


def for_containers(ids: Iterable[int], action: Action) -> tuple[Operation, ...]:
    """Return the operations of these records that were this action: two statements for some hundred of them."""
    mine = OperationRow.action == action.value
    with unit():
        return tuple(one for some in chunks(ids) for one in read_operations(mine, OperationRow.container_id.in_(some)))


def for_container(container_id: int) -> tuple[Operation, ...]:
    """Return every operation of a record, oldest first."""
    with unit():
        return read_operations(OperationRow.container_id == container_id)


def holder(operation: Operation) -> str:
    """Return who holds a guest and since when, for a message."""
    since = f"since {operation.started_at:%Y-%m-%d %H:%M:%S} UTC"
    if operation.status is OperationStatus.INTERRUPTED:
        ended = with_doubt(f"{operation.action} by {operation.actor} {since} was interrupted", operation)
        return f"{ended}; resume or abandon it"
    return f"{operation.action} in progress by {operation.actor} {since}"


def lost(op_id: int) -> StoreError:
    """Return the error for an operation that has ended or that another process executes."""
    found = get(op_id)
    return LostRace(f"operation {op_id} is {found.status}, executed by {found.owner}")


def _append_warnings(operation: Operation, seq: int, warnings: Sequence[str]) -> None:
    step = next(step for step in operation.steps if step.seq == seq)
    events.note(
        operation,
        operation.actor,
        operation.action,
        f"{step.name.words} of {operation.name} ended with warnings: {'; '.join(warnings)}",
        {"operation": operation.id, "step": step.name.value, "task": step.task, "warnings": list(warnings)},
    )


def _carried(op_id: int, owner: str | None) -> tuple[Any, ...]:
    open_one = (OperationRow.id == op_id, OperationRow.status == OperationStatus.OPEN.value)
    return (*open_one, OperationRow.owner == owner) if owner else open_one


def _journal(
    op_id: int,
    seq: int,
    values: Mapping[str, Any],
    detail: Mapping[str, Any] | None,
    owner: str | None,
    until: tuple[StepOutcome, ...] = (),
) -> None:
    with transaction():
        if not OperationRow.select().where(*_carried(op_id, owner)).exists():
            raise lost(op_id)
        this = (StepRow.operation_id == op_id) & (StepRow.seq == seq)
        row = StepRow.select(StepRow.outcome, StepRow.detail).where(this).dicts().first()
        if row is None:
            raise RecordNotFound(f"operation {op_id} has no step {seq}")
        if row["outcome"] in until:
            raise LostRace(f"step {seq} of operation {op_id} is {row['outcome']} already")
        merged = {**(row["detail"] or {}), **(detail or {})}
        StepRow.update({**values, "detail": merged}).where(this).execute()
