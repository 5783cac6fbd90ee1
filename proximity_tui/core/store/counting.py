"""How many records there are of which kind: counted by the database, for those who want a number and no record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee

from proximity_tui.core.model import Presence
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.queries import tuples
from proximity_tui.core.store.schema import ContainerRow


def active_by_presence() -> Mapping[tuple[str, Presence], int]:
    """The records that are not closed, by cluster and presence; what there is none of is not listed."""
    counted = _count(ContainerRow.presence, ContainerRow.closed_at.is_null())
    return {(cluster, Presence(presence)): number for (cluster, presence), number in counted.items()}


def closed_by_reason() -> Mapping[tuple[str, str], int]:
    """The tombstones there ever were, by cluster and the reason on them."""
    return _count(ContainerRow.closed_reason, ContainerRow.closed_reason.is_null(False))


def _count(column: Any, condition: Any) -> dict[tuple[str, str], int]:
    number = peewee.fn.COUNT(ContainerRow.id)
    with unit():
        query = ContainerRow.select(ContainerRow.cluster, column, number).where(condition)
        found = tuples(query.group_by(ContainerRow.cluster, column))
    return {(row[0], row[1]): row[2] for row in found}
