"""Clinical records, kept for ever and never changed (law 6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import ClinicalRecord, Status
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import time_from_text
from proximity_tui.core.store.db.queries import dicts, newest_revision
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.revisions import drifts
from proximity_tui.core.store.schema.container_tables import ClinicalRow

if TYPE_CHECKING:
    from proximity_tui.core.model.config_revision import ConfigSeen


@value_object
class Revision:
    """One clinical record of a container, and why it was captured. The first revision is 1."""

    container: int
    revision: int
    captured_at: datetime
    reason: str
    record: ClinicalRecord


def add_revision(container_id: int, record: ClinicalRecord, reason: str) -> Revision:
    """Keep one more clinical record and return its revision. Inside an open `transaction()` it is part of that.

    The capture is also the last inspection of the config, so nothing counts as changed since.
    """
    with transaction():
        last = newest_revision(ClinicalRow, container_id)
        revision = last["revision"] + 1 if last else 1
        ClinicalRow.insert(
            container_id=container_id,
            revision=revision,
            captured_at=record.captured_at,
            reason=reason,
            data=record,
        ).execute()
        if record.config is not None:
            drifts.remember_drift(container_id, revision, (), record.captured_at)
    return Revision(container_id, revision, record.captured_at, reason, record)


def latest(container_id: int) -> Revision | None:
    """Return the newest clinical record of a container, if any. Raises `StoreError` if it cannot be read."""
    with unit():
        found = newest_revision(ClinicalRow, container_id)
    return _revision(found) if found else None


def revision(container_id: int, number: int) -> Revision | None:
    """Return one clinical record of a container, if there is one. Raises `StoreError` if it cannot be read."""
    query = ClinicalRow.select().where(ClinicalRow.container_id == container_id, ClinicalRow.revision == number)
    with unit():
        found = dicts(query)
    return _revision(found[0]) if found else None


def _revision(row: Mapping[str, Any]) -> Revision:
    try:
        record = _record(row["data"])
    except (KeyError, TypeError, ValueError) as error:
        number, container = row["revision"], row["container_id"]
        raise StoreError(f"clinical record {number} of container {container} cannot be read") from error
    return Revision(row["container_id"], row["revision"], row["captured_at"], row["reason"], record)


def _record(data: Mapping[str, Any]) -> ClinicalRecord:
    return ClinicalRecord(
        captured_at=time_from_text(data["captured_at"]),
        status=Status(data["status"]),
        raw_status=data["raw_status"],
        config=data["config"],
        digest=data["digest"],
        resources=data["resources"],
        networks=tuple(data["networks"]),
        snapshots=tuple(data["snapshots"]),
        interfaces=tuple(data["interfaces"]),
        gaps=tuple(data["gaps"]),
    )


def remember_config(container_id: int, seen: ConfigSeen) -> None:
    """Keep the config of the recorded guest as a revision where it is a new one, and what in it differs from the
    clinical record.
    """
    # Few processes read a config, and every one reads records.
    from proximity_tui.core.doctrine.observation.config_fields import field_changes
    from proximity_tui.core.store.revisions import revisions

    with transaction():
        if revisions.keep(container_id, seen) is None:
            return
        recorded = latest(container_id)
        if recorded is not None and recorded.record.config is not None:
            changes = field_changes(recorded.record.config, seen.config)
            drifts.remember_drift(container_id, recorded.revision, (change.label for change in changes), seen.taken_at)
