"""The search for records: by id, by guest, open or closed. It only reads."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.model import Container
from proximity_tui.core.store.clusters import former_names
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.errors import RecordNotFound
from proximity_tui.core.store.records.mapping import read_containers
from proximity_tui.core.store.schema import ContainerRow


def get(container_id: int) -> Container:
    """Return the record with that id, open or closed. Raises `RecordNotFound`."""
    found = _first(ContainerRow.id == container_id)
    if found is None:
        raise RecordNotFound(f"there is no record {container_id}")
    return found


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


_LAST_CLOSED = (ContainerRow.closed_at.desc(), ContainerRow.id.desc())


def _of(cluster: str | None) -> tuple[Any, ...]:
    return () if cluster is None else (ContainerRow.cluster == cluster,)


def _ever(cluster: str | None) -> tuple[Any, ...]:
    """Return the conditions for a cluster under all its names: a tombstone keeps the name that the cluster had."""
    return () if cluster is None else (ContainerRow.cluster.in_((cluster, *former_names(cluster))),)


def _first(*conditions: Any, order: Any = None) -> Container | None:
    with unit():
        found = read_containers(*conditions, order=order, limit=1)
    return found[0] if found else None
