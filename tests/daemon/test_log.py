"""The lines of a daemon's log: one record a line, no secret, and no complaint every second."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator

import pytest

from proximity_tui.core.base.secret import Secret
from proximity_tui.daemon import log as daemon_log
from tests.daemon.pipes import fill, read_until
from tests.support.timing.waiting import LONGEST

log = logging.getLogger("proximity_tui.tests")

InJournal = Callable[[Callable[[], None]], list[str]]


@pytest.fixture
def in_journal(capsys: pytest.CaptureFixture[str]) -> Iterator[InJournal]:
    """Gives the lines that the journal gets while something is done."""
    before = logging.getLogger().level

    def lines(act: Callable[[], None]) -> list[str]:
        daemon_log.start({"JOURNAL_STREAM": "8:4711"})
        act()
        # What was logged is written by then.
        daemon_log.stop()
        return capsys.readouterr().err.splitlines()

    yield lines
    daemon_log.stop()
    logging.getLogger().setLevel(before)


def test_each_level_has_the_priority_of_syslog(in_journal: InJournal) -> None:
    def act() -> None:
        log.info("a")
        log.warning("b")
        log.error("c")
        log.critical("d")

    assert in_journal(act) == ["<6>a", "<4>b", "<3>c", "<2>d"]


def test_what_others_wrote_cannot_begin_a_line_of_its_own(in_journal: InJournal) -> None:
    [line] = in_journal(lambda: log.error("name is %s", "web1\n<0>the machine is on fire\x1b[2J"))
    assert line.startswith("<3>name is web1")
    assert "\x1b" not in line


def test_a_traceback_is_lines_with_a_priority_each(in_journal: InJournal) -> None:
    def act() -> None:
        try:
            raise ValueError("what nobody thought of")
        except ValueError:
            log.exception("it failed")

    lines = in_journal(act)
    assert len(lines) > 2
    assert all(line.startswith("<3>") for line in lines)
    assert lines[-1] == "<3>ValueError: what nobody thought of"


def test_no_secret_gets_in(in_journal: InJournal) -> None:
    secret = Secret("5d1f6c1e-0000-4444-8888-c0ffeec0ffee", "the test")
    assert in_journal(lambda: log.info("sent %s", secret.reveal())) == ["<6>sent [redacted]"]


def test_a_warning_is_not_repeated_word_for_word(in_journal: InJournal) -> None:
    def act() -> None:
        for cluster in ("prod", "prod", "lab", "prod"):
            log.warning("the lease of %s could not be acquired", cluster)
        log.error("twice")
        log.error("twice")

    assert in_journal(act) == [
        "<4>the lease of prod could not be acquired",
        "<4>the lease of lab could not be acquired",
        "<3>twice",
        "<3>twice",
    ]


def test_after_the_end_nobody_says_anything(in_journal: InJournal) -> None:
    def act() -> None:
        daemon_log.stop()
        log.warning("the database is not open")

    assert in_journal(act) == []


def test_what_is_logged_while_nobody_reads_is_dropped_and_counted(
    in_journal: InJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_log, "MOST_WAITING", 2)
    monkeypatch.setattr(daemon_log, "WRITTEN_WITHIN", LONGEST)
    reading, writing = os.pipe()
    fill(writing)
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "w") as stopped:
        monkeypatch.setattr(sys, "stderr", stopped)

        def act() -> None:
            for number in range(10):
                log.error("line %d", number)
            told = read_until(reader, "line 1")
            log.error("later")
            told += read_until(reader, "later")
            assert "lines of the log are missing: they were not read\n<3>later" in told

        in_journal(act)
