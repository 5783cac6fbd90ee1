"""The log: JSON lines, one file a process, and no secret in it."""

from __future__ import annotations

import json
import logging
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.commands.log import log_setup
from proximity_tui.core.base.secret import Secret
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.timing.meddling import full_disk
from tests.support.timing.waiting import LONGEST

log = logging.getLogger("proximity_tui.test")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is being logged into."""
    log_setup.start(tmp_path / "log")
    yield tmp_path / "log"
    log_setup.stop()


def lines(folder: Path, name: str = "log-1") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_what_is_logged_is_one_json_object_a_line(folder: Path) -> None:
    log.info("two\nlines and \x1b[31mcolour")
    log.warning("and %s", "arguments")
    first, second = lines(folder)
    assert first["message"] == "two\nlines and \x1b[31mcolour"
    assert (second["level"], second["message"], second["logger"]) == ("WARNING", "and arguments", log.name)
    assert second["at"].endswith("+00:00")


def test_what_the_clock_of_the_jobs_does_every_other_second_is_not_in_it(folder: Path) -> None:
    log.info("something")
    logging.getLogger("apscheduler.executors.default").info("Running job")
    assert [line["message"] for line in lines(folder)] == ["something"]


def test_only_the_owner_may_read_it(folder: Path) -> None:
    log.info("something")
    assert stat.S_IMODE((folder / "log-1").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_nothing_is_made_before_there_is_something_to_say(folder: Path) -> None:
    assert not folder.exists()
    assert log_setup.path() is None


def test_no_secret_gets_into_it(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    secret = Secret("correct-horse-battery", "the test")
    try:
        raise RuntimeError(f"with {secret.reveal()}")
    except RuntimeError:
        log.exception("it said %s and PVEAPIToken=a@pve!b=c0ffee", secret.reveal())
    written = (folder / "log-1").read_text() + capsys.readouterr().err
    assert "correct-horse-battery" not in written
    assert "c0ffee" not in written
    assert "RuntimeError" in written


def test_people_get_warnings_only_and_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_setup.start(tmp_path / "log")
    log.info("quiet")
    log.warning("two\nlines \x1b[31m")
    log_setup.stop()
    assert capsys.readouterr().err == "warning: two␊lines ␛[31m\n"


def test_a_screen_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log_setup.start(tmp_path / "log", screen=True)
    log.error("loud")
    log_setup.stop()
    assert capsys.readouterr().err == ""
    assert lines(tmp_path / "log")[0]["message"] == "loud"


def test_it_does_not_grow_for_ever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_setup, "LARGEST", 2000)
    log_setup.start(folder)
    for number in range(100):
        log.info("line %d", number)
    files = sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))
    assert files == ["log-1", "log-1.1", "log-1.2", "log-1.3"]
    assert lines(folder)[-1]["message"] == "line 99"


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    log_setup.start(in_the_way)
    log.info("lost")
    log_setup.stop()
    assert capsys.readouterr().err == ""


def test_n74_a_log_whose_disk_is_full_stops_nothing(cli: Cli, adopted: Any, own_home: Path) -> None:
    holder = sqlite3.connect(cli.database, isolation_level=None)
    # As a daemon does, it keeps the files open that SQLite has beside the database.
    holder.execute("SELECT count(*) FROM event").fetchone()
    try:
        with full_disk():
            found = cli("list", "--json")
    finally:
        holder.close()
    assert (found.code, [row["vmid"] for row in found.json]) == (0, [101])
    names = own_home / ".local" / "state" / "proximity-tui" / "names"
    assert f"the names could not be kept for the completion in {names}/" in found.err, "it had something to log"


def test_two_processes_have_two_files(cli: Cli, adopted: Any, own_home: Path) -> None:
    folder = own_home / ".local" / "state" / "proximity-tui" / "log"
    log_setup.start()
    log.info("we hold the first")
    process = cli.start("delete", "101", "--soft", "--yes")
    assert process.wait(timeout=LONGEST) == 0
    process.communicate()
    log_setup.stop()
    assert "we hold the first" in (folder / "log-1").read_text()
    [deleted] = [line for line in lines(folder, "log-2") if "SOFT DELETE" in line["message"]]
    assert deleted["message"].startswith("SOFT DELETE: Removing Proximity management (container preserved)")


def test_no_command_tells_the_token(cli: Cli, lab: Simulator, own_home: Path) -> None:
    outcomes = [cli("adopt", "101", "--yes"), cli("show", "101", "--json"), cli("list"), cli("audit", "--json")]
    lab.faults.unauthorized()
    outcomes.append(cli("stop", "101", "--yes"))
    written = "".join(outcome.out + outcome.err for outcome in outcomes)
    logs = own_home / ".local" / "state" / "proximity-tui" / "log"
    written += "".join(file.read_text() for file in logs.glob("log-*"))
    assert lab.token_secret not in written
