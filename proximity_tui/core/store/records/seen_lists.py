"""The last list of each cluster, by which its containers were seen again as they are recorded.

One row says it for all of them but those that it leaves out, so a quiet fleet of any size takes one write a list. A
record was last seen when its own `observed_at` says, or by that list: whichever is later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from proximity_tui.core.store.clock_readings import AHEAD
from proximity_tui.core.store.database import opened
from proximity_tui.core.store.db.fields import json_text, now, time_to_text, value_from_json
from proximity_tui.core.store.db.queries import chunks, run_sql


class SeenList(NamedTuple):
    """A list: when it was read, as the database keeps it, the ids that it leaves out, and the newest that it knew."""

    at: str
    left_out: frozenset[int]
    up_to: int

    def covers(self, container: int) -> bool:
        """Return whether the container was seen in it."""
        return container <= self.up_to and container not in self.left_out

    def last_seen(self, container: int, own: str | None) -> str | None:
        """Return when an open record was last seen; `own` is its own time, None for what was never seen at all."""
        return own if own is None or own >= self.at or not self.covers(container) else self.at


NO_LIST = SeenList("", frozenset(), 0)
"""Leaves everything as the records say it themselves."""


def seen_lists() -> Mapping[str, SeenList]:
    """Return the last list of each cluster. Only within a unit."""
    rows = run_sql(opened().db, "SELECT cluster, seen_at, left_out, up_to FROM seen_list")
    return {cluster: _seen_list(*rest) for cluster, *rest in rows}


def seen_list(cluster: str) -> SeenList:
    """Return the last list of a cluster. Only within a unit."""
    mark = opened().db.param
    rows = run_sql(opened().db, f"SELECT seen_at, left_out, up_to FROM seen_list WHERE cluster = {mark}", (cluster,))
    return _seen_list(*rows[0]) if rows else NO_LIST


def note(cluster: str, at: str, left_out: Collection[int]) -> None:
    """Write down that a list read at a moment confirmed all open records of a cluster but some. Only in a transaction.

    An older list than the one that is known adds only what that left out.
    """
    known = forget_future(cluster)
    if at <= known.at:
        _note_older(cluster, at, left_out, known)
        return
    # What is left out from now on was still seen by the list before.
    _write_into((one for one in left_out if known.covers(one)), known.at)
    db, mark = opened().db, opened().db.param
    up_to = run_sql(db, "SELECT coalesce(max(id), 0) FROM container")[0][0]
    run_sql(
        db,
        f"INSERT INTO seen_list (cluster, seen_at, left_out, up_to) VALUES ({', '.join([mark] * 4)}) ON CONFLICT"
        " (cluster) DO UPDATE SET seen_at = excluded.seen_at, left_out = excluded.left_out, up_to = excluded.up_to",
        (cluster, at, json_text(sorted(left_out)), up_to),
    )


def write_into_record(container: int, cluster: str) -> None:
    """Write into a record when it was last seen, before it is closed: no list speaks of a tombstone. Only in a
    transaction.
    """
    known = seen_list(cluster)
    if known.covers(container):
        _write_into((container,), known.at)


def write_into_records(cluster: str) -> None:
    """Write into each record of a cluster when it was last seen, and forget the list. Only in a transaction."""
    known = seen_list(cluster)
    if known is not NO_LIST:
        _note_own(cluster, known.at, known.left_out, f"id <= {known.up_to}")
        run_sql(opened().db, f"DELETE FROM seen_list WHERE cluster = {opened().db.param}", (cluster,))


def forget_future(cluster: str) -> SeenList:
    """Return the last list of a cluster. One from before a clock was set back is no list: its time goes into the
    records, where a new observation may take its place. Only in a transaction.
    """
    known = seen_list(cluster)
    if known.at <= time_to_text(now() + AHEAD):
        return known
    write_into_records(cluster)
    return NO_LIST


def _note_older(cluster: str, at: str, left_out: Collection[int], known: SeenList) -> None:
    """Write an older list into the records that the `known` one says nothing of."""
    others = f"id > {known.up_to} OR id IN ({_listed(known.left_out)})" if known.left_out else f"id > {known.up_to}"
    _note_own(cluster, at, left_out, f"({others})")


def _note_own(cluster: str, at: str, left_out: Collection[int], condition: str) -> None:
    """Write a moment into the records of a cluster that meet a condition and are not left out."""
    mark = opened().db.param
    others = f" AND id NOT IN ({_listed(left_out)})" if left_out else ""
    run_sql(opened().db, _SEEN.format(mark, f"cluster = {mark} AND {condition}{others}"), (at, at, cluster))


def _write_into(containers: Iterable[int], at: str) -> None:
    for some in chunks(containers):
        run_sql(opened().db, _SEEN.format(opened().db.param, f"id IN ({_listed(some)})"), (at, at))


_SEEN = "UPDATE container SET observed_at = {0} WHERE closed_at IS NULL AND observed_at < {0} AND {1}"
"""What was never seen at all is not seen by a list either: its `observed_at` is NULL."""


def _listed(ids: Iterable[int]) -> str:
    # Written out, as their number differs each time.
    return ", ".join(map(str, ids))


def _seen_list(at: str, left_out: str, up_to: int) -> SeenList:
    """Return the list of a row; none for one that is damaged: it cannot be said whom it leaves out."""
    ids = value_from_json(left_out)
    return SeenList(at, frozenset(ids), up_to) if isinstance(ids, list) else NO_LIST
