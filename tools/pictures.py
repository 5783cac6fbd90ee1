"""Draws the pictures of the documentation: the real screens over the simulated cluster, exported, never by hand."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from proximity_tui.app import ProximityApp
from proximity_tui.commands.setup.demo import CLUSTER, prepared

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
PATIENCE = 60.0
"""Seconds for one picture to become what it should show."""


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.disable()
    with (
        tempfile.TemporaryDirectory() as folder,
        # Faster than life, so that the accident of the demo and its second look come while we wait.
        prepared(Path(folder), CLUSTER, seed=1, speed=10.0) as session,
    ):
        asyncio.run(_draw(ProximityApp(session)))
    return 0


async def _draw(app: ProximityApp) -> None:
    async with app.run_test(size=(110, 26)) as pilot:
        await _until(pilot, lambda: "web-2" in _text(app))
        _save(app, "fleet")
        await pilot.press("down", "ctrl+d")
        await _until(pilot, lambda: "Hard" in _text(app) and "identity" in _text(app))
        _save(app, "delete-adopted")
        await pilot.press("escape", "2")
        await _until(pilot, lambda: "prometheus" in _text(app))
        _save(app, "unmanaged")
        await pilot.press("1")
        await _until(pilot, lambda: "ANOMALOUS ORPHAN" in _text(app))
        _save(app, "alert")
        await pilot.press("3", "enter")
        await _until(pilot, lambda: "Who did it" in _text(app))
        _save(app, "evidence")
        await pilot.press("4")
        await _until(pilot, lambda: "Last runs" in _text(app))
        _save(app, "jobs")
        app.exit()


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


def _save(app: ProximityApp, name: str) -> None:
    path = FOLDER / f"{name}.svg"
    path.write_text(app.export_screenshot(title="Proximity TUI"), encoding="utf-8")
    print(path)


if __name__ == "__main__":
    sys.exit(main())
