"""The search for records: by id, by guest, open or closed; and the reading of a `Container` from its row.

A cell that cannot be read becomes the cautious value: an unknown kind or status, an error, no fingerprint (law 1); a
state that began just now, and nothing that was missed before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import peewee

from proximity_tui.core.doctrine.observation.expected_fingerprint import expected_fingerprint
from proximity_tui.core.model import Container, Kind, PortMapping, Presence, State, Status
from proximity_tui.core.model.container import RecordFacts
from proximity_tui.core.model.lifecycle import TRANSIENT
from proximity_tui.core.store import clock_readings
from proximity_tui.core.store.database import opened, unit
from proximity_tui.core.store.db.fields import begun, fingerprint_in, readable_time, shared, some_time, value_from_json
from proximity_tui.core.store.db.queries import chunks, raw, raw_streamed, run_sql, tuples
from proximity_tui.core.store.db.store_errors import RecordNotFound
from proximity_tui.core.store.journal.operation_reads import UNFINISHED, read_plans, read_promises
from proximity_tui.core.store.records.seen_lists import NO_LIST, SeenList, seen_list, seen_lists
from proximity_tui.core.store.schema.container_tables import ContainerRow, PortRow
from proximity_tui.core.store.schema.operation_tables import OperationRow


def read_containers(*conditions: Any, order: Any = None, limit: int | None = None) -> tuple[Container, ...]:
    """Return the containers that meet the conditions on `ContainerRow`, with ports and holder, in three queries."""
    holds = (OperationRow.container_id == ContainerRow.id) & OperationRow.status.in_(UNFINISHED)
    query = (
        ContainerRow.select(ContainerRow, OperationRow.id)
        .join(OperationRow, peewee.JOIN.LEFT_OUTER, on=holds)
        .where(*conditions)
        .order_by(*(order or (ContainerRow.cluster, ContainerRow.vmid, ContainerRow.id)))
        .limit(limit)
    )
    db = opened().db
    held = (
        PortRow.select(PortRow.container_id, PortRow.public, PortRow.container_port)
        .join(ContainerRow, on=(PortRow.container_id == ContainerRow.id))
        .where(PortRow.released_at.is_null(), *conditions)
        .order_by(PortRow.public)
    )
    ports: dict[int, list[PortMapping]] = defaultdict(list)
    for container, public, inner in raw(db, held):
        ports[container].append(PortMapping(public, inner))
    lists = seen_lists()
    found = (_container(row, tuple(ports.get(row[0], ())), lists) for row in raw_streamed(db, query))
    return _with_promises(_with_expected_fingerprints(tuple(found)))


def _with_promises(found: tuple[Container, ...]) -> tuple[Container, ...]:
    """Return the records, those of restored guests of which nothing else is known with what their backup promised."""
    unknown = {one.id for one in found if one.fingerprint is None and one.marker is None and not one.is_tombstone}
    if not unknown:
        return found
    promises = read_promises(unknown)
    return tuple(replace(one, promised=promises[one.id]) if one.id in promises else one for one in found)


def _with_expected_fingerprints(found: tuple[Container, ...]) -> tuple[Container, ...]:
    """Return the records, those that an operation holds with what that may make of their fingerprint."""
    plans = read_plans({one.operation for one in found if one.operation is not None})
    if not plans:
        return found
    expected = {operation: expected_fingerprint(plan) for operation, plan in plans.items()}
    return tuple(
        one if one.operation is None else replace(one, expected_fingerprint=expected.get(one.operation))
        for one in found
    )


_KINDS: Mapping[Any, Kind] = {one.value: one for one in (Kind.NATIVE, Kind.ADOPTED)}
_STATES: Mapping[Any, State] = {one.value: one for one in State}
_STATUSES: Mapping[Any, Status] = {one.value: one for one in Status}
_PRESENCES: Mapping[Any, Presence] = {one.value: one for one in Presence}


def _container(row: tuple[Any, ...], ports: tuple[PortMapping, ...], lists: Mapping[str, SeenList]) -> Container:
    """Return the container of a row as the database keeps it. A word that cannot be read becomes the cautious one: no
    compare-and-set will ever take it for the recorded one.
    """
    # In the order of the fields of `ContainerRow`.
    (
        id_, cluster, vmid, node, name, kind, state, state_since, state_clock, version, status, presence,
        presence_reason, observed_at, missing_since, half_destroyed_since, doubt_clock, identity_seen_at,
        identity_due_since, created_at, fingerprint, marker, _, lock, template, tags, last_error, predecessor,
        closed_at, closed_reason, operation,
    ) = row  # fmt: skip
    known = _STATES.get(state, State.ERROR)
    since, missing, remains = begun(state_since), readable_time(missing_since), readable_time(half_destroyed_since)
    doubted = missing or remains
    if closed_at is None:
        observed_at = lists.get(cluster, NO_LIST).last_seen(id_, observed_at)
    return Container(
        id=id_, cluster=shared(cluster), vmid=vmid, node=shared(node), name=shared(name),
        kind=_KINDS.get(kind, Kind.UNKNOWN), state=known, state_since=since, version=version,
        # Nobody ages a state that lasts by its clocks, and nearly all records are in such a one.
        state_clock=clock_readings.read(value_from_json(state_clock), since) if known in TRANSIENT else None,
        status=_STATUSES.get(status, Status.UNKNOWN), presence=_PRESENCES.get(presence, Presence.UNKNOWN),
        presence_reason=presence_reason, observed_at=some_time(observed_at),
        missing_since=missing, half_destroyed_since=remains,
        doubt_clock=clock_readings.read(value_from_json(doubt_clock), doubted) if doubted else None,
        identity_seen_at=readable_time(identity_seen_at), identity_due_since=some_time(identity_due_since),
        created_at=begun(created_at),
        fingerprint=None if fingerprint is None else fingerprint_in(value_from_json(fingerprint)), marker=marker,
        lock=lock, template=bool(template), tags=_tags(tags), last_error=last_error, predecessor=predecessor,
        closed_at=some_time(closed_at), closed_reason=closed_reason, operation=operation, ports=ports,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _tags(text: str | None) -> tuple[str, ...]:
    tags = value_from_json(text)
    return tuple(map(str, tags)) if isinstance(tags, list) else ()


def get(container_id: int) -> Container:
    """Return the record with that id, open or closed. Raises `RecordNotFound`."""
    found = _first(ContainerRow.id == container_id)
    if found is None:
        raise RecordNotFound(f"there is no record {container_id}")
    return found


def by_ids(ids: Iterable[int]) -> tuple[Container, ...]:
    """Return the records with these ids, open or closed, as far as there are any."""
    with unit():
        return tuple(one for chunk in chunks(ids) for one in read_containers(ContainerRow.id.in_(chunk)))


def check_readable() -> None:
    """Raise StoreError where the records cannot be read, such as from a file that is gone. Reads next to nothing."""
    with unit():
        tuples(ContainerRow.select(ContainerRow.id).limit(1))


def last_seen_times(ids: Iterable[int]) -> dict[int, datetime | None]:
    """Return when the guests of these open records were seen last, by any process. No change is reported of that."""
    select = "SELECT id, cluster, observed_at FROM container WHERE id IN"
    with unit():
        lists = seen_lists()
        return {
            one: some_time(lists.get(cluster, NO_LIST).last_seen(one, own))
            for chunk in chunks(ids)
            # Written out: of thousands, placeholders would take longer than the answer.
            for one, cluster, own in run_sql(opened().db, f"{select} ({', '.join(map(str, chunk))})")
        }


_FACTS = (
    "SELECT id, vmid, node, name, state, state_since, status, presence, presence_reason, observed_at, missing_since,"
    " half_destroyed_since, identity_seen_at, identity_due_since, fingerprint IS NOT NULL, marker, lock, template, tags"
    " FROM container WHERE closed_at IS NULL AND cluster = {}"
)


def facts(cluster: str) -> tuple[RecordFacts, ...]:
    """Return what a list can confirm of every open record of a cluster, which is read in a fourth of the time."""
    with unit():
        list_ = seen_list(cluster)
        return tuple(_facts(row, list_) for row in run_sql(opened().db, _FACTS.format(opened().db.param), (cluster,)))


def _facts(row: tuple[Any, ...], list_: SeenList) -> RecordFacts:
    (
        id_, vmid, node, name, state, state_since, status, presence, presence_reason, observed_at, missing_since,
        half_destroyed_since, identity_seen_at, identity_due_since, comparable, marker, lock, template,
        tags,
    ) = row  # fmt: skip
    return RecordFacts(
        id_, vmid, node, name, _STATES.get(state, State.ERROR), begun(state_since),
        _STATUSES.get(status, Status.UNKNOWN), _PRESENCES.get(presence, Presence.UNKNOWN), presence_reason,
        some_time(list_.last_seen(id_, observed_at)), readable_time(missing_since), readable_time(half_destroyed_since),
        readable_time(identity_seen_at), some_time(identity_due_since), bool(comparable), marker, lock, bool(template),
        _tags(tags),
    )  # fmt: skip


def active(cluster: str | None = None) -> tuple[Container, ...]:
    """Return every open record (of a cluster), by cluster and VMID, in three queries whatever their number, and one
    more where operations hold some.
    """
    with unit():
        return read_containers(ContainerRow.closed_at.is_null(), *_of(cluster))


def open_ids(cluster: str, ids: Iterable[int]) -> frozenset[int]:
    """Return those of the ids that are of open records of a cluster."""
    query = ContainerRow.select(ContainerRow.id).where(ContainerRow.closed_at.is_null(), *_of(cluster))
    with unit():
        return frozenset(one for some in chunks(ids) for (one,) in tuples(query.where(ContainerRow.id.in_(some))))


def vmids(cluster: str) -> frozenset[int]:
    """Return the VMIDs that open records of a cluster hold."""
    query = ContainerRow.select(ContainerRow.vmid).where(ContainerRow.closed_at.is_null(), *_of(cluster))
    with unit():
        return frozenset(vmid for (vmid,) in tuples(query) if vmid is not None)


def in_states(states: Iterable[State], cluster: str | None = None) -> tuple[Container, ...]:
    """Return every open record (of a cluster) in one of these states, by cluster and VMID."""
    with unit():
        return read_containers(ContainerRow.closed_at.is_null(), ContainerRow.state.in_(tuple(states)), *_of(cluster))


def doubted(cluster: str) -> tuple[Container, ...]:
    """Return the open records of a cluster whose guest was missed, or seen half destroyed, in the last list."""
    first_look = ContainerRow.missing_since.is_null(False) | ContainerRow.half_destroyed_since.is_null(False)
    with unit():
        return read_containers(ContainerRow.closed_at.is_null(), first_look, *_of(cluster))


def find_active(cluster: str, vmid: int) -> Container | None:
    """Return the open record that holds a VMID, if any."""
    return _first(ContainerRow.closed_at.is_null(), ContainerRow.vmid == vmid, *_of(cluster))


def find_successor(container_id: int) -> Container | None:
    """Return the open record that follows a closed one, if any."""
    return _first(ContainerRow.closed_at.is_null(), ContainerRow.predecessor == container_id)


def _of(cluster: str | None) -> tuple[Any, ...]:
    return () if cluster is None else (ContainerRow.cluster == cluster,)


def _first(*conditions: Any) -> Container | None:
    with unit():
        found = read_containers(*conditions, limit=1)
    return found[0] if found else None
