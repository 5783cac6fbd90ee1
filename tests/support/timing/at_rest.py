"""A pilot who goes on once the App is at rest: every message handled, everything laid out and drawn.

Textual's own takes the App to be at rest when the process uses little of the processor for a fiftieth of a second, or
when a second is over: on a busy machine both are true in the middle of something.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import textual.app
import textual.pilot
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.timing.waiting import LONGEST

SHORT_WAY = 100
"""Turns of the event loop in which most keys have had their effect."""
QUIET = 4
"""Turns of the event loop in a row without anything to do: what was called for a next turn is done in that."""


def be_exact() -> None:
    """Have every pilot press each key, and pause, until what that led to within the App has happened."""
    textual.app.wait_for_idle = textual.pilot.wait_for_idle = _guess_nothing  # type: ignore[assignment, attr-defined]
    Pilot.press = _press  # type: ignore[assignment, method-assign]
    Pilot.pause = _pause  # type: ignore[assignment, method-assign]


async def come_to_rest(pilot: Pilot[Any]) -> None:
    """Return once nothing is left to do within the App, or it has ended. What threads work on is not waited for."""
    deadline = time.monotonic() + LONGEST
    while not await _rests_soon(pilot.app):
        # Something is awaited in the middle of a message: Textual's own wait sleeps until that has come.
        if not (await pilot._wait_for_screen() and pilot.app.is_running):
            return
        assert time.monotonic() < deadline, f"the App is not at rest after {LONGEST} s"


async def _rests_soon(app: App[Any]) -> bool:
    """Return whether the App came to rest, or ended, within a few turns of the event loop. A look takes a hundredth of
    what Textual's own wait does, which sends a message to every widget, and waits for all answers.
    """
    quiet = 0
    for _ in range(SHORT_WAY):
        if not (app.is_running and app._screen_stack) or app._exception_event.is_set():
            return True
        await app.animator.wait_until_complete()
        quiet = quiet + 1 if _is_at_rest(app) else 0
        if quiet == QUIET:
            return True
        await asyncio.sleep(0)
    return False


async def _press(pilot: Pilot[Any], *keys: str) -> None:
    for key, following in zip(keys, (*keys[1:], ""), strict=False):
        await pilot.app._press_keys([key])
        # A word is typed into a field without looking up after each letter.
        if not (key.isalnum() and len(key) == len(following) == 1 and isinstance(pilot.app.focused, Input)):
            await come_to_rest(pilot)


async def _pause(pilot: Pilot[Any], delay: float = 0.0) -> None:
    await asyncio.sleep(delay)
    await come_to_rest(pilot)


async def _guess_nothing(*_: object) -> None:
    await asyncio.sleep(0)


def _is_at_rest(app: App[Any]) -> bool:
    """Return whether nothing is left to do; where all that is left is to draw, that is done now."""
    if not (_has_no_key(app) and _waits(app) and _all_wait(app.screen)):
        return False
    if _is_drawn(app):
        return True
    app.screen._on_timer_update()
    return False


def _all_wait(node: DOMNode) -> bool:
    """Return whether a node waits and everything in it. Asked after each turn: the first that does not is enough."""
    return _waits(node) and all(map(_all_wait, node._nodes))


def _waits(pump: MessagePump) -> bool:
    """Return whether every message to it was handled to the end: it waits for the next one, or takes none any more."""
    queue = pump._message_queue  # type: ignore[var-annotated]
    waits = bool(queue.ready_event._waiters)
    return pump._closing or pump._closed or (waits and queue.empty() and not pump._next_callbacks)


def _has_no_key(app: Any) -> bool:
    """Whether every key has had its effect; those that the App holds back have none yet."""
    keys = getattr(app, "keys", None)
    return keys is None or keys.is_idle or keys._held


def _is_drawn(app: App[Any]) -> bool:
    screen = app.screen
    asked_for = screen._layout_required or screen._scroll_required or screen._repaint_required
    return not (asked_for or screen._recompose_required or screen._dirty_widgets or screen._callbacks)
