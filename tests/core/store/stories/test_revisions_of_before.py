"""A database of the version before has its clinical records as revisions, and keeps new ones after them."""

from __future__ import annotations

import re

import pytest

from proximity_tui.core import store
from proximity_tui.core.store import migrations
from proximity_tui.core.store.db import change_triggers
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.core.store.revisions import revisions
from tests.core.store.making import CONFIG, a_container, captured, schema_of_before
from tests.core.store.revisions.test_revisions import kept, seen


def test_a_database_of_the_version_before_opens_with_its_clinical_records_as_revisions(
    url: str, monkeypatch: pytest.MonkeyPatch, closed_after: None
) -> None:
    with monkeypatch.context() as patch:
        schema_of_before(patch, 15)
        patch.setattr(change_triggers, "REPORTS", tuple(_reports_of_before()))
        store.open_store(url)
        clinical_records.add_revision(a_container().id, captured(), "adopted")
        store.close_store()
    store.open_store(url)
    (web,) = records.active()
    assert [one.config for one in revisions.timeline(web.id)] == [CONFIG]
    assert revisions.keep(web.id, seen(memory=2048)) is not None
    assert [number for number, *_ in kept(web.id)] == [1, 2]


def _reports_of_before() -> list[change_triggers.ReportedTable]:
    made = {table for _, text in migrations.MIGRATIONS for table in re.findall(r"CREATE TABLE (\w+)", text)}
    return [one for one in change_triggers.REPORTS if one.table in made]
