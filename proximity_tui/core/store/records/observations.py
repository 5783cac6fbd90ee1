"""The observations of our containers, written down in bulk, and since when a lock is seen. No state and no version is
touched (law 4), and no lock is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Actor, ClockReading, Event, Presence, Status
from proximity_tui.core.store import events
from proximity_tui.core.store.clock_readings import clock_reading, kept, read
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.db.fields import canonical, now
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.schema import ContainerRow, GuestLockRow

AHEAD = timedelta(minutes=1)
"""Clocks of hosts differ a little. What was seen later than this from now on was seen before a clock was set back."""
CHUNK = 500
"""How many ids go into one statement: far below what any SQLite takes."""


@value_object
class StatusUpdate:
    """The observation of one container.

    None keeps what is known, except for `presence_reason`, `missing_since`, `half_destroyed_since` and `lock`, which
    are as given. `observed_at` is when the guest itself was seen, so it is None for a reading that could not see it.
    `doubted_at` is when it was shown as something whose fingerprint must be read, and `identity_read` says that it was.
    Raises `StoreError` for a name, node or tags of a guest, unless `identity_seen_at` says that it was compared and is
    the recorded one (law 3).
    """

    container: int
    status: Status
    presence: Presence
    presence_reason: str | None = None
    observed_at: datetime | None = None
    missing_since: datetime | None = None
    half_destroyed_since: datetime | None = None
    identity_seen_at: datetime | None = None
    node: str | None = None
    name: str | None = None
    tags: tuple[str, ...] | None = None
    template: bool | None = None
    lock: str | None = None
    doubted_at: datetime | None = None
    identity_read: bool = False

    def __post_init__(self) -> None:
        face = (self.node, self.name, self.tags, self.template)
        if self.identity_seen_at is None and any(value is not None for value in face):
            raise StoreError(f"nothing is written into record {self.container} from a guest that was not compared")


def observe(changes: Sequence[StatusUpdate], *, actor: Actor | str = "observer") -> tuple[Event, ...]:
    """Write down the observations, in one transaction, and return the `moved` and `renamed` events it made.

    Closed records are left alone, and those that another process saw later, unless that time is in the future. Rows
    with equal changes are written together, so an idle fleet, or one that cannot be reached, costs one statement per
    chunk.
    """
    made: list[Event] = []
    with transaction():
        for start in range(0, len(changes), CHUNK):
            chunk = changes[start : start + CHUNK]
            made.extend(_observe_chunk({change.container: change for change in chunk}, actor))
    return tuple(made)


def seen_since(container: int, moment: datetime) -> bool:
    """Return whether the guest of a record was seen after a moment, by any process."""
    with unit():
        seen = [row["observed_at"] for row in dicts(ContainerRow.select().where(ContainerRow.id == container))]
    return any(_later(one, moment) for one in seen)


def _later(seen: datetime | None, than: datetime) -> bool:
    """Return whether an observation is later; a time in the future does not count."""
    return seen is not None and than < seen <= now() + AHEAD


def _observe_chunk(changes: Mapping[int, StatusUpdate], actor: Actor | str) -> list[Event]:
    ours = ContainerRow.id.in_(list(changes)) & ContainerRow.closed_at.is_null()
    rows = dicts(ContainerRow.select().where(ours))
    made: list[Event] = []
    reading: ClockReading | None = None
    alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for row in rows:
        change = changes[row["id"]]
        if change.observed_at and _later(row["observed_at"], change.observed_at):
            continue
        different = {key: value for key, value in _values(change, row).items() if row[key] != value}
        if doubted := different.get("missing_since") or different.get("half_destroyed_since"):
            reading = reading or clock_reading()
            different["doubt_clock"] = kept(reading, doubted)
        if different:
            alike.setdefault(canonical(different), (different, []))[1].append(row["id"])
            made.extend(_events(row, different, actor))
    for values, ids in alike.values():
        ContainerRow.update(values).where(ContainerRow.id.in_(ids)).execute()
    return made


def _values(change: StatusUpdate, row: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "status": change.status.value,
        "presence": change.presence.value,
        "presence_reason": change.presence_reason,
        "missing_since": change.missing_since,
        "half_destroyed_since": change.half_destroyed_since,
        "lock": change.lock,
        "identity_due_since": None if change.identity_read else row["identity_due_since"] or change.doubted_at,
    }
    known = {
        "observed_at": change.observed_at,
        "identity_seen_at": change.identity_seen_at,
        "node": change.node,
        "name": change.name,
        "tags": None if change.tags is None else list(change.tags),
        "template": change.template,
    }
    return values | {key: value for key, value in known.items() if value is not None}


def _events(row: Mapping[str, Any], different: Mapping[str, Any], actor: Actor | str) -> list[Event]:
    made: list[Event] = []
    for key, action, verb in (("node", "moved", "moved"), ("name", "renamed", "was renamed")):
        if key in different and row[key] is not None:
            made.append(
                events.append(
                    actor=actor,
                    action=action,
                    message=f"{row['name']} {verb} from {row[key]} to {different[key]}",
                    container=row["id"],
                    cluster=row["cluster"],
                    vmid=row["vmid"],
                    evidence={"from": row[key], "to": different[key]},
                )
            )
    return made


def follow_locks(cluster: str, locks: Mapping[int, str], now: ClockReading) -> dict[int, ClockReading]:
    """Keep the present locks of the containers of a cluster, by id, and return since when each is seen.

    A lock that is gone is deleted, and a new one in its place begins now.
    """
    ours = ContainerRow.select(ContainerRow.id).where(ContainerRow.cluster == cluster)
    with transaction():
        rows = dicts(GuestLockRow.select().where(GuestLockRow.container_id.in_(ours)))
        known = {row["container_id"]: row for row in rows}
        over = [one for one, row in known.items() if locks.get(one) != row["lock"]]
        if over:
            GuestLockRow.delete().where(GuestLockRow.container_id.in_(over)).execute()
        since = {
            one: read(row["since_clock"], row["since"]) for one, row in known.items() if locks.get(one) == row["lock"]
        }
        for one in locks.keys() - since.keys():
            values = {"container_id": one, "lock": locks[one], "since": now.at, "since_clock": kept(now, now.at)}
            GuestLockRow.insert(values).execute()
        return since | dict.fromkeys(locks.keys() - since.keys(), now)
