"""The last full comparison of each container with its newest clinical record.

Only the names of the changed settings are kept, no values. It belongs to one revision of the clinical record, and is
void once there is a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import peewee

from proximity_tui.core.doctrine.observation.addresses import addresses
from proximity_tui.core.doctrine.observation.config_drift import LISTED, Compared
from proximity_tui.core.model.drift_rules import WATCH_ALL, DriftRules
from proximity_tui.core.store.clock_readings import is_later
from proximity_tui.core.store.database import database_instance, opened, transaction, unit
from proximity_tui.core.store.db.fields import shared, some_time, value_from_json
from proximity_tui.core.store.db.queries import chunks, dicts, raw, run_sql, tuples
from proximity_tui.core.store.schema.container_tables import ClinicalRow, ContainerRow, DriftRow

_LISTED = sorted(LISTED)
_NOTHING: frozenset[str] = frozenset()


class _ClinicalExtract(NamedTuple):
    """What lists show of a clinical record: its revision, a part of its config, and its addresses."""

    revision: int
    config: Mapping[str, Any] | None
    addresses: tuple[str, ...] = ()


_UNREAD = _ClinicalExtract(0, None)


class _Comparison(NamedTuple):
    """The last whole comparison of a container, as the database keeps it."""

    revision: int
    at: str
    changed: str


def remember_drift(container_id: int, revision: int, changed: Iterable[str], at: datetime) -> None:
    """Keep the labels of the changes since `revision` that an inspection at `at` found, unless something newer is known
    already.
    """
    with transaction():
        row = DriftRow.container_id == container_id
        known = tuples(DriftRow.select(DriftRow.revision, DriftRow.compared_at).where(row))
        if known and (revision < known[0][0] or (revision == known[0][0] and is_later(known[0][1], at))):
            return
        DriftRow.delete().where(row).execute()
        labels = sorted(set(changed))
        DriftRow.insert(container_id=container_id, revision=revision, compared_at=at, changed=labels).execute()


def changed_labels(cluster: str) -> dict[int, tuple[str, ...]]:
    """Return the labels of the changes since the newest clinical record, as the last inspection found them, by the id
    of each open record of a cluster that has any.
    """
    of_it = (ContainerRow.id == DriftRow.container_id) & (ContainerRow.cluster == cluster)
    with unit():
        newest = _newest_revisions(ContainerRow.cluster == cluster)
        rows = dicts(DriftRow.select(DriftRow).join(ContainerRow, on=of_it).where(ContainerRow.closed_at.is_null()))
    return {
        row["container_id"]: tuple(map(str, row["changed"]))
        for row in rows
        if row["changed"] and newest.get(row["container_id"]) == row["revision"]
    }


class Drifts:
    """The drift that lists need. A clinical record never changes, so each revision is read only once, unless the
    database was exchanged: keep one of these for as long as it is open.
    """

    def __init__(self, rules: DriftRules = WATCH_ALL) -> None:
        """Only changes that the rules watch count."""
        self._rules = rules
        self._recorded: dict[int, _ClinicalExtract] = {}
        self._read_of: object = None
        """The instance of the database that these were read of: another one may have others under their numbers."""

    def known(self) -> dict[int, Compared]:
        """Return the drift by id of each open record that has a config in its newest clinical record. Two statements
        for all of them, except for revisions that were never read.
        """
        with unit():
            recorded = self._read(_newest_revisions())
            compared = _comparisons()
        # Replaced as a whole: another thread may be reading it.
        self._recorded = recorded
        return self._all_compared(recorded, compared)

    def by_ids(self, ids: Iterable[int]) -> dict[int, Compared]:
        """Return the same of these records alone; one without drift, or a closed one, is not among them."""
        recorded: dict[int, _ClinicalExtract] = {}
        compared: dict[int, _Comparison] = {}
        with unit():
            for chunk in chunks(ids):
                recorded |= self._read(_newest_revisions(ContainerRow.id.in_(chunk)))
                compared |= _comparisons(DriftRow.container_id.in_(chunk))
        self._recorded = self._recorded | recorded
        return self._all_compared(recorded, compared)

    def _read(self, newest: Mapping[int, int]) -> dict[int, _ClinicalExtract]:
        """Return these revisions; only those are read that were not yet."""
        if (present := database_instance()) != self._read_of:
            self._recorded, self._read_of = {}, present
        before = self._recorded
        unread = {one: revision for one, revision in newest.items() if before.get(one, _UNREAD).revision != revision}
        read = _read_drifts(unread)
        return {one: read.get(one) or before[one] for one in newest}

    def _all_compared(
        self, recorded: Mapping[int, _ClinicalExtract], compared: Mapping[int, _Comparison]
    ) -> dict[int, Compared]:
        unwatched = frozenset(key for key in _LISTED if not self._rules.watches(key))
        return {
            container: self._compared(one, one.config, compared.get(container), unwatched)
            for container, one in recorded.items()
            if one.config is not None
        }

    def _compared(
        self,
        recorded: _ClinicalExtract,
        config: Mapping[str, Any],
        last: _Comparison | None,
        unwatched: frozenset[str],
    ) -> Compared:
        labels = None if last is None or last.revision != recorded.revision else value_from_json(last.changed)
        if last is None or not isinstance(labels, list):
            return Compared(config, addresses=recorded.addresses, unwatched=unwatched)
        changed = self._rules.settings(map(str, labels)) if labels else _NOTHING
        return Compared(config, changed, some_time(last.at), recorded.addresses, unwatched)


def _newest_revisions(*conditions: Any) -> dict[int, int]:
    query = (
        ClinicalRow.select(ClinicalRow.container_id, peewee.fn.MAX(ClinicalRow.revision))
        .join(ContainerRow, on=(ContainerRow.id == ClinicalRow.container_id))
        .where(ContainerRow.closed_at.is_null(), *conditions)
        .group_by(ClinicalRow.container_id)
    )
    return dict(raw(opened().db, query))


def _comparisons(*conditions: Any) -> dict[int, _Comparison]:
    query = DriftRow.select(DriftRow.container_id, DriftRow.revision, DriftRow.compared_at, DriftRow.changed)
    found = raw(opened().db, query.where(*conditions) if conditions else query)
    return {container: _Comparison(*values) for container, *values in found}


def _read_drifts(wanted: Mapping[int, int]) -> dict[int, _ClinicalExtract]:
    """Return these revisions, by container; a damaged one counts as none, and hides no other."""
    found: dict[int, _ClinicalExtract] = {}
    select = "SELECT container_id, revision, data FROM clinical_record WHERE container_id IN"
    for chunk in chunks(wanted):
        # Written out: of thousands, placeholders would take as long as the answer.
        for container, revision, data in run_sql(opened().db, f"{select} ({', '.join(map(str, chunk))})"):
            if revision == wanted[container]:
                found[container] = _recorded(revision, value_from_json(data))
    return found


def _recorded(revision: int, data: Any) -> _ClinicalExtract:
    config = data.get("config") if isinstance(data, dict) else None
    if not isinstance(config, dict):
        return _ClinicalExtract(revision, None)
    captured = data.get("interfaces")
    interfaces = [one for one in captured if isinstance(one, dict)] if isinstance(captured, list) else []
    listed = {key: shared(config[key]) for key in _LISTED if key in config}
    return _ClinicalExtract(revision, listed, addresses(config, interfaces))
