"""The revisions of the config of a container: kept when one is read that differs from the last, and never changed.

Databases of before have none. There the clinical records are the revisions: they are read as such, and copied only when
the first new one is kept. What differs only in what changes by itself, as the digest does, is no new revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import peewee

from proximity_tui.core.doctrine.observation.changed_by import changed_by_task
from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.model.config_revision import (
    NOBODY_KNOWN,
    Attribution,
    ConfigRevision,
    ConfigSeen,
    RevisionCause,
)
from proximity_tui.core.store.clock_readings import is_later
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.queries import chunks, dicts, newest_revision, tuples
from proximity_tui.core.store.db.store_errors import RecordNotFound, StoreError
from proximity_tui.core.store.schema.container_tables import ClinicalRow, ConfigRevisionRow, ContainerRow


def keep(container_id: int, seen: ConfigSeen, attribution: Attribution | None = None) -> ConfigRevision | None:
    """Keep the config of a container as a revision, and return it; None, and nothing is written, where it is the last
    one, or older than that. `attribution` says who changed it, where that is known. Inside an open `transaction()` it
    is part of that.
    """
    if not _is_news(last(container_id), seen):
        return None
    with transaction():
        before = last(container_id)
        if not _is_news(before, seen):
            return None
        if newest_revision(ConfigRevisionRow, container_id) is None:
            for one in timeline(container_id):
                _insert(one)
        number, by = (
            (1, attribution)
            if before is None
            else (before.number + 1, attribution or _attributed_by_tasks(before, seen))
        )
        made = ConfigRevision(
            container_id, number, seen.taken_at, _digest_of(seen.config), seen.config, by or NOBODY_KNOWN
        )
        _insert(made)
    return made


def timeline(container_id: int) -> tuple[ConfigRevision, ...]:
    """Return every revision of a container, the oldest first. Raises `StoreError` if one cannot be read."""
    of_it = ConfigRevisionRow.container_id == container_id
    with unit():
        rows = dicts(ConfigRevisionRow.select().where(of_it).order_by(ConfigRevisionRow.revision))
        return tuple(map(_revision, rows)) or tuple(_of_clinical_records(container_id))


def history(container_id: int) -> tuple[ConfigRevision, ...]:
    """Return the revisions of a container and, before them, those of the records that it follows, numbered through: a
    container that was restored or re-attached has the history of before. Raises `StoreError` if one of its own cannot
    be read; a former record of which one cannot be read is left out.
    """
    with unit():
        found = timeline(container_id)
        for former in _followed_by(container_id):
            with suppress(StoreError):
                found = timeline(former) + found
    return tuple(replace(one, number=number) for number, one in enumerate(found, 1))


def get(container_id: int, number: int) -> ConfigRevision:
    """Return one revision of a container, as `history` numbers it. Raises `RecordNotFound`."""
    found = next((one for one in history(container_id) if one.number == number), None)
    if found is None:
        raise RecordNotFound(f"container {container_id} has no revision {number}")
    return found


def last(container_id: int) -> ConfigRevision | None:
    """Return the newest revision of a container; None where no config of it was ever read."""
    with unit():
        row = newest_revision(ConfigRevisionRow, container_id)
        if row is not None:
            return _revision(row)
        return next(reversed(tuple(_of_clinical_records(container_id))), None)


def last_of(container_ids: Iterable[int]) -> dict[int, ConfigRevision]:
    """Return the newest revision of each of these containers, by id: two statements for some hundred of them.

    One without a revision, or whose newest cannot be read, is not among them.
    """
    found = last_or_why_not(container_ids)
    return {one: revision for one, revision in found.items() if isinstance(revision, ConfigRevision)}


def last_or_why_not(container_ids: Iterable[int]) -> dict[int, ConfigRevision | StoreError]:
    """Return the same, and the error of each whose newest revision cannot be read."""
    found: dict[int, ConfigRevision | StoreError] = {}
    with unit():
        for some in chunks(container_ids):
            kept = {row["container_id"]: _revision_or_why_not(row) for row in _newest_rows(some)}
            found |= kept
            found |= _last_of_clinical_records([one for one in some if one not in kept])
    return found


def _followed_by(container_id: int) -> Iterator[int]:
    """Yield the records that a record follows, the latest first."""
    seen: set[int] = set()
    one: int | None = container_id
    while one is not None and one not in seen:
        seen.add(one)
        rows = tuples(ContainerRow.select(ContainerRow.predecessor).where(ContainerRow.id == one))
        one = rows[0][0] if rows else None
        if one is not None and one not in seen:
            yield one


def _revision_or_why_not(row: Mapping[str, Any]) -> ConfigRevision | StoreError:
    try:
        return _revision(row)
    except StoreError as error:
        return error


def _is_news(known: ConfigRevision | None, seen: ConfigSeen) -> bool:
    """Return whether a config is another one than the last revision, and younger. A revision from the future was kept
    before a clock was set back.
    """
    if known is None:
        return True
    if known.digest == _digest_of(seen.config) or seen.taken_at == known.taken_at:
        return False
    if is_later(known.taken_at, seen.taken_at):
        return False
    return bool(drift(known.config, seen.config))


def _attributed_by_tasks(before: ConfigRevision, seen: ConfigSeen) -> Attribution | None:
    changed = [change.key for change in drift(before.config, seen.config) or ()]
    return changed_by_task(changed, before.taken_at, seen.taken_at, seen.tasks)


def _newest_rows(container_ids: list[int]) -> list[dict[str, Any]]:
    row = ConfigRevisionRow
    newest = (
        row.select(row.container_id, peewee.fn.MAX(row.revision).alias("revision"))
        .where(row.container_id.in_(container_ids))
        .group_by(row.container_id)
        .alias("newest")
    )
    same = (row.container_id == newest.c.container_id) & (row.revision == newest.c.revision)
    return dicts(row.select(row).join(newest, on=same))


def _of_clinical_records(container_id: int) -> Iterator[ConfigRevision]:
    return _as_revisions(container_id, _clinical_rows([container_id]))


def _last_of_clinical_records(container_ids: list[int]) -> dict[int, ConfigRevision]:
    found: dict[int, ConfigRevision] = {}
    for container_id, rows in groupby(_clinical_rows(container_ids), itemgetter("container_id")):
        for one in _as_revisions(container_id, rows):
            found[container_id] = one
    return found


def _clinical_rows(container_ids: list[int]) -> list[dict[str, Any]]:
    row = ClinicalRow
    query = row.select(row.container_id, row.captured_at, row.reason, row.data)
    return dicts(query.where(row.container_id.in_(container_ids)).order_by(row.container_id, row.revision))


def _as_revisions(container_id: int, rows: Iterable[Mapping[str, Any]]) -> Iterator[ConfigRevision]:
    """Yield the clinical records that have a config, as revisions; one that says the same as the one before is none."""
    number, before = 0, None
    for row in rows:
        config = row["data"].get("config") if isinstance(row["data"], dict) else None
        if not isinstance(config, dict):
            continue
        if before is not None and not drift(before, config):
            continue
        number, before = number + 1, config
        attribution = Attribution(RevisionCause.CAPTURED, note=row["reason"])
        yield ConfigRevision(container_id, number, row["captured_at"], _digest_of(config), config, attribution)


def _revision(row: Mapping[str, Any]) -> ConfigRevision:
    number, container = row["revision"], row["container_id"]
    if not isinstance(row["config"], dict):
        raise StoreError(f"revision {number} of the config of container {container} cannot be read")
    attribution = Attribution(RevisionCause(row["cause"]), row["changed_by"], row["note"])
    return ConfigRevision(container, number, row["taken_at"], row["digest"], row["config"], attribution)


def _insert(one: ConfigRevision) -> None:
    ConfigRevisionRow.insert(
        container_id=one.container,
        revision=one.number,
        taken_at=one.taken_at,
        digest=one.digest,
        config=one.config,
        cause=one.attribution.cause.value,
        changed_by=one.attribution.by,
        note=one.attribution.note,
    ).execute()


def _digest_of(config: Mapping[str, Any]) -> str:
    return str(config.get("digest", ""))
