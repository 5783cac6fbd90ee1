"""Back up first, in the delete dialog: a wish that becomes steps of the plan, and what is said when it fails."""

from __future__ import annotations

from proximity_tui.core.store.records import records
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from tests.screens.stage import Stage
from tests.screens.support.deleting import asked, by_name, confirm, native
from tests.support.timing.bursts import burst
from tests.support.timing.until import said, screen_text, until


async def test_a_backup_first_is_a_wish_that_becomes_two_steps_and_is_made_before_the_destroy(live: Stage) -> None:
    container = by_name("app1")
    async with asked(live, container, size=(140, 40)) as pilot:
        await until(pilot, lambda: "[ ] back up first  to backups" in screen_text(pilot.app))
        await pilot.press("alt+u")
        await until(pilot, lambda: "[x] back up first  to backups, after the stop" in screen_text(pilot.app))
        await pilot.press("h")
        await until(pilot, lambda: "3. back up: back up the stopped CT 100 to backups" in said(pilot))
        await until(pilot, lambda: "4. verify backup: verify that backups lists the new backup" in said(pilot))
        await pilot.press(*"app1", "enter")
        await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one("#delete-go"))
        await pilot.press("enter")
        await until(pilot, lambda: "3. back up done" in said(pilot))
        await until(pilot, lambda: "delete app1: done" in said(pilot))
    asked_for = [entry.path.rpartition("/")[2] for entry in live.simulator.journal.writes()]
    assert asked_for.index("vzdump") < asked_for.index("100")


async def test_a_backup_that_fails_destroys_nothing_and_says_what_is_left(live: Stage) -> None:
    container = by_name("app1")
    live.world.fail_next_task("vzdump", 100, "storage is full")
    async with asked(live, container, size=(140, 40)) as pilot:
        await pilot.press("alt+u")
        await until(pilot, lambda: "[x] back up first" in screen_text(pilot.app))
        await confirm(pilot, "app1")
        await until(pilot, lambda: "storage is full" in said(pilot) and "FAILED" in said(pilot))
    assert live.simulator.journal.count("DELETE", "/lxc/") == 0
    assert not records.get(container.id).is_tombstone


async def test_enter_behind_the_wish_for_a_backup_agrees_to_no_plan_without_one(stage: Stage) -> None:
    container = native(stage, 101)
    async with asked(stage, container, size=(140, 40)) as pilot:
        await pilot.press("h", *container.name, "enter")
        await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one("#delete-go"))
        await burst(pilot, "alt+u", "enter")
        # The button cannot be pressed while another plan is made, so the key meets Cancel.
        assert not isinstance(pilot.app.screen, ProgressDialog)
        assert stage.simulator.journal.writes() == []


async def test_a_backup_of_a_former_container_is_told_as_nothing_else(stage: Stage) -> None:
    async with asked(stage, native(stage, 101), size=(140, 40)) as pilot:
        await pilot.press("h")
        await until(pilot, lambda: "the backups of VMID 101 are of a former CT 101" in said(pilot))
        assert "last backup" not in said(pilot)


async def test_of_several_places_for_a_backup_the_next_is_taken_and_after_the_last_none(stage: Stage) -> None:
    container = native(stage, 101)
    async with asked(stage, container, size=(140, 40)) as pilot:
        for place in stage.context.engine.inspect(container, backups=True).backup_storages:  # type: ignore[union-attr]
            await pilot.press("alt+u")
            await until(pilot, lambda place=place: f"[x] back up first  to {place}" in screen_text(pilot.app))
        await pilot.press("alt+u")
        await until(pilot, lambda: "[ ] back up first  to " in screen_text(pilot.app))
