"""The open records, kept in memory once a process: after the first time only what changed is read."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from proximity_tui.core.model import Container
from proximity_tui.core.model.container import RecordFacts
from proximity_tui.core.model.database_changes import ChangeKind
from proximity_tui.core.store import changes
from proximity_tui.core.store.database import opened, unit
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.fields import readable_time, time_to_text
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.records import record_reads
from proximity_tui.core.store.records.seen_lists import seen_list


class RecordsRead(NamedTuple):
    """Records, and the number of the last change in them."""

    records: tuple[Container, ...]
    seq: int


class FactsRead(NamedTuple):
    """What a list can confirm of records, and the number of the last change in them."""

    records: tuple[Container | RecordFacts, ...]
    seq: int


class KnownRecords:
    """The records of all clusters, for all threads of a process. What did not change is the same object as before.

    Their `observed_at` may be older than in the database: to be seen again is no change.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._database: Backend | None = None
        self._seq = 0
        """The number of the newest change that was taken over."""
        self._clusters: dict[str, dict[int, Container]] = {}
        """The records by id, in the order of their VMIDs."""

    def of(self, cluster: str) -> RecordsRead:
        """Return the records of a cluster, by VMID."""
        with self._up_to_date():
            return RecordsRead(tuple(self._clusters.get(cluster, {}).values()), self._seq)

    def since(self, cluster: str, moment: datetime) -> RecordsRead:
        """Return the records of a cluster; of each that was seen later than a moment, `observed_at` is as the database
        has it. What is known stays as it is: another copy of each record would be kept beside that of the fleet.
        """
        with self._up_to_date():
            part = self._clusters.get(cluster, {})
            later = _seen_later(cluster, moment, part)
            found = (replace(one, observed_at=later[one.id]) if one.id in later else one for one in part.values())
            return RecordsRead(tuple(found), self._seq)

    def facts(self, cluster: str) -> FactsRead:
        """Return what a list can confirm of the records of a cluster; no more than that is read where none is known."""
        with self._lock, unit():
            if self._database is opened():
                self._read_changed()
                return FactsRead(tuple(self._clusters.get(cluster, {}).values()), self._seq)
            seq = changes.latest()
            return FactsRead(record_reads.facts(cluster), seq)

    def as_seen(self, ids: Collection[int]) -> tuple[Container, ...]:
        """Return those of these records that are open, by VMID, as the database has them now, `observed_at` included.
        What is known stays as it is: whoever asks drops the others soon.
        """
        with self._lock, unit():
            if self._database is not opened():
                found = [one for one in record_reads.by_ids(ids) if one.closed_at is None]
            else:
                self._read_changed()
                known = self._of_ids(ids)
                seen = record_reads.last_seen_times(one.id for one in known)
                found = [
                    one if one.observed_at == seen[one.id] else replace(one, observed_at=seen[one.id])
                    for one in known
                    if one.id in seen
                ]
        return tuple(sorted(found, key=_place))

    def all(self) -> tuple[Container, ...]:
        """Return all records, by cluster and VMID."""
        with self._up_to_date():
            return self._everything()

    def by_ids(self, ids: Iterable[int]) -> tuple[Container, ...]:
        """Return those of these records that are open."""
        with self._up_to_date():
            return self._of_ids(ids)

    def read_all_again(self) -> tuple[Container, ...]:
        """Read all records as if none were known, and return them: those that did not change as the same objects, so
        that rows and lists that hold them keep no second copy alive.
        """
        with self._lock, unit():
            self._read_all()
            return self._everything()

    @contextmanager
    def _up_to_date(self) -> Iterator[None]:
        with self._lock, unit():
            if self._database is not opened():
                self._read_all()
            else:
                self._read_changed()
            yield

    def _of_ids(self, ids: Iterable[int]) -> tuple[Container, ...]:
        return tuple(part[one] for one in ids for part in self._clusters.values() if one in part)

    def _everything(self) -> tuple[Container, ...]:
        return tuple(one for _, part in sorted(self._clusters.items()) for one in part.values())

    def _read_all(self) -> None:
        before = {} if self._database is not opened() else {one.id: one for one in self._everything()}
        # The number first: what is written meanwhile is then read once more, and never missed.
        self._database, self._seq, self._clusters = opened(), changes.latest(), {}
        for one in record_reads.active():
            known = before.pop(one.id, None)
            kept = one if known is None or _RECORD(known) != _RECORD(one) else known
            self._clusters.setdefault(one.cluster, {})[one.id] = kept

    def _read_changed(self) -> None:
        found = changes.since(self._seq)
        if not found.complete:
            self._read_all()
            return
        self._take_over(record_reads.by_ids(found.numbers(ChangeKind.CONTAINER)))
        self._seq = found.seq

    def _take_over(self, changed: Iterable[Container]) -> None:
        grown = set()
        for one in changed:
            part = self._clusters.setdefault(one.cluster, {})
            if one.closed_at is None and one.id in part:
                part[one.id] = one
                continue
            for each in self._clusters.values():
                each.pop(one.id, None)
            if one.closed_at is None:
                part[one.id] = one
                grown.add(one.cluster)
        for name in grown:
            fresh = sorted(self._clusters[name].values(), key=_place)
            self._clusters[name] = {one.id: one for one in fresh}


_RECORD = attrgetter(*(one.name for one in fields(Container) if one.name != "observed_at"))
"""Everything of a record but when its guest was seen."""


def _place(container: Container) -> tuple[int, int]:
    return container.vmid or 0, container.id


def _seen_later(cluster: str, moment: datetime, known: Iterable[int]) -> dict[int, datetime]:
    """Return when those of the known records of a cluster were seen that were seen later than a moment. Mostly none."""
    text = time_to_text(moment)
    if seen_list(cluster).at > text:
        return {
            one: seen for one, seen in record_reads.last_seen_times(known).items() if seen is not None and seen > moment
        }
    rows = run_sql(opened().db, _OBSERVED_LATER.format(opened().db.param), (cluster, text))
    seen = ((container, readable_time(observed_at)) for container, observed_at in rows)
    return {container: moment for container, moment in seen if moment is not None}


_OBSERVED_LATER = (
    "SELECT id, observed_at FROM container WHERE closed_at IS NULL AND cluster = {0} AND observed_at > {0}"
)
