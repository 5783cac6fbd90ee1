"""Public ports: allocated to containers, unique while held, free again when the record is closed.

The forwarding of a port is outside the program; only its owner is known here.
"""

from __future__ import annotations

from proximity_tui.core.model import PortMapping
from proximity_tui.core.model.port_registry import PortHolding
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.errors import LostRace, PortsExhausted, StoreError
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import tuples
from proximity_tui.core.store.schema import ContainerRow, PortRow


def validate_port(number: int) -> int:
    """Return the port itself. Raises `StoreError` unless it is between 1 and 65535."""
    if not 1 <= number <= 65535:
        raise StoreError(f"{number} is not a port: ports go from 1 to 65535")
    return number


def allocate(container_id: int, container_port: int, pool: range) -> PortMapping:
    """Allocate the lowest free public port of the pool to a container and return it. Raises `PortsExhausted`,
    `LostRace`.
    """
    validate_port(container_port)
    for bound in (pool.start, pool.stop - 1):
        validate_port(bound)
    with transaction():
        if not ContainerRow.select().where(ContainerRow.id == container_id, ContainerRow.closed_at.is_null()).exists():
            raise LostRace(f"record {container_id} is closed or does not exist")
        taken = used()
        public = next((port for port in pool if port not in taken), None)
        if public is None:
            raise PortsExhausted(f"all {len(pool)} public ports from {pool.start} to {pool.stop - 1} are in use")
        PortRow.insert(
            container_id=container_id, public=public, container_port=container_port, allocated_at=now()
        ).execute()
    return PortMapping(public, container_port)


def release_all(container_id: int) -> tuple[PortMapping, ...]:
    """Free every port of a container and return them."""
    held = (PortRow.container_id == container_id) & PortRow.released_at.is_null()
    with transaction():
        rows = tuples(PortRow.select(PortRow.public, PortRow.container_port).where(held).order_by(PortRow.public))
        PortRow.update(released_at=now()).where(held).execute()
    return tuple(PortMapping(public, inner) for public, inner in rows)


def used() -> frozenset[int]:
    """Return the public ports that are held now."""
    with unit():
        return frozenset(row[0] for row in tuples(PortRow.select(PortRow.public).where(PortRow.released_at.is_null())))


def registry() -> tuple[PortHolding, ...]:
    """Return every held port with its holder, the lowest first."""
    about = (ContainerRow.id, ContainerRow.cluster, ContainerRow.vmid, ContainerRow.name, ContainerRow.closed_at)
    query = (
        PortRow.select(PortRow.id, PortRow.public, PortRow.container_port, PortRow.allocated_at, *about)
        .join(ContainerRow, on=(PortRow.container_id == ContainerRow.id))
        .where(PortRow.released_at.is_null())
        .order_by(PortRow.public, PortRow.id)
    )
    with unit():
        return tuple(PortHolding(*row) for row in tuples(query))
