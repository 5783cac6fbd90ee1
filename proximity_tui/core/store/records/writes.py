"""The writing of records: compare-and-set, and the refusal that names the holder.

Only `records` uses it, and decides what may be changed, and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee

from proximity_tui.core.model import Container
from proximity_tui.core.store.db.store_errors import Conflict, LostRace, StoreError
from proximity_tui.core.store.records.record_reads import find_active
from proximity_tui.core.store.schema.container_tables import ContainerRow


def compare_and_set(container: Container, values: Mapping[str, Any]) -> None:
    """Change an open record that is still as it was read, and count its version up. Raises `LostRace` otherwise."""
    changed = (
        ContainerRow.update(**values, version=ContainerRow.version + 1)
        .where(
            ContainerRow.id == container.id,
            ContainerRow.version == container.version,
            ContainerRow.state == container.state.value,
            ContainerRow.closed_at.is_null(),
        )
        .execute()
    )
    if changed != 1:
        raise changed_meanwhile(container)


def changed_meanwhile(container: Container) -> LostRace:
    """Return the error for a record that is not as it was read."""
    return LostRace(f"{container.label} was changed by somebody else since it was read")


def update_open(container_id: int, values: Mapping[str, Any]) -> None:
    """Change an open record whatever its version, which stays. Raises `LostRace` when it is closed."""
    query = ContainerRow.update(**values)
    if query.where(ContainerRow.id == container_id, ContainerRow.closed_at.is_null()).execute() != 1:
        raise LostRace(f"record {container_id} is closed")


def already_managed(cluster: str, vmid: int | None, error: StoreError) -> StoreError:
    """Return the `Conflict` that names the holder of the VMID, where that is why a record was refused; else `error`."""
    if not isinstance(error.__cause__, peewee.IntegrityError) or vmid is None:
        return error
    holder = find_active(cluster, vmid)
    return Conflict(f"{cluster}/{vmid} is already managed", holder.label) if holder else error
