"""Dialogs with plans follow what these were made from: nobody agrees to what would be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.model import State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import records
from proximity_tui.screens.adopt.adopt_dialog import AdoptDialog
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.backups.backup_change_form import BackupChangeDialog
from proximity_tui.screens.change.change_many import ChangeManyDialog
from proximity_tui.screens.change.edit_form import EditForm
from proximity_tui.screens.create.create_dialog import CreateDialog
from proximity_tui.screens.create.create_form import CreateForm
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.drift.revert_dialog import RevertDialog
from proximity_tui.screens.power.power_many import PowerManyDialog
from proximity_tui.screens.request.request_dialog import RequestDialog
from proximity_tui.screens.restore.restore_dialog import RestoreDialog
from proximity_tui.screens.snapshots.snapshot_dialogs import Rollback, SnapshotDialog
from proximity_tui.screens.text.typed_row import TypedRow
from tests.screens.restore.test_restore_dialog import lost
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name, native
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, until

WIDE = (140, 40)
FROZEN = "A freeze or an arming began or ended while this dialog was open."


def freeze() -> None:
    safe_modes.freeze("prod", "ben@jump2", "storage is being moved")


def change(name: str) -> None:
    """Change the record of a container, as another program does."""
    message = "it was stopped"
    records.transition(by_name(name), State.STOPPED, actor="bob", action=EventAction.OBSERVE, message=message)


def seen_version(pilot: Pilot[Any], name: str) -> int:
    """The version of a record that the screens know."""
    assert isinstance(pilot.app, ControllerApp)
    row = pilot.app.controller.view.row(by_name(name).id)
    return row.container.version if row is not None and row.container is not None else 0


async def test_a_form_without_a_container_is_planned_again_under_a_freeze(stage: Stage) -> None:
    async with stage.shown(WIDE) as pilot:
        dialog = CreateDialog(CreateForm("prod"))
        await pilot.app.push_screen(dialog)
        template = dialog.query_one("#create-template", Input)
        await until(pilot, lambda: template.value.startswith("local:vztmpl/"))
        await pilot.press(*"app1", "ctrl+s")
        await until(pilot, lambda: "[ Create ]" in said(pilot))
        freeze()
        await until(pilot, lambda: FROZEN in said(pilot))
        await until(pilot, lambda: "prod is frozen by ben@jump2" in said(pilot))
        assert "[ Create ]" not in said(pilot)
        assert dialog.query_one("#create-hostname", Input).value == "app1", "what was typed stays"
        safe_modes.lift("prod", "ben@jump2", "it is moved")
        await until(pilot, lambda: "[ Create ]" in said(pilot))
        assert stage.simulator.journal.writes() == []


async def test_a_form_is_planned_again_when_its_record_changes_and_cancel_has_the_focus(stage: Stage) -> None:
    async with stage.shown(WIDE) as pilot:
        dialog = RequestDialog(EditForm(by_name("web-1").id))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: dialog.query_one("#change-memory", Input).value == "2048")
        dialog.query_one("#change-memory", Input).value = "4096"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[ Change ]" in said(pilot))
        dialog.query_one("#change-go").focus()
        change("web-1")
        await until(pilot, lambda: "web-1 changed while this dialog was open." in said(pilot))
        await until(pilot, lambda: "[ Change ]" in said(pilot))
        assert pilot.app.focused is dialog.query_one("#change-cancel")
        assert stage.simulator.journal.writes() == []


async def test_what_concerns_another_container_makes_no_plan_again(stage: Stage) -> None:
    async with stage.shown(WIDE) as pilot:
        dialog = RequestDialog(EditForm(by_name("web-1").id))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: dialog.query_one("#change-memory", Input).value == "2048")
        dialog.query_one("#change-memory", Input).value = "4096"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[ Change ]" in said(pilot))
        before = stage.simulator.journal.count("GET", "/lxc/101/config")
        version = by_name("web-2").version
        change("web-2")
        await until(pilot, lambda: seen_version(pilot, "web-2") > version)
        assert not dialog.busy
        assert stage.simulator.journal.count("GET", "/lxc/101/config") == before


async def test_what_changes_while_a_plan_is_made_is_followed_once_it_is_made(stage: Stage) -> None:
    async with stage.shown(WIDE) as pilot:
        dialog = RequestDialog(EditForm(by_name("web-1").id))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: dialog.query_one("#change-memory", Input).value == "2048")
        dialog.query_one("#change-memory", Input).value = "4096"
        with held_back(stage.simulator, asked("GET", "/lxc/101/config")) as reached:
            await pilot.press("ctrl+s")
            await until(pilot, reached.is_set)
            freeze()
            await until(pilot, lambda: "FROZEN" in said(pilot))
        await until(pilot, lambda: FROZEN in said(pilot))
        await until(pilot, lambda: "prod is frozen by ben@jump2" in said(pilot))


async def test_a_destroy_is_planned_again_in_a_mass_disappearance_and_warned(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    container = native(stage, 104)
    async with stage.shown(WIDE) as pilot:
        dialog = DeleteDialog(container.id)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: not dialog.query_one("#delete-hard").disabled)
        await pilot.press("h", *container.name)
        await until(pilot, lambda: not dialog.query_one("#delete-go").disabled)
        breakers.open_breaker("prod", [container.id], 1)
        alerts.raise_alert(AlertKind.MASS_DISAPPEARANCE, Severity.RED, cluster="prod", message="1 of 1 is missing")
        await until(pilot, lambda: "A mass disappearance began or ended while this dialog was open." in said(pilot))
        await until(pilot, lambda: not dialog.query_one("#delete-hard").disabled)
        assert dialog.query_one("#delete-go").disabled
        await pilot.press("h")
        await until(pilot, lambda: "1 of 1 containers of prod are missing at once" in said(pilot))


async def test_setting_back_is_planned_again(stage: Stage) -> None:
    stage.world.set_config(101, memory=4096)
    async with stage.shown(WIDE) as pilot:
        dialog = RevertDialog(by_name("web-1").id, None)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "memory 4096" in said(pilot) and "[ Set back ]" in said(pilot))
        dialog.query_one("#revert-at-once").focus()
        freeze()
        await until(pilot, lambda: FROZEN in said(pilot))
        await until(pilot, lambda: "prod is frozen by ben@jump2" in said(pilot))
        assert "[ Set back ]" not in said(pilot)
        assert pilot.app.focused is dialog.query_one("#revert-cancel")


async def test_a_roll_back_is_planned_again_and_the_name_is_typed_again(stage: Stage) -> None:
    stage.world.add_snapshot(101, "base", ago=60.0)
    async with stage.shown(WIDE) as pilot:
        dialog = SnapshotDialog(Rollback(by_name("web-1").id, "base"))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "Type web-1 to confirm" in said(pilot))
        await pilot.press(*"web-1")
        await until(pilot, lambda: not dialog.query_one("#snapshot-go").disabled)
        change("web-1")
        await until(pilot, lambda: "web-1 changed while this dialog was open." in said(pilot))
        await until(pilot, lambda: "Type web-1 to confirm" in said(pilot))
        assert dialog.query_one(TypedRow).value == ""
        assert dialog.query_one("#snapshot-go").disabled


async def test_a_restore_is_planned_again(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    gone = lost(stage)
    async with stage.shown(WIDE) as pilot:
        dialog = RestoreDialog(gone.id)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "to confirm:" in said(pilot))
        await pilot.press(*gone.name)
        await until(pilot, lambda: not dialog.query_one("#restore-go").disabled)
        freeze()
        await until(pilot, lambda: FROZEN in said(pilot))
        await until(pilot, lambda: "prod is frozen by ben@jump2" in said(pilot))
        assert dialog.query_one("#restore-go").disabled
        assert stage.simulator.journal.writes() == []


async def test_of_several_only_that_is_inspected_again_which_changed(stage: Stage) -> None:
    ids = [by_name(name).id for name in ("web-1", "web-2")]
    async with stage.shown(WIDE) as pilot:
        dialog = PowerManyDialog(ids)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: said(pilot).count("can shut down, stop, reboot") >= 3)
        await pilot.press("x", "2")
        await until(pilot, lambda: not dialog.query_one("#power-many-go").disabled)
        read = {vmid: stage.simulator.journal.count("GET", f"/lxc/{vmid}/config") for vmid in (101, 102)}
        change("web-2")
        await until(pilot, lambda: "web-2 changed while this dialog was open." in said(pilot))
        await until(pilot, lambda: stage.simulator.journal.count("GET", "/lxc/102/config") > read[102])
        await until(pilot, lambda: not dialog.unread())
        assert stage.simulator.journal.count("GET", "/lxc/101/config") == read[101]
        assert dialog.query_one(TypedRow).value == "", "the count was typed for other plans"
        assert dialog.query_one("#power-many-go").disabled
        assert dialog.chosen is None


async def test_what_was_typed_to_change_several_stays_and_has_to_be_planned_again(stage: Stage) -> None:
    async with stage.shown(WIDE) as pilot:
        await pilot.press("*", "e")
        await until(pilot, lambda: "reading" not in said(pilot) and "KEY=VALUE" in said(pilot))
        await pilot.press(*"blue", "enter")
        await until(pilot, lambda: "enter changes 2 of them" in said(pilot))
        dialog = pilot.app.screen
        assert isinstance(dialog, ChangeManyDialog)
        change("web-1")
        await until(pilot, lambda: "web-1 changed while this dialog was open." in said(pilot))
        await until(pilot, lambda: not dialog.unread() and dialog.query_one("#change-many-go").disabled)
        assert dialog.query_one(TypedRow).value == "tags+=blue"
        dialog.query_one(Input).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "enter changes 2 of them" in said(pilot))
        assert stage.simulator.journal.writes() == []


async def test_an_adoption_is_looked_at_again_under_a_freeze(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    async with stage.shown(WIDE) as pilot:
        await pilot.app.push_screen(AdoptDialog([("prod", 101)]))
        await until(pilot, lambda: "1 ready" in said(pilot))
        before = stage.simulator.journal.count("GET", "/lxc/101/config")
        freeze()
        await until(pilot, lambda: FROZEN in said(pilot))
        await until(pilot, lambda: stage.simulator.journal.count("GET", "/lxc/101/config") > before)


async def test_why_a_change_failed_is_not_replaced_by_another_plan(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.adopt(101)
    stage.simulator.world.add_backup(101, storage="backups", ago=60.0, notes="web-1")
    stage.simulator.faults.answer(500, "storage is busy", "/content/", method="PUT")
    async with stage.shown(WIDE) as pilot:
        await until(pilot, lambda: "web-1" in said(pilot))
        await pilot.press("b")
        await until(pilot, lambda: "Backups 3" in said(pilot) and "p protect" in said(pilot))
        await pilot.press("g", "p")
        await until(pilot, lambda: "no retention removes it" in said(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "storage is busy" in said(pilot) and not dialog_of(pilot).busy)
        freeze()
        await until(pilot, lambda: "FROZEN" in said(pilot))
        assert "storage is busy" in said(pilot)
        assert not dialog_of(pilot).busy
        assert FROZEN not in said(pilot)


def dialog_of(pilot: Pilot[Any]) -> BackupChangeDialog:
    dialog = pilot.app.screen
    assert isinstance(dialog, BackupChangeDialog)
    return dialog
