"""The audit trail: the author, action, reason and evidence of every change. Append-only, and chained by hash (law 6).

The database refuses to change or remove an event; the chain reveals a change that got around that. The last event that
was ever written is also kept beside the trail, so that a cut tail is found, even when new events follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from proximity_tui.core.base.text import number_of, plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Action, Actor, Container, Event
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import canonical, now, to_json
from proximity_tui.core.store.db.queries import dicts, streamed, tuples
from proximity_tui.core.store.schema.trail_tables import EventRow, TrailHeadRow

GENESIS = "0" * 64
"""What stands for the hash before the first event."""


@value_object
class ChainReport:
    """The check of the trail: whether it is whole, the number of events, its last hash, the first wrong `seq`.

    `lost` is the `seq` of the last event that is gone, where events are gone from `broken_at` on.
    """

    whole: bool
    events: int
    head: str
    broken_at: int | None = None
    lost: int | None = None

    @property
    def sentence(self) -> str:
        """The damage of the trail in one sentence, or that there is none."""
        if self.whole:
            return f"{number_of(self.events, 'event')}, the last is {self.head}"
        if self.lost is not None:
            return f"events {self.broken_at} to {self.lost} are gone; the {self.events} events before them are intact"
        return f"event {self.broken_at} was changed; the {self.events} events before it are intact"


def append(
    *,
    actor: Actor | str,
    action: EventAction | Action,
    message: str,
    container: int | None = None,
    cluster: str | None = None,
    vmid: int | None = None,
    evidence: Mapping[str, Any] | None = None,
) -> Event:
    """Add one event to the end of the chain and return it. Inside an open `transaction()` it is part of that."""
    with transaction():
        seq, previous = max(head(), _last_written())
        row = {
            "seq": seq + 1,
            "at": now(),
            "actor": plain(str(actor)),
            "action": str(action),
            "container_id": container,
            "cluster": cluster,
            "vmid": vmid,
            "message": plain(message),
            "evidence": to_json(evidence or {}),
        }
        row["hash"] = _hash(row, previous)
        EventRow.insert(row).execute()
        _keep_head(seq + 1, row["hash"])
    return from_row(row)


class HasSubject(Protocol):
    """What knows the container, the cluster and the VMID that it is about: an alert, an operation, a finding."""

    @property
    def container(self) -> int | None: ...

    @property
    def cluster(self) -> str | None: ...

    @property
    def vmid(self) -> int | None: ...


def note(
    about: Container | HasSubject,
    actor: Actor | str,
    action: EventAction | Action,
    message: str,
    evidence: Mapping[str, Any] | None = None,
) -> Event:
    """Append an event about a container, or about what belongs to one. Return the event."""
    return append(
        actor=actor,
        action=action,
        message=message,
        container=about.id if isinstance(about, Container) else about.container,
        cluster=about.cluster,
        vmid=about.vmid,
        evidence=evidence,
    )


def origin() -> str | None:
    """Return the hash of the first event, which no other database has; None where nothing happened yet."""
    with unit():
        found = tuples(EventRow.select(EventRow.hash).order_by(EventRow.seq).limit(1))
    return str(found[0][0]) if found else None


def list_events(
    *,
    container: int | None = None,
    cluster: str | None = None,
    vmid: int | None = None,
    limit: int = 200,
    before: int | None = None,
    after: int = 0,
) -> tuple[Event, ...]:
    """Return the newest events first, at most `limit`, by an index however long the trail is.

    `before` is the last `seq` of the page already seen; with `after` only events that are newer than that one.
    """
    query = EventRow.select().order_by(EventRow.seq.desc()).limit(limit)
    for field, value in (
        (EventRow.container_id, container),
        (EventRow.cluster, cluster),
        (EventRow.vmid, vmid),
    ):
        if value is not None:
            query = query.where(field == value)
    if before is not None:
        query = query.where(EventRow.seq < before)
    if after:
        query = query.where(EventRow.seq > after)
    with unit():
        return tuple(from_row(row) for row in dicts(query))


def in_order(but: Collection[str] = ()) -> Iterator[Event]:
    """Yield every event, the oldest first, but those of some actions; few of them are in memory at a time."""
    query = EventRow.select().order_by(EventRow.seq)
    with unit():
        for row in streamed(query.where(EventRow.action.not_in(list(but))) if but else query):
            yield from_row(row)


def head() -> tuple[int, str]:
    """Return the `seq` and hash of the last event: kept elsewhere, they reveal a cut tail."""
    with unit():
        last = tuples(EventRow.select(EventRow.seq, EventRow.hash).order_by(EventRow.seq.desc()).limit(1))
    return (last[0][0], last[0][1]) if last else (0, GENESIS)


def verify() -> ChainReport:
    """Walk the chain, one event in memory at a time, up to the first one that was changed, and return the report."""
    count, previous = 0, GENESIS
    with unit():
        last, written = _last_written()
        for row in streamed(EventRow.select().order_by(EventRow.seq)):
            count += 1
            if row["seq"] > count:
                return ChainReport(False, count - 1, previous, broken_at=count, lost=row["seq"] - 1)
            if row["seq"] != count or row["hash"] != _hash(row, previous):
                return ChainReport(False, count - 1, previous, broken_at=count)
            previous = row["hash"]
    if last > count:
        return ChainReport(False, count, previous, broken_at=count + 1, lost=last)
    if last == count and written != previous:
        return ChainReport(False, count - 1, previous, broken_at=count)
    return ChainReport(True, count, previous)


def is_genuine(seq: int) -> bool:
    """Return whether the event with that `seq` exists and follows from the one before it, by its hash."""
    with unit():
        found = {row["seq"]: row for row in dicts(EventRow.select().where(EventRow.seq.in_((seq - 1, seq))))}
    at_the_start = GENESIS if seq == 1 else None
    before = found[seq - 1]["hash"] if seq - 1 in found else at_the_start
    return before is not None and seq in found and found[seq]["hash"] == _hash(found[seq], before)


def _last_written() -> tuple[int, str]:
    """Return the last event that was ever written, also when it is no longer in the trail."""
    with unit():
        kept = tuples(TrailHeadRow.select(TrailHeadRow.seq, TrailHeadRow.hash))
    return (kept[0][0], kept[0][1]) if kept else (0, GENESIS)


def _keep_head(seq: int, hash_: str) -> None:
    if not TrailHeadRow.update(seq=seq, hash=hash_).execute():
        TrailHeadRow.insert(one=1, seq=seq, hash=hash_).execute()


def _hash(row: Mapping[str, Any], previous: str) -> str:
    content = {key: value for key, value in row.items() if key != "hash"}
    return hashlib.sha256(canonical({**content, "previous": previous}).encode()).hexdigest()


def from_row(row: Mapping[str, Any]) -> Event:
    """Return the event of a row."""
    at: datetime = row["at"]
    return Event(
        seq=row["seq"],
        at=at,
        actor=row["actor"],
        action=row["action"],
        container=row["container_id"],
        cluster=row["cluster"],
        vmid=row["vmid"],
        message=row["message"],
        evidence=row["evidence"] or {},
        hash=row["hash"],
    )
