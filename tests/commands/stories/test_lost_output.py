"""Whoever stops reading a command stops neither its work nor its exit code: output may be closed, or find no room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Cli, environment

SEVERAL = "adopt 101 102 103 104 110 111 112 113 --yes"
ALL = [101, 102, 103, 104, 110, 111, 112, 113]

full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """What a shell says of a line in which PROXIMITY stands for the program."""
    line = line.replace("PROXIMITY", f"{sys.executable} -m proximity_tui")
    return subprocess.run(
        ["bash", "-c", line],
        env=environment(PYTHONUNBUFFERED=""),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "line",
    [
        f"PROXIMITY {SEVERAL} 2>&1 | true",
        f"PROXIMITY {SEVERAL} | true",
        f"PYTHONUNBUFFERED=1 PROXIMITY {SEVERAL} | true",
        f"PROXIMITY {SEVERAL} 2>&1 | head -1",
        pytest.param(f"PROXIMITY {SEVERAL} 2> /dev/full", marks=full),
    ],
)
def test_several_are_all_done_although_nobody_reads_how_far_it_is(cli: Cli, line: str) -> None:
    ended = shell(line)
    assert "Traceback" not in ended.stdout + ended.stderr
    assert [row["vmid"] for row in cli.json("list")] == ALL


@full
@pytest.mark.parametrize(
    ("words", "code"),
    [("show nobody", 5), ("nosuch", 2), ("adopt 101", 3), ("list", 0), ("--config nosuch.toml list", 2)],
)
def test_the_exit_code_is_the_same_where_nobody_can_be_told(cli: Cli, words: str, code: int) -> None:
    assert shell(f"PROXIMITY {words} 2> /dev/full").returncode == code


@full
def test_the_answer_comes_although_the_progress_found_no_room(cli: Cli, native: Any) -> None:
    ended = shell("PROXIMITY set web1 cores=3 --yes 2> /dev/full")
    assert (ended.returncode, "web1 (native, CT 100 on pve1) is changed" in ended.stdout) == (0, True), ended


@full
@pytest.mark.parametrize(
    "line",
    ["PROXIMITY adopt 101 --yes", "PYTHONUNBUFFERED=1 PROXIMITY adopt 101 --yes", "PROXIMITY adopt 101 --yes --json"],
)
def test_an_answer_without_room_says_where_to_see_what_was_done(cli: Cli, line: str) -> None:
    ended = shell(f"{line} > /dev/full")
    sentence = ended.stderr.splitlines()[-1]
    assert ended.returncode == 1
    assert "the output could not be written: no space left on device" in sentence
    assert "`proximity-tui audit` has it" in sentence
