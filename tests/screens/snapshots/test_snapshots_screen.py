"""The Snapshots screen: the tree on any size, and each dialog with its plan, its name to type and its progress."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from textual.pilot import Pilot

from proximity_tui.core.model import State
from proximity_tui.core.store.records import records
from proximity_tui.screens.backups.backups_screen import BackupsScreen
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.drift.revert_dialog import RevertDialog
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.restore.restore_dialog import RestoreDialog
from proximity_tui.screens.snapshots.snapshot_dialogs import SnapshotDialog
from proximity_tui.screens.snapshots.snapshots_screen import SnapshotsScreen
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, until

WATCH = "w does nothing here. It is watch on the page of a container."


def snapshots_of(stage: Stage, vmid: int) -> tuple[str, ...]:
    found = stage.world.container(vmid)
    return tuple(found.snapshots)


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10)])
async def test_the_tree_shows_each_snapshot_and_where_the_container_is(stage: Stage, columns: int, lines: int) -> None:
    stage.world.add_snapshot(101, "base", "before it all", ago=3 * 86_400.0)
    stage.world.add_snapshot(101, "later", ago=3600.0)
    with stage.world.entered() as cluster:
        cluster.guests[101].conf["parent"] = "base"
    async with stage.shown((columns, lines)) as pilot:
        pilot.app.push_screen(SnapshotsScreen(by_name("web-1").id))
        await until(pilot, lambda: "└ now" in said(pilot))
        text = said(pilot)
        assert "└ later" in text
        assert "base" in text
        assert "2 snapshots." in text
        assert ("before it all" in text) is (columns == 80)


async def test_one_key_leads_there_from_list_and_page_and_back(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await until(pilot, lambda: "web-1" in said(pilot))
        # Neither key means anything on the list; the second answer takes the place of the first.
        await pilot.press("M", "w")
        await until(pilot, lambda: [one.message for one in pilot.app._notifications] == [WATCH])
        await pilot.press("l")
        await until(pilot, lambda: "[tasks]" in said(pilot) and "No tasks" not in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, SnapshotsScreen))
        await pilot.press("t")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SnapshotsScreen))
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, SnapshotsScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContainerScreen))


async def test_the_present_is_no_snapshot(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await show(pilot, by_name("web-1").id)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "Select a snapshot" in said(pilot))
        assert not isinstance(pilot.app.screen, SnapshotDialog)


async def test_a_snapshot_is_taken_with_enter_and_y_rolled_back_to_and_deleted(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    web = stage.adopt(101)
    async with stage.shown((100, 30)) as pilot:
        await show(pilot, web.id)
        await pilot.press("n")
        await until(pilot, lambda: "Take a snapshot of web-1" in said(pilot))
        # Enter leads through the form to the plan, and never to the button beside it, which would lose what was typed.
        await pilot.press(*"base", "enter", *"first", "enter")
        await until(pilot, lambda: "[ Take ]" in said(pilot) and "y agree" in said(pilot))
        assert stage.simulator.journal.writes() == []
        await pilot.press("y")
        await until(pilot, lambda: "take web-1: done" in said(pilot))
        assert snapshots_of(stage, 101) == ("base",)
        await pilot.press("escape")
        await until(pilot, lambda: "1 snapshot." in said(pilot))

        await pilot.press("home", "enter")
        await until(pilot, lambda: "Type web-1 to confirm" in said(pilot))
        assert "everything that was written since base is lost" in said(pilot)
        await pilot.press(*"web", "enter")
        assert pilot.app.screen.query_one("#snapshot-go").disabled
        await pilot.press(*"-1", "enter", "enter")
        await until(pilot, lambda: "roll back base of web-1: done" in said(pilot))
        assert records.get(web.id).state is State.STOPPED
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SnapshotsScreen))

        await pilot.press("home", "ctrl+d")
        await until(pilot, lambda: "Type base to confirm" in said(pilot))
        await pilot.press(*"base", "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "delete base of web-1: done" in said(pilot))
        assert snapshots_of(stage, 101) == ()


async def test_a_refusal_stands_in_the_dialog_and_nothing_can_be_agreed_to(stage: Stage) -> None:
    stage.world.add_snapshot(101, "base", ago=60.0)
    async with stage.shown((80, 24)) as pilot:
        await show(pilot, by_name("web-1").id)
        stage.world.set_lock(101, "backup")
        await pilot.press("home", "enter")
        await until(pilot, lambda: "CT is locked (backup)" in said(pilot))
        assert pilot.app.screen.query_one("#snapshot-go").disabled
        assert stage.simulator.journal.writes() == []


async def show(pilot: Pilot[None], container_id: int) -> None:
    pilot.app.push_screen(SnapshotsScreen(container_id))
    await until(pilot, lambda: "now" in said(pilot) and "snapshot" in said(pilot))


async def test_a_record_that_was_changed_by_hand_to_a_vmid_that_is_none_says_so(stage: Stage) -> None:
    record = stage.record("bent", -7)
    async with stage.shown() as pilot:
        for screen, words in (
            (SnapshotsScreen, "-7 is not a VMID"),
            (BackupsScreen, "-7 is not a VMID"),
            (RestoreDialog, "-7 is not a VMID"),
            (partial(RevertDialog, number=None), "bent has no baseline to be set back to"),
        ):
            pilot.app.push_screen(screen(record.id))
            await until(pilot, lambda words=words: words in said(pilot))
            pilot.app.pop_screen()
            await until(pilot, lambda words=words: words not in said(pilot))
        assert pilot.app.unexpected.last is None  # type: ignore[attr-defined]
