"""What the doctor finds on this side of the wire: settings, files, database, Sentry, jobs, terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proximity_tui.config.channel_settings import ChannelSettings
from proximity_tui.config.schema import SentrySettings
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.channel_rules import ChannelRules
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.store import events
from proximity_tui.core.store.jobs import job_runs, leases
from proximity_tui.doctor.check_result import CheckResult, Level
from proximity_tui.doctor.checks import (
    channels_check,
    configuration_check,
    database_check,
    jobs_check,
    terminal_check,
)
from proximity_tui.doctor.checks.terminal_check import TerminalFacts
from tests.support.records.configs import Read, cluster, reader

INTERVAL = timedelta(minutes=5)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[str]:
    url = f"sqlite:///{tmp_path / 'proximity.db'}"
    store.open_store(url)
    yield url
    store.close_store()


@pytest.fixture
def database_file(tmp_path: Path) -> Iterator[Path]:
    """A database that is closed while the test begins."""
    file = tmp_path / "proximity.db"
    store.open_store(f"sqlite:///{file}")
    store.close_store()
    yield file
    store.close_store()


def levels(results: Iterator[CheckResult]) -> dict[str, Level]:
    return {one.subject: one.level for one in results}


def worst(results: Iterator[CheckResult]) -> list[CheckResult]:
    return [one for one in results if one.level is not Level.OK]


def test_every_setting_is_told_with_the_place_it_came_from(read: Read, tmp_path: Path) -> None:
    settings = read(cluster(), environ={"PROXIMITY_TUI_READ_ONLY": "1"}, database="sqlite:////tmp/x.db")
    told = {one.subject: one.message for one in configuration_check.judge_settings(settings)}
    assert told["--database"] == "gives database"
    assert told["$PROXIMITY_TUI_READ_ONLY"] == "gives read_only"
    assert "refresh.interval" in told["default"]
    [file] = [one for one in configuration_check.judge_settings(settings) if "clusters.prod.url" in one.message]
    assert file.subject == str(tmp_path / "proximity-tui.toml")


def test_a_configuration_that_others_may_write_decides_who_gets_the_token(read: Read, tmp_path: Path) -> None:
    settings = read(cluster())
    settings.path.chmod(0o666)
    [result] = worst(configuration_check.judge_settings(settings))
    assert result.advice == (f"chmod go-w {settings.path}",)


def test_a_password_in_a_file_that_others_may_read_is_told_without_it(read: Read) -> None:
    settings = read(f'database = "postgresql://anna:hunter22@db/p"\n{cluster()}')
    settings.path.chmod(0o644)
    [result] = worst(configuration_check.judge_settings(settings))
    assert "chmod 600" in result.advice[0]
    assert "hunter22" not in str(result)


def test_no_cluster_and_a_disabled_one_are_told(read: Read) -> None:
    assert any("no cluster" in one.message for one in configuration_check.judge_settings(read()))
    assert any("disabled" in one.message for one in configuration_check.judge_settings(read(cluster(enabled="false"))))


def test_a_database_that_is_not_there_yet_is_not_made(read: Read, tmp_path: Path) -> None:
    settings = read(database=f"sqlite:///{tmp_path / 'none.db'}")
    assert database_check.open_it(settings).level is Level.OK
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_is_gone_fails_and_is_not_made(read: Read, database_file: Path) -> None:
    database_file.unlink()
    result = database_check.open_it(read(database=f"sqlite:///{database_file}"))
    assert (result.level, "is gone" in result.message) == (Level.FAIL, True)
    assert not database_file.exists()


def test_that_others_could_read_the_database_until_now_is_told(read: Read, database_file: Path) -> None:
    database_file.chmod(0o644)
    result = database_check.open_it(read(database=f"sqlite:///{database_file}"))
    assert (result.level, f"{database_file} (0644)" in result.message) == (Level.WARN, True)
    assert database_file.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database_fails(read: Read, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database at all" * 100)
    assert database_check.open_it(read(database=f"sqlite:///{tmp_path / 'x.db'}")).level is Level.FAIL


def test_a_sound_database_is_whole_private_and_has_room(read: Read, opened: str) -> None:
    settings = read(database=opened)
    assert database_check.open_it(settings).level is Level.OK
    assert worst(database_check.judge(settings, SystemClock())) == []


def test_a_database_that_others_may_read_is_told(read: Read, opened: str, tmp_path: Path) -> None:
    (tmp_path / "proximity.db").chmod(0o644)
    [result] = worst(database_check.judge(read(database=opened), SystemClock()))
    assert result.advice == (f"chmod 600 {tmp_path / 'proximity.db'}",)


def test_a_trail_that_was_cut_behind_our_back_fails(read: Read, opened: str, tmp_path: Path) -> None:
    events.append(actor=Actor("anna", "jump1"), action=EventAction.OBSERVE, message="something happened")
    job_runs.finish(job_runs.start("reconciler", "prod", "jump1:1:x", JobTrigger.SCHEDULE), JobOutcome.COMPLETE)
    _by_hand(tmp_path, "DELETE FROM event")
    [result] = worst(database_check.judge(read(database=opened), SystemClock()))
    assert (result.level, "events 1 to 1 are gone" in result.message) == (Level.FAIL, True)


def test_a_trail_that_was_rewritten_fails(read: Read, opened: str, tmp_path: Path) -> None:
    events.append(actor=Actor("anna", "jump1"), action=EventAction.OBSERVE, message="something happened")
    _by_hand(tmp_path, "UPDATE event SET message = 'nothing happened'")
    [result] = worst(database_check.judge(read(database=opened), SystemClock()))
    assert (result.level, "event 1 was changed" in result.message) == (Level.FAIL, True)


def _by_hand(folder: Path, statement: str) -> None:
    """Do to the database what its triggers forbid, as somebody with the file may."""
    import sqlite3

    with sqlite3.connect(folder / "proximity.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
    connection.close()


class Behind(SystemClock):
    """A host whose clock is wrong."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=self.seconds)


@pytest.mark.parametrize(
    ("seconds", "level", "said"),
    [
        (0, Level.OK, "its clock and this host's agree"),
        (10, Level.WARN, "its clock is 10 s ahead of this host's"),
        (-40, Level.FAIL, "its clock is 40 s behind this host's: operations of this host may look dead to others"),
    ],
)
def test_the_clock_of_a_shared_database_is_compared_with_ours(
    read: Read, ready_postgresql: str, seconds: float, level: Level, said: str
) -> None:
    settings = read(database=ready_postgresql)
    database_check.open_it(settings)
    try:
        found = [one for one in database_check.judge(settings, Behind(seconds)) if "clock" in one.message]
    finally:
        store.close_store()
    assert [(one.level, said in one.message) for one in found] == [(level, True)]


def test_what_a_shared_database_loses_in_a_crash_is_told(read: Read, ready_postgresql: str) -> None:
    """The server of the tests is in a hurry."""
    settings = read(database=ready_postgresql)
    database_check.open_it(settings)
    try:
        found = {one.message.partition(":")[0]: one for one in database_check.judge(settings, SystemClock())}
    finally:
        store.close_store()
    for name in ("fsync", "full_page_writes"):
        told = found[f"{name} is off on the server"]
        assert told.level is Level.WARN
        assert f"ALTER SYSTEM SET {name} = on" in told.advice[0]


@pytest.mark.parametrize(("mib", "level"), [(2000, Level.OK), (200, Level.WARN), (10, Level.FAIL)])
def test_room_is_told_before_it_is_gone(mib: int, level: Level) -> None:
    assert database_check.judge_room("/var", mib * 2**20).level is level


@pytest.mark.parametrize(
    ("dsn", "level"),
    [
        ("https://abc@configuration.example/7", Level.OK),
        ("http://abc@127.0.0.1:9000/7", Level.OK),
        ("http://abc@configuration.example/7", Level.WARN),
        ("https://abc@configuration.example/", Level.FAIL),
        ("https://sentry.example/7", Level.FAIL),
        ("sentry", Level.FAIL),
    ],
)
def test_the_form_of_a_dsn_is_judged_and_its_key_never_told(dsn: str, level: Level) -> None:
    result = configuration_check.judge_sentry(SentrySettings(SecretSource("sentry.dsn", SecretKind.TEXT, dsn)))
    assert result.level is level
    assert "abc" not in str(result)


def test_no_sentry_is_fine_and_one_whose_dsn_is_nowhere_is_not() -> None:
    assert configuration_check.judge_sentry(SentrySettings()).level is Level.OK
    assert (
        configuration_check.judge_sentry(SentrySettings(SecretSource("sentry.dsn", SecretKind.ENV, "NOT_SET"))).level
        is Level.FAIL
    )


def test_jobs_that_nobody_runs_and_that_never_ran_are_told(read: Read, opened: str) -> None:
    found = list(jobs_check.judge("prod", *jobs_check.read(read(), "prod"), datetime.now(UTC)))
    assert [one.level for one in found] == [Level.WARN] * 3
    assert {one.advice for one in found} == {("start the daemon (proximity-tui daemon), or leave the screens open",)}, (
        "a run by hand is no run of the job, and would leave the same warning"
    )


def test_jobs_that_run_are_told_by_who_runs_them_until_they_are_late(read: Read, opened: str) -> None:
    lease = leases.acquire("prod", "jump1:42:x", timedelta(seconds=15))
    for job in ("reconciler", "janitor"):
        job_runs.finish(job_runs.start(job, "prod", "jump1:42:x", JobTrigger.SCHEDULE), JobOutcome.COMPLETE)
    now = datetime.now(UTC)
    known = jobs_check.read(read(), "prod")
    assert known[0] == lease
    assert worst(jobs_check.judge("prod", *known, now)) == []
    late = worst(jobs_check.judge("prod", *known, now + timedelta(hours=2)))
    assert ["too long ago" in one.message for one in late] == [True, True]
    assert late[0].advice == ("jump1:42:x runs it every 5m: else look at its log, or restart it",)


def test_a_job_that_ends_badly_or_is_paused_is_told_with_its_reason(read: Read, opened: str) -> None:
    run = job_runs.start("reconciler", "prod", "jump1:42:x", JobTrigger.SCHEDULE)
    job_runs.finish(run, JobOutcome.PARTIAL, reasons=["no quorum"])
    job_runs.pause("janitor", "prod", "anna@jump1")
    told = [one.message for one in worst(jobs_check.judge("prod", *jobs_check.read(read(), "prod"), datetime.now(UTC)))]
    assert any("no quorum" in one for one in told)
    assert any("paused by anna@jump1" in one for one in told)


@pytest.mark.parametrize(("topics", "levels"), [("one", []), ("one/two", [Level.WARN])])
def test_a_channel_whose_url_names_several_receivers_is_told(topics: str, levels: list[Level]) -> None:
    url = SecretSource("notify.url", SecretKind.TEXT, f"ntfy://ntfy.example/{topics}")
    found = worst(channels_check.judge(ChannelSettings(ChannelRules("oncall"), url), None))
    assert [one.level for one in found] == levels
    assert "ntfy.example" not in str(found)


GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("environ", "encoding", "size", "subject"),
    [
        ({"TERM": "dumb"}, "utf-8", (80, 24), "TERM"),
        ({}, "utf-8", (80, 24), "TERM"),
        (GOOD, "ANSI_X3.4-1968", (80, 24), "characters"),
        (GOOD, "utf-8", (30, 24), "size"),
        (GOOD, "utf-8", (80, 5), "size"),
    ],
)
def test_a_terminal_that_cannot_show_the_screens_is_told_why(
    environ: dict[str, str], encoding: str, size: tuple[int, int], subject: str
) -> None:
    assert [one.subject for one in worst(terminal_check.judge(TerminalFacts(environ, encoding, size)))] == [subject]


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (GOOD, "16 million"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "linux"}, "16"),
        ({**GOOD, "NO_COLOR": "1"}, "NO_COLOR"),
    ],
)
def test_colours_are_told_and_none_of_them_is_needed(environ: dict[str, str], said: str) -> None:
    found = {one.subject: one for one in terminal_check.judge(TerminalFacts(environ, "UTF-8", (80, 24)))}
    assert found["colours"].level is Level.OK
    assert said in found["colours"].message
