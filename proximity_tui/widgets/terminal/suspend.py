"""The hand-over of the terminal to another program until it ends, such as a shell in a container.

The screens decide which program, and whether it may run.
"""

import os
import shlex
import signal
import subprocess
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

HELD_UNTIL = 3.0
"""A command that fails faster than this (seconds) leaves its last words on the screen until enter is pressed."""


@value_object
class NotRun:
    """The result when the command did not start; `reason` is a sentence."""

    reason: str


def run_outside(app: App[Any], command: Sequence[str], environ: Mapping[str, str] | None = None) -> int | NotRun:
    """Leave the screen, run `command` (no shell in between) with `environ`, come back; return its exit code, or why it
    did not start.

    Called on the app's own thread. It blocks on purpose, and nothing may escape from `suspend()`: Textual 8.2.8
    deadlocks at an `await` in there that repaints, and stays suspended for good after an exception.
    """
    try:
        with app.suspend():
            return _run(command, environ)
    except SuspendNotSupported:
        return NotRun("This terminal cannot be handed to another program.")


def _run(command: Sequence[str], environ: Mapping[str, str] | None) -> int | NotRun:
    _print(f"$ {plain(shlex.join(command))}\r\n")
    began = time.monotonic()
    with _interrupts_are_for_the_command():
        try:
            process = subprocess.Popen(command, env=environ)
        except (OSError, ValueError) as problem:
            return NotRun(f"{plain(command[0])} cannot be run: {plain(str(problem))}.")
        with _ends_with_us(process):
            code = process.wait()
        name = plain(Path(command[0]).name)
        if code != 0 and time.monotonic() - began < HELD_UNTIL:
            _print(f"\r\n{name} ended with code {code}; press enter to return\r\n")
            _wait_for_enter()
    return code


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
