"""The sequence of changes: which things were written since a number, by any process, another program or by hand.

The database counts, by triggers (`db/change_triggers`). A newer change of the same thing takes the place of the older
one, so there are never more rows than things. What changed is read by `by_ids` of records, operations, alerts, drifts.
"""

from __future__ import annotations

from collections import defaultdict

from proximity_tui.core.model.database_changes import NUMBERED, ChangeKind, Changes
from proximity_tui.core.store.database import data_version, database_instance, opened, unit
from proximity_tui.core.store.db.backend import EXCHANGE, Backend
from proximity_tui.core.store.db.change_triggers import EVERYTHING, TABLE
from proximity_tui.core.store.db.queries import run_sql

__all__ = ["ChangeKind", "Changes", "latest", "since"]

_KINDS = {kind.value: kind for kind in ChangeKind}

_read: tuple[Backend, int, int] | None = None
"""The database that was read last, the version that it had, and its newest number then."""


def latest() -> int:
    """Return the number of the newest change; 0 where nothing ever changed."""
    # Before the number: where the database is exchanged meanwhile, the number is one of the former one.
    _, exchanges = database_instance()
    with unit():
        return exchanges * EXCHANGE + _newest()


def since(seq: int) -> Changes:
    """Return what was changed after the number `seq`, which an earlier answer or `latest` gave.

    Not complete for a number that this database never gave, as the one before it was exchanged for this one, and where
    changes were removed from it. While nobody writes it costs what `data_version` costs.
    """
    global _read
    # Before the changes are read: what is written meanwhile is then read once more, and never missed.
    backend, version = opened(), data_version()
    if _read == (backend, version, seq):
        return Changes(seq, {})
    exchanges = backend.exchanges
    known_exchanges, number = divmod(seq, EXCHANGE)
    with unit():
        # With the newest one that is known: whether that is there still is told by the same statement. By a second one
        # something could be written in between, and would never be told.
        rows = run_sql(backend.db, f"SELECT seq, kind, ref FROM {TABLE} WHERE seq >= {number} ORDER BY seq")
        if rows:
            newest = int(rows[-1][0])
        elif number:
            newest = _newest()
        else:
            newest = 0
    rows = [row for row in rows if row[0] != number]
    complete = known_exchanges == exchanges and newest >= number
    newest += exchanges * EXCHANGE
    # A version that was read in a transaction may be given again, to another one, once this is rolled back.
    _read = None if backend.db.in_transaction() else (backend, version, newest)
    ids: dict[ChangeKind, set[int | str]] = defaultdict(set)
    for _, kind, ref in rows:
        # A later version of the program may have upgraded the database, and reports more than we know of.
        if kind in _KINDS:
            ids[_KINDS[kind]].add(int(ref) if kind in NUMBERED else ref)
    complete &= all(kind != EVERYTHING for _, kind, _ in rows)
    return Changes(newest, {kind: frozenset(refs) for kind, refs in ids.items()}, complete)


def ids_since(seq: int, kind: ChangeKind) -> frozenset[int] | None:
    """Return the ids of the things of a kind that were changed after the number `seq`; None where that cannot be said.
    What the open transaction changed is among them.
    """
    known_exchanges, number = divmod(seq, EXCHANGE)
    if database_instance()[1] != known_exchanges:
        return None
    with unit():
        kinds = f"'{kind}', '{EVERYTHING}'"
        rows = run_sql(opened().db, f"SELECT kind, ref FROM {TABLE} WHERE seq > {number} AND kind IN ({kinds})")
        newest = _newest()
    if newest < number or any(told == EVERYTHING for told, _ in rows):
        return None
    return frozenset(int(ref) for _, ref in rows)


def _newest() -> int:
    return int(run_sql(opened().db, f"SELECT coalesce(max(seq), 0) FROM {TABLE}")[0][0])
