"""Golden screens as text: what a screen looked like when somebody last agreed to it.

`PROXIMITY_TUI_TEST_GOLDEN=write` writes them again; a person reads the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from proximity_tui.screens.fleet_screen import COLUMNS
from proximity_tui.screens.guest_columns import TREND
from proximity_tui.widgets.glyphs import UNICODE
from tests.support.timing.until import screen_text, until

BACKUP_WIDTH = next(column.width for column in COLUMNS if column.id == "backup")
_AGE = re.compile(r" *\d+[dhms]( \d+[hm])?")

FOLDER = Path(__file__).parent / "golden"


async def assert_golden(pilot: Pilot[Any], name: str) -> None:
    """The screen comes to look as in `golden/NAME.txt`.

    A condition before it may be true while something is not drawn yet: a bar for scrolling comes a layout later.
    """
    path = FOLDER / f"{name}.txt"
    if os.environ.get("PROXIMITY_TUI_TEST_GOLDEN") == "write":
        await pilot.pause()
        path.write_text(_comparable(pilot))
    agreed = path.read_text()
    await until(pilot, lambda: _comparable(pilot) == agreed, what=f"the screen is as in {path.name}")


def _comparable(pilot: Pilot[Any]) -> str:
    return _without_ages(_without_trends(screen_text(pilot.app))) + "\n"


def _without_trends(text: str) -> str:
    """Return the screen without the bars of TREND: which five minutes a reading is in depends on the real time."""
    lines = text.split("\n")
    start = next((line.index(TREND.title) for line in lines if TREND.title in line), None)
    return text if start is None else "\n".join(_blanked(line, start, start + TREND.width) for line in lines)


def _without_ages(text: str) -> str:
    """Return the screen without the ages in BACKUP: the backups are made by the clock of the simulated world, which
    stands still, and their age is told by the real one.
    """
    lines = text.split("\n")
    end = next((line.index("BACKUP") + len("BACKUP") for line in lines if " BACKUP " in line), None)
    if end is None:
        return text
    start = end - BACKUP_WIDTH
    return "\n".join(
        f"{line[:start]}{' ' * BACKUP_WIDTH}{line[end:]}" if _AGE.fullmatch(line[start:end]) else line for line in lines
    )


def _blanked(line: str, start: int, end: int) -> str:
    bars = line[start:end]
    return line[:start] + " " * len(bars) + line[end:] if set(bars) <= {" ", *UNICODE.bars} else line
