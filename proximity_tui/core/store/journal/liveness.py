"""The owner of an operation: alive while its heartbeat is young and its process lives; a dead one can be replaced.

What happens to an interrupted operation is not decided here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from proximity_tui.core.base import process_id
from proximity_tui.core.doctrine.actions.sent_requests import interrupted_sentence, with_doubt
from proximity_tui.core.doctrine.observation.lived_time import lived
from proximity_tui.core.model import ClockReading, Operation, OperationStatus
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.clock_readings import clock_reading, kept
from proximity_tui.core.store.database import refuse_newer_schema, transaction
from proximity_tui.core.store.db.store_errors import Conflict, LostRace
from proximity_tui.core.store.journal.journal import finish, get, holder, lost
from proximity_tui.core.store.journal.operation_reads import UNFINISHED, read_operations
from proximity_tui.core.store.schema.operation_tables import OperationRow

STALE = timedelta(seconds=15)
"""A heartbeat older than this belongs to nobody (design, state machine)."""

HEARTBEAT_CHECK = "heartbeat-check"
"""The actor of an event that says that a process is gone: no person did anything."""


def take_over(op_id: int, owner: str) -> Operation:
    """Take over an operation that no process executes: interrupted, no heartbeat, or of a dead process on this host.
    Return the operation, which is ours now.

    Raises `Conflict` while its owner lives, `LostRace` when it ended or another process was faster.
    """
    with transaction():
        refuse_newer_schema()
        moment = clock_reading()
        found = get(op_id)
        if found.status.value not in UNFINISHED:
            raise LostRace(f"operation {op_id} has ended: {found.status}")
        if found.status is OperationStatus.OPEN and not _abandoned(found, moment):
            raise Conflict(f"operation {op_id} is in progress", holder(found))
        changed = (
            OperationRow.update(
                owner=owner,
                heartbeat_at=moment.at,
                heartbeat_clock=kept(moment, moment.at),
                status=OperationStatus.OPEN.value,
                error=None,
            )
            .where(
                OperationRow.id == op_id,
                OperationRow.owner == found.owner,
                OperationRow.status == found.status.value,
                OperationRow.heartbeat_at == found.heartbeat_at,
            )
            .execute()
        )
        if changed != 1:
            raise lost(op_id)
        return get(op_id)


def mark_interrupted_stale(moment: ClockReading | None = None) -> tuple[Operation, ...]:
    """Mark the open operations that no process executes as interrupted, each with its event, and return them."""
    marked: list[Operation] = []
    with transaction():
        moment = moment or clock_reading()
        for found in read_operations(OperationRow.status == OperationStatus.OPEN.value):
            if not _abandoned(found, moment):
                continue
            marked.append(finish(found.id, OperationStatus.INTERRUPTED, with_doubt("its process is gone", found)))
            # Not by the operator of the operation: its process is gone, and they did nothing now.
            message = interrupted_sentence(found)
            beat = {"owner": found.owner, "heartbeat_at": found.heartbeat_at, "started_by": found.actor}
            events.note(found, HEARTBEAT_CHECK, EventAction.INTERRUPTED, message, {"operation": found.id, **beat})
    return tuple(marked)


def without_dead_owners(found: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return the operations as they stand: open ones that no process executes as interrupted. Nothing is written."""
    if not found:
        return ()
    moment = clock_reading()
    return tuple(
        replace(one, status=OperationStatus.INTERRUPTED)
        if one.status is OperationStatus.OPEN and _abandoned(one, moment)
        else one
        for one in found
    )


def holder_now(operation: Operation) -> str:
    """Return who holds a guest and since when, for a message: a dead process holds it by an interrupted operation."""
    (standing,) = without_dead_owners((operation,))
    return holder(standing)


def is_alive(operation: Operation, moment: ClockReading | None = None) -> bool:
    """Return whether a process executes the operation: then neither job touches its record."""
    return operation.status is OperationStatus.OPEN and not _abandoned(operation, moment or clock_reading())


def is_busy(container_id: int) -> bool:
    """Return whether a process executes an operation on a record. In a transaction that holds until its end, as writers
    queue.
    """
    open_ones = read_operations(
        OperationRow.container_id == container_id, OperationRow.status == OperationStatus.OPEN.value
    )
    moment = clock_reading() if open_ones else None
    return any(is_alive(one, moment) for one in open_ones)


def _abandoned(operation: Operation, moment: ClockReading) -> bool:
    beat = operation.heartbeat_clock or ClockReading(operation.heartbeat_at)
    if _age(beat, moment) > STALE:
        return True
    owner = process_id.read(operation.owner)
    if owner.host != socket.gethostname():
        return False
    if None not in (beat.boot, moment.boot) and beat.boot != moment.boot:
        # A file belongs to one host, so this is ours, started again since. On a server it may be another host that has
        # our name: its processes are not to be found here.
        return moment.server_ms is None
    if owner.namespace not in (None, process_id.namespace()):
        # In another container, or outside of ours, whatever it is called: its pid is not to be found here.
        return False
    return owner.pid is not None and not _process_lives(owner.pid)


def _age(beat: ClockReading, moment: ClockReading) -> timedelta:
    """Return how old a heartbeat surely is."""
    one_boot = beat.boot is not None and beat.boot == moment.boot
    if one_boot or beat.at <= moment.at or beat.server_ms is None or moment.server_ms is None:
        return lived(beat, moment)
    # A beat from the future: one of the two hosts' clocks is wrong, or was, so only the server's can tell.
    return timedelta(milliseconds=moment.server_ms - beat.server_ms)


def _process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
