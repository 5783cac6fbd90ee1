"""The hand-over of the terminal to another program until it ends, such as a shell in a container.

The screens decide which program, and whether it may run.
"""

import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from textual.app import App, SuspendNotSupported

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.runtime.exit_watchdog import SIGNALS
from proximity_tui.widgets.terminal.job_control import stop_with_group, why_not_suspended

READ_UNTIL = 0.5
"""Seconds that the last words of an ended program are waited for."""

HELD_UNTIL = 3.0
"""A command that fails faster than this (seconds) leaves its last words on the screen until enter is pressed."""


ON_STDERR = frozenset({"ssh"})
"""Programs that use stderr for their own last words only, so that these can be read and shown. A shell would take a
stderr that is no terminal for a reason to ask nothing.
"""


@value_object
class ProgramResult:
    """The result of a command that ran: its exit status (negative: the signal that ended it), and its last words as far
    as they are known.
    """

    code: int
    last_words: str = ""


@value_object
class NotRun:
    """The result when the command did not start; `reason` is a sentence."""

    reason: str


def run_outside(
    app: App[Any], command: Sequence[str], environ: Mapping[str, str] | None = None
) -> ProgramResult | NotRun:
    """Leave the screen, run `command` (no shell in between) with `environ`, come back; return how it ended, or why it
    did not start.

    Called on the app's own thread. It blocks on purpose, and nothing may escape from `suspend()`: Textual 8.2.8
    deadlocks at an `await` in there that repaints, and stays suspended for good after an exception.
    """
    try:
        with app.suspend():
            return _run(command, environ)
    except SuspendNotSupported:
        return NotRun("This terminal cannot be handed to another program.")


def _run(command: Sequence[str], environ: Mapping[str, str] | None) -> ProgramResult | NotRun:
    _print(f"$ {plain(shlex.join(command))}\r\n")
    began = time.monotonic()
    with _interrupts_are_for_the_command():
        try:
            told = subprocess.PIPE if Path(command[0]).name in ON_STDERR else None
            process = subprocess.Popen(command, env=environ, stderr=told)
        except (OSError, ValueError) as problem:
            return NotRun(f"{plain(command[0])} cannot be run: {plain(str(problem))}.")
        words = LastErrorLine(process)
        with _ends_with_us(process):
            code = _wait_for(process)
        name = plain(Path(command[0]).name)
        if code != 0 and time.monotonic() - began < HELD_UNTIL:
            _print(f"\r\n{name} ended with code {code}; press enter to return\r\n")
            _wait_for_enter()
    return ProgramResult(code, words.get())


def _wait_for(process: subprocess.Popen[bytes]) -> int:
    """Wait for the command, and return how it ended. One that stops, as ssh does after `~ctrl+z`, would leave the
    terminal to nobody: this program stops with it where a shell can continue both, else it is continued at once.
    """
    while process.poll() is None:
        try:
            _, status = os.waitpid(process.pid, os.WUNTRACED)
        except ChildProcessError:
            # A handler of a signal was first, and has noted how it ended.
            continue
        if not os.WIFSTOPPED(status):
            process.returncode = os.waitstatus_to_exitcode(status)
        elif os.waitpid(process.pid, os.WNOHANG | os.WCONTINUED) == (0, 0):
            if why_not_suspended(None) is None:
                stop_with_group()
            os.kill(process.pid, signal.SIGCONT)
    return process.returncode


class LastErrorLine:
    """The last line that a process writes to its stderr, if that is ours to read; the terminal shows all of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._stream = process.stderr
        self._end = b""
        self._reader = threading.Thread(target=self._read, name="stderr", daemon=True)
        self._reader.start()

    def get(self) -> str:
        """Return the line. A child that lives on may hold the stream: it is not waited for."""
        self._reader.join(READ_UNTIL)
        lines = [line.strip() for line in self._end.decode(errors="replace").splitlines()]
        return plain(next((line for line in reversed(lines) if line), ""), limit=200)

    def _read(self) -> None:
        if self._stream is None:
            return
        with self._stream as stream:
            while data := os.read(stream.fileno(), 4096):
                _unless_lost(lambda data=data: os.write(2, data))
                self._end = (self._end + data)[-4096:]


@contextmanager
def _interrupts_are_for_the_command() -> Iterator[None]:
    """Ignore Ctrl+C meanwhile: it goes to every foreground process and must not end us. A handler that does nothing,
    unlike "ignore", is not inherited by the command.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _ends_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pass signals that end this program on to the command: nothing else would take the terminal back from it."""
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def pass_on(number: int, frame: FrameType | None) -> None:
        process.send_signal(number)
        ours = before[signal.Signals(number)]
        if callable(ours):
            ours(number, frame)

    for number in SIGNALS:
        signal.signal(number, pass_on)
    try:
        yield
    finally:
        for number, ours in before.items():
            signal.signal(number, ours)


def _print(text: str) -> None:
    _unless_lost(lambda: os.write(1, text.encode()))


def _wait_for_enter() -> None:
    _unless_lost(lambda: os.read(0, 1024))


def _unless_lost(io: Any) -> None:
    try:
        io()
    except OSError:
        return
