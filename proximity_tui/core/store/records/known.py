"""The open records of one cluster, kept in memory: after the first time only what changed is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.model import Container
from proximity_tui.core.model.change import ChangeKind
from proximity_tui.core.store import changes
from proximity_tui.core.store.database import opened, unit
from proximity_tui.core.store.db.backend import Backend
from proximity_tui.core.store.db.fields import time_from_text, time_to_text
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.records.reads import active, by_ids


class KnownRecords:
    """The records, for one thread. What did not change is the same object as before."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self._database: Backend | None = None
        self.seq = 0
        """The number of the newest change that was taken over."""
        self._records: dict[int, Container] = {}

    def read(self) -> tuple[Container, ...]:
        """Return the records, by VMID. Their `observed_at` may be older than in the database: see `read_since`."""
        with unit():
            if self._database is not opened():
                self._read_all()
            else:
                self._read_changed()
        return tuple(self._records.values())

    def read_since(self, moment: datetime) -> tuple[Container, ...]:
        """Return the records; of each that was seen later than a moment, `observed_at` is as the database has it."""
        with unit():
            self.read()
            seen = run_sql(opened().db, _SEEN_LATER.format(opened().db.param), (self._cluster, time_to_text(moment)))
        for container, observed_at in seen:
            if container in self._records:
                self._records[container] = replace(self._records[container], observed_at=time_from_text(observed_at))
        return tuple(self._records.values())

    def _read_all(self) -> None:
        # The number first: what is written meanwhile is then read once more, and never missed.
        self._database, self.seq = opened(), changes.latest()
        self._records = _by_id(active(self._cluster))

    def _read_changed(self) -> None:
        found = changes.since(self.seq)
        if not found.complete:
            self._read_all()
            return
        changed = by_ids(found.numbers(ChangeKind.CONTAINER))
        self.seq = found.seq
        gone = {one.id for one in changed if one.closed_at is not None or one.cluster != self._cluster}
        fresh = {one.id: one for one in changed if one.cluster == self._cluster and one.closed_at is None}
        if not gone.isdisjoint(self._records) or not fresh.keys() <= self._records.keys():
            self._records = _by_id(one for one in (self._records | fresh).values() if one.id not in gone)
        else:
            self._records |= fresh


_SEEN_LATER = "SELECT id, observed_at FROM container WHERE closed_at IS NULL AND cluster = {0} AND observed_at > {0}"


def _by_id(records: Iterable[Container]) -> dict[int, Container]:
    return {one.id: one for one in sorted(records, key=lambda one: (one.vmid or 0, one.id))}
