"""Golden screens as text: what a screen looked like when somebody last agreed to it.

`PROXIMITY_TUI_TEST_GOLDEN=write` writes them anew; a person reads the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.support.until import screen_text

FOLDER = Path(__file__).parent / "golden"


def assert_golden(pilot: Pilot[Any], name: str) -> None:
    """The screen looks as in `golden/NAME.txt`."""
    path, seen = FOLDER / f"{name}.txt", screen_text(pilot.app) + "\n"
    if os.environ.get("PROXIMITY_TUI_TEST_GOLDEN") == "write":
        path.write_text(seen)
    assert seen == path.read_text(), f"{path.name} looks different now:\n{seen}"
