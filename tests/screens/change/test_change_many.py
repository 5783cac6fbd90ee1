"""The dialog that changes several: one request, a plan for each, and an end of its own for each."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.core.doctrine.actions.changing.requests import ChangeOperator, SettingRequest
from proximity_tui.core.store.records import records
from proximity_tui.screens.change.change_many import ChangeManyDialog
from tests.core.store.making import raw
from tests.screens.stage import Stage
from tests.support.timing.until import said, until


async def test_the_marked_ones_get_a_tag_and_one_that_has_it_is_skipped(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.world.set_config(102, tags="blue;prod")
    ids = [stage.adopt(vmid).id for vmid in (101, 102)]
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("*", "e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ChangeManyDialog))
        await until(pilot, lambda: "reading" not in said(pilot))
        await pilot.press(*"blue", "enter")
        await until(pilot, lambda: "tags +blue" in said(pilot) and "nothing to change" in said(pilot))
        await until(pilot, lambda: "enter changes 1 of them" in said(pilot))
        assert stage.simulator.journal.writes() == []
        await pilot.press("enter")
        await until(pilot, lambda: "Changed 1 of 2: 1 untouched" in said(pilot))
    assert stage.simulator.journal.count("PUT", "/config") == 1
    assert all("blue" in records.get(one).tags for one in ids)


async def test_a_plan_that_could_be_made_in_the_end_takes_the_error_of_the_one_before_away(stage: Stage) -> None:
    stage.adopt(103)
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("*", "e")
        await until(pilot, lambda: "reading" not in said(pilot) and "KEY=VALUE" in said(pilot))
        raw("ALTER TABLE event RENAME TO elsewhere")
        await pilot.press(*"blue", "enter")
        await until(pilot, lambda: said(pilot).count("no such table") >= 3)
        raw("ALTER TABLE elsewhere RENAME TO event")
        await pilot.press(*"2", "enter")
        await until(pilot, lambda: "enter changes 3 of them" in said(pilot))
        await until(pilot, lambda: said(pilot).count("tags +blue2") >= 3 and "no such table" not in said(pilot))


async def test_what_is_no_request_is_told_and_another_letter_takes_a_plan_back(stage: Stage) -> None:
    stage.adopt(103)
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("*", "e")
        await until(pilot, lambda: "reading" not in said(pilot) and "KEY=VALUE" in said(pilot))
        assert "keys: tags+= tags-= cores memory swap disk" in said(pilot)
        await pilot.press("ctrl+u", *"memory", "enter")
        await until(pilot, lambda: "is not KEY=VALUE" in said(pilot))
        await pilot.press(*"=3G", "enter")
        await until(pilot, lambda: "3072" in said(pilot))
        await pilot.press("shift+tab", "shift+tab", "9")
        await until(pilot, lambda: "3072" not in said(pilot))
        assert pilot.app.screen.query_one("#change-many-go").disabled
        assert stage.simulator.journal.writes() == []


async def test_a_late_answer_to_what_was_asked_for_before_takes_no_plan_away(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    first, _ = (stage.adopt(vmid).id for vmid in (101, 102))
    async with stage.shown((140, 30)) as pilot:
        await pilot.press("*", "e")
        await until(pilot, lambda: "reading" not in said(pilot) and "KEY=VALUE" in said(pilot))
        await pilot.press(*"blue", "enter")
        await until(pilot, lambda: "enter changes 2 of them" in said(pilot))
        dialog = pilot.app.screen
        assert isinstance(dialog, ChangeManyDialog)
        before = (SettingRequest("tags", "blu", ChangeOperator.ADD),)
        await dialog._plan_item(dialog.items[str(first)], before)
        assert len(dialog.able()) == 2
        assert dialog.may_begin
