"""The terminal driver of Textual with another input and output: a paste is never a key, reading ends with the terminal,
and of a frame only the cells are written that differ from what the terminal shows.

It is built on Textual 8's driver for Unix and replaces the parts of it that Textual 8.2.8 has no setting for.
"""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, cast

from textual import events
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from proximity_tui.runtime.early_screen import EarlyScreen
from proximity_tui.runtime.waking_event import WakingEvent
from proximity_tui.widgets.colors import ColorDepth, color_depth
from proximity_tui.widgets.terminal.background import ASK_BACKGROUND, GIVE_UP, Answered, BackgroundAnswer
from proximity_tui.widgets.terminal.drawing import Drawing
from proximity_tui.widgets.terminal.job_control import stop_with_group, why_not_suspended
from proximity_tui.widgets.terminal.paste import Pasted, PasteSplitter, Typed

LOOK_EVERY = 0.1
"""Seconds between two looks at what is held back for more characters."""
REST = 1.0
"""Seconds between two looks at whether the main thread still lives, while nothing is held back."""
ESC = "\x1b"
_ESC_AND_ONE = re.compile("\x1b(?:([^\x1b\x7f\tbfOPX\\[\\]\\\\^_])|(?=\x1b))")
"""ESC before a character that begins no sequence and has no key in Textual, or before another ESC. Textual waits for
more: if a sequence follows at once it presses `^` and the character; before a sign or an enter it drops the ESC."""
OTHER_SCREEN = "\x1b[?1049h"
"""What Textual writes to enter the other screen."""


class PasteLost(Message):
    """The message that a paste was too long, or never ended: nothing of it is used."""


class BackgroundReported(Message):
    """The answer of the terminal to the question about its background."""

    def __init__(self, *, light: bool) -> None:
        super().__init__()
        self.light = light


class TerminalInput:
    """The messages for the characters that a terminal sends; `now` is in seconds on any clock that goes forward."""

    def __init__(self, begun: float = 0.0) -> None:
        """Read from the time `begun` on, at which the terminal was asked for its background."""
        self._begun = begun
        self._is_answered = False
        self._splitter = PasteSplitter()
        self._answer = BackgroundAnswer()
        self._keys = XTermParser()

    @property
    def waits(self) -> float | None:
        """The seconds without a character after which `tick` may have something to tell; None while nothing is held."""
        held = self._splitter.waits
        is_waiting = held is not None or self._answer.has_begun or self._keys._timeout_time is not None
        return min(LOOK_EVERY, held or LOOK_EVERY) if is_waiting else None

    def feed(self, text: str, now: float) -> list[Message]:
        """Return the messages that `text` completes."""
        self._splitter.expects_answers = not self._is_answered and now - self._begun < GIVE_UP
        return [*self._messages(self._splitter.feed(text, now), now), *self._keys.tick()]

    def tick(self, now: float) -> list[Message]:
        """Return the messages that are complete because nothing more has arrived."""
        typed = self._typed(self._answer.tick(now))
        return [*typed, *self._messages(self._splitter.tick(now), now), *self._keys.tick()]

    def _messages(self, parts: Iterable[Typed | Pasted], now: float) -> Iterable[Message]:
        for part in parts:
            if isinstance(part, Pasted):
                yield events.Paste(part.text) if part.whole else PasteLost()
            elif part.text == ESC and not self._answer.has_begun:
                # It was held back as long as Textual waits for the rest of a key.
                yield events.Key("escape", ESC)
            else:
                yield from self._typed(self._answer.feed(part.text, now))

    def _typed(self, parts: Iterable[str | Answered]) -> Iterable[Message]:
        for part in parts:
            if isinstance(part, str):
                yield from self._pressed(part)
            else:
                self._is_answered = True
                yield BackgroundReported(light=part.light)

    def _pressed(self, text: str) -> Iterable[Message]:
        # Every second part is a character that followed an ESC, None where that was another ESC.
        for number, part in enumerate(_ESC_AND_ONE.split(text)):
            after_esc = number % 2 == 1
            if after_esc and part is not None and part.isalpha():
                yield events.Key(f"alt+{'shift+' if part.isupper() else ''}{part.lower()}", part)
                continue
            if after_esc:
                # No key with alt is called so: they are two, typed fast. An enter without its ESC presses a button.
                yield events.Key("escape", ESC)
            if part:
                yield from self._keys.feed(part)


class TerminalDriver(LinuxDriver):
    """The driver for an App, given as its `driver_class`."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self._tstp_before = signal.getsignal(signal.SIGTSTP)
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._drawing = Drawing(sys.__stderr__ or sys.stderr)
        # Textual's thread that writes takes what is queued to this file.
        self._file = cast(TextIOWrapper, self._drawing)
        self._is_taken_over = False
        """Whether the terminal shows something already that must not flash."""
        self.left_at = 0.0
        """When another program got the terminal, by the clock of Textual's messages."""
        self.exit_event = self._ending = WakingEvent()

    def write(self, data: str) -> None:
        """Queue what Textual writes; of a frame, what differs from the terminal when its turn comes. Within the other
        screen it is never entered again: that would clear it.
        """
        if not (self._is_taken_over and data == OTHER_SCREEN):
            self._queue(self._drawing.take(data, self._app.size))

    def toggle_mouse(self) -> bool:
        """Ask the terminal for the mouse, or no longer; return whether the program has it now."""
        if self._mouse:
            self._disable_mouse_support()
            self._mouse = False
        else:
            self._mouse = True
            self._enable_mouse_support()
        return self._mouse

    def repaint(self) -> None:
        """Write the whole screen once more, because something else may have changed what the terminal shows."""
        self._queue(self._drawing.repaint())

    def why_not_suspended(self) -> str | None:
        """Return a sentence where the program must not be stopped, because nothing could continue it; else None."""
        return why_not_suspended(self._tstp_before)

    def suspend_to_shell(self) -> None:
        """Give the terminal back and stop, together with what started this program for a shell, as a script. Return
        once the shell has continued it.
        """
        self.suspend_application_mode()
        self._must_signal_resume = True
        stop_with_group()

    def suspend_application_mode(self) -> None:
        """Give the terminal to another program."""
        super().suspend_application_mode()
        self.left_at = get_time()

    def start_application_mode(self) -> None:
        """Take the terminal, at first and after another program had it; from the early screen, if that has it, with
        what is shown there.
        """
        self._drawing.restart()
        early = EarlyScreen.opened
        self._is_taken_over = early is not None
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        finally:
            self._is_taken_over = False
        if early is not None:
            self.attrs_before = early.hand_over()
        elif color_depth(os.environ) > ColorDepth.FEW:
            self._queue(ASK_BACKGROUND)

    def send_message(self, message: Message) -> None:
        """Put a message into the queue of the App. Textual begins a task for each."""
        self._loop.call_soon_threadsafe(self._app.post_message, message)

    def _queue(self, text: str | None) -> None:
        if text is not None:
            super().write(text)

    def run_input_thread(self) -> None:
        """Read until input is disabled, the terminal is gone, or another thread reads in place of this one."""
        source, decode = TerminalInput(time.monotonic()), getincrementaldecoder("utf-8")(errors="replace").decode
        while self._may_read():
            try:
                wait = source.waits or REST
                readable = select.select([self.fileno, self._ending.readable], [], [], wait)[0]
                data = os.read(self.fileno, 4096) if self.fileno in readable else None
            except (OSError, ValueError):
                return
            if data == b"":
                return
            now = time.monotonic()
            for message in source.tick(now) if data is None else source.feed(decode(data), now):
                self.process_message(message)

    def _may_read(self) -> bool:
        # The thread is no daemon: the end of the program would wait for it.
        newest = self._key_thread is threading.current_thread()
        return newest and not self.exit_event.is_set() and threading.main_thread().is_alive()

    def _sigtstp_application(self, *_: object) -> None:
        """Stop, unless the terminal went away while it was given back: nothing would ever wake the program."""
        if self._auto_restart:
            self.suspend_application_mode()
            self._must_signal_resume = True
        if os.isatty(self.fileno):
            os.kill(os.getpid(), signal.SIGSTOP)

    def _sigcont_application(self, *_: object) -> None:
        """Continue after a SIGTSTP, and after nothing else.

        A terminal that is closed sends SIGCONT after its SIGHUP, and Textual would begin to read it once more, or stop
        the program again because it has no terminal.
        """
        if not os.isatty(self.fileno):
            return
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._key_thread is not None and self._key_thread.is_alive():
            # It was stopped by SIGSTOP, and somebody else may have used the terminal: it is drawn and read as before.
            self._read_single_keys()
            self._loop.call_soon_threadsafe(self.repaint)

    def _read_single_keys(self) -> None:
        with suppress(termios.error):
            attributes = termios.tcgetattr(self.fileno)
            attributes[0] = self._patch_iflag(attributes[0])
            attributes[3] = self._patch_lflag(attributes[3])
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
