"""The file that is only read: also where there is no room for the files that SQLite keeps beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.store import database
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container
from tests.support.timing.meddling import full_disk

pytestmark = pytest.mark.usefixtures("closed_after")


def test_it_is_read_on_a_full_disk_although_nobody_has_it_open(db_file: Path) -> None:
    """SQLite makes files beside it even for a reader: whoever looks for what is wrong at night saw no record."""
    url = f"sqlite:///{db_file}"
    store.open_store(url)
    kept = a_container()
    store.close_store()
    with full_disk():
        with pytest.raises(StoreUnavailable, match=r"the disk that holds the database is full.*: --read-only"):
            store.open_store(url)
        store.open_store(url, select_only=True)
        assert [one.id for one in records.active()] == [kept.id]
        seen = database.data_version()
    assert [one.id for one in records.active()] == [kept.id]
    store.close_store()

    store.open_store(url)
    a_container(vmid=102)
    store.close_store()
    store.open_store(url, select_only=True)
    assert len(records.active()) == 2
    assert database.data_version() != seen


def test_whoever_starts_for_the_first_time_on_a_full_disk_is_not_told_to_read_what_is_not_there(db_file: Path) -> None:
    with full_disk(), pytest.raises(StoreUnavailable, match="is full") as refused:
        store.open_store(f"sqlite:///{db_file}")
    assert "--read-only" not in str(refused.value)
