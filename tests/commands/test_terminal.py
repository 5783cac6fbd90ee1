"""A person at a real terminal: they see the plan, are asked, and only a yes, or the very name, goes on."""

from __future__ import annotations

import codecs
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


class Person:
    """Somebody who reads what a command writes to their terminal, and types."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self._process = process
        self._terminal = terminal
        self.seen = ""
        # What is read ends where the terminal likes, also in the middle of a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read_until(self, words: str, timeout: float = 60.0) -> None:
        """Wait until these words are on the terminal."""
        deadline = time.monotonic() + timeout
        while words not in self.seen:
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{words!r} never came: {self.seen!r}"
            assert self._next(), f"it ended before {words!r}: {self.seen!r}"

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{text}\n".encode())

    def end(self) -> int:
        """Read the rest and return the exit code."""
        while self._next():
            continue
        return self._process.wait(timeout=60)

    def _next(self) -> bool:
        """Read on; false when there is no more."""
        try:
            read = os.read(self._terminal, 4096)
        except OSError:
            # The other side hung up: Linux says so with EIO.
            return False
        self.seen += self._decoder.decode(read)
        return bool(read)


@contextmanager
def at_terminal(*words: str) -> Iterator[Person]:
    """A person who runs a command."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "proximity_tui", *words]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        yield Person(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_the_plan_comes_before_the_question(cli: Cli) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("Adopt it? [y/N] ")
        assert "adopt web-1 (CT 101 on pve1, running)" in person.seen
        assert "1. capture: " in person.seen
        person.type("y")
        assert person.end() == 0
    assert [row["vmid"] for row in cli.json("list")] == [101]


@pytest.mark.parametrize("answer", ["", "n", "nope", "yess"])
def test_anything_but_yes_is_a_no(cli: Cli, answer: str) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("[y/N] ")
        person.type(answer)
        assert person.end() == 3
        assert "not confirmed: nothing was done" in person.seen
    assert cli.json("list") == []


def test_a_hard_delete_asks_for_the_name(cli: Cli, lab: Simulator, native: Any) -> None:
    for typed, code in (("y", 3), ("web", 3), ("web1", 0)):
        with at_terminal("delete", "web1", "--hard") as person:
            person.read_until("Type web1 to confirm: ")
            assert "3. destroy: read its fingerprint again" in person.seen
            person.type(typed)
            assert person.end() == code
    assert lab.journal.count("DELETE", "/lxc/") == 1


def test_progress_is_told_step_by_step(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_stubborn(native["vmid"])
    with at_terminal("delete", "web1", "--hard", "--confirm", "web1", "--yes") as person:
        person.read_until("1/5 shutdown: ")
        assert person.end() == 0
        assert "destroyed web1" in person.seen


def test_end_of_input_is_a_no(cli: Cli) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("[y/N] ")
        os.write(person._terminal, b"\x04")
        assert person.end() == 3
