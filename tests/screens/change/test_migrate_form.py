"""The form that moves a container to another node."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.core.store.records import records
from tests.screens.stage import Stage
from tests.support.timing.until import said, until


async def test_m_moves_the_container_to_a_node_that_is_offered(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    web = stage.adopt(101)
    async with stage.shown((120, 40)) as pilot:
        await pilot.press("m")
        await until(pilot, lambda: "Migrate web-1" in said(pilot) and "pve2" in said(pilot))
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


async def test_several_are_not_moved_at_once(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("*", "m")
        await until(pilot, lambda: "One container is moved at a time." in said(pilot))
