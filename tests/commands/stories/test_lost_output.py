"""Whoever stops reading a command stops neither its work nor its exit code: output may be closed, or find no room."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli, environment
from tests.daemon.pipes import fill
from tests.support.timing.waiting import LONGEST, until

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


@pytest.fixture
def stalled() -> Iterator[int]:
    """A pipe that takes nothing more, because nobody reads it."""
    reads, writes = os.pipe()
    fill(writes)
    yield writes
    os.close(reads)
    os.close(writes)


def test_several_are_done_and_answered_although_their_progress_is_stalled(cli: Cli, stalled: int) -> None:
    process = cli.start("adopt", "101", "102", "--yes", "--json", stderr=stalled)
    out, _ = process.communicate(timeout=LONGEST)
    assert (process.returncode, [one["success"] for one in json.loads(out)["results"]]) == (0, [True, True])


def test_an_interrupted_command_answers_although_nobody_reads_why(cli: Cli, lab: Simulator, stalled: int) -> None:
    hung = lab.faults.hang("/cluster/resources")
    process = cli.start("adopt", "101", "--yes", "--json", stderr=stalled)
    until(lambda: lab.journal.count("GET", "/cluster/resources"))
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=LONGEST)
    lab.faults.remove(hung)
    assert (process.returncode, json.loads(out)["interrupted"]) == (75, True)


@pytest.mark.parametrize("words", [("adopt", "101", "--yes"), ("adopt", "101", "102", "--yes")])
def test_an_interrupted_command_ends_although_nobody_reads_that(
    cli: Cli, lab: Simulator, stalled: int, words: tuple[str, ...]
) -> None:
    hung = lab.faults.hang("/cluster/resources")
    process = cli.start(*words, stderr=stalled)
    until(lambda: lab.journal.count("GET", "/cluster/resources"))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=LONGEST)
    lab.faults.remove(hung)
    assert process.returncode == 75
