"""What stands on a screen is plain English: no name of a field or of a constant, and no private word of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.app import FirstRunApp
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.alerts.alert_page import AlertScreen
from proximity_tui.screens.command_line.help import HelpScreen
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.container.raw import RawScreen
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from tests.screens.deleting import by_name
from tests.screens.stage import Stage
from tests.screens.stories.test_key_bursts import dialogs
from tests.screens.watched import first_runs
from tests.support.plain_words import private_words
from tests.support.until import screen_text, until


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2 orphans found, 1 anomalous", []),
        ("real_vmids_count 25", ["real_vmids_count"]),
        ("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst in /srv/my_files/a_b.txt", []),
        ("nobody carried it", ["nobody", "carried"]),
        ("[ StatePeriod ]  needs VM.PowerMgmt", ["StatePeriod"]),
    ],
)
def test_field_names_and_private_words_are_told_from_paths_and_plain_words(text: str, found: list[str]) -> None:
    assert private_words(text) == found


async def test_no_list_and_no_help_has_a_field_name_or_a_private_word(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo")
    stage.adopt(101, port=80)
    stage.adopt(102)
    async with stage.shown((220, 60), jobs=True) as pilot:
        await first_runs(pilot)
        for place in (
            ScreenId.EVERYTHING,
            ScreenId.FLEET,
            ScreenId.UNMANAGED,
            ScreenId.ALERTS,
            ScreenId.JOBS,
            ScreenId.AUDIT,
        ):
            pilot.app.routes.go(place)  # type: ignore[attr-defined]
            await pilot.pause()
            assert_plain(pilot, place)
        for place in ScreenId:
            await drawn(pilot, HelpScreen(place))


async def test_no_page_and_no_dialog_has_a_field_name_or_a_private_word(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo")
    stage.adopt(101, port=80)
    stage.adopt(102)
    async with stage.shown((220, 60)) as pilot:
        for make in dialogs(stage, pilot.app):
            await drawn(pilot, make())
        await drawn(pilot, RawScreen("prod", 102))
        await drawn(pilot, AlertScreen(alerts.open_alerts()[0].id))
        web = by_name("web-1")
        await pilot.app.push_screen(ContainerScreen(web.id))
        for _ in range(6):
            await settled(pilot)
            assert_plain(pilot, "the page of a container")
            await pilot.press("tab")


async def test_the_first_screen_has_no_private_word() -> None:
    app = FirstRunApp(Path("/etc/proximity-tui/config.toml"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Connect a cluster" in screen_text(app))
        assert private_words(screen_text(app)) == []


async def drawn(pilot: Pilot[Any], screen: Any) -> None:
    """Show a screen until what it reads is there, look at it, and leave it."""
    await pilot.app.push_screen(screen)
    await settled(pilot)
    assert_plain(pilot, type(screen).__name__)
    pilot.app.routes.go(ScreenId.FLEET)  # type: ignore[attr-defined]


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read any more."""
    await pilot.pause()
    await until(pilot, lambda: not re.search(r"Reading |reading CT|Loading|Waiting for", screen_text(pilot.app)))


def assert_plain(pilot: Pilot[Any], where: str) -> None:
    text = screen_text(pilot.app)
    assert private_words(text) == [], f"{where} has private words:\n{text}"
