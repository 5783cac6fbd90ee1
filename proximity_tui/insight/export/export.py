"""The export of all open records, from our records alone: no cluster is asked, and nothing is written to them."""

from __future__ import annotations

from pathlib import Path

from proximity_tui.core.model import Container
from proximity_tui.core.store import migrations
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.core.store.revisions import revisions
from proximity_tui.insight.export.content import ExportedRecord, files_of
from proximity_tui.insight.export.directory import Exported, write


def export(folder: Path) -> Exported:
    """Write every open record to `folder`, or bring an earlier export there up to date; return what was done.

    Raises `NotAnExport`, StoreError and OSError.
    """
    return write(folder, files_of(map(_exported, records.active()), migrations.latest()))


def _exported(container: Container) -> ExportedRecord:
    try:
        last = revisions.last(container.id)
    except StoreError:
        # One damaged revision spoils nothing else: its record is exported without a config.
        last = None
    if last is None:
        return ExportedRecord(container, None, None, None)
    return ExportedRecord(container, last.config, last.digest, last.taken_at)
