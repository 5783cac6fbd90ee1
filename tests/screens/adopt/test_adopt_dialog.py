"""The adoption dialog: what is captured is shown first, and each guest succeeds or fails alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.store.records import records
from proximity_tui.screens.adopt.adopt_dialog import AdoptDialog
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, screen_text, until


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_the_preview_says_what_will_be_captured(stage: Stage, columns: int, lines: int) -> None:
    async with stage.shown((columns, lines)) as pilot:
        await offer(pilot, 2)
        await until(pilot, lambda: "2 ready" in screen_text(pilot.app))
        await assert_golden(pilot, f"adopt-{columns}x{lines}")


async def test_it_adopts_each_with_its_own_port_and_writes_nothing_to_proxmox(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 2)
        await until(pilot, lambda: "2 ready" in screen_text(pilot.app))
        pilot.app.screen.query_one("#adopt-port", Input).value = "80"
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 2 of 2" in screen_text(pilot.app))
        await until(pilot, lambda: "public port 8101" in screen_text(pilot.app))
        await until(pilot, lambda: "public port 8102" in screen_text(pilot.app))
        assert stage.simulator.journal.writes() == []
        await pilot.press("escape", "1")
        await until(pilot, lambda: "Fleet 4" in screen_text(pilot.app))


@pytest.mark.parametrize("size", [(120, 30), (40, 10)])
async def test_a_port_that_is_none_is_a_field_error(stage: Stage, size: tuple[int, int]) -> None:
    wrong = "is not a port: ports go from 1 to 65535"
    async with stage.shown(size) as pilot:
        await offer(pilot, 1)
        await until(pilot, lambda: "1 ready" in screen_text(pilot.app))
        for typed in ("0", "65536", "http", "-1", "8O"):
            field = pilot.app.screen.query_one("#adopt-port", Input)
            field.value = "80"
            await until(pilot, lambda: wrong not in said(pilot))
            field.value = typed
            await until(pilot, lambda: wrong in said(pilot), what=typed)
            await pilot.press("a", "enter")
            assert pilot.app.screen.query_one("#adopt-go").disabled, typed
            assert len(records.active()) == 2, typed


async def test_a_guest_that_went_away_fails_alone(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 2)
        await until(pilot, lambda: "2 ready" in screen_text(pilot.app))
        stage.world.destroy_outside(103)
        stage.world.broadcast()
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 1 of 2: 1 failed" in screen_text(pilot.app))
        await until(pilot, lambda: "there is no container to adopt at VMID 103" in screen_text(pilot.app))
        assert {record.vmid for record in records.active()} == {101, 102, 104}


async def test_the_reason_of_the_first_failure_is_in_sight_and_keys_lead_to_the_others(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await offer(pilot, 3)
        await until(pilot, lambda: "3 ready" in screen_text(pilot.app))
        for vmid in (104, 110):
            stage.world.destroy_outside(vmid)
        stage.world.broadcast()
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 1 of 3: 2 failed" in screen_text(pilot.app))
        await until(pilot, lambda: "there is no container to adopt at VMID 104" in said(pilot))
        await pilot.press("down")
        await until(pilot, lambda: "there is no container to adopt at VMID 110" in said(pilot))
        await pilot.press("k", "k")
        await until(pilot, lambda: "adopted, 13 config keys" in said(pilot))


async def test_another_guest_at_the_vmid_was_not_shown_and_is_not_adopted(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 2)
        await until(pilot, lambda: "2 ready" in screen_text(pilot.app))
        stage.world.recreate_outside(103, hostname="intruder")
        pilot.app.screen.query_one("#adopt-port", Input).value = "80"
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 1 of 2: 1 failed" in screen_text(pilot.app))
        await until(pilot, lambda: "CT 103 is another guest than in the plan" in screen_text(pilot.app))
        assert {record.vmid for record in records.active()} == {101, 102, 104}


async def test_without_a_readable_config_it_asks_for_consent(stage: Stage) -> None:
    stage.simulator.faults.answer(500, "got timeout", path="/lxc/103/config")
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 1)
        await until(pilot, lambda: "needs your consent" in screen_text(pilot.app))
        await pilot.press("a", "enter")
        assert len(records.active()) == 2, "nothing happens without consent"
        assert "[ ] without record  also adopt 1 whose config cannot be read" in screen_text(pilot.app)
        pilot.app.screen.query_one("#adopt-consent").focus()
        await pilot.press("space")
        assert "[x] without record" in screen_text(pilot.app), "a consent is seen without colours"
        await until(pilot, lambda: "without a clinical record" in screen_text(pilot.app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "adopted without a clinical record" in screen_text(pilot.app))


async def test_escape_before_it_began_changes_nothing(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await offer(pilot, 2)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, AdoptDialog)
        assert len(records.active()) == 2


async def test_the_key_that_opens_it_agrees_to_nothing_however_often_it_comes(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 1)
        await until(pilot, lambda: "1 ready" in screen_text(pilot.app))
        await pilot.press("a", "a")
        assert pilot.app.focused is pilot.app.screen.query_one("#adopt-go")
        assert len(records.active()) == 2


async def test_somebody_else_was_faster(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 1)
        await until(pilot, lambda: "1 ready" in screen_text(pilot.app))
        stage.record("web-1-of-anna", 101)
        await pilot.press("a", "enter")
        await until(pilot, lambda: "already managed: web-1-of-anna" in screen_text(pilot.app))


async def test_of_several_clusters_each_row_says_which(set_up: Callable[..., Stage]) -> None:
    stage = set_up(clusters=("prod", "lab"))
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(AdoptDialog([("prod", 101), ("lab", 101)]))
        await until(pilot, lambda: "2 ready" in screen_text(pilot.app))
        table = pilot.app.screen.query_one(RowTable)
        assert table.columns[0].title == "CLUSTER"
        assert [row.cells[0] for row in table.shown] == ["prod", "lab"]  # type: ignore[attr-defined]
        await until(pilot, lambda: "publish port of each (empty: none)" in screen_text(pilot.app))


async def test_stopped_in_the_middle_it_ends_those_under_way_and_counts_the_untouched(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await offer(pilot, 6)
        await until(pilot, lambda: "6 ready" in screen_text(pilot.app))
        with ExitStack() as held:
            begun = [
                held.enter_context(held_back(stage.simulator, asked("GET", f"/lxc/{vmid}/snapshot")))
                for vmid in (103, 104, 110, 111)
            ]
            await pilot.press("a", "enter")
            await until(pilot, lambda: all(one.is_set() for one in begun))
            await pilot.press("question_mark")
            await until(pilot, lambda: re.search(r"esc q +Stop\.", screen_text(pilot.app)))
            await pilot.press("escape", "escape")
            await until(pilot, lambda: "stops after the current ones" in screen_text(pilot.app))
        await until(pilot, lambda: "Adopted 4 of 6: 2 untouched" in screen_text(pilot.app))


async def test_many_are_adopted_on_a_few_connections_by_six_requests_each(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        before = stage.simulator.connections
        await offer(pilot, 14)
        await until(pilot, lambda: "14 ready" in screen_text(pilot.app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 14 of 14" in screen_text(pilot.app))
        vmids = {record.vmid for record in records.active()} - {101, 102}
        assert len(vmids) == 14
        assert max(stage.simulator.journal.count("GET", f"/lxc/{vmid}/") for vmid in vmids) <= 6
        assert stage.simulator.connections - before <= 10, "six threads that ask, four that adopt"


async def offer(pilot: Pilot[Any], count: int) -> None:
    """Mark the first unmanaged guests and open their adoption."""
    await pilot.press("2")
    await until(pilot, lambda: "web-3" in screen_text(pilot.app))
    for _ in range(count):
        await pilot.press("space")
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, AdoptDialog))
