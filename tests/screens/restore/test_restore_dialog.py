"""The restore dialog: from an alert or the page of a closed record to the container that is back."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.model import ClosedReason, Container, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.restore.place_form import PlaceDialog
from proximity_tui.screens.restore.restore_dialog import RestoreDialog
from proximity_tui.screens.text.form import OfferInput
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton
from tests.screens.stage import Stage
from tests.screens.support.later import later
from tests.screens.support.watched import shows
from tests.support.timing.until import said, until


@pytest.fixture
def stage(set_up: Callable[..., Stage]) -> Stage:
    """A stage whose tasks go on by themselves."""
    return set_up("demo", running_clock=True)


def lost(stage: Stage, vmid: int = 101) -> Container:
    """A container that somebody destroyed, with its record closed and its red alert."""
    record = stage.adopt(vmid, port=80)
    stage.world.destroy_outside(vmid)
    stage.world.broadcast()
    closed = records.close(
        records.get(record.id),
        reason=ClosedReason.VANISHED,
        actor="reconciler",
        action=EventAction.ANOMALOUS_ORPHAN,
        message=f"{record.label} is gone",
    )
    alerts.raise_about(closed, AlertKind.ANOMALOUS_ORPHAN, Severity.RED, f"{closed.name}  CT {vmid} is gone", {})
    return closed


async def planned(pilot: Pilot[object]) -> RestoreDialog:
    """Wait for the plan; return the dialog."""
    await until(pilot, lambda: isinstance(pilot.app.screen, RestoreDialog) and "to confirm:" in said(pilot))
    dialog = pilot.app.screen
    assert isinstance(dialog, RestoreDialog)
    return dialog


async def test_read_only_mode_offers_no_restore_and_opens_none(stage: Stage) -> None:
    lost(stage)
    settings = replace(stage.context.settings, read_only=True)
    stage.context = replace(stage.context, settings=settings)
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "enter open")
        assert "R restore" not in said(pilot)
        await pilot.press("R")
        await shows(pilot, "read-only mode: changes are disabled")
        assert not isinstance(pilot.app.screen, RestoreDialog)


async def test_eight_keys_lead_from_the_red_alert_to_the_container(stage: Stage) -> None:
    gone = lost(stage)
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "R restore")
        await pilot.press("R")
        dialog = await planned(pilot)
        assert "Restore web-1 (adopted, CT 101 on pve1, cluster prod)" in said(pilot)
        assert "everything since the backup" in said(pilot)
        newest, older = dialog.query(ChoiceLine)
        assert (newest.chosen, older.chosen) == (True, False)
        await pilot.press(*"web-1", "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "restore web-1: done" in said(pilot))
        back = records.find_active("prod", 101)
        assert back is not None
        assert (back.predecessor, back.state) == (gone.id, State.RUNNING)
        assert [port.public for port in back.ports] == [8100]
        assert alerts.open_alerts() == ()


async def test_another_backup_makes_another_plan_and_the_wrong_name_does_nothing(stage: Stage) -> None:
    gone = lost(stage)
    async with stage.shown((120, 40)) as pilot:
        pilot.app.routes.open_container(gone.id)  # type: ignore[attr-defined]
        await shows(pilot, "CLOSED")
        await pilot.press("R")
        dialog = await planned(pilot)
        older = list(dialog.query(ChoiceLine))[1]
        older.action_choose()
        await until(pilot, lambda: f"from {older.name}" in said(pilot))
        assert older.chosen
        await pilot.press(*"web-2", "enter", "enter")
        assert pilot.app.screen.query_one("#restore-go").disabled
        await pilot.press(*["backspace"] * 5, *"web-1", "space", "enter", "enter")
        assert pilot.app.screen.query_one("#restore-go").disabled, "nor does the name with a blank behind it"
        assert stage.simulator.journal.writes() == []


async def test_another_place_is_checked_and_then_taken(stage: Stage) -> None:
    gone = lost(stage)
    async with stage.shown((120, 40)) as pilot:
        pilot.app.routes.open_restore(gone.id)  # type: ignore[attr-defined]
        await planned(pilot)
        await pilot.press("alt+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PlaceDialog))
        place = pilot.app.screen
        storages = place.query_one("#place-storage", OfferInput)
        await until(pilot, lambda: list(storages.offers) == ["local", "local-lvm"])
        await pilot.press(*"102", "tab", "tab", "down")
        await shows(pilot, "free on pve1")
        await pilot.press("ctrl+s")
        await shows(pilot, "VMID 102 is taken: another guest has it; a restore never overwrites a guest")
        place.query_one("#place-vmid", Input).value = "777"
        place.query_one("#place-bridge", Input).value = "vmbr0"
        place.query_one("#place-unique", ChoiceLine).action_choose()
        await pilot.press("ctrl+s")
        await shows(pilot, "Take this place", "restore CT 777 on pve1, all volumes on local,")
        place.query_one("#place-go", LineButton).agree(math.inf)
        await until(pilot, lambda: isinstance(pilot.app.screen, RestoreDialog) and "as CT 777 on pve1" in said(pilot))
        assert "all volumes on local," in said(pilot)
        assert "with new hardware addresses" in said(pilot)
        # What was chosen stays chosen with another choice.
        await pilot.press("alt+s")
        await until(pilot, lambda: "start it and verify" not in said(pilot) and "as CT 777 on pve1" in said(pilot))
        assert stage.simulator.journal.writes() == []


async def test_a_backup_of_another_guest_is_said_loudly_and_agreed_to_by_itself(stage: Stage) -> None:
    stage.world.recreate_outside(101, hostname="newer")
    stage.world.broadcast()
    gone = lost(stage)
    async with stage.shown((120, 40)) as pilot:
        pilot.app.routes.open_restore(gone.id)  # type: ignore[attr-defined]
        await shows(pilot, "is of ANOTHER GUEST than newer")
        assert "to confirm:" not in said(pilot)
        await pilot.press("alt+g")
        await planned(pilot)
        assert "Type web-1 to confirm:" in said(pilot)
        assert "It is adopted as a container of its own" in said(pilot)


async def test_a_container_that_is_there_has_no_such_key(stage: Stage) -> None:
    there = stage.adopt(102)
    async with stage.shown((120, 40)) as pilot:
        pilot.app.routes.open_container(there.id)  # type: ignore[attr-defined]
        await shows(pilot, "web-2 (adopted")
        await pilot.press("R")
        await shows(pilot, "Only a container that is gone can be restored.")


async def test_the_row_of_a_backup_is_the_one_that_is_restored(stage: Stage) -> None:
    gone = lost(stage)
    async with stage.shown((120, 40)) as pilot:
        pilot.app.routes.open_container(gone.id)  # type: ignore[attr-defined]
        await shows(pilot, "CLOSED")
        await pilot.press("b")
        await shows(pilot, "Backups 2", "R restore")
        await pilot.press("G", "R")
        dialog = await planned(pilot)
        assert [line.chosen for line in dialog.query(ChoiceLine)] == [False, True]


async def test_without_a_backup_an_empty_one_is_offered_and_said_to_be_empty(stage: Stage) -> None:
    gone = lost(stage, 102)
    async with stage.shown((120, 40)) as pilot:
        pilot.app.routes.open_restore(gone.id)  # type: ignore[attr-defined]
        await shows(pilot, "alt+e plans an empty container")
        assert said(pilot).count("backup of") == 1
        await pilot.press("alt+e")
        await planned(pilot)
        assert "it is EMPTY: everything that was on rootfs (16 GiB) is lost" in said(pilot)
        assert "[ Create empty ]" in said(pilot)
        await pilot.press(*"web-2", "enter", "enter")
        await until(pilot, lambda: "create web-2: done" in said(pilot))
        again = records.find_active("prod", 102)
        assert again is not None
        assert (again.predecessor, again.name) == (None, "web-2")


async def test_the_age_of_a_backup_goes_on_while_the_dialog_is_open(stage: Stage) -> None:
    gone = lost(stage)
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(RestoreDialog(gone.id))
        await planned(pilot)
        first = pilot.app.screen.query(ChoiceLine).first()
        assert re.search(r"1d( \d+h)? ago, backups", str(first.render()))
        with later(timedelta(days=1)):
            await until(pilot, lambda: re.search(r"2d( \d+h)? ago, backups", str(first.render())))


async def test_a_second_that_passes_while_another_list_is_put_up_is_no_error(stage: Stage) -> None:
    gone = lost(stage)
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(RestoreDialog(gone.id))
        dialog = await planned(pilot)
        with stage.world.entered() as cluster:
            for storage in cluster.storages.values():
                storage.files.clear()
        dialog.action_read_again()
        while list(dialog.query(ChoiceLine)):
            dialog._show()
            await asyncio.sleep(0)
        await until(pilot, lambda: "alt+e plans an empty container" in said(pilot))
