"""Stories that only a screen can tell: quitting, escaping, resizing, and a page whose record goes away."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.app import ProximityApp
from proximity_tui.core.engine.operations.outcome import Done, Outcome
from proximity_tui.core.model import Action, ClosedReason
from proximity_tui.core.store.records import records
from proximity_tui.screens.adopt.adopt_dialog import AdoptDialog
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.widgets.dialogs.confirm_dialog import Confirm
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.adopt.test_adopt_dialog import offer
from tests.screens.chrome.test_banner import red
from tests.screens.conftest import set_up, stage
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.watched import shows
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, screen_text, until
from tests.support.timing.waiting import LONGEST

__all__ = ["set_up", "stage"]


async def test_n54_quitting_asks_only_while_an_operation_is_in_flight(stage: Stage) -> None:
    gate = threading.Event()

    def slow() -> Outcome:
        gate.wait(LONGEST)
        return Done()

    async with stage.shown() as pilot:
        app = pilot.app
        assert isinstance(app, ProximityApp)
        app.controller.begin("delete web-1", slow)
        await pilot.press("q")
        assert isinstance(app.screen, Confirm)
        assert "delete web-1 is in progress." in screen_text(app)
        assert "[ Stay ]  [ Quit ]" in screen_text(app)
        await pilot.press("enter")
        assert isinstance(app.screen, FleetScreen), "enter stays: the harmless answer has the focus"
        gate.set()
        await until(pilot, lambda: "delete web-1: done" in screen_text(app))
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


async def test_n76_a_record_that_is_removed_while_its_page_is_open_says_so(stage: Stage) -> None:
    record = by_name("web-1")
    async with stage.shown((100, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(record.id))
        await until(pilot, lambda: "● running" in said(pilot))
        records.close(
            records.get(record.id),
            reason=ClosedReason.FORGOTTEN,
            actor="bob",
            action=Action.SOFT_DELETE,
            message="forgotten",
        )
        await until(pilot, lambda: "This record is closed: management was stopped." in said(pilot))
        await until(pilot, lambda: "CLOSED" in screen_text(pilot.app))
        for _ in range(5):
            await pilot.press("tab")
        await pilot.press("p", "escape", "w", "y", "escape")
        await pilot.press("escape")


async def test_n84_escape_in_the_middle_leaves_the_rest_untouched(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 6)
        await until(pilot, lambda: "6 ready" in screen_text(pilot.app))
        with ExitStack() as held:
            # As many as are adopted at the same time, and the first is not one of them.
            for vmid in (104, 110, 111, 112):
                held.enter_context(held_back(stage.simulator, asked("GET", f"/lxc/{vmid}/config")))
            await pilot.press("a", "enter")
            await until(pilot, lambda: "1 of 6 done" in screen_text(pilot.app))
            await pilot.press("escape")
            await until(pilot, lambda: "stops after the current ones" in screen_text(pilot.app))
        await until(pilot, lambda: "Adopted 5 of 6: 1 untouched" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, AdoptDialog)
        outcomes = [row.cell(4).text for row in pilot.app.screen.query_one(RowTable).shown]
        assert [outcome.startswith("adopted,") for outcome in outcomes] == [True] * 5 + [False]
        assert outcomes[5] == "untouched"
        assert len(records.active()) == 2 + 5


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (200, 50)])
async def test_n97_resized_during_an_alert_it_stays_readable_and_the_buttons_within_reach(
    stage: Stage, size: tuple[int, int]
) -> None:
    grafana = stage.record("grafana", 105)
    red(stage, "loki", 106)
    async with stage.shown((120, 30)) as pilot:
        await shows(pilot, "ALERT  ANOMALOUS ORPHAN  loki")
        await pilot.resize_terminal(*size)
        await shows(pilot, "ALERT  ")
        await pilot.app.push_screen(DeleteDialog(grafana.id))
        await shows(pilot, "Delete grafana")
        for columns, lines in (size, (120, 30), (80, 24), (40, 10), size):
            await pilot.resize_terminal(columns, lines)
            await until(pilot, lambda: all(within_reach(pilot, one) for one in ("#delete-cancel", "#delete-go")))
        assert records.get(grafana.id).state is grafana.state


def within_reach(pilot: Pilot[Any], button: str) -> bool:
    """Whether a button is wholly on the screen."""
    region = pilot.app.screen.query_one(button).region
    return region.area > 0 and pilot.app.screen.region.contains_region(region)
