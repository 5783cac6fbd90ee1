"""Somebody at a real terminal who runs a command, reads what it writes and types."""

from __future__ import annotations

import codecs
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.timing.waiting import LONGEST


class Person:
    """Somebody who reads what a command writes to their terminal, and types."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self._process = process
        self._terminal = terminal
        self.seen = ""
        # What is read ends where the terminal likes, also in the middle of a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def read_until(self, words: str, timeout: float = LONGEST) -> None:
        """Wait until these words are on the terminal."""
        deadline = time.monotonic() + timeout
        while words not in self.seen:
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"{words!r} never came: {self.seen!r}"
            assert self._next(), f"it ended before {words!r}: {self.seen!r}"

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{text}\n".encode())

    def press_ctrl_d(self) -> None:
        """End the input."""
        os.write(self._terminal, b"\x04")

    def press_ctrl_c(self) -> None:
        """Interrupt the command: this terminal controls no process, so the signal is sent by hand."""
        self._process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Read the rest and return the exit code."""
        while self._next():
            continue
        return self._process.wait(timeout=LONGEST)

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
