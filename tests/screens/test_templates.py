"""Templates: what is on the storages and what can be downloaded, typed by name."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.screens.create.download import DownloadDialog
from proximity_tui.screens.templates.templates_screen import TemplatesScreen
from tests.screens.stage import Stage
from tests.support.timing.until import said, until

THERE, OFFERED = "debian-12-standard", "debian-13-standard"


async def test_a_template_is_found_downloaded_and_listed_where_it_is_then(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    async with stage.shown((120, 30)) as pilot:
        await pilot.press(":", *"templates", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, TemplatesScreen) and OFFERED in said(pilot))
        await pilot.press("/", *THERE, "enter")
        await until(pilot, lambda: "Templates 3 of 12" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: [one for one in pilot.app._notifications if "already" in one.message])
        await pilot.press("escape", "/", *OFFERED, "enter")
        await until(pilot, lambda: "Templates 1 of 12" in said(pilot) and "enter downloads it" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DownloadDialog))
        await until(pilot, lambda: pilot.app.screen.query_one("#download-node").value == "pve1")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "y agree" in said(pilot))
        assert not stage.simulator.journal.writes()
        await pilot.press("y")
        await until(pilot, lambda: "Downloaded local:vztmpl/debian-13" in said(pilot))
        await until(pilot, lambda: isinstance(pilot.app.screen, TemplatesScreen))
        await pilot.press("escape", "home")
        await until(pilot, lambda: f"{OFFERED}_13.1-2_amd64.tar.zst pve1 local 120M on the storage" in said(pilot))
