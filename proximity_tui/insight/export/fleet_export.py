"""The export of all open records, from our records alone: no cluster is asked, and nothing is written to them."""

from __future__ import annotations

from pathlib import Path

from proximity_tui.core.model import Container
from proximity_tui.core.model.config_revision import ConfigRevision
from proximity_tui.core.store import migrations
from proximity_tui.core.store.records import records
from proximity_tui.core.store.revisions import revisions
from proximity_tui.insight.export.directory import Exported, write
from proximity_tui.insight.export.export_content import ExportedRecord, files_of


def export(folder: Path) -> Exported:
    """Write every open record to `folder`, or bring an earlier export there up to date; return what was done.

    Raises `NotAnExport`, StoreError and OSError.
    """
    containers = records.active()
    last = revisions.last_of(one.id for one in containers)
    exported = (_exported(one, last.get(one.id)) for one in containers)
    return write(folder, files_of(exported, migrations.latest()))


def _exported(container: Container, last: ConfigRevision | None) -> ExportedRecord:
    """Return what is exported of a record; without a config where none was read, or it is damaged."""
    if last is None:
        return ExportedRecord(container, None, None, None)
    return ExportedRecord(container, last.config, last.digest, last.taken_at)
