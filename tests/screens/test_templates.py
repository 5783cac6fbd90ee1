"""Templates: what is on the storages and what can be downloaded, typed by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.screens.create.download import DownloadDialog
from proximity_tui.screens.templates.templates_screen import TemplatesScreen
from tests.screens.stage import Stage
from tests.screens.support.later import later
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
        await until(pilot, lambda: pilot.app.screen.query_one("#download-node", Input).value == "pve1")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "y agree" in said(pilot))
        assert not stage.simulator.journal.writes()
        await pilot.press("y")
        await until(pilot, lambda: "Downloaded local:vztmpl/debian-13" in said(pilot))
        await until(pilot, lambda: isinstance(pilot.app.screen, TemplatesScreen))
        await pilot.press("escape", "home")
        await until(pilot, lambda: f"{OFFERED}_13.1-2_amd64.tar.zst pve1 local 120M on the storage" in said(pilot))


async def test_templates_say_how_old_they_are_until_they_are_read_again(set_up: Callable[..., Stage]) -> None:
    async with set_up().shown((120, 30)) as pilot:
        await open_templates(pilot)
        assert "Read " not in said(pilot)
        with later(timedelta(minutes=5)):
            await until(pilot, lambda: "Read 5m ago (r reads it again)." in said(pilot))
            await pilot.press("r")
            await until(pilot, lambda: "Read " not in said(pilot))
            assert THERE in said(pilot)


async def test_templates_that_cannot_be_read_again_stay_and_say_why_and_how_old_they_are(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up(clusters=("prod", "lab"))
    async with stage.shown((120, 40)) as pilot:
        await open_templates(pilot)
        await until(pilot, lambda: "Templates 24" in said(pilot))
        stage.simulators["lab"].faults.answer(500, "no storage here")
        await pilot.press("r")
        told = "The templates of lab cannot be read: "
        await until(pilot, lambda: told in said(pilot))
        assert "Its templates are shown as they were <15s ago." in said(pilot)
        assert "Templates 24" in said(pilot)
        stage.simulators["lab"].faults.clear()
        await pilot.press("r")
        await until(pilot, lambda: told not in said(pilot))


async def test_templates_that_cannot_be_read_are_not_said_to_be_none(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        stage.simulator.faults.answer(500, "no storage here")
        await pilot.press(":", *"templates", "enter")
        await until(pilot, lambda: "The templates of prod cannot be read: " in said(pilot))
        assert "No node has a template" not in said(pilot)


async def test_a_storage_whose_templates_cannot_be_read_is_named_above_the_others(stage: Stage) -> None:
    stage.simulator.faults.answer(500, "no content here", "/nodes/pve1/storage/local/content")
    async with stage.shown((120, 30)) as pilot:
        await open_templates(pilot)
        await until(pilot, lambda: "Not every template of prod can be read: " in said(pilot))


async def open_templates(pilot: Pilot[Any]) -> None:
    """Open the list, and wait until it shows a template."""
    await pilot.press(":", *"templates", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, TemplatesScreen) and THERE in said(pilot))
