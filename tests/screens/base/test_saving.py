"""Saving a list: a name that cannot be used is asked for again."""

from __future__ import annotations

from pathlib import Path

from tests.screens.stage import Stage
from tests.support.timing.until import said, until


async def test_a_name_that_is_taken_is_asked_for_again_and_the_next_one_is_text(stage: Stage, tmp_path: Path) -> None:
    taken, free = tmp_path / "fleet.csv", tmp_path / "fleet.csv2.csv"
    taken.write_text("mine")
    async with stage.shown((160, 30)) as pilot:
        await until(pilot, lambda: "web-1" in said(pilot))
        await pilot.press("ctrl+s", "ctrl+u", *str(taken), "enter")
        await until(pilot, lambda: "already exists. Choose another name." in said(pilot))
        await pilot.press(*"2.csv", "enter")
        await until(pilot, lambda: "Saved" in said(pilot) and free.exists())
        assert taken.read_text() == "mine"
        assert "web-1" in free.read_text()
