"""Public ports: held by containers or reserved for nothing yet, unique while held, free when the record is closed.

The forwarding of a port is outside the program; only its owner is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace as replaced
from datetime import datetime

from peewee import fn

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Container, PortMapping, names
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.port_registry import PortHolding, no_open_record
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import chunks, tuples
from proximity_tui.core.store.db.store_errors import LostRace, PortsExhausted, StoreError
from proximity_tui.core.store.schema.container_tables import ContainerRow, PortReservationRow, PortRow
from proximity_tui.core.store.schema.trail_tables import EventRow


def validate_port(number: int) -> int:
    """Return the port itself. Raises `StoreError` unless there is one of that number."""
    if not names.is_port(number):
        raise StoreError(names.not_a_port(number))
    return number


def allocate(container_id: int, container_port: int, pool: range) -> PortMapping:
    """Allocate the lowest free public port of the pool to a container and return it. Raises `PortsExhausted`,
    `LostRace`.
    """
    validate_port(container_port)
    for bound in (pool.start, pool.stop - 1):
        validate_port(bound)
    with transaction():
        _must_be_open(container_id)
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


def take_back(container_id: int, wanted: Iterable[PortMapping]) -> tuple[PortMapping, ...]:
    """Allocate these public ports to a container again, as far as nobody holds them, and return the new ones."""
    with transaction():
        taken = used()
        free = tuple(one for one in wanted if one.public not in taken)
        for one in free:
            PortRow.insert(
                container_id=container_id, public=one.public, container_port=one.container, allocated_at=now()
            ).execute()
    return free


def held_when_closed(container: Container) -> tuple[PortMapping, ...]:
    """Return the ports that a closed record held until it was closed; those of an open one."""
    if container.closed_at is None:
        return container.ports
    freed = (PortRow.container_id == container.id) & (PortRow.released_at >= container.closed_at)
    with unit():
        rows = tuples(PortRow.select(PortRow.public, PortRow.container_port).where(freed).order_by(PortRow.public))
    return tuple(PortMapping(public, inner) for public, inner in rows)


def used() -> frozenset[int]:
    """Return the public ports that are held now, by a container or for nothing yet."""
    with unit():
        return frozenset(
            row[0]
            for table in (PortRow, PortReservationRow)
            for row in tuples(table.select(table.public).where(table.released_at.is_null()))
        )


def registry() -> tuple[PortHolding, ...]:
    """Return every held port with its holder, the lowest first; without who gave it to a container."""
    with unit():
        found = [*_of_containers(), *_reserved()]
    return tuple(sorted(found, key=lambda one: (one.public, one.key)))


def registry_with_givers(before: Iterable[PortHolding] = ()) -> tuple[PortHolding, ...]:
    """Return the registry, with who gave each port to its container. Only of a holding that is not in `before`, which
    was returned by the last call, is that looked up in the whole trail of its container.
    """
    known = {replaced(one, by=None): one for one in before if one.container is not None and one.by is not None}
    with unit():
        found = registry()
        who = _who_gave([one.container for one in found if one.container is not None and one not in known])
    return tuple(one if one.container is None else known.get(one) or replaced(one, by=who(one)) for one in found)


def replace(before: PortHolding | None, after: PortHolding | None, by: str) -> PortHolding | None:
    """Release what was held and hold what is to be held instead, in one transaction; return the new holding. The
    records that it concerns count one version up, so that plans about them are made again.

    Raises `LostRace` where `before` is not held any more, or a record is closed.
    """
    moment = now()
    with transaction():
        if before is not None:
            _release(before, moment)
        held = _hold(after, by, moment) if after is not None else None
        concerned = {one.container for one in (before, after) if one is not None and one.container is not None}
        ContainerRow.update(version=ContainerRow.version + 1).where(
            ContainerRow.id.in_(list(concerned)), ContainerRow.closed_at.is_null()
        ).execute()
    return held


def _release(holding: PortHolding, moment: datetime) -> None:
    table = PortRow if holding.container is not None else PortReservationRow
    mine = (table.id == holding.id) & (table.public == holding.public) & table.released_at.is_null()
    if table.update(released_at=moment).where(mine).execute() != 1:
        raise LostRace(f"port {holding.public} is not held any more as it was")


def _hold(wanted: PortHolding, by: str, moment: datetime) -> PortHolding:
    validate_port(wanted.public)
    if wanted.container is None:
        number = PortReservationRow.insert(
            public=wanted.public,
            container_port=wanted.container_port,
            note=plain(wanted.note or ""),
            reserved_at=moment,
            reserved_by=plain(by),
        ).execute()
        return next(one for one in _reserved() if one.id == number)
    _must_be_open(wanted.container)
    number = PortRow.insert(
        container_id=wanted.container,
        public=wanted.public,
        container_port=wanted.container_port,
        allocated_at=moment,
    ).execute()
    return replaced(next(one for one in _of_containers() if one.id == number), by=plain(by))


def _of_containers() -> list[PortHolding]:
    about = (ContainerRow.id, ContainerRow.cluster, ContainerRow.vmid, ContainerRow.name, ContainerRow.closed_at)
    query = (
        PortRow.select(PortRow.id, PortRow.public, PortRow.container_port, PortRow.allocated_at, *about)
        .join(ContainerRow, on=(PortRow.container_id == ContainerRow.id))
        .where(PortRow.released_at.is_null())
    )
    return [PortHolding(*row) for row in tuples(query)]


def _who_gave(containers: Iterable[int]) -> Callable[[PortHolding], str | None]:
    """Return what tells who gave a port to one of these containers, by the trail: who changed the registry, else who
    made the record, with its ports.
    """
    made, given = dict[int, str](), dict[tuple[object, object], str]()
    event = EventRow
    changes = [EventAction.PORT_RESERVED.value, EventAction.PORT_MOVED.value]
    for chunk in chunks(dict.fromkeys(containers)):
        mine = event.container_id.in_(chunk)
        first = event.select(fn.MIN(event.seq)).where(mine).group_by(event.container_id)
        made.update(tuples(event.select(event.container_id, event.actor).where(event.seq.in_(first))))
        query = event.select(event.container_id, event.actor, event.evidence).where(mine, event.action.in_(changes))
        for container, actor, evidence in tuples(query.order_by(event.seq)):
            after = (evidence or {}).get("after") or {}
            if after.get("container") == container:
                given[container, after.get("public")] = actor

    def who(holding: PortHolding) -> str | None:
        container = holding.container or 0
        return given.get((container, holding.public)) or made.get(container)

    return who


def _reserved() -> list[PortHolding]:
    table = PortReservationRow
    columns = (table.id, table.public, table.container_port, table.reserved_at, table.note, table.reserved_by)
    query = table.select(*columns).where(table.released_at.is_null())
    return [
        PortHolding(number, public, inner, at, note=note, by=by)
        for number, public, inner, at, note, by in tuples(query)
    ]


def _must_be_open(container_id: int) -> None:
    if not ContainerRow.select().where(ContainerRow.id == container_id, ContainerRow.closed_at.is_null()).exists():
        raise LostRace(no_open_record(container_id))
