"""The form that moves a container to another node."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.store.records import records
from proximity_tui.screens.fleet_screen import FleetScreen
from tests.screens.stage import Stage
from tests.support.timing.until import said, screen_text, until


async def test_m_moves_the_container_to_a_node_that_is_offered(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    web = stage.adopt(101)
    async with stage.shown((120, 40)) as pilot:
        await pilot.press("m")
        await until(pilot, lambda: "Migrate web-1" in said(pilot) and "pve2" in said(pilot))
        assert "running on pve1 when last seen" in said(pilot), "it was not read for this"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[ Migrate ]" in said(pilot) and "with a restart" in said(pilot))
        await pilot.press("y")
        assert "y agree" not in said(pilot), "it is down meanwhile: only the button agrees to that"
        assert stage.simulator.journal.writes() == []
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "migrate web-1: done" in said(pilot))
    assert stage.simulator.journal.count("POST", "/101/migrate") == 1
    assert records.get(web.id).node == "pve2"


async def test_what_does_not_run_is_moved_by_the_key_that_agrees(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.adopt(151)
    async with stage.shown((120, 40)) as pilot:
        await pilot.press("m")
        await until(pilot, lambda: "Migrate sandbox" in said(pilot) and "pve2" in said(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "y agree" in said(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "migrate sandbox: done" in said(pilot))


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("m", "Migrate web-1"),
        ("c", "Clone web-1"),
        ("u", "stop managing web-1"),
        ("t", "web-1 (adopted, CT 101 on pve1), cluster prod"),
        ("d", "web-1 (adopted, CT 101 on pve1), cluster prod"),
        ("y", "Config of CT 101 on cluster prod"),
        ("l", "web-1 (adopted, CT 101 on pve1), cluster prod"),
        ("x", "Explain web-1"),
        ("Y", "Copy of web-1"),
    ],
)
async def test_what_is_done_with_one_container_is_done_with_the_one_that_is_marked(
    stage: Stage, key: str, title: str
) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        await pilot.press("space")
        assert "1 marked" in said(pilot), "the cursor is on web-2 by now"
        await pilot.press(key)
        await until(pilot, lambda: title in said(pilot))


@pytest.mark.parametrize("key", ["m", "c", "u", "s"])
async def test_what_can_be_done_with_one_container_is_refused_while_several_are_marked(stage: Stage, key: str) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        await pilot.press("space", "space", key)
        await until(pilot, lambda: "Clear the marks first" in said(pilot))
        assert isinstance(pilot.app.screen, FleetScreen)


async def test_several_are_not_moved_at_once(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("*", "m")
        await until(pilot, lambda: "One container is moved at a time." in said(pilot))
