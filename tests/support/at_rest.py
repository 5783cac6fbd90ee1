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
from textual.pilot import Pilot

LONGEST = 60.0
"""Seconds in which an App comes to rest, however busy the machine is."""


def be_exact() -> None:
    """Have every pilot press each key, and pause, until what that led to within the App has happened."""
    textual.app.wait_for_idle = textual.pilot.wait_for_idle = _guess_nothing  # type: ignore[attr-defined]
    Pilot.press = _press  # type: ignore[method-assign]
    Pilot.pause = _pause  # type: ignore[method-assign]


async def come_to_rest(pilot: Pilot[Any]) -> None:
    """Return once nothing is left to do within the App, or it has ended. What threads work on is not waited for."""
    deadline = time.monotonic() + LONGEST
    while await pilot._wait_for_screen(LONGEST) and pilot.app.is_running:
        await pilot.app.animator.wait_until_complete()
        pilot.app.screen._on_timer_update()
        if _is_at_rest(pilot.app):
            return
        assert time.monotonic() < deadline, f"the App is not at rest after {LONGEST} s"
        await asyncio.sleep(0)


async def _press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.app._press_keys([key])
        await come_to_rest(pilot)


async def _pause(pilot: Pilot[Any], delay: float = 0.0) -> None:
    await asyncio.sleep(delay)
    await come_to_rest(pilot)


async def _guess_nothing(*_: object) -> None:
    await asyncio.sleep(0)


def _is_at_rest(app: App[Any]) -> bool:
    return (
        _has_no_key(app)
        and _is_drawn(app)
        and not any(
            pump.message_queue_size or pump._next_callbacks for pump in (app, *app.screen.walk_children(with_self=True))
        )
    )


def _has_no_key(app: Any) -> bool:
    """Whether every key has had its effect; those that the App holds back have none yet."""
    keys = getattr(app, "keys", None)
    return keys is None or keys.is_idle or keys._held


def _is_drawn(app: App[Any]) -> bool:
    screen = app.screen
    asked_for = screen._layout_required or screen._scroll_required or screen._repaint_required
    return not (asked_for or screen._recompose_required or screen._dirty_widgets or screen._callbacks)
