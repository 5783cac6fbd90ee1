"""A batch that is closed while one is still worked on: its end is announced, because no table shows it any more."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.screens.batch.batch_dialog import BatchDialog
from proximity_tui.screens.power.power_many import PowerManyDialog
from tests.screens.stage import Stage
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, until


async def test_what_ends_after_the_dialog_was_closed_is_announced(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    for vmid in (101, 102):
        stage.adopt(vmid)
    stage.simulator.faults.answer(500, "storage is busy", "/lxc/102/status/shutdown", method="POST")
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("*", "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PowerManyDialog))
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 2)
        with held_back(stage.simulator, asked("POST", "/lxc/102/status/shutdown")) as sent:
            await pilot.press("d", "enter")
            await until(pilot, sent.is_set)
            await pilot.press("escape")
            await until(pilot, lambda: "stops after the current ones" in said(pilot))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, BatchDialog))
        await until(pilot, lambda: "shut down web-2: " in said(pilot) and "storage is busy" in said(pilot))
