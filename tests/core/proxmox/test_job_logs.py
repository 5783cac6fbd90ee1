"""The log of a long backup job: read on from where the last reading ended, in a number of requests that has an end."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import job_logs
from proximity_tui.core.proxmox.job_logs import LINES, JobLogs, LogTooLong, ReadLog

JOB = "UPID:pve1:00002284:000816F3:6B0A47CC:vzdump::root@pam:"
OTHER = "UPID:pve2:00002284:000816F3:6B0A47CC:vzdump::root@pam:"
BEGUN = "INFO: Starting Backup of VM 105 (lxc)"


def reader_of(log: list[str], asked: list[int]) -> ReadLog:
    def read(start: int) -> tuple[str, ...]:
        asked.append(start)
        return tuple(log[start : start + LINES])

    return read


def test_a_log_that_is_longer_than_one_reading_is_read_on_by_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_logs, "_MOST_REQUESTS", 2)
    log, asked, logs = [BEGUN, *["INFO: 1%"] * (3 * LINES)], list[int](), JobLogs()
    with pytest.raises(LogTooLong):
        logs.under_way(JOB, reader_of(log, asked))
    assert logs.under_way(JOB, reader_of(log, asked)) == 105
    assert asked == [0, LINES - 1, 2 * (LINES - 1), 3 * (LINES - 1)]


def test_a_log_that_begins_again_is_read_from_its_beginning() -> None:
    log, asked, logs = [BEGUN, "INFO: status = running"], list[int](), JobLogs()
    assert logs.under_way(JOB, reader_of(log, asked)) == 105
    assert logs.under_way(JOB, reader_of([BEGUN.replace("105", "106")], asked)) == 106
    assert logs.under_way(JOB, reader_of([], asked)) is None


def test_a_job_that_ended_is_forgotten_and_those_of_other_nodes_are_not() -> None:
    log, asked, logs = [BEGUN, "INFO: status = running"], list[int](), JobLogs()
    for job in (JOB, OTHER):
        logs.under_way(job, reader_of(log, asked))
    logs.keep_only("pve1", ())
    asked.clear()
    for job in (JOB, OTHER):
        logs.under_way(job, reader_of(log, asked))
    assert asked == [0, 1]
