"""A fleet of ten thousand: the number of statements must not grow with the number of containers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.lint.facts import UnreadFact
from proximity_tui.core.model import Kind, PortMapping, Presence, Status
from proximity_tui.core.store import database
from proximity_tui.core.store.db.queries import CHUNK
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.observations import AT_ONCE
from proximity_tui.core.store.records.records import StatusUpdate, observe
from proximity_tui.core.store.schema.container_tables import ContainerRow
from proximity_tui.insight.lint_records import read_recorded
from tests.core.store.making import FINGERPRINT, drop_trigger
from tests.core.store.statements import statements

FLEET = 10_000
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def fleet(db_file: Path, closed_after: None) -> None:
    """Ten thousand records, written past our functions because those are made for one at a time."""
    store.open_store(f"sqlite:///{db_file}")
    row: dict[str, Any] = {
        "cluster": "prod",
        "node": "pve1",
        "kind": "adopted",
        "state": "running",
        "state_since": NOW,
        "version": 1,
        "status": "running",
        "presence": "present",
        "created_at": NOW,
        "fingerprint": FINGERPRINT,
        "template": False,
        "tags": ["web"],
    }
    rows = [{**row, "vmid": 100 + number, "name": f"web{number}"} for number in range(FLEET)]
    drop_trigger("container_made", "container")
    with database.transaction():
        for start in range(0, FLEET, 500):
            ContainerRow.insert_many(rows[start : start + 500]).execute()


def test_a_whole_fleet_is_read_in_three_queries(fleet: None) -> None:
    with statements() as run:
        listed = records.active()
    assert len(listed) == FLEET
    assert listed[-1].fingerprint == FINGERPRINT
    assert len([sql for sql in run if sql.startswith("SELECT")]) == 3


@pytest.mark.parametrize(
    ("status", "presence", "seen"),
    [(Status.RUNNING, Presence.PRESENT, NOW + timedelta(seconds=10)), (Status.UNKNOWN, Presence.UNKNOWN, None)],
    ids=["an idle fleet", "a fleet that cannot be reached"],
)
def test_what_changes_alike_is_written_together(
    fleet: None, status: Status, presence: Presence, seen: datetime | None
) -> None:
    changes = [StatusUpdate(container.id, status, presence, observed_at=seen) for container in records.active()]
    with statements() as run:
        assert observe(changes) == ()
    most = 6 + 2 * FLEET / AT_ONCE
    assert len(run) <= most, "a thousand are read by one statement, and written by another one that is prepared once"
    written = store.data_version()
    assert observe(changes) == ()
    assert store.data_version() == written, "nothing differs, so nothing is written"
    assert {(container.status, container.observed_at) for container in records.active()} == {(status, seen)}


def test_what_lint_needs_of_a_fleet_is_read_some_hundred_at_a_time(fleet: None) -> None:
    published = (PortMapping(8100, 80),)
    containers = [replace(one, kind=Kind.NATIVE, ports=published) for one in records.active()]
    with statements() as run:
        found = read_recorded(containers)
    assert set(found.configs.values()) == {UnreadFact("its config was never read")}
    assert len([sql for sql in run if sql.startswith("SELECT")]) <= 4 * FLEET / CHUNK
