"""The power dialog for several containers: one action, a few at a time; where it makes no sense, nothing is done."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.core.model import State
from proximity_tui.core.store.records import records
from proximity_tui.screens.power.power_many import PowerManyDialog
from proximity_tui.screens.text.typed_row import TypedRow
from tests.screens.stage import Stage
from tests.support.timing.until import said, until


async def test_the_marked_ones_are_shut_down_and_a_stopped_one_is_skipped(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    web1, web2, cache = (stage.adopt(vmid) for vmid in (101, 102, 151))
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("*", "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PowerManyDialog))
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        await until(pilot, lambda: "can start" in said(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "skipped: CT 151 not running" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Shut down 2 of 3: 1 untouched" in said(pilot))
        assert [records.get(one.id).state for one in (web1, web2, cache)] == [State.STOPPED] * 3
        assert stage.simulator.journal.count("POST", "/status/shutdown") == 2


async def test_pulling_several_plugs_needs_the_typed_count(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    ids = [stage.adopt(vmid).id for vmid in (101, 102)]
    async with stage.shown((140, 30)) as pilot:
        await pilot.app.push_screen(PowerManyDialog(ids))
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        await pilot.press("x", "enter", "3", "enter", "enter")
        assert pilot.app.screen.query_one("#power-many-go").disabled
        assert stage.simulator.journal.writes() == []
        await pilot.press("backspace", "2", "enter")
        await until(pilot, lambda: "[ Pull the plug ]" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Stopped 2 of 2" in said(pilot))
        assert stage.simulator.journal.count("POST", "/status/stop") == 2


async def test_a_count_typed_for_the_plug_agrees_to_nothing_else(stage: Stage) -> None:
    ids = [record.id for record in records.active()]
    async with stage.shown((140, 30)) as pilot:
        await pilot.app.push_screen(PowerManyDialog(ids))
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        await pilot.press("x", "2")
        await until(pilot, lambda: not pilot.app.screen.query_one("#power-many-go").disabled)
        pilot.app.screen.query_one("#power-many-reboot").focus()
        await pilot.press("enter")
        pilot.app.screen.query_one("#power-many-stop").focus()
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query_one(TypedRow).value == "")
        assert pilot.app.screen.query_one("#power-many-go").disabled
        assert stage.simulator.journal.writes() == []


async def test_a_clone_of_several_is_refused_in_words(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("*", "c")
        await until(pilot, lambda: "A clone is made of one container" in said(pilot))
