"""A batch that is closed while one is still worked on: its end is announced, because no table shows it any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container
from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.screens.batch.batch_dialog import BatchDialog
from proximity_tui.screens.delete.delete_many import DeleteManyDialog
from proximity_tui.screens.power.power_many import PowerManyDialog
from proximity_tui.screens.power.power_preview import Outcomes
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
        # Each in its row, and the one under the cursor below the table.
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        with held_back(stage.simulator, asked("POST", "/lxc/102/status/shutdown")) as sent:
            await pilot.press("d", "enter")
            await until(pilot, sent.is_set)
            await pilot.press("escape")
            await until(pilot, lambda: "stops after the current ones" in said(pilot))
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(pilot.app.screen, BatchDialog))
        await until(pilot, lambda: "shut down web-2: " in said(pilot) and "storage is busy" in said(pilot))


async def test_nothing_begins_before_each_of_them_was_read(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    ids = [stage.adopt(vmid).id for vmid in (101, 102)]
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "web-2" in said(pilot))
        stage.simulator.faults.hang("/lxc/102/status/current")
        await pilot.app.push_screen(PowerManyDialog(ids))
        await until(pilot, lambda: "Power of 2 containers: read 1 of 2" in said(pilot))
        await pilot.press("d", "enter", "enter")
        assert "[ Reading ]" in said(pilot)
        assert stage.simulator.journal.writes() == []
        stage.simulator.faults.clear()
        await pilot.press("escape")
        await pilot.app.push_screen(PowerManyDialog(ids))
        await until(pilot, lambda: "2 of 2: clean shutdown" in said(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "[ Shut down ]" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Shut down 2 of 2" in said(pilot))


async def test_stopping_to_manage_needs_no_answer_of_a_cluster(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    ids = [stage.adopt(vmid).id for vmid in (101, 102)]
    native = stage.record("native-1", 100)
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "native-1" in said(pilot))
        stage.simulator.faults.hang("/cluster/status")
        await pilot.app.push_screen(DeleteManyDialog([*ids, native.id]))
        await until(pilot, lambda: "Delete 3 containers: read 2 of 3" in said(pilot))
        await pilot.press("s")
        await until(pilot, lambda: "read 2 of 3" not in said(pilot))
        await pilot.press("3", "enter", "enter")
        await until(pilot, lambda: "Records closed: 3 of 3" in said(pilot))


class OddPowerDialog(PowerManyDialog):
    """A dialog in which nobody thought of CT 102."""

    def plans(self, engine: Engine, record: Container) -> Outcomes:
        if record.vmid == 102:
            raise LookupError("nobody thought of this")
        return super().plans(engine, record)


async def test_one_that_nobody_thought_of_keeps_no_other_waiting(
    set_up: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The exception is wanted here: it fails no test.
    monkeypatch.setattr(BaseApp, "_fail_test", lambda app, error: None)
    stage = set_up("demo", running_clock=True)
    ids = [stage.adopt(vmid).id for vmid in (101, 102)]
    async with stage.shown((140, 30)) as pilot:
        await pilot.app.push_screen(OddPowerDialog(ids))
        await until(pilot, lambda: "1 of 2: clean shutdown" in said(pilot))
        await until(pilot, lambda: "LookupError" in said(pilot) and "reading" not in said(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "[ Shut down ]" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Shut down 1 of 2: 1 untouched" in said(pilot))
