"""When our database cannot be written or trusted: no intent, no write; and no Traceback."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.model import Plan
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import StoreError, StoreUnavailable
from proximity_tui.core.store.migrations import HISTORY
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import is_running, planned
from tests.support.house import House
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import (
    asked,
    full_disk,
    locked,
    owner_that_died,
    when,
)


@both_databases
def test_n73_database_locked_by_another_program(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    plan = planned(house, native)
    with locked(house.database), pytest.raises(StoreUnavailable, match="locked by another program"):
        house.engine.delete(plan, native)
    assert house.wire() == []
    assert is_running(simulator, native)
    assert house.engine.delete(plan, native).success, "and afterwards the same plan still holds"


def test_n74_disk_full_before_the_intent(house: House, simulator: Simulator) -> None:
    native, adopted = house.native("web1", port=80), house.adopted(101)
    plan = planned(house, native)
    soft = house.engine.plan_delete(adopted, Choice.SOFT)
    assert isinstance(soft, Plan)
    with full_disk():
        for given, container in ((plan, native), (soft, adopted)):
            with pytest.raises(StoreUnavailable, match="disk"):
                house.engine.delete(given, container)
        assert not house.try_adopt(102).success
    assert house.wire() == []
    assert {one.id for one in records.active()} == {native.id, adopted.id}
    assert house.engine.delete(plan, native).success, "recovers once there is space again"


def test_n74_disk_full_in_the_middle(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    engine = house.hands()
    engine.owner = owner_that_died()
    disk = full_disk()
    # The shutdown was sent, and what came of it cannot be written down any more.
    when(simulator, asked("POST", "/status/shutdown"), disk.__enter__)
    try:
        result = engine.delete(plan, native)
    finally:
        disk.__exit__(None, None, None)
    assert isinstance(result, Resumable)
    assert "disk" in str(result.error)
    assert house.destroys() == []

    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.wire()) == 2, "one shutdown, one destroy"
    assert events.verify().whole


def test_n75_the_log_of_the_database_is_removed_in_the_middle(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    engine = house.hands()
    engine.owner = owner_that_died()
    log = Path(f"{house.database.removeprefix('sqlite:///')}-wal")
    when(simulator, asked("POST", "/status/shutdown"), log.unlink)

    result = engine.delete(plan, native)

    assert isinstance(result, Resumable), "what cannot be kept is not sent"
    assert "proximity.db-wal was removed while the database was open" in str(result.error)
    assert house.destroys() == []
    store.close_store()
    store.open_store(house.database)
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1
    assert events.verify().whole


@pytest.mark.parametrize("damage", ["read-only", "newer", "not a database", "damaged", "a directory is missing"])
def test_n75_a_database_that_cannot_be_trusted_is_refused_in_one_sentence(
    house: House, tmp_path: Path, damage: str
) -> None:
    house.adopted(101)
    store.close_store()
    file = Path(house.database.removeprefix("sqlite:///"))
    url = house.database
    if damage == "read-only":
        file.chmod(0o400)
    elif damage == "newer":
        with sqlite3.connect(file) as connection:
            connection.execute(f"INSERT INTO {HISTORY} VALUES (9999, '2030-01-01T00:00:00Z')")
        connection.close()
    elif damage == "not a database":
        file.write_bytes(b"hello, this is a text " * 400)
    elif damage == "damaged":
        whole = file.read_bytes()
        file.write_bytes(whole[:5000] + os.urandom(len(whole) - 5000))
    else:
        (tmp_path / "file").write_text("in the way")
        url = f"sqlite:///{tmp_path}/file/proximity.db"
    before = file.read_bytes()

    with pytest.raises(StoreUnavailable) as refused:
        store.open_store(url)

    sentence = refused.value.message
    assert sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert file.read_bytes() == before, "nothing was migrated on a guess"
    with pytest.raises(StoreError):
        records.active()
