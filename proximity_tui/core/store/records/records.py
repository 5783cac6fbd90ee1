"""The records of containers: moved from state to state, closed. Never deleted (law 6).

`transition` is the one function that changes a state (law 8); observations of Proxmox go through `observations`, and
`adding` makes a new record. Both are public from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final, Literal

from proximity_tui.core.doctrine.actions.sent_requests import requests_sentence
from proximity_tui.core.model import (
    Action,
    Actor,
    ClockReading,
    ClosedReason,
    Container,
    Fingerprint,
    Operation,
    OperationStatus,
    Presence,
    State,
    lifecycle,
)
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.container import PROVED_GONE
from proximity_tui.core.store import events
from proximity_tui.core.store.clock_readings import clock_reading, kept
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import ForbiddenMove
from proximity_tui.core.store.journal.journal import open_operations
from proximity_tui.core.store.journal.liveness import is_alive
from proximity_tui.core.store.records import identity_trail, public_ports, seen_lists
from proximity_tui.core.store.records.adding import FirstSeen, NewRecord, add
from proximity_tui.core.store.records.closed_records import (
    last_released,
    last_tombstone,
    tombstones_called,
    vanished,
)
from proximity_tui.core.store.records.observations import StatusUpdate, observe, seen_again, seen_later, seen_since
from proximity_tui.core.store.records.record_reads import (
    active,
    by_ids,
    doubted,
    find_active,
    find_successor,
    get,
    in_states,
    vmids,
)
from proximity_tui.core.store.records.writes import compare_and_set, update_open
from proximity_tui.core.store.schema.operation_tables import OperationRow

__all__ = [
    "KEEP",
    "FirstSeen",
    "NewRecord",
    "StatusUpdate",
    "active",
    "add",
    "by_ids",
    "close",
    "doubted",
    "find_active",
    "find_successor",
    "get",
    "in_states",
    "last_released",
    "last_tombstone",
    "observe",
    "seen_again",
    "seen_later",
    "seen_since",
    "set_fingerprint",
    "set_last_error",
    "tombstones_called",
    "transition",
    "vanished",
    "vmids",
]


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""For `last_error`: leave what is recorded."""


def transition(
    container: Container,
    to: State,
    *,
    actor: Actor | str,
    action: EventAction | Action,
    message: str,
    evidence: Mapping[str, Any] | None = None,
    last_error: str | Literal[_Keep.KEEP] | None = KEEP,
) -> Container:
    """Move a container to another state: checked by the table, compare-and-set, with its event (law 8).

    `container` is the record as it was read; the new one is returned. `last_error` None clears the old one. With
    `running` and `stopped` the status is written, too: they are only entered by what was observed, and a list may show
    the status of before for a while.
    Raises `ForbiddenMove` when the table has no such move, `LostRace` when the record changed since.
    """
    if refusal := lifecycle.check_move(container.state, to):
        raise ForbiddenMove(refusal)
    with transaction():
        reading = clock_reading()
        since = {"state_since": reading.at, "state_clock": kept(reading, reading.at)}
        values: dict[str, Any] = {"state": to.value, **since}
        if (status := lifecycle.status_for(to)) is not None:
            values["status"] = status.value
        if last_error is not KEEP:
            values["last_error"] = last_error
        compare_and_set(container, values)
        events.note(
            container,
            actor,
            action,
            message,
            {"from": container.state, "to": to, **(evidence or {})},
        )
        return get(container.id)


def close(
    container: Container,
    *,
    reason: ClosedReason,
    actor: Actor | str,
    action: EventAction | Action,
    message: str,
    evidence: Mapping[str, Any] | None = None,
) -> Container:
    """Make a tombstone of a record: ports free, history kept, with its event (law 6). Return the closed record.

    Its interrupted operation is abandoned, so that nobody resumes it on a closed record; a live one is left to its
    process. Raises `LostRace`.
    """
    with transaction():
        moment = clock_reading()
        dead = _of_dead_processes(container, moment)
        released = public_ports.release_all(container.id)
        seen_lists.write_into_record(container.id, container.cluster)
        compare_and_set(container, _closed(container.id, moment.at, reason))
        for one in dead:
            sent = requests_sentence(one, only_recorded=reason in PROVED_GONE)
            _abandon(one, moment.at, f"the record was closed: {reason}; {sent}")
        events.note(
            container,
            actor,
            action,
            message,
            {
                "reason": reason,
                "kind": container.kind,
                "state": container.state,
                "ports_freed": [port.public for port in released],
                **(evidence or {}),
            },
        )
        return get(container.id)


def _closed(container_id: int, at: datetime, reason: ClosedReason) -> Mapping[str, Any]:
    """Return the values of a closed record. A guest that is proved gone is absent from now on, also where no verdict
    said so before, as a destroy of ours needs none (law 7).
    """
    values = {"closed_at": at, "closed_reason": reason, "missing_since": None, "half_destroyed_since": None}
    if reason not in PROVED_GONE or get(container_id).presence is Presence.ABSENT:
        return values
    return {**values, "presence": Presence.ABSENT.value, "presence_reason": str(reason)}


def _of_dead_processes(container: Container, moment: ClockReading) -> list[Operation]:
    """Return the open operations of a record that no living process carries out."""
    mine = (one for one in open_operations(container.cluster) if one.container == container.id)
    return [one for one in mine if not is_alive(one, moment)]


def _abandon(operation: Operation, moment: datetime, why: str) -> None:
    OperationRow.update(status=OperationStatus.ABANDONED.value, finished_at=moment, error=why).where(
        OperationRow.id == operation.id
    ).execute()


def set_fingerprint(
    container: Container,
    fingerprint: Fingerprint,
    *,
    actor: Actor | str,
    message: str,
    evidence: Mapping[str, Any] | None = None,
    seen_at: datetime | None = None,
) -> Container:
    """Record new evidence of the guest's identity, read at `seen_at` (None: just now), with an event that keeps the
    old. Return the record as it is now. Raises `LostRace`.
    """
    with transaction():
        # Who it was stays in the trail where record and trail do not agree: a new fingerprint is no way around that.
        known = identity_trail.known_identity(container.id)
        identity = {**known, "fingerprint": fingerprint, "marker": fingerprint.marker or known["marker"]}
        event = events.note(
            container,
            actor,
            EventAction.FINGERPRINT,
            message,
            {
                "before": container.fingerprint,
                "after": fingerprint,
                **(evidence or {}),
                identity_trail.IDENTITY: identity,
            },
        )
        values = {"fingerprint": fingerprint, "marker": identity["marker"], "identity_event": event.hash}
        update_open(container.id, {**values, "identity_seen_at": seen_at or now(), "identity_due_since": None})
        return get(container.id)


def set_last_error(container_id: int, error: str | None) -> None:
    """Record (or clear) the last error. Raises `LostRace` when the record is closed."""
    with transaction():
        update_open(container_id, {"last_error": error})
