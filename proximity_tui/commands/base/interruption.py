"""Ctrl-C, SIGTERM, SIGHUP and Ctrl-Z during a command: a handler sets a flag, and nothing more.

Blocking work runs on a daemon thread, and the main thread, which gets the signals, reacts at a safe point. Two signals
at once are one interruption, and no exception ever starts in the middle of a lock.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from proximity_tui.commands.printed import stderr_lines

_Result = TypeVar("_Result")

_ENDING = (signal.SIGTERM, signal.SIGHUP)
"""The signals that end a command beside Ctrl-C; the second one comes where a terminal or an SSH connection is lost."""

_POLL = 0.2
_AT_ONCE = 0.5
_HOPELESS = 5.0
"""Seconds after a second signal to which nobody reacted."""


class CommandInterrupted(Exception):
    """Raised when a signal came during work that is not finished."""


class _SignalState:
    number: int | None = None
    """The first signal that was heard since the command began."""
    first = 0.0
    last = 0.0
    """When the first and the last one were heard."""
    urged: float | None = None
    """When a person did not wait after the first one."""
    reacted = False
    """Whether the command has begun to end because of it: it may take its time for that."""
    working = False
    """Whether somebody looks at `number` by himself."""
    answered = False
    """Whether the command has given its answer."""
    ends_process = False
    """Whether the process ends with this command."""


_signals = _SignalState()


def is_asked_to_end() -> bool:
    """Return whether this command was interrupted. Work with many parts checks it before the next part."""
    return _signals.number is not None


@contextmanager
def interrupted_once() -> Iterator[None]:
    """Let the first Ctrl-C of a command raise KeyboardInterrupt where no `watched` runs, and ignore later signals."""
    _signals.number, _signals.answered = None, False
    stderr_lines.interrupted(None)
    before = {number: signal.getsignal(number) for number in _ENDING}
    with _handled(signal.SIGINT):
        try:
            yield
        finally:
            for number, handler in before.items():
                if signal.getsignal(number) is signal.SIG_IGN and not _is_over():
                    signal.signal(number, handler)


def keep_answer() -> None:
    """Ignore signals from now on: the answer was given, and neither it nor the exit code may become another."""
    if threading.current_thread() is threading.main_thread():
        _signals.answered = True
        for number in (signal.SIGINT, *_ENDING):
            signal.signal(number, signal.SIG_IGN)


def ends_process() -> None:
    """Let signals stay ignored once the command has given its answer: the process ends, which takes Python a moment."""
    _signals.ends_process = True


@contextmanager
def early_signals_kept() -> Iterator[None]:
    """Keep a signal that comes before the code with its own handler is ready: `is_asked_to_end` returns it."""
    if not _signals.working:
        _signals.number = None
    with _handled(signal.SIGINT, signal.SIGTERM), _watching():
        yield


def watched(work: Callable[[], _Result], *, tick: Callable[[], object] | None = None, grace: float = 0.0) -> _Result:
    """Return the result of `work`, or raise its exception; it runs on a daemon thread, and `tick` on this one
    meanwhile.

    After SIGINT, SIGTERM or SIGHUP it has `grace` more seconds, unless another signal comes. Then `CommandInterrupted`
    is raised, and the thread goes on for as long as the process does.
    """
    results: list[_Result] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    with _handled(signal.SIGINT, *_not_ignored(_ENDING)), _watching():
        threading.Thread(target=run, name="command", daemon=True).start()
        while not done.wait(_POLL):
            if is_asked_to_end() and (_is_impatient() or time.monotonic() >= _signals.first + grace):
                _signals.reacted = True
                raise CommandInterrupted
            if tick is not None:
                tick()
    if failures:
        raise failures[0]
    return results[0]


@contextmanager
def not_suspended(why: str) -> Iterator[None]:
    """Write `why` to stderr on Ctrl-Z meanwhile, and go on, for work that keeps others waiting until it has ended."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN:
        yield
        return
    line = f"\n{why}\n".encode()
    # Past the streams of Python, of which one may be in use right now.
    before = signal.signal(signal.SIGTSTP, lambda number, frame: _told(line))
    try:
        yield
    finally:
        signal.signal(signal.SIGTSTP, before)


def _told(line: bytes) -> None:
    with suppress(OSError):
        os.write(2, line)


@contextmanager
def _watching() -> Iterator[None]:
    before, _signals.working = _signals.working, True
    try:
        yield
    finally:
        _signals.working = before


@contextmanager
def _handled(*numbers: signal.Signals) -> Iterator[None]:
    """Handle these signals meanwhile. Only the main thread can; on another one nothing is handled."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[signal.Signals, Any] = {number: signal.signal(number, _note_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            # What was interrupted ends in peace: a second SIGTERM must not kill it half way through its goodbye.
            if not _is_over() and not (is_asked_to_end() and handler is signal.SIG_DFL):
                signal.signal(number, handler)


def _not_ignored(numbers: Iterable[signal.Signals]) -> list[signal.Signals]:
    """Return those of some signals that whoever started the process did not have ignored, as `nohup` does."""
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def _is_over() -> bool:
    """Return whether the answer was given, and nothing follows it in this process."""
    return _signals.answered and _signals.ends_process


def _is_impatient() -> bool:
    """Return whether a person interrupted twice; a host that shuts down sends several signals at once."""
    return _signals.last - _signals.first > _AT_ONCE


def _note_signal(number: int, frame: object) -> None:
    if _signals.answered:
        return
    first = _signals.number is None
    _signals.last = time.monotonic()
    if first:
        _signals.number, _signals.first, _signals.urged = number, _signals.last, None
        stderr_lines.interrupted(_signals.last)
        _signals.reacted = not _signals.working
    elif _signals.reacted:
        # It ends with its answer and its exit code, however often somebody asks.
        return
    elif _signals.urged is not None and _signals.last - _signals.urged > _HOPELESS:
        # Nobody reacts any more, as where nobody reads what is printed: what was begun is journaled.
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    elif _signals.urged is None and _is_impatient():
        _signals.urged = _signals.last
    if first and not _signals.working:
        raise KeyboardInterrupt
