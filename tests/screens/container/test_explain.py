"""`x` explains the row under the cursor: the ladder as it is judged now, or why it is not judged."""

from __future__ import annotations

import re

from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.container.explain import ExplainScreen
from proximity_tui.screens.text.scroll_text import ScrollText
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.watched import shows
from tests.support.timing.until import until


async def test_every_row_and_page_can_be_explained(stage: Stage) -> None:
    async with stage.shown((100, 40)) as pilot:

        def told() -> str:
            top = pilot.app.screen
            return " ".join(top.query_one(ScrollText).text.split()) if isinstance(top, ExplainScreen) else ""

        await shows(pilot, "web-1")
        await pilot.press("x")
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1) of prod presence present: listed on pve1" in told())
        assert re.match(r"As of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+; r judges it again\. web-1", told())
        assert "3 passed Is the VMID listed? Then whose is it? <- decides" in told()
        await pilot.press("escape", "2")
        await shows(pilot, "[2 Unmanaged]", "web-3")
        await pilot.press("x")
        await until(pilot, lambda: "has no record" in told())
        await pilot.press("escape")
        await pilot.app.push_screen(ContainerScreen(by_name("web-2").id))
        await pilot.press("x")
        await until(pilot, lambda: "web-2 (adopted, CT 102 on pve2) of prod" in told())
