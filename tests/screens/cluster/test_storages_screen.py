"""Storage: what there is, once if it is shared, and what cannot be used or is nearly full first."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.screens.cluster.storages_screen import StoragesScreen
from tests.screens.stage import Stage, read_again
from tests.support.timing.until import screen_text, until


async def test_a_full_and_a_lost_storage_come_first(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "shared by 3" in screen_text(pilot.app))
        screen = pilot.app.screen
        assert isinstance(screen, StoragesScreen)
        stage.world.set_storage_used("backups", 0.93)
        stage.world.set_storage_reachable("local-lvm", "pve2", False)
        stage.simulator.clock.advance(301)  # type: ignore[attr-defined]
        await read_again(pilot, lambda: [row.label for row in screen.items(screen.view)][1:2] == ["local-lvm on pve2"])
        await until(pilot, lambda: "▲ nearly full" in screen_text(pilot.app))
        await until(pilot, lambda: "pve2 cannot reach it" in screen_text(pilot.app))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "not active: the node cannot reach it" in screen_text(pilot.app))


async def test_a_storage_names_our_containers_on_it(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: "local-lvm" in screen_text(pilot.app))
        await pilot.press("slash", *"storage:local-lvm", "enter", "enter")
        await until(pilot, lambda: "1 of our containers: web-1" in screen_text(pilot.app))


async def test_without_the_privilege_there_is_no_storage_and_it_says_why(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    stage.simulator.set_acl(stage.simulator.token_id, {"/vms": ["VM.Audit"]})
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("7")
        await until(
            pilot, lambda: "Our token sees one only with Datastore.Audit on /storage." in screen_text(pilot.app)
        )
