"""The watchdog of the exit: the process ends on a signal, or when its terminal is gone, even if the screen hangs.

It saves nothing: everything that must survive is in the database before.
"""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from proximity_tui.runtime.early_screen import attributes_before

LIMIT = 2.5
"""Seconds that an orderly exit may take, up to the end of the process: with all else less than three."""
LOOK_EVERY = 0.25
"""Seconds between two looks at whether the terminal is still there, where the system does not tell."""
REST = 2.0
"""The same where it does."""
SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class ExitWatchdog:
    """A watchdog that turns SIGTERM, SIGHUP and a lost terminal into an orderly exit with a time limit.

    Put it around the run of the app, on the main thread:

        with ExitWatchdog(lambda code: app.exit(return_code=code)):
            app.run()

    `leave(code)` is called on a thread of its own, with 128 + signal; when the process is still there `limit` seconds
    later, whether the block was left or not, it ends at once with that code. A thread, because an event loop that
    waits for a terminal nobody reads is deaf to signals (measured on Textual 8.2.8: still there after 8 s, every time).
    """

    def __init__(self, leave: Callable[[int], object], *, limit: float = LIMIT) -> None:
        self._leave = leave
        self._limit = limit
        self._left = threading.Event()
        # A pipe, because a handler must take no lock that the interrupted code may hold.
        self._told, self._tell = os.pipe()
        os.set_blocking(self._tell, False)
        self._terminal = _terminal()
        self._settings = None if self._terminal is None else attributes_before(self._terminal)
        self._handlers_before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            before = signal.signal(number, self._heard)
            self._handlers_before[number] = before
        threading.Thread(target=self._watch, name="exit-watchdog", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        for number, before in self._handlers_before.items():
            signal.signal(number, before)
        os.write(self._tell, b"\0")

    def _heard(self, number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._tell, bytes([number]))

    def _watch(self) -> None:
        number = self._wait()
        if number and not self._left.is_set():
            with contextlib.suppress(RuntimeError):  # the event loop has just been closed
                self._leave(128 + number)
            deadline = time.monotonic() + self._limit
            if not self._left.wait(self._limit):
                self._restore_terminal()
            # The end of the program may hang, too, as in a thread that it waits for; this one goes down with it.
            time.sleep(max(0.0, deadline - time.monotonic()))
            os._exit(128 + number)

    def _wait(self) -> int:
        """Return the signal that arrived, SIGHUP for a lost terminal, 0 when the block was left without any."""
        poll, every = select.poll(), REST
        poll.register(self._told, select.POLLIN)
        if self._terminal is not None:
            # That it hangs up is told without being asked for.
            poll.register(self._terminal, 0)
        while self._told not in (found := dict(poll.poll(every * 1000))):
            if self._terminal is not None and not os.isatty(self._terminal):
                return signal.SIGHUP
            if self._terminal in found:
                # It says something else of a terminal that is there, as macOS does.
                poll.unregister(self._terminal)
                every = LOOK_EVERY
        return os.read(self._told, 1)[0]

    def _restore_terminal(self) -> None:
        """Restore the terminal so that it can be typed in, if that is possible without waiting for it."""
        if self._terminal is None or self._settings is None:
            return
        with contextlib.suppress(OSError, termios.error):
            os.set_blocking(self._terminal, False)
            os.write(self._terminal, b"\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1049l\x1b[?25h\x1b[0m")
        with contextlib.suppress(OSError, termios.error):
            os.set_blocking(self._terminal, True)
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._settings)


def _terminal() -> int | None:
    """Return the terminal that the app draws on; None when there is none, as in a test without a screen."""
    stream = sys.__stdin__
    try:
        number = stream.fileno() if stream is not None else -1
    except (OSError, ValueError):
        return None
    return number if number >= 0 and os.isatty(number) else None
