"""The first lines stay in sight whatever lies on a screen, and follow what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from tests.screens.stage import Stage, read_again
from tests.screens.stories.test_key_bursts import dialogs
from tests.screens.support.deleting import by_name
from tests.support.timing.meddling import full_disk
from tests.support.timing.until import said, screen_text, until


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_no_dialog_covers_the_status_line_or_the_banner(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.shown(size) as pilot:
        await until(pilot, lambda: "web-1" in said(pilot))
        for number, key in enumerate(("ctrl+d", "p", "question_mark", "ctrl+p", "c"), 1):
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen.is_modal)
            # A new one each time, while the dialog is there.
            alerts.raise_alert(
                AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=105 + number, name="grafana", message="another"
            )
            told = f"ALERTS {number}"
            await until(pilot, lambda told=told: told in screen_text(pilot.app).splitlines()[0], what=f"{told}, {key}")
            await until(pilot, lambda: "ALERT  " in screen_text(pilot.app) and "[3] alerts" in screen_text(pilot.app))
            await pilot.press("escape")
            await until(pilot, lambda: not pilot.app.screen.is_modal)


async def test_each_dialog_on_a_small_screen_has_one_line_of_the_banner_and_says_what_is_chosen(stage: Stage) -> None:
    async with stage.shown((40, 10)) as pilot:
        for make in dialogs(stage, pilot.app):
            dialog = make()
            await pilot.app.push_screen(dialog)
            await until(pilot, lambda: "ALERTS 1" in screen_text(pilot.app).splitlines()[0])
            lines = screen_text(pilot.app).splitlines()
            assert lines[1].startswith(" ALERT  "), dialog
            assert [line for line in lines if "[3] alerts" in line] == lines[1:2], dialog
            assert not any(line.startswith((" enter open", " VMID  NAME")) for line in lines), dialog
            focused = dialog.focused
            assert focused is None or pilot.app.screen.region.contains_region(focused.region), dialog
            pilot.app.routes.go(ScreenId.FLEET)  # type: ignore[attr-defined]
            while pilot.app.screen.is_modal:
                await pilot.app.pop_screen()


async def test_read_only_is_framed_over_a_dialog(set_up: Callable[..., Stage]) -> None:
    stage = set_up(top="read_only = true")
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "[READ-ONLY]" in screen_text(pilot.app).splitlines()[0])


async def test_read_only_offers_no_key_that_it_refuses(set_up: Callable[..., Stage]) -> None:
    stage = set_up(top="read_only = true")
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "/ filter" in screen_text(pilot.app) and "a adopt" not in screen_text(pilot.app))


async def test_the_tabs_go_and_come_with_the_room_for_them_before_anything_else_changes(stage: Stage) -> None:
    def tabs() -> bool:
        return "Fleet" in screen_text(pilot.app).splitlines()[1]

    async with stage.shown((80, 24)) as pilot:
        for key in ("", "ctrl+d"):
            if key:
                await pilot.press(key)
                await until(pilot, lambda: pilot.app.screen.is_modal)
            await until(pilot, tabs)
            for size in ((80, 10), (40, 10), (60, 11)):
                await pilot.resize_terminal(*size)
                await until(pilot, lambda: not tabs(), what=f"no tabs at {size} {key}")
            await pilot.resize_terminal(80, 24)
            await until(pilot, tabs, what=f"tabs again {key}")


async def test_the_tabs_say_which_screen_it_is(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await until(pilot, lambda: screen_text(pilot.app).splitlines()[1].startswith(" 0 All[1 Fleet]"))
        await pilot.press("y")
        await until(pilot, lambda: "as Proxmox has it" in screen_text(pilot.app))
        assert screen_text(pilot.app).splitlines()[1].startswith(" 0 All[1 Fleet]"), "it stands where it stood"
        await pilot.press("escape")
        await pilot.press("4")
        await until(pilot, lambda: "[4 Jobs]" in screen_text(pilot.app))
        await pilot.press("0", "enter")
        await until(pilot, lambda: "[0 " in screen_text(pilot.app) and "overview" in said(pilot))


async def test_a_screen_that_is_left_while_it_opens_is_no_error(stage: Stage) -> None:
    async with stage.shown() as pilot:
        app: Any = pilot.app
        app.routes.open_backups(by_name("web-1").id)
    assert app.unexpected.last is None


async def test_n74_a_database_that_takes_nothing_is_told_with_its_reason_until_it_does(stage: Stage) -> None:
    told = "No change and no job can begin: the disk that holds the database is full"
    async with stage.shown((80, 24)) as pilot:
        with full_disk():
            await read_again(pilot, lambda: told in screen_text(pilot.app))
            assert "not saved" in screen_text(pilot.app).splitlines()[0]
            stage.simulator.faults.answer(596, "Connection refused")
            await read_again(pilot, lambda: told not in screen_text(pilot.app))
            stage.simulator.faults.clear()
            await read_again(pilot, lambda: told in screen_text(pilot.app))
        await read_again(pilot, lambda: told not in screen_text(pilot.app))
        assert "web-1" in screen_text(pilot.app)
