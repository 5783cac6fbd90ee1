"""The drift screen: what differs now, every config there was, their differences, and accepting the present one."""

from __future__ import annotations

import re

from textual.widgets import Input

from proximity_tui.screens.drift.compare_screen import CompareScreen
from proximity_tui.screens.drift.drift_screen import DriftScreen
from proximity_tui.screens.drift.revert_dialog import RevertDialog
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from tests.core.store.making import raw
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, screen_text, until

NARROW = (80, 24)
SECRET = "hunter2hunter2"


async def test_the_story_is_told_from_a_row_and_accepted_with_a_note(stage: Stage) -> None:
    network = str(stage.world.container(101).conf["net0"])
    stage.world.set_config(101, net0=network.replace("vmbr0", "vmbr7"), env=f"PASS={SECRET}")
    async with stage.shown(NARROW) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DriftScreen))
        await until(pilot, lambda: "2 settings differ from the baseline" in said(pilot))
        assert re.search(r"cluster prod; baseline of \S+ \S+ \S+: adopt", said(pilot)), "nothing of it is cut"
        rows = [line.split() for line in screen_text(pilot.app).splitlines()]
        marks = {line[0]: line[3] for line in rows if line and line[0] in ("1", "2")}
        assert marks == {"1": "baseline", "2": "now"}
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        await until(pilot, lambda: "Changes since revision 1, the baseline" in said(pilot))
        shown = said(pilot)
        assert "net0.bridge vmbr0 → vmbr7" in shown
        assert "+ env [redacted]" in shown
        await pilot.press("v")
        await until(pilot, lambda: f"+ env PASS={SECRET}" in said(pilot))
        await pilot.press("escape", "A")
        await until(pilot, lambda: pilot.app.screen.query("#note"))
        pilot.app.screen.query_one(Input).value = "moved to the new bridge"
        await pilot.press("enter")
        await until(pilot, lambda: "No drift: no watched setting differs from the baseline" in said(pilot))
        await pilot.press("A")
        await until(pilot, lambda: "web-1 has no drift" in said(pilot))
        await pilot.press("d")
        await until(pilot, lambda: not isinstance(pilot.app.screen, DriftScreen))
    assert any("moved to the new bridge" in line for line in stage_events(stage))


def stage_events(stage: Stage) -> list[str]:
    from proximity_tui.core.store import events

    return [event.message for event in events.list_events(container=by_name("web-1").id)]


async def test_that_it_could_not_be_compared_again_is_told_in_place_of_no_drift(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "No drift: no watched setting differs from the baseline" in said(pilot))
        raw("ALTER TABLE config_revision RENAME TO elsewhere")
        await pilot.press("r")
        await until(pilot, lambda: "no such table" in said(pilot) and "No drift" not in said(pilot))
        raw("ALTER TABLE elsewhere RENAME TO config_revision")
        await pilot.press("r")
        await until(pilot, lambda: "No drift: no watched setting differs from the baseline" in said(pilot))


async def test_a_comparison_with_the_present_config_says_when_that_was_read(stage: Stage) -> None:
    stage.world.set_config(101, memory=4096)
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "1 setting differs from the baseline" in said(pilot))
        await pilot.press("G", "enter")
        present = r"Changes from this revision to the present config, as read \d{4}-\d\d-\d\d \d\d:\d\d:\d\d "
        await until(pilot, lambda: re.search(present, said(pilot)))


async def test_what_cannot_be_read_is_said_and_the_revisions_are_shown_all_the_same(stage: Stage) -> None:
    stage.simulator.faults.html("/config")
    async with stage.shown(NARROW) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "Not compared with the baseline" in said(pilot))
        assert "adopted" in screen_text(pilot.app)
        await pilot.press("A")
        await until(pilot, lambda: "Nothing was accepted: the config of CT 101 could not be read" in said(pilot))


async def test_the_config_is_set_back_from_the_screen_and_the_plan_says_what_is_left(stage: Stage) -> None:
    stage.world.set_config(101, memory=4096, nameserver="9.9.9.9")
    async with stage.shown(NARROW) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "2 settings differ from the baseline" in said(pilot))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, RevertDialog))
        await until(pilot, lambda: "memory 4096 → 2048" in said(pilot))
        shown = said(pilot)
        assert "Set the config of web-1 back to its baseline" in shown
        assert "nameserver is left as it is" in shown
        assert "Set back what needs a restart, too" in shown
        await pilot.press("right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "done" in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "1 setting differs from the baseline" in said(pilot))
    assert stage.world.container(101).conf["memory"] == 2048


async def test_why_nothing_can_be_set_back_stands_in_the_dialog(stage: Stage) -> None:
    async with stage.shown(NARROW) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "No drift" in said(pilot))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, RevertDialog))
        await until(pilot, lambda: "Nothing was set back" in said(pilot))
        assert "[ Set back ]" not in said(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DriftScreen))


async def test_where_the_filter_hides_every_revision_nothing_is_set_back(stage: Stage) -> None:
    async with stage.shown(NARROW) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "No drift" in said(pilot))
        await pilot.press("slash", *"nowhere", "enter")
        await until(pilot, lambda: "None of 1 rows matches this filter" in said(pilot))
        await pilot.press("b")
        await until(pilot, lambda: "Nothing was done" in said(pilot))
        assert isinstance(pilot.app.screen, DriftScreen)
