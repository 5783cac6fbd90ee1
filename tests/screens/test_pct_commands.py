"""A dialog that shows a plan copies it as lines for a shell, and does nothing of it."""

from __future__ import annotations

from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.pct_commands import LinesDialog
from proximity_tui.screens.power.power_dialog import PowerDialog
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, until


async def test_a_key_shows_and_copies_the_lines_of_the_plan(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        pilot.app.push_screen(PowerDialog(by_name("web-1").id))
        await until(pilot, lambda: "already running" in said(pilot))
        await pilot.press("Y")
        assert isinstance(pilot.app.screen, PowerDialog), "nothing is chosen, so there is no plan to copy"
        await pilot.press("d")
        await until(pilot, lambda: "[ Shut down ]" in said(pilot))
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(pilot.app.screen, LinesDialog))
        assert "pct shutdown 101 --timeout 60 --forceStop 0" in said(pilot)
        assert "these lines" in said(pilot)
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(pilot.app.screen, PowerDialog))
        assert stage.simulator.journal.writes() == []


async def test_while_a_field_is_open_a_letter_is_text_and_alt_y_copies(live: Stage) -> None:
    async with live.shown((100, 30)) as pilot:
        pilot.app.push_screen(DeleteDialog(by_name("app1").id))
        await until(pilot, lambda: "identity confirmed" in said(pilot))
        await pilot.press("h", "Y")
        assert isinstance(pilot.app.screen, DeleteDialog)
        await pilot.press("alt+y")
        await until(pilot, lambda: isinstance(pilot.app.screen, LinesDialog))
        assert "pct destroy 100 --force 0 --purge 0" in said(pilot)
        assert live.simulator.journal.count("DELETE", "/lxc/100") == 0
