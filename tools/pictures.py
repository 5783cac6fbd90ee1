"""Draws the pictures of the documentation: the real screens over a simulated cluster, exported, never by hand."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from proximity_tui.app import ProximityApp
from proximity_tui.commands.setup.demo import prepared

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
PATIENCE = 60.0
"""Seconds for one picture to become what it should show."""
SCENARIO = "rogue-destroy"
"""A fleet worth looking at, and an accident."""
USUAL, WIDE = (110, 30), (200, 50)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.disable()
    # The colours of a terminal of today, whatever this one can show.
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    os.environ.pop("NO_COLOR", None)
    asyncio.run(_draw())
    return 0


_TOUR: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("fleet", (), ()),
    ("delete-adopted", ("down", "ctrl+d"), ("Hard", "identity")),
    ("unmanaged", ("escape", "2"), ("load-test",)),
    ("nodes", ("6",), ("pve3",)),
    ("alert", ("1",), ("ANOMALOUS ORPHAN",)),
    ("evidence", ("3", "enter"), ("Who did it",)),
    ("restore", ("R",), ("newest first", "to confirm")),
    ("jobs", ("escape", "4"), ("Last runs",)),
    ("lint", (":", *"lint", "enter"), ("no backup",)),
    ("top", (":", *"top", "enter"), ("READ+WRITE", "%")),
    ("stats", (":", *"stats", "enter"), ("Adopted", "Uptime")),
)
"""Name of the picture, keys to press, words that are on the screen then."""


async def _draw() -> None:
    async with _shown(USUAL) as pilot:
        for name, keys, words in _TOUR:
            await pilot.press(*keys)
            await _until(pilot, partial(_shows, pilot, words))
            _save(pilot.app, name)
        await _what_is_kept_of_it(pilot)
        pilot.app.exit()
    async with _shown(USUAL, "demo") as pilot:
        await _story_of_a_config(pilot)
        pilot.app.exit()
    async with _shown(WIDE) as pilot:
        _save(pilot.app, "wide")
        pilot.app.exit()
    async with _shown(USUAL) as pilot:
        await pilot.press(":", *"theme light", "enter")
        await _until(pilot, lambda: pilot.app.theme == "proximity-light")
        _save(pilot.app, "light")
        await _plan_of_a_native(pilot)
        pilot.app.exit()


def _shows(pilot: Pilot[Any], words: tuple[str, ...]) -> bool:
    shown = _text(pilot.app)
    return all(word in shown for word in words)


async def _story_of_a_config(pilot: Pilot[Any]) -> None:
    """Draw what somebody changed in the config of a container."""
    app = pilot.app
    await pilot.press("/", *"web-1", "enter", "d")
    await _until(pilot, lambda: "settings differ" in _text(app))
    await pilot.press("enter")
    await _until(pilot, lambda: "Changes since" in _text(app))
    _save(app, "drift")


async def _what_is_kept_of_it(pilot: Pilot[Any]) -> None:
    """Draw the snapshots and the backups of a container."""
    app = pilot.app
    await pilot.press("1", "/", *"grafana", "enter", "t")
    await _until(pilot, lambda: "you are here" in _text(app))
    _save(app, "snapshots")
    await pilot.press("1", "escape", "/", *"postgres-primary", "enter", "b")
    await _until(pilot, lambda: "180M" in _text(app))
    _save(app, "backups")


async def _plan_of_a_native(pilot: Pilot[Any]) -> None:
    """Draw the plan of a hard delete, in the dark theme."""
    app = pilot.app
    await pilot.press(":", *"theme dark", "enter")
    await pilot.press("/", *"kind:native status:running", "enter", "ctrl+d")
    await _until(pilot, lambda: "Hard" in _text(app) and "identity confirmed" in _text(app))
    await pilot.press("h")
    await _until(pilot, lambda: "to confirm" in _text(app))
    _save(app, "plan")


@asynccontextmanager
async def _shown(size: tuple[int, int], scenario: str = SCENARIO) -> AsyncIterator[Pilot[Any]]:
    """Open the screens, with the fleet listed and its jobs done once. Faster than life, so that the accident and its
    second list come while we wait.
    """
    with tempfile.TemporaryDirectory() as folder, prepared(Path(folder), scenario, seed=1, speed=6.0) as context:
        app = ProximityApp(context)
        async with app.run_test(size=size) as pilot:
            await _until(pilot, lambda: "quorate" in _text(app) and "janitor" in _text(app) and "%" in _text(app))
            yield pilot


async def _until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await pilot.pause(0.1)
    except TimeoutError:
        raise SystemExit(f"it never came to look as it should: {_text(pilot.app)}") from None


def _text(app: App[Any]) -> str:
    """What the picture says, as plain text."""
    return re.sub(r"&#160;|<[^>]+>", " ", app.export_screenshot(simplify=True)).replace("&#x27;", "'")


def _save(app: App[Any], name: str) -> None:
    path = FOLDER / f"{name}.svg"
    path.write_text(app.export_screenshot(title="Proximity TUI"), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    sys.exit(main())
