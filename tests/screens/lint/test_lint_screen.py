"""`:lint`: the findings with what was not checked above them, a note that waives one, and the remedy by one key."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from textual.widgets import Input

from proximity_tui.core.model.lint_report import LintFinding, LintReport, LintRule
from proximity_tui.core.store import waivers
from proximity_tui.insight.lint_answer import waived_again
from proximity_tui.screens.lint import lint_screen
from proximity_tui.screens.lint.lint_screen import LintScreen
from proximity_tui.screens.lists import entry_list
from proximity_tui.screens.lists.list_screen import ListScreen
from proximity_tui.screens.request.request_dialog import RequestDialog
from proximity_tui.screens.text.lines import Lines
from proximity_tui.screens.view.view import View
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.later import later
from tests.screens.support.watched import shows, told
from tests.support.timing.until import until
from tests.support.timing.waiting import LONGEST


async def test_a_finding_is_waived_and_its_remedy_is_one_key_away(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await pilot.press(*":lint", "enter")
        await shows(pilot, "[Lint]", "NOT CHECKED", "protection off")
        await pilot.press("slash", *"rule:protection_off name:web-1", "enter", "i")
        await shows(pilot, "protection off: web-1", "anybody may destroy it on Proxmox")
        await shows(pilot, "remedy proximity-tui set prod/101 protection=1")
        await pilot.press("escape", "w")
        await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
        stage.simulator.journal.clear()
        await pilot.press(*"known", "enter")
        await until(pilot, lambda: waivers.find(LintRule.PROTECTION_OFF, f"c{by_name('web-1').id}") is not None)
        await told(pilot, "Waived: protection off of web-1")
        await pilot.press("t")
        await shows(pilot, ": known")
        asked = [one.path for one in stage.simulator.journal.entries()]
        assert not [path for path in asked if "/snapshot" in path or "/content" in path], "nothing is checked again"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RequestDialog))


async def test_what_could_not_be_checked_is_said_whole_and_when_it_was_has_a_date_on_the_next_day(stage: Stage) -> None:
    for vmid in (110, 111):
        stage.world.set_config(vmid, description="x")
    stage.simulator.faults.answer(500, "the disk behind this storage does not answer", "/storage/backups/content")
    async with stage.shown((60, 30)) as pilot:
        await pilot.press(*":lint", "enter")
        await shows(pilot, "[Lint]", "NOT CHECKED")
        checked = pilot.app.screen.query_one("#checked", Lines)
        await until(pilot, lambda: checked.size.height > 1)
        assert "the disk behind this storage does not answer" in " ".join(checked.text.split())
        assert not re.search(r"checked \d{4}-", checked.text)
        with later(timedelta(days=1)):
            await until(pilot, lambda: re.search(r"checked \d{4}-\d\d-\d\d ", checked.text))


async def test_the_findings_that_were_prepared_are_the_ones_that_are_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal findings in another tuple would be made once more, all in one piece."""
    monkeypatch.setattr(entry_list, "SLICE", 0)
    show, prepared = ListScreen.show, list[bool]()

    def seen(screen: ListScreen, view: View) -> None:
        items = screen.items(view)
        if isinstance(screen, LintScreen) and items and not screen.entries:
            prepared.append(screen.entries.is_made_ahead(items))
        show(screen, view)

    monkeypatch.setattr(ListScreen, "show", seen)
    async with stage.shown((80, 24)) as pilot:
        await pilot.press(*":lint", "enter")
        await shows(pilot, "[Lint]", "protection off")
        assert prepared == [True]


async def test_a_late_answer_takes_no_newer_waiver_away(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    read, may_end = threading.Event(), threading.Event()

    def slow_at_first(report: LintReport) -> LintReport:
        found = waived_again(report)
        if not read.is_set():
            read.set()
            may_end.wait(LONGEST)
        return found

    monkeypatch.setattr(lint_screen, "waived_again", slow_at_first)
    async with stage.shown((100, 30)) as pilot:
        await pilot.press(*":lint", "enter")
        await shows(pilot, "[Lint]", "protection off")
        screen = pilot.app.screen
        assert isinstance(screen, LintScreen)
        await pilot.press("slash", *"rule:protection_off", "enter")
        try:
            for name, is_done in (("web-1", read.is_set), ("web-2", lambda: len(unprotected(screen)) == 0)):
                screen._waive(next(one for one in unprotected(screen) if one.name == name), "known")
                await until(pilot, is_done)
        finally:
            may_end.set()
        await until(pilot, lambda: all(one.is_finished for one in pilot.app.workers))
        assert not unprotected(screen)


def unprotected(screen: LintScreen) -> list[LintFinding]:
    """The findings of containers whose protection is off, as the list has them."""
    return [one for one in screen.items(screen.view) if one.rule is LintRule.PROTECTION_OFF]
