"""`db copy`: a fleet moves to another database, and works there as before."""

from __future__ import annotations

import fcntl
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core.store.db.sqlite.files import lock_of
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.timing.waiting import LONGEST, until


def test_a_fleet_moves_to_another_database(cli: Cli, native: dict[str, Any], adopted: dict[str, Any]) -> None:
    before, trail = cli.json("list"), cli.json("audit", "verify")
    target = f"sqlite:///{cli.database.parent}/moved.db"

    made = cli.json("db", "copy", "--to", target, "--yes")

    assert made["to"] == target
    assert made["rows"]["container"] == 2
    assert made["trail"]["whole"] is True
    assert made["trail"]["events"] == trail["events"] + 1, "the copy itself is in the trail"
    assert cli.json("audit", "verify", "--database", target)["head"] == made["trail"]["head"]
    after = cli.json("list", "--database", target)
    assert [row["id"] for row in after] == [row["id"] for row in before]
    assert cli("stop", "web1", "--yes", "--database", target).code == 0


def test_a_fleet_moves_to_postgresql(cli: Cli, adopted: dict[str, Any], ready_postgresql: str) -> None:
    made = cli.json("db", "copy", "--to", ready_postgresql, "--yes")
    assert made["rows"]["container"] == 1
    assert cli.json("audit", "verify", "--database", ready_postgresql)["head"] == made["trail"]["head"]
    assert cli.json("adopt", "102", "--yes", "--database", ready_postgresql)["results"][0]["container"] == 2


def test_a_copy_needs_consent_and_an_empty_target(cli: Cli, adopted: dict[str, Any], tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/moved.db"
    assert cli("db", "copy", "--to", target).code == 3
    assert not (tmp_path / "moved.db").exists()
    assert cli("db", "copy", "--to", target, "--yes").code == 0
    again = cli("db", "copy", "--to", target, "--yes")
    assert again.code == 1
    assert "is not empty" in again.err


def test_a_copy_is_not_suspended_because_nobody_could_write_meanwhile(
    cli: Cli, adopted: dict[str, Any], tmp_path: Path
) -> None:
    moved = tmp_path / "moved.db"
    moved.touch()
    with lock_of(moved).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A group of its own: what cannot be continued by a shell is not stopped by Ctrl-Z in any case.
        process = cli.start("db", "copy", "--to", f"sqlite:///{moved}", "--yes", process_group=0)
        try:
            until(lambda: process.poll() is not None or os.path.realpath(lock.name) in opened_by(process.pid))
            process.send_signal(signal.SIGTSTP)
            fcntl.flock(lock, fcntl.LOCK_UN)
            out, said = process.communicate(timeout=LONGEST)
        finally:
            process.kill()
            process.communicate()
    assert process.returncode == 0, said
    assert "not suspended: no other process can write to the database while it is copied" in said
    assert "copied" in out


def opened_by(pid: int) -> set[str]:
    """The files that a process has open."""
    found = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found.add(str(handle.readlink()))
    return found


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("mysql://anna:s3cret@db/fleet", '--to must be "sqlite:'),
        (f"postgresql://anna:s3cret@127.0.0.1:{REFUSED_PORT}/fleet", "cannot be reached"),
    ],
    ids=["no such kind", "a server that does not answer"],
)
def test_a_target_that_cannot_be_is_said_without_its_password(cli: Cli, target: str, said: str) -> None:
    outcome = cli("db", "copy", "--to", target, "--yes")
    assert outcome.code != 0
    assert said in outcome.err
    assert "s3cret" not in outcome.err


def test_what_a_database_holds_is_measured_without_changing_it(cli: Cli, adopted: dict[str, Any]) -> None:
    said = cli.json("db", "stats", "--read-only")
    assert said["database"].endswith(str(cli.database))
    tables = {table["table"]: table for table in said["tables"]}
    assert tables["container"]["rows"] == 1
    assert set(tables["event"]) == {
        "table", "rows", "bytes", "rows_per_day", "rows_in_a_year", "bytes_in_a_year",
    }  # fmt: skip
    assert said["bytes"] == sum(table["bytes"] for table in tables.values())
    assert said["bytes_in_a_year"] > said["bytes"]
    lines = cli("db", "stats").out.splitlines()
    assert any(line.split()[:2] == ["container", "1"] for line in lines)
    assert "in a year, at the rate of the last day: " in lines[-1]
