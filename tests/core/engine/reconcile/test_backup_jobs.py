"""A job over many guests names them only in its log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proximity_tui.core.engine.reconcile.backup_jobs import MOST_LOGS, single_backups
from tests.support.house import House

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def a_job(house: House, *vmids: int, status: str = "OK", id_: str = "") -> str:
    """A job that backed these guests up and is over."""
    lines = [f"INFO: Finished Backup of VM {vmid} (00:00:01)" for vmid in vmids]
    with house.simulator.world.entered() as cluster:
        return cluster.tasks.note("pve1", "vzdump", id_, "root@pam", log=lines, status=status).upid


def test_the_job_is_told_of_each_guest_that_it_backed_up(house: House) -> None:
    job = a_job(house, 101, 102)
    reader = house.clients["lab"]
    found = single_backups(reader, reader.find_tasks("pve1"), {"101": LONG_AGO, "103": LONG_AGO})
    assert [(one.id, one.upid, one.succeeded) for one in found] == [("101", job, True)]


def test_earlier_jobs_failed_ones_and_those_of_one_guest_say_nothing_of_others(house: House) -> None:
    a_job(house, 101, status="job errors")
    a_job(house, 101, id_="102")
    reader = house.clients["lab"]
    assert single_backups(reader, reader.find_tasks("pve1"), {"101": LONG_AGO}) == []
    a_job(house, 101)
    tasks = reader.find_tasks("pve1")
    assert single_backups(reader, tasks, {"101": tasks[0].started_at + timedelta(seconds=1)}) == []


def test_a_log_that_cannot_be_read_says_nothing(house: House) -> None:
    a_job(house, 101)
    reader = house.clients["lab"]
    tasks = reader.find_tasks("pve1")
    house.simulator.faults.answer(500, "no such log", path="/log$", times=None)
    assert single_backups(reader, tasks, {"101": LONG_AGO}) == []


def test_no_more_logs_are_read_than_may_be(house: House) -> None:
    for _ in range(MOST_LOGS + 5):
        a_job(house, 102)
    reader = house.clients["lab"]
    tasks = reader.find_tasks("pve1")
    house.simulator.journal.clear()
    assert single_backups(reader, tasks, {}) == []
    assert house.simulator.journal.count(path_contains="/log") == 0
    assert single_backups(reader, tasks, {"101": LONG_AGO}) == []
    asked = {one.path for one in house.simulator.journal.entries()}
    assert len(asked) == MOST_LOGS
