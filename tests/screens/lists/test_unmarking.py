"""After a batch what was done is unmarked. What was skipped, refused or failed stays marked, and so does the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.alerts.alerts_screen import AlertsScreen
from proximity_tui.screens.power.power_dialog import PowerDialog
from proximity_tui.screens.power.power_many import PowerManyDialog
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.support.timing.until import said, screen_text, until


def marked(pilot: Pilot[Any]) -> set[str]:
    """Return the names of the marked rows of the list."""
    table = pilot.app.screen_stack[0].query_one(RowTable)
    name = next(number for number, column in enumerate(table.columns) if column.id == "name")
    return {row.cell(name).text for row in table.shown if row.key in table.marks}


async def test_what_was_shut_down_is_unmarked_and_what_was_skipped_stays_marked(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    for vmid in (101, 102, 151):
        stage.adopt(vmid)
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "sandbox" in screen_text(pilot.app))
        await pilot.press("*")
        assert marked(pilot) == {"web-1", "web-2", "sandbox"}
        await pilot.press("p")
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        await until(pilot, lambda: "can start" in said(pilot))
        await pilot.press("d", "enter")
        await until(pilot, lambda: "Shut down 2 of 3: 1 untouched" in said(pilot))
        assert isinstance(pilot.app.screen, PowerManyDialog)
        assert marked(pilot) == {"sandbox"}
        await pilot.press("escape")
        await until(pilot, lambda: "1 marked" in screen_text(pilot.app))


async def test_what_failed_stays_marked(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    for vmid in (101, 102):
        stage.adopt(vmid)
    stage.simulator.faults.answer(500, "no", "/lxc/102/status/shutdown", method="POST")
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        await pilot.press("*", "p")
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        await pilot.press("d", "enter")
        await until(pilot, lambda: "Shut down 1 of 2: 1 failed" in said(pilot))
        assert marked(pilot) == {"web-2"}


async def test_the_only_marked_one_is_unmarked_too_and_a_dialog_that_did_nothing_changes_no_mark(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up("demo", running_clock=True)
    for vmid in (101, 102):
        stage.adopt(vmid)
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        await pilot.press("space", "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PowerDialog))
        await pilot.press("escape")
        assert marked(pilot) == {"web-1"}
        await pilot.press("p")
        await until(pilot, lambda: "Power of web-1" in said(pilot) and "seen" in said(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "[ Shut down ]" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: not marked(pilot))


async def test_a_row_that_is_marked_while_something_else_is_done_with_it_keeps_its_mark(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up("demo", running_clock=True)
    ours = stage.adopt(101)
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        task = pilot.app.controller.begin("another", lambda: Done(container=ours))  # type: ignore[attr-defined]
        await pilot.press("space")
        await task.wait()
        assert marked(pilot) == {"web-1"}


async def test_alerts_that_were_acknowledged_are_unmarked_where_they_are_still_listed(stage: Stage) -> None:
    for vmid in (105, 106):
        alerts.raise_alert(AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=vmid, name=f"ct{vmid}", message="x")
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("3", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, AlertsScreen) and pilot.app.screen.table.count == 2)
        table = pilot.app.screen.query_one(RowTable)
        await pilot.press("*", "x")
        await until(pilot, lambda: pilot.app.screen.query("#note"))
        await pilot.press(*"seen", "enter")
        await until(pilot, lambda: "2 of 2 alerts acknowledged" in said(pilot))
        assert table.count == 2
        assert not table.marks
