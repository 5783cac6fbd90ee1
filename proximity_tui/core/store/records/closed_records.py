"""The search for closed records, however many there are: the last ones, those that something names, and those that a
list may show again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from proximity_tui.core.model import ClosedReason, Container
from proximity_tui.core.store.clusters import former_names
from proximity_tui.core.store.database import opened, unit
from proximity_tui.core.store.db.queries import chunks, raw_streamed, tuples
from proximity_tui.core.store.records.record_reads import by_ids, read_containers
from proximity_tui.core.store.schema.container_tables import ContainerRow

_LAST_CLOSED = (ContainerRow.closed_at.desc(), ContainerRow.id.desc())
_IS_CLOSED = ContainerRow.closed_at.is_null(False)


def tombstones_called(
    name: str, vmid: int | None, record: int | None, cluster: str | None = None
) -> tuple[Container, ...]:
    """Return the closed records (of a cluster) that have this name, VMID or id, the last closed first."""
    named = ContainerRow.name == name
    if vmid is not None:
        named |= ContainerRow.vmid == vmid
    if record is not None:
        named |= ContainerRow.id == record
    with unit():
        return read_containers(_IS_CLOSED, named, *_ever(cluster), order=_LAST_CLOSED)


def last_tombstone(cluster: str, vmid: int) -> Container | None:
    """Return the record of a VMID that was closed last, if any. It may be of another guest (law 3)."""
    with unit():
        found = read_containers(_IS_CLOSED, ContainerRow.vmid == vmid, *_ever(cluster), order=_LAST_CLOSED, limit=1)
    return found[0] if found else None


def vanished(cluster: str, vmids: Collection[int], names: Collection[str]) -> tuple[Container, ...]:
    """Return the records of a cluster that vanished with one of these VMIDs or names, without those that were taken
    back since: their closed successors stand for them. Of all others the database says no more than their id.
    """
    later = ContainerRow.alias()
    made = later.closed_reason.is_null() | (later.closed_reason != ClosedReason.NEVER_CREATED.value)
    followed = later.select(later.predecessor).where(
        later.closed_at.is_null(False), later.predecessor.is_null(False), made
    )
    query = ContainerRow.select(ContainerRow.id, ContainerRow.vmid, ContainerRow.name).where(
        _IS_CLOSED,
        ContainerRow.closed_reason == ClosedReason.VANISHED.value,
        ContainerRow.id.not_in(followed),
        *_ever(cluster),
    )
    with unit():
        # One pass, whatever the number of guests: there is no index by name.
        every = raw_streamed(opened().db, query)
        return by_ids([id_ for id_, vmid, name in every if vmid in vmids or name in names])


def last_released(cluster: str, vmids: Iterable[int]) -> dict[int, Container]:
    """Return the last record of each of these VMIDs whose guest a person stopped managing, as far as there are any."""
    query = (
        ContainerRow.select(ContainerRow.vmid, ContainerRow.id)
        .where(_IS_CLOSED, ContainerRow.closed_reason == ClosedReason.FORGOTTEN.value, *_ever(cluster))
        .order_by(ContainerRow.closed_at, ContainerRow.id)
    )
    with unit():
        last = {vmid: id_ for some in chunks(vmids) for vmid, id_ in tuples(query.where(ContainerRow.vmid.in_(some)))}
        return {one.vmid: one for one in by_ids(last.values()) if one.vmid is not None}


def _ever(cluster: str | None) -> tuple[Any, ...]:
    """Return the conditions for a cluster under all its names: a tombstone keeps the name that the cluster had."""
    return () if cluster is None else (ContainerRow.cluster.in_((cluster, *former_names(cluster))),)
