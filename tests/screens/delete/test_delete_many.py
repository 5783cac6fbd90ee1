"""The delete dialog for several containers: it lists, counts, and leaves the adopted ones untouched."""

from __future__ import annotations

from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.records import records
from proximity_tui.screens.delete.delete_many import DeleteManyDialog
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, screen_text, until


async def test_several_are_listed_by_name_and_counted_by_the_person(stage: Stage) -> None:
    ids = [record.id for record in records.active()]
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(DeleteManyDialog(ids))
        await until(pilot, lambda: said(pilot).count("only soft; adopted: Proximity never") >= 2)
        await until(pilot, lambda: "Hard possible for none of them: adopted: Proximity never" in said(pilot))
        await until(pilot, lambda: "adopted 101 web-1 pve1 only soft" in said(pilot))
        await until(pilot, lambda: "adopted 102 web-2 pve2 only soft" in said(pilot))
        assert pilot.app.screen.query_one("#many-hard").disabled, "both are adopted"
        await pilot.press("h")
        await until(pilot, lambda: said(pilot).lower().count("possible for none of them: ") == 2)
        await pilot.press("s", *"3", "enter", "enter")
        assert len(records.active()) == 2, "a wrong count deletes nothing"
        await pilot.press("backspace", *"2", "enter", "enter")
        await until(pilot, lambda: "Records closed: 2 of 2" in screen_text(pilot.app))
        assert records.active() == ()
        assert stage.simulator.journal.writes() == []


async def test_hard_for_several_leaves_the_adopted_ones_untouched(live: Stage) -> None:
    adopted = live.adopt(101)
    app1 = by_name("app1")
    async with live.shown((140, 30)) as pilot:
        await pilot.app.push_screen(DeleteManyDialog((app1.id, adopted.id)))
        await until(pilot, lambda: "destroy 1 of them" in screen_text(pilot.app))
        await pilot.press("h")
        await until(pilot, lambda: "skipped: adopted: Proximity never destroys" in screen_text(pilot.app))
        await pilot.press(*"1", "enter", "enter")
        await until(pilot, lambda: "Destroyed 1 of 2: 1 untouched" in screen_text(pilot.app))
        assert records.get(app1.id).is_tombstone
        assert not records.get(adopted.id).is_tombstone
        assert live.simulator.journal.count("DELETE", "/lxc/") == 1


async def test_a_count_typed_for_forgetting_agrees_to_no_destroying(live: Stage) -> None:
    app1 = by_name("app1")
    async with live.shown((140, 30)) as pilot:
        await pilot.app.push_screen(DeleteManyDialog((app1.id,)))
        await until(pilot, lambda: "destroy 1 of them" in screen_text(pilot.app))
        await pilot.press("s", "1")
        assert not pilot.app.screen.query_one("#many-go").disabled
        pilot.app.screen.query_one("#many-hard").focus()
        await pilot.press("enter", "enter", "enter")
        assert pilot.app.screen.query_one("#many-go").disabled
        assert live.simulator.journal.count("DELETE", "/lxc/") == 0


async def test_what_cannot_be_deleted_at_all_is_not_offered_as_soft(stage: Stage) -> None:
    safe_modes.freeze("prod", "ben@jump2", "storage is being moved")
    async with stage.shown((140, 30)) as pilot:
        await pilot.app.push_screen(DeleteManyDialog([record.id for record in records.active()]))
        await until(pilot, lambda: said(pilot).count("neither soft nor hard; prod is frozen") >= 2)
        await until(pilot, lambda: "Soft possible for none of them: prod is frozen" in said(pilot))
        assert "only soft" not in said(pilot)
