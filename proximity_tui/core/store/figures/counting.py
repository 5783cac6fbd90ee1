"""The numbers of records by kind, counted by the database without reading a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import peewee

from proximity_tui.core.base.text import read_word
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Kind, Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store.database import unit
from proximity_tui.core.store.db.queries import tuples
from proximity_tui.core.store.schema.container_tables import ClinicalRow, ContainerRow
from proximity_tui.core.store.schema.trail_tables import EventRow


@value_object
class Tally:
    """The totals since the database was made. `closed` are tombstones by the reason on them."""

    adopted: int
    with_clinical_record: int
    """Of the adopted ones."""
    closed: Mapping[str, int]
    diagnosed: int
    """How often the janitor marked a record as stuck."""


def tally() -> Tally:
    """Return the adoptions, deletions, orphans and diagnoses so far, over all clusters."""
    adopted = ContainerRow.kind == Kind.ADOPTED.value
    closed: Counter[str] = Counter()
    with unit():
        for (_, reason), number in closed_by_reason().items():
            closed[reason] += number
        captured = ClinicalRow.select(ClinicalRow.container_id)
        return Tally(
            adopted=ContainerRow.select().where(adopted).count(),
            with_clinical_record=ContainerRow.select().where(adopted, ContainerRow.id.in_(captured)).count(),
            closed=closed,
            # As a literal: only then does SQLite use the index of just these events.
            diagnosed=EventRow.select().where(EventRow.action == peewee.SQL(f"'{EventAction.DIAGNOSE}'")).count(),
        )


def active_by_presence() -> Mapping[tuple[str, Presence], int]:
    """Return the number of open records by cluster and presence, without zeros."""
    found: Counter[tuple[str, Presence]] = Counter()
    for (cluster, presence), number in _count(ContainerRow.presence, ContainerRow.closed_at.is_null()).items():
        found[cluster, read_word(presence, Presence.UNKNOWN)] += number
    return found


def active_by_state() -> Mapping[tuple[str, State, Status, Presence], int]:
    """Return the number of open records by cluster, state, status and presence, without zeros."""
    columns = (ContainerRow.cluster, ContainerRow.state, ContainerRow.status, ContainerRow.presence)
    query = ContainerRow.select(*columns, peewee.fn.COUNT(ContainerRow.id)).where(ContainerRow.closed_at.is_null())
    with unit():
        rows = tuples(query.group_by(*columns))
    found: Counter[tuple[str, State, Status, Presence]] = Counter()
    for cluster, state, status, presence, number in rows:
        words = read_word(state, State.ERROR), read_word(status, Status.UNKNOWN), read_word(presence, Presence.UNKNOWN)
        found[cluster, *words] += number
    return found


def closed_by_reason() -> Mapping[tuple[str, str], int]:
    """Return the number of tombstones by cluster and the reason on them."""
    return _count(ContainerRow.closed_reason, ContainerRow.closed_reason.is_null(False))


def _count(column: Any, condition: Any) -> dict[tuple[str, str], int]:
    number = peewee.fn.COUNT(ContainerRow.id)
    with unit():
        query = ContainerRow.select(ContainerRow.cluster, column, number).where(condition)
        found = tuples(query.group_by(ContainerRow.cluster, column))
    return {(row[0], row[1]): row[2] for row in found}
