"""The delete dialog: what it says before anything happens, what it refuses, and that nothing happens by accident."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from textual.widgets import Input

from proximity_tui.core.model import Action, ClosedReason, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events, safe_modes
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations, records
from proximity_tui.screens.delete import delete_dialog
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.delete.delete_preview import plan_again
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.dialogs.dialog import BODY
from proximity_tui.widgets.line_controls import ChoiceLine
from tests.core.store.making import raw
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage
from tests.screens.support.deleting import asked, by_name, confirm, create, looked, native
from tests.support.timing.bursts import burst
from tests.support.timing.until import said, screen_text, until

MOST_REQUESTS = 32
"""From the key press to the DELETE, without the polls of tasks."""


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_it_says_which_container_both_consequences_and_the_steps(stage: Stage, columns: int, lines: int) -> None:
    container = native(stage, 104)
    async with asked(stage, container, size=(columns, lines)) as pilot:
        await pilot.press("h")
        await assert_golden(pilot, f"delete-{columns}x{lines}")


async def test_without_colours_the_same_words_are_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    container = native(stage, 104)
    async with asked(stage, container, size=(80, 24)) as pilot:
        await pilot.press("h")
        await assert_golden(pilot, "delete-80x24")


async def test_it_names_the_last_backup(stage: Stage) -> None:
    container = native(stage, 101)
    # Later than the record: the clock of the simulated cluster stands still, days ago.
    volid = stage.world.add_backup(101, ago=-30 * 86_400.0)
    async with asked(stage, container, size=(140, 40)) as pilot:
        await until(pilot, lambda: f"ago ({volid})" in said(pilot))


async def test_nothing_is_chosen_beforehand_and_enter_alone_does_nothing(stage: Stage) -> None:
    container = native(stage, 101)
    before = events.head()
    async with asked(stage, container) as pilot:
        assert "(*)" not in screen_text(pilot.app)
        assert pilot.app.focused is pilot.app.screen.query_one("#delete-cancel")
        await pilot.press("enter")
        assert not isinstance(pilot.app.screen, DeleteDialog)
        assert stage.simulator.journal.writes() == []
        assert events.head() == before


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_closing_it_changes_nothing_and_writes_no_event(stage: Stage, key: str) -> None:
    container = native(stage, 101)
    before = events.head()
    async with asked(stage, container) as pilot:
        await pilot.press("s", key)
        assert not isinstance(pilot.app.screen, DeleteDialog)
        assert events.head() == before


@pytest.mark.parametrize(("size", "shown"), [((80, 24), 38), ((40, 10), 15)])
async def test_what_is_to_be_typed_is_named_however_long_it_is(live: Stage, size: tuple[int, int], shown: int) -> None:
    name = "staging-" + "with-a-very-long-name-" * 2 + "99"
    async with asked(live, create(live, name), size=size) as pilot:
        await pilot.press("h")
        await until(pilot, lambda: f"Type {name[:shown]}" in screen_text(pilot.app))
        await pilot.press(*name)
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-go").disabled)


async def test_an_error_of_an_earlier_plan_is_gone_once_another_can_be_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> object:
        raise StoreError("the database is locked")

    async with asked(stage, native(stage, 104)) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(delete_dialog, "plan_again", unreadable)
            await pilot.press("alt+p")
            await until(pilot, lambda: "the database is locked" in said(pilot))
        await pilot.press("alt+p")
        await until(pilot, lambda: "[x] purge" in said(pilot))
        assert "the database is locked" not in said(pilot)


async def test_enter_on_the_right_name_is_answered_while_another_plan_is_made(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = Event()

    def held(*args: Any) -> Any:
        may_end.wait()
        return plan_again(*args)

    monkeypatch.setattr(delete_dialog, "plan_again", held)
    async with asked(stage, native(stage, 104)) as pilot:
        try:
            await pilot.press("h", *"proxy", "alt+p", "enter")
            await until(pilot, lambda: "Nothing was done: the plan is still being made." in said(pilot))
            assert pilot.app.focused is pilot.app.screen.query_one("#delete-name")
        finally:
            may_end.set()
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-go").disabled)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one("#delete-go"))


async def test_its_keys_are_shown_and_its_body_scrolls_a_page(stage: Stage) -> None:
    async with asked(stage, native(stage, 104), size=(40, 10)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "Keys of this dialog" in screen_text(pilot.app))
        assert "Choose to stop managing it." in said(pilot)
        await pilot.press("escape")
        await looked(pilot)
        body = pilot.app.screen.query_one(f"#{BODY}")
        await pilot.press("pagedown")
        await until(pilot, lambda: body.scroll_offset.y > 0)
        await pilot.press("pageup")
        await until(pilot, lambda: body.scroll_offset.y == 0)


async def test_of_an_adopted_container_hard_is_visible_but_cannot_be_chosen(stage: Stage) -> None:
    container = next(record for record in records.active() if record.vmid == 101)
    async with asked(stage, container) as pilot:
        await until(pilot, lambda: "adopted: Proximity never destroys what it did not create" in screen_text(pilot.app))
        await pilot.press("h")
        await until(pilot, lambda: "Hard is not possible: adopted: Proximity never destroys" in said(pilot))
        assert "(*)" not in screen_text(pilot.app)
        assert pilot.app.screen.query_one("#delete-hard").disabled


async def test_soft_forgets_and_asks_nothing_of_proxmox(stage: Stage) -> None:
    container = next(record for record in records.active() if record.vmid == 101)
    async with asked(stage, container) as pilot:
        await pilot.press("s")
        port = container.ports[0].public
        await until(pilot, lambda: f"closes our record, frees port {port}. CT 101 is not touched" in said(pilot))
        assert said(pilot).count("closes our record") == 1, "its one step is the sentence about it"
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "stop managing web-1: done" in screen_text(pilot.app))
        assert records.get(container.id).is_tombstone
        assert stage.simulator.journal.writes() == []


async def test_soft_works_while_the_cluster_is_silent(stage: Stage) -> None:
    container = next(record for record in records.active() if record.vmid == 101)
    async with stage.shown() as pilot:
        stage.simulator.faults.hang()
        await pilot.app.push_screen(DeleteDialog(container.id))
        await until(pilot, lambda: "reading CT 101" in screen_text(pilot.app))
        await pilot.press("s", "tab", "enter")
        await until(pilot, lambda: records.get(container.id).is_tombstone)


async def test_hard_needs_the_name_typed_exactly_and_then_becomes_the_progress(live: Stage) -> None:
    container = by_name("app1")
    async with asked(live, container) as pilot:
        await pilot.press("h", *"app", "enter", "tab", "tab", "enter")
        assert live.simulator.journal.count("DELETE", "/lxc/") == 0, "the name was not typed"
        if not isinstance(pilot.app.screen, DeleteDialog):
            await pilot.app.push_screen(DeleteDialog(container.id))
            await looked(pilot)
        await confirm(pilot, "app1")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "delete app1: done" in screen_text(pilot.app))
        assert records.get(container.id).is_tombstone
        assert live.simulator.journal.count("DELETE", "/lxc/") == 1


async def test_few_requests_lie_between_the_key_and_the_destroy(live: Stage) -> None:
    container = by_name("app1")
    async with live.shown() as pilot:
        await until(pilot, lambda: "app1" in screen_text(pilot.app))
        live.simulator.journal.clear()
        await pilot.app.push_screen(DeleteDialog(container.id))
        await looked(pilot)
        await confirm(pilot, "app1")
        await until(pilot, lambda: records.get(container.id).is_tombstone)
    sent = [entry for entry in live.simulator.journal.entries() if "/tasks/UPID" not in entry.path]
    last = next(place for place, entry in enumerate(sent) if entry.method == "DELETE")
    assert last <= MOST_REQUESTS, [entry.path for entry in sent]


async def test_enter_twice_makes_one_operation(live: Stage) -> None:
    container = by_name("app1")
    async with asked(live, container) as pilot:
        await pilot.press("h", *"app1", "enter")
        await pilot.press("enter", "enter", "enter")
        await until(pilot, lambda: records.get(container.id).is_tombstone)
        deletes = [one for one in operations.for_container(container.id) if one.action == "hard-delete"]
        assert len(deletes) == 1
        assert live.simulator.journal.count("DELETE", "/lxc/") == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda world: world.set_config(101, protection=True), "protection mode enabled"),
        (lambda world: world.set_lock(101, "backup"), "CT is locked (backup)"),
        (lambda world: world.set_ha(101, "started"), "used in HA resources"),
        (lambda world: world.set_replication(101, True), "There is a replication job for guest"),
        (lambda world: world.set_quorate(False), "no quorum"),
        (lambda world: world.recreate_outside(101), "is not the one we recorded"),
        (lambda world: world.set_node_online("pve1", False), "node pve1 is offline"),
    ],
)
async def test_hard_is_refused_with_the_reason(stage: Stage, change: Callable[[Any], object], reason: str) -> None:
    container = native(stage, 101)
    change(stage.world)
    stage.world.broadcast()
    async with asked(stage, container, size=(140, 30)) as pilot:
        await until(pilot, lambda: reason in said(pilot))
        assert reason not in pilot.app.screen.query_one("#delete-title", Lines).text, "it is said once"
        assert pilot.app.screen.query_one("#delete-hard").disabled
        assert not pilot.app.screen.query_one("#delete-soft").disabled


async def test_of_what_is_gone_already_only_the_record_is_closed_and_the_button_says_so(stage: Stage) -> None:
    container = native(stage, 104)
    stage.world.destroy_outside(104)
    async with asked(stage, container, size=(140, 30)) as pilot:
        await until(pilot, lambda: "is already absent" in said(pilot))
        await pilot.press("h")
        await until(pilot, lambda: "[ Close record ]" in said(pilot))
        assert "[ Destroy ]" not in said(pilot)


async def test_purge_is_a_wish_that_makes_another_plan(stage: Stage) -> None:
    container = native(stage, 101)
    stage.world.set_ha(101, "started")
    async with asked(stage, container, size=(140, 30)) as pilot:
        assert pilot.app.screen.query_one("#delete-hard").disabled
        await pilot.press("alt+p")
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-hard").disabled)
        await pilot.press("h")
        await until(
            pilot,
            lambda: (
                "every backup job, replication job and HA entry of this VMID is removed, too" in screen_text(pilot.app)
            ),
        )


async def test_a_doubtful_identity_shows_both_fingerprints_and_asks_for_the_vmid(stage: Stage) -> None:
    container = native(stage, 101)
    stage.world.set_config(101, net0={"hwaddr": "BC:24:11:00:00:01"})
    async with asked(stage, container, size=(140, 40)) as pilot:
        await until(pilot, lambda: "identity not certain" in screen_text(pilot.app))
        await until(pilot, lambda: "seen BC:24:11:00:00:01" in screen_text(pilot.app))
        await pilot.press("h", *container.name)
        await until(pilot, lambda: "Type the VMID too" in screen_text(pilot.app))
        assert pilot.app.screen.query_one("#delete-go").disabled
        pilot.app.screen.query_one("#delete-vmid", Input).value = "101"
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-go").disabled)


async def test_enter_says_which_of_name_and_vmid_is_not_right(stage: Stage) -> None:
    container = native(stage, 101)
    stage.world.set_config(101, net0={"hwaddr": "BC:24:11:00:00:01"})
    async with asked(stage, container, size=(140, 40)) as pilot:
        await until(pilot, lambda: "seen BC:24:11:00:00:01" in screen_text(pilot.app))
        screen = pilot.app.screen
        await pilot.press("h", *container.name, "enter")
        await until(pilot, lambda: pilot.app.focused is screen.query_one("#delete-vmid"))
        await pilot.press(*"102")
        screen.query_one("#delete-name").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing was done: the VMID is not right." in said(pilot))
        assert pilot.app.focused is screen.query_one("#delete-vmid")
        await pilot.press(*["backspace"] * 3, *"101")
        screen.query_one("#delete-name", Input).value = "another"
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing was done: the name is not right." in said(pilot))
        screen.query_one("#delete-name", Input).value = ""
        screen.query_one("#delete-vmid").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing was done: the name is missing." in said(pilot))


async def test_enter_behind_a_choice_says_that_cancel_was_pressed(stage: Stage) -> None:
    async with asked(stage, native(stage, 101)) as pilot:
        await pilot.press("s", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, DeleteDialog))
        await until(pilot, lambda: "Cancelled: nothing was done." in screen_text(pilot.app))


async def test_what_is_ticked_stays_in_sight_and_two_at_once_are_both_ticked(stage: Stage) -> None:
    async with asked(stage, native(stage, 104), size=(80, 24)) as pilot:
        await pilot.press("h", "alt+u", "alt+p")
        await until(pilot, lambda: "[x] purge" in screen_text(pilot.app))
        assert "[x] back up first" in screen_text(pilot.app)
        assert "Type proxy" in screen_text(pilot.app)


async def test_a_record_that_was_closed_meanwhile_is_refused_and_says_so(stage: Stage) -> None:
    container = next(record for record in records.active() if record.vmid == 101)
    async with asked(stage, container) as pilot:
        await pilot.press("s")
        records.close(
            container, reason=ClosedReason.FORGOTTEN, actor="bob", action=Action.SOFT_DELETE, message="forgotten"
        )
        await until(pilot, lambda: "web-1 changed while this dialog was open" in said(pilot))
        await until(pilot, lambda: "is not managed any more" in said(pilot))
        assert pilot.app.screen.query_one("#delete-go").disabled
        assert pilot.app.screen.query_one("#delete-soft").disabled
        assert "Choose again" not in said(pilot), "there is nothing to choose any more"


async def test_a_freeze_that_begins_meanwhile_is_said_before_it_refuses(stage: Stage) -> None:
    async with asked(stage, native(stage, 104), size=(140, 30)) as pilot:
        await pilot.press("h", *"proxy")
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-go").disabled)
        safe_modes.freeze("prod", "ben@jump2", "storage is being moved")
        await until(pilot, lambda: "A freeze or an arming began or ended" in said(pilot))
        await until(pilot, lambda: "prod is frozen by ben@jump2" in said(pilot))
        assert pilot.app.screen.query_one("#delete-go").disabled


async def test_a_record_that_changes_meanwhile_has_to_be_chosen_again(stage: Stage) -> None:
    container = native(stage, 104)
    async with asked(stage, container, size=(140, 30)) as pilot:
        await pilot.press("h", *"proxy")
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-go").disabled)
        records.transition(container, State.STOPPED, actor="bob", action=EventAction.OBSERVE, message="it was stopped")
        await until(pilot, lambda: "proxy changed while this dialog was open. Choose again." in said(pilot))
        await until(pilot, lambda: pilot.app.screen.query_one("#delete-go").disabled)
        assert pilot.app.screen.query_one("#delete-name", Input).value == "", "it agreed to another plan"


async def test_n32_a_locked_one_is_read_again_by_a_key(stage: Stage) -> None:
    container = native(stage, 104)
    stage.world.set_lock(104, "backup")
    async with asked(stage, container, size=(140, 30)) as pilot:
        await until(pilot, lambda: "busy: backup; try again when the lock is gone" in said(pilot))
        assert "r read again" in said(pilot)
        stage.world.set_lock(104, None)
        await pilot.press("r")
        await until(pilot, lambda: not pilot.app.screen.query_one("#delete-hard").disabled)
        assert "busy: backup" not in said(pilot)
        assert "r read again" not in said(pilot)


async def test_what_is_never_destroyed_is_not_read_again(stage: Stage) -> None:
    async with asked(stage, by_name("web-1"), size=(140, 30)) as pilot:
        await until(pilot, lambda: "Proximity never destroys what it did not create" in said(pilot))
        assert "r read again" not in said(pilot)


async def test_a_name_from_outside_is_shown_and_never_interpreted(stage: Stage) -> None:
    container = stage.record("[red]x[/red][/]", 998)
    async with asked(stage, container, size=(140, 30)) as pilot:
        await until(pilot, lambda: "Delete [red]x[/red][/] (native, CT 998" in screen_text(pilot.app))


@pytest.mark.parametrize("beside", [("up",), ("tab",), ("tab", "tab")])
async def test_a_name_that_is_typed_beside_its_field_is_a_name_and_no_command(
    stage: Stage, beside: tuple[str, ...]
) -> None:
    async with asked(stage, native(stage, 104)) as pilot:
        await pilot.press("h", *beside)
        assert not isinstance(pilot.app.focused, Input)
        await burst(pilot, *"psbwq-1")
        dialog = pilot.app.screen
        assert isinstance(dialog, DeleteDialog)
        assert dialog.query_one("#delete-name", Input).value == "psbwq-1"
        assert not dialog.query_one("#delete-purge", ChoiceLine).chosen
        await pilot.press("alt+p")
        await until(pilot, lambda: dialog.query_one("#delete-purge", ChoiceLine).chosen)
        assert dialog.query_one("#delete-name", Input).value == "psbwq-1"


async def test_letters_before_anything_is_chosen_change_nothing(stage: Stage) -> None:
    async with asked(stage, native(stage, 104)) as pilot:
        await burst(pilot, *"app1b")
        assert not any(line.chosen for line in pilot.app.screen.query(ChoiceLine))


async def test_what_could_not_be_read_of_the_database_is_read_again_by_the_same_key(stage: Stage) -> None:
    container = native(stage, 101)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: container.name in said(pilot))
        raw("ALTER TABLE container RENAME TO elsewhere")
        await pilot.app.push_screen(DeleteDialog(container.id))
        await until(pilot, lambda: "no such table" in said(pilot) and "r read again" in said(pilot))
        raw("ALTER TABLE elsewhere RENAME TO container")
        await pilot.press("r")
        await until(pilot, lambda: f"Delete {container.name}" in said(pilot) and "r read again" not in said(pilot))
