"""Waiting for a condition instead of for a time, and reading what a Textual app shows."""

import time
from collections.abc import Callable
from typing import Any

from textual._context import visible_screen_stack
from textual.app import App
from textual.pilot import Pilot

from tests.support.timing.at_rest import come_to_rest
from tests.support.timing.waiting import LONGEST, growing_pauses


async def until(
    pilot: Pilot[Any], condition: Callable[[], object], *, timeout: float = LONGEST, what: str = "so"
) -> None:
    """Let the app go on until `condition()` is true and what led to it is drawn.

    After `timeout` seconds it fails with what the screen shows, so that the reason need not be guessed. `what` tells
    what was waited for.
    """
    deadline = time.monotonic() + timeout
    pauses = growing_pauses()
    while not condition():
        if time.monotonic() >= deadline:
            raise AssertionError(f"after {timeout} s not yet: {what}. The screen shows:\n{screen_text(pilot.app)}")
        await pilot.pause(next(pauses))
    await come_to_rest(pilot)


def screen_text(app: App[Any]) -> str:
    """What the top screen shows, a line a line, without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in screen_lines(app))


def said(pilot: Pilot[Any]) -> str:
    """What the screen says, as if it were wide enough for one line."""
    return flowing(screen_text(pilot.app))


def flowing(drawn: str) -> str:
    """The text of a screen, as if it were wide enough for one line."""
    return " ".join(drawn.replace("│", " ").replace("▌", " ").split())


def screen_lines(app: App[Any]) -> list[str]:
    """What the top screen shows, each line in full width."""
    # Private things of Textual: there is no public way to read a screen as text. Without the screens below a dialog
    # it would be drawn, and be kept, as if there were none.
    visible_screen_stack.set(app._background_screens)
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
