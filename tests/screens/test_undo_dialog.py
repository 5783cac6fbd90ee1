"""`u` shows what it would take back and why, and takes it back only after the button."""

from __future__ import annotations

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.screens.alerts.dialogs import AcknowledgeDialog
from proximity_tui.screens.container.container_page import ContainerScreen
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.watched import shows, told
from tests.support.timing.until import until


async def test_a_soft_delete_is_taken_back_from_the_page_of_the_closed_record(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await shows(pilot, "web-1")
        closed = by_name("web-1").id
        await pilot.press("u")
        await shows(pilot, "stop managing web-1 (adopted, CT 101 on pve1) (takes back event")
        await pilot.press("enter")
        assert not records.get(closed).is_tombstone, "enter alone takes nothing back"
        await pilot.press("u")
        await shows(pilot, "closes our record")
        await pilot.press("right", "enter")
        await until(pilot, lambda: records.get(closed).is_tombstone)
        await pilot.app.push_screen(ContainerScreen(closed))
        await pilot.press("u")
        await shows(pilot, "manage web-1 (adopted, CT 101 on pve1) again (takes back event", "1. The guest must have")
        await pilot.press("right", "enter")
        await until(pilot, lambda: [one.predecessor for one in records.active() if one.name == "web-1"] == [closed])


async def test_a_soft_delete_is_taken_back_from_the_line_that_is_left_of_it(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await shows(pilot, "web-1")
        closed = by_name("web-1").id
        await pilot.press("ctrl+d")
        await shows(pilot, "s soft")
        await pilot.press("s")
        await shows(pilot, "[ Stop managing ]")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: records.get(closed).is_tombstone)
        await told(pilot, "stop managing web-1: done")
        await shows(pilot, "no longer listed", "u undoes what was done, where that is possible")
        await pilot.press("u")
        await shows(pilot, "manage web-1 (adopted, CT 101 on pve1) again (takes back event")


async def test_an_acknowledgement_is_taken_back_from_the_line_that_is_left_of_it(stage: Stage) -> None:
    alert = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.RED, cluster="prod", message="prod cannot be asked")
    alerts.raise_alert(AlertKind.QUORUM_LOST, Severity.AMBER, cluster="prod", message="another one")
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("3")
        await shows(pilot, "prod cannot be asked", "another one")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, AcknowledgeDialog))
        await pilot.press(*"seen", "enter")
        await until(pilot, lambda: alerts.get(alert.id).acknowledged is not None)
        await shows(pilot, "unlisted")
        await pilot.press("u")
        await shows(pilot, "withdraw the acknowledgement of alert")
