"""The mouse, where it was given to the program: tabs, the banner, titles of columns and rows do what they show."""

from __future__ import annotations

from proximity_tui.widgets.dialogs.dialog import Dialog
from tests.screens.chrome.test_banner import red
from tests.screens.stage import Stage
from tests.screens.support.watched import shows
from tests.support.timing.until import screen_text, until


async def test_a_tab_leads_to_its_screen_but_not_below_a_dialog(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        line = next(one for one in screen_text(pilot.app).splitlines() if "2 Unmanaged" in one)
        assert await pilot.click("TabStrip", offset=(line.index("Unmanaged") + 2, 0))
        await shows(pilot, "[2 Unmanaged]")
        await pilot.click("TabStrip", offset=(1, 0))
        await shows(pilot, "[0 Everything]")
        await pilot.press("1", "ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, Dialog))
        await pilot.click("TabStrip", offset=(line.index("Unmanaged") + 2, 0))
        await shows(pilot, "[1 Fleet]")
        assert isinstance(pilot.app.screen, Dialog)


async def test_the_banner_leads_to_the_alerts(stage: Stage) -> None:
    red(stage, "loki", 106)
    async with stage.shown((100, 30)) as pilot:
        await shows(pilot, "ALERT  ANOMALOUS ORPHAN  loki")
        await pilot.click("AlertBanner", offset=(10, 0))
        await shows(pilot, "[3 Alerts]")


async def test_the_title_of_a_column_sorts_and_once_more_reverses(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("2")
        await shows(pilot, "[2 Unmanaged]")
        table = pilot.app.screen.query_one("RowTable")
        line = next(one for one in screen_text(pilot.app).splitlines() if "VMID" in one)
        for reverse in (False, True):
            await pilot.click("RowTable", offset=(line.index("NAME"), 0))
            await until(pilot, lambda wanted=("name", reverse): table.sorting == wanted)  # type: ignore[attr-defined]
