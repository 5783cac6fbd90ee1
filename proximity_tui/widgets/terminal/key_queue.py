"""The queue of keys: the next key acts only when everything that the last one caused has happened.

Textual 8.2.8 hands a key to the focused widget as soon as it arrives. Of several that arrive at once, as over a slow
line, the later ones reach a field that Tab has left, or a dialog that Enter has closed, and act on the screen below.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual._time import get_time
from textual.app import App
from textual.dom import DOMNode
from textual.events import Callback, Key, MouseEvent, Paste
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen

log = logging.getLogger(__name__)

ROUNDS = 12
"""How often a key is followed through all queues at most."""
STILL = 2
"""After so many rounds in which nothing new was seen, everything that a key led to has happened."""
PAINTED = 0.002
"""Seconds that a key has for itself before it is followed, unless another one waits: its effect is painted first."""
PATIENCE = 10.0
"""Seconds that a key waits at most for the one before it; more than any handler takes."""
PAUSE = 0.5
"""Seconds between two keys of one line: whoever types slower sees what a key did before the next one."""
MOVES = {"left", "right", "home", "end", "ctrl+left", "ctrl+right", "ctrl+a", "ctrl+e"}
ERASES = {"backspace", "delete", "alt+backspace", "ctrl+backspace", "ctrl+d", "ctrl+k", "ctrl+u", "ctrl+w"}
IN_A_LINE = frozenset({"tab", *MOVES, *ERASES})
"""Keys within a line that is typed, beside its characters and pastes. Enter is the last one; any other key belongs to
none.
"""


class KeyQueue:
    """The keys and pastes of one App. Used on its event loop."""

    def __init__(self, app: App[Any], deliver: Callable[[Key | Paste], Awaitable[None]]) -> None:
        """Build the queue; `deliver` hands one event to the focused widget; it is called within the
        App's own messages.
        """
        self._app = app
        self._deliver = deliver
        self._waiting: deque[Key | Paste] = deque()
        self._acting: asyncio.Task[None] | None = None
        self._void_until = 0.0
        """What was typed up to then is for nobody, by the clock of Textual's messages."""
        self._gone_until = 0.0
        """What was typed up to then was meant for a dialog that is gone."""
        self._line_until = 0.0
        """Until when what is typed goes on with a line whose beginning is void: the rest of it would be commands."""
        self._top: Screen[Any] | None = None
        """The screen that the last key was delivered to; None once it is known to be gone."""
        self._held = False
        self._last_at = get_time()
        """When anything was last typed, or the mouse moved, by the clock of Textual's messages."""
        self._early = 0
        """How many of those that wait were typed before what they act on was on the screen."""

    @property
    def is_idle(self) -> bool:
        """True when everything that was taken has had its effect."""
        return self._acting is None and not self._waiting

    @property
    def seconds_still(self) -> float:
        """Seconds since somebody typed or moved the mouse; since the start where nobody did."""
        return get_time() - self._last_at

    def note_input(self, event: Key | Paste | MouseEvent) -> None:
        """Note that somebody is there."""
        self._last_at = event.time

    async def take(self, event: Key | Paste) -> None:
        """Deliver an event at once, or after those that came before it."""
        if self._is_void(event):
            return
        self._waiting.append(event)
        if self._acting is None and not self._held:
            await self._deliver_next()

    def hold(self) -> None:
        """Keep everything that comes until `release`."""
        self._held = True

    async def release(self) -> None:
        """Deliver what was kept. Of that nothing reaches a dialog: whoever typed it has not seen one yet."""
        if self._held:
            self._held, self._early = False, len(self._waiting)
            await self._deliver_next()

    def drop_typed_until(self, moment: float) -> None:
        """Drop what was typed up to a moment, by the clock of Textual's messages, wherever it waits. What is typed
        later counts, however long the key that made the others void is followed.
        """
        self._void_until, self._gone_until = moment, 0.0
        self._drop_void()

    async def _deliver_next(self) -> None:
        self._acting = None
        if not self._app.screen_stack:
            self._waiting.clear()
            return
        if self._early and isinstance(self._app.screen, ModalScreen):
            self._drop_early()
        if self._waiting:
            self._early = max(0, self._early - 1)
            self._top = self._app.screen
            try:
                await self._deliver(self._waiting.popleft())
            finally:
                self._acting = asyncio.create_task(self._follow(), name="key")

    def _drop_void(self) -> None:
        if self._is_dialog_gone:
            # What was meant for it was typed by now.
            self._top = None
        while self._waiting and self._is_void(self._waiting[0]):
            self._waiting.popleft()
            self._early = max(0, self._early - 1)

    def _is_void(self, event: Key | Paste) -> bool:
        """Return whether an event is for nobody, or goes on with a line that began for a dialog that is gone."""
        in_a_line = isinstance(event, Paste) or event.is_printable or event.key in IN_A_LINE
        ends_it = isinstance(event, Key) and event.key == "enter"
        is_gone = event.time <= self._gone_until
        goes_on = event.time <= self._line_until and (in_a_line or ends_it)
        self._line_until = event.time + PAUSE if in_a_line and (is_gone or goes_on) else 0.0
        return is_gone or goes_on or event.time <= self._void_until

    def _drop_early(self) -> None:
        for _ in range(min(self._early, len(self._waiting))):
            self._waiting.popleft()
        self._early = 0

    async def _follow(self) -> None:
        """Wait until the key that was delivered has had its effect, then continue with the next one."""
        try:
            async with asyncio.timeout(PATIENCE):
                if not self._waiting:
                    await asyncio.sleep(PAINTED)
                await self._until_still()
        except TimeoutError:
            log.debug("a key still has effects after %s s; the next one acts all the same", PATIENCE)
        finally:
            self._drop_for_what_is_gone()
            if not self._app.call_later(self._deliver_next):
                self._acting = None

    def _drop_for_what_is_gone(self) -> None:
        """Drop what was meant for a dialog that is gone: it is for nothing that lies under it. Of a line all goes, also
        what comes later: `:` that is dropped must not turn the letters behind it into commands.
        """
        if self._is_dialog_gone:
            self._gone_until = get_time()
            self._drop_void()

    @property
    def _is_dialog_gone(self) -> bool:
        """True when the last key was delivered to a dialog that is closed by now."""
        return isinstance(self._top, ModalScreen) and self._top not in self._app.screen_stack

    async def _until_still(self) -> None:
        still = 0
        for _ in range(ROUNDS):
            pumps = self._pumps()
            busy = any(pump.message_queue_size for pump in pumps)
            for pump in pumps:
                await _reached(pump)
            busy = busy or pumps != self._pumps() or any(pump.message_queue_size for pump in pumps)
            self._drop_for_what_is_gone()
            still = 0 if busy else still + 1
            if still == STILL:
                return

    def _pumps(self) -> list[MessagePump]:
        """Return every queue that a key goes through, from the focused widget up to the App."""
        if not self._app.screen_stack:
            return [self._app]
        focused: DOMNode = self._app.focused or self._app.screen
        return [*focused.ancestors_with_self] if focused.is_attached else [self._app.screen, self._app]


async def _reached(pump: MessagePump) -> None:
    """Wait until a queue has done everything that is in it now."""
    done = asyncio.Event()
    # Not by `call_later`, which wraps it: Textual would look up its signature each time.
    if pump.is_running and pump.post_message(Callback(callback=done.set)):
        await done.wait()
