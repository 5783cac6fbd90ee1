"""The terminal of a start: drawn on before the libraries of the screens are loaded, and handed over to them as it is.

It loads next to nothing. What is typed meanwhile is neither read nor echoed: it stays in the queue of the terminal
until the driver reads it. Whatever ends the start gives the terminal back as it was.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from types import FrameType
from typing import Any

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?2004h"
"""The other screen, no cursor, and pastes in brackets: pasted text must not look like keys to whoever reads it."""
_LEAVE = "\x1b[0m\x1b[?2004l\x1b[?1049l\x1b[?25h"
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6
"""Places in the attributes of a terminal."""

Attributes = list[Any]


class EarlyScreen:
    """The screen of a start, as a context. At most one is open in a process."""

    opened: EarlyScreen | None = None
    """The one that is open and not handed over, for the driver."""

    def __init__(self) -> None:
        self._keyboard, self._output = sys.__stdin__, sys.__stderr__
        self._before: Attributes | None = None
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> EarlyScreen:
        """Take the terminal, if there is one that can be drawn on; else nothing is ever written."""
        if why_undrawable() is None:
            # A signal between the two would leave the terminal taken.
            self._handlers = {number: signal.signal(number, self._end) for number in _SIGNALS}
            self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def paint(self, text: str) -> None:
        """Write characters and escape sequences; nothing once it was handed over."""
        if self._before is not None:
            self._write(text)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        try:
            found = os.get_terminal_size(self._number(self._output))
        except OSError:
            return 80, 24
        return found.columns or 80, found.lines or 24

    @property
    def before(self) -> Attributes | None:
        """The attributes that the terminal had before; None when it is not ours."""
        return self._before

    def hand_over(self) -> Attributes | None:
        """Return the attributes that the terminal had before, and leave it to the caller; None when it is not ours."""
        before, self._before = self._before, None
        if EarlyScreen.opened is self:
            EarlyScreen.opened = None
        self._forget_signals()
        return before

    def give_back(self) -> None:
        """Restore the terminal. What was typed is dropped: it was not meant for whoever reads next."""
        before = self.hand_over()
        if before is not None:
            self._write(_LEAVE)
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._number(self._keyboard), termios.TCSAFLUSH, before)

    def _take(self) -> None:
        keyboard = self._number(self._keyboard)
        try:
            before, ours = termios.tcgetattr(keyboard), termios.tcgetattr(keyboard)
            ours[_INPUT] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
            # Ctrl-C stays a signal: until the screens are there, nothing else could end the start.
            ours[_LOCAL] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
            for place in (termios.VSUSP, termios.VQUIT):
                ours[_CHARACTERS][place] = b"\0"
            termios.tcsetattr(keyboard, termios.TCSANOW, ours)
        except termios.error:
            self._forget_signals()
            return
        self._before, EarlyScreen.opened = before, self
        self._write(_ENTER)

    def _write(self, text: str) -> None:
        data = text.encode(errors="replace")
        with contextlib.suppress(OSError):
            while data:
                data = data[os.write(self._number(self._output), data) :]

    def _end(self, number: int, frame: FrameType | None) -> None:
        """End as the signal would have, with the terminal given back."""
        self.give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _forget_signals(self) -> None:
        for number, handler in self._handlers.items():
            # Whoever handles signals by now has a reason to.
            if signal.getsignal(number) == self._end:
                signal.signal(number, handler)
        self._handlers = {}

    @staticmethod
    def _number(stream: Any) -> int:
        return int(stream.fileno())


def attributes_before(terminal: int) -> Attributes:
    """Return the attributes of a terminal as they were before this program. Raises termios.error."""
    early = EarlyScreen.opened
    before = early.before if early is not None else None
    return before if before is not None else termios.tcgetattr(terminal)


def why_undrawable() -> str | None:
    """Return why no screen can be shown; None where input, output and errors are a terminal that can."""
    # Textual draws on stderr, so that one counts, too.
    if not all(one is not None and one.isatty() for one in (sys.__stdin__, sys.__stdout__, sys.__stderr__)):
        return "the screens need a terminal for input, output and errors"
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        return f"TERM={os.environ.get('TERM', '')!r} is a terminal that cannot draw a screen"
    return None
