"""The search for records: by id, by guest, open or closed; and the reading of the dataclasses of `model` from rows.

A cell that cannot be read becomes the cautious value: an unknown kind or status, an error, no fingerprint (law 1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

import peewee

from proximity_tui.core.model import (
    Action,
    Container,
    Kind,
    Operation,
    OperationStatus,
    PortMapping,
    Presence,
    State,
    Status,
    StepName,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.store import clock_readings
from proximity_tui.core.store.clusters import former_names
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.errors import RecordNotFound
from proximity_tui.core.store.db.queries import chunks, dicts, tuples
from proximity_tui.core.store.records.plans import fingerprint_in, read_plan
from proximity_tui.core.store.schema import ContainerRow, OperationRow, PortRow, StepRow

_Word = TypeVar("_Word", bound=StrEnum)

UNFINISHED = (OperationStatus.OPEN.value, OperationStatus.INTERRUPTED.value)
"""The operations that hold their guest and record."""


_LAST_CLOSED = (ContainerRow.closed_at.desc(), ContainerRow.id.desc())


def read_containers(*conditions: Any, order: Any = None, limit: int | None = None) -> tuple[Container, ...]:
    """Return the containers that meet the conditions on `ContainerRow`, with ports and holder, in two queries."""
    holds = (OperationRow.container_id == ContainerRow.id) & OperationRow.status.in_(UNFINISHED)
    query = (
        ContainerRow.select(ContainerRow, OperationRow.id.alias("operation"))
        .join(OperationRow, peewee.JOIN.LEFT_OUTER, on=holds)
        .where(*conditions)
        .order_by(*(order or (ContainerRow.cluster, ContainerRow.vmid, ContainerRow.id)))
        .limit(limit)
    )
    rows = dicts(query)
    ports: dict[int, list[PortMapping]] = defaultdict(list)
    if any(row["closed_at"] is None for row in rows):
        held = (
            PortRow.select(PortRow.container_id, PortRow.public, PortRow.container_port)
            .join(ContainerRow, on=(PortRow.container_id == ContainerRow.id))
            .where(PortRow.released_at.is_null(), *conditions)
            .order_by(PortRow.public)
        )
        for container, public, inner in tuples(held):
            ports[container].append(PortMapping(public, inner))
    return tuple(_container(row, tuple(ports[row["id"]])) for row in rows)


def read_operations(*conditions: Any) -> tuple[Operation, ...]:
    """Return the operations that meet the conditions on `OperationRow`, oldest first, with steps, in two queries."""
    rows = dicts(OperationRow.select().where(*conditions).order_by(OperationRow.id))
    steps: dict[int, list[StepRecord]] = defaultdict(list)
    if rows:
        query = (
            StepRow.select()
            .join(OperationRow, on=(StepRow.operation_id == OperationRow.id))
            .where(*conditions)
            .order_by(StepRow.operation_id, StepRow.seq)
        )
        for row in dicts(query):
            steps[row["operation_id"]].append(_step(row))
    return tuple(_operation(row, tuple(steps[row["id"]])) for row in rows)


def _container(row: Mapping[str, Any], ports: tuple[PortMapping, ...]) -> Container:
    doubted = row["missing_since"] or row["half_destroyed_since"]
    return Container(
        id=row["id"],
        cluster=row["cluster"],
        vmid=row["vmid"],
        node=row["node"],
        name=row["name"],
        kind=Kind.read(row["kind"]),
        state=_read(State, row["state"], State.ERROR),
        state_since=row["state_since"],
        version=row["version"],
        status=_read(Status, row["status"], Status.UNKNOWN),
        presence=_read(Presence, row["presence"], Presence.UNKNOWN),
        presence_reason=row["presence_reason"],
        observed_at=row["observed_at"],
        created_at=row["created_at"],
        fingerprint=fingerprint_in(row["fingerprint"]),
        lock=row["lock"],
        template=row["template"],
        tags=tuple(row["tags"] or ()),
        last_error=row["last_error"],
        ports=ports,
        operation=row["operation"],
        predecessor=row["predecessor"],
        closed_at=row["closed_at"],
        closed_reason=row["closed_reason"],
        missing_since=row["missing_since"],
        half_destroyed_since=row["half_destroyed_since"],
        identity_seen_at=row["identity_seen_at"],
        state_clock=clock_readings.read(row["state_clock"], row["state_since"]),
        doubt_clock=clock_readings.read(row["doubt_clock"], doubted) if doubted else None,
        identity_due_since=row["identity_due_since"],
        marker=row["marker"],
    )


def _read(words: type[_Word], text: Any, careful: _Word) -> _Word:
    """Return the recorded word, or the cautious one: no compare-and-set will ever take it for the recorded one."""
    return next((word for word in words if word.value == text), careful)


def _operation(row: Mapping[str, Any], steps: tuple[StepRecord, ...]) -> Operation:
    return Operation(
        id=row["id"],
        container=row["container_id"],
        cluster=row["cluster"],
        vmid=row["vmid"],
        name=row["name"],
        action=Action(row["action"]),
        status=OperationStatus(row["status"]),
        plan=read_plan(row),
        actor=row["actor"],
        owner=row["owner"],
        started_at=row["started_at"],
        heartbeat_at=row["heartbeat_at"],
        finished_at=row["finished_at"],
        error=row["error"],
        steps=steps,
        heartbeat_clock=clock_readings.read(row["heartbeat_clock"], row["heartbeat_at"]),
    )


def _step(row: Mapping[str, Any]) -> StepRecord:
    return StepRecord(
        seq=row["seq"],
        name=StepName.read(row["name"]),
        reason=row["reason"],
        outcome=StepOutcome(row["outcome"]),
        task=row["task"],
        intent_at=row["intent_at"],
        fact_at=row["fact_at"],
        detail=row["detail"] or {},
    )


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


def active(cluster: str | None = None) -> tuple[Container, ...]:
    """Return every open record (of a cluster), by cluster and VMID, in two queries whatever their number."""
    with unit():
        return read_containers(ContainerRow.closed_at.is_null(), *_of(cluster))


def find_active(cluster: str, vmid: int) -> Container | None:
    """Return the open record that holds a VMID, if any."""
    return _first(ContainerRow.closed_at.is_null(), ContainerRow.vmid == vmid, *_of(cluster))


def tombstones(cluster: str | None = None, limit: int = 500) -> tuple[Container, ...]:
    """Return the closed records (of a cluster), the last closed first, at most `limit`."""
    with unit():
        return read_containers(ContainerRow.closed_at.is_null(False), *_ever(cluster), order=_LAST_CLOSED, limit=limit)


def last_tombstone(cluster: str, vmid: int) -> Container | None:
    """Return the record of a VMID that was closed last, if any. It may be of another guest (law 3)."""
    return _first(ContainerRow.closed_at.is_null(False), ContainerRow.vmid == vmid, *_ever(cluster), order=_LAST_CLOSED)


def _of(cluster: str | None) -> tuple[Any, ...]:
    return () if cluster is None else (ContainerRow.cluster == cluster,)


def _ever(cluster: str | None) -> tuple[Any, ...]:
    """Return the conditions for a cluster under all its names: a tombstone keeps the name that the cluster had."""
    return () if cluster is None else (ContainerRow.cluster.in_((cluster, *former_names(cluster))),)


def _first(*conditions: Any, order: Any = None) -> Container | None:
    with unit():
        found = read_containers(*conditions, order=order, limit=1)
    return found[0] if found else None
