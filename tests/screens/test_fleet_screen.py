"""Fleet: our containers with what Proxmox says of them, and every way in which it can say nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.model import Action, ClosedReason, Inventory, State
from proximity_tui.core.store.records import records
from proximity_tui.screens.app import controller
from proximity_tui.screens.lists import filtered_list, list_filter
from proximity_tui.screens.lists.list_screen import ListScreen
from proximity_tui.screens.presentation.container_cells import last_seen
from proximity_tui.screens.presentation.notes import Note, notes
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage, read_again
from tests.support.timing.until import screen_text, until


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_it_shows_state_and_status_apart(stage: Stage, columns: int, lines: int) -> None:
    stage.record("old-db", 999, state=State.ERROR)
    async with stage.shown((columns, lines)) as pilot:
        await until(pilot, lambda: "quorate 3/3" in screen_text(pilot.app))
        await until(pilot, lambda: "old-db, unknown: not in the list" in screen_text(pilot.app))
        await assert_golden(pilot, f"fleet-{columns}x{lines}")


async def test_whether_it_is_native_is_shown_longer_than_its_ports_and_its_uptime(stage: Stage) -> None:
    stage.adopt(150, port=8080)
    async with stage.shown((80, 24)) as pilot:
        await until(pilot, lambda: "staging-a-very" in screen_text(pilot.app))
        captions = next(line for line in screen_text(pilot.app).splitlines() if "VMID" in line).split()
        assert "KIND" in captions
        assert "PORTS" not in captions


@pytest.mark.parametrize("key", ["enter", "ctrl+d", "p", "c", "y", "s"])
async def test_a_key_about_a_row_that_left_the_list_says_that_nothing_was_done(stage: Stage, key: str) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query_one(RowTable).cursor_key is not None)
        web = next(record for record in records.active() if record.vmid == 101)
        records.close(
            web, reason=ClosedReason.FORGOTTEN, actor="ben@jump2", action=Action.SOFT_DELETE, message="forgotten"
        )
        await until(pilot, lambda: pilot.app.screen.query_one(RowTable).cursor_gone)
        await pilot.press(key)
        await until(pilot, lambda: [one for one in pilot.app._notifications if "Nothing was done" in one.message])


async def test_without_colours_the_same_words_are_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stage.record("old-db", 999, state=State.ERROR)
    async with stage.shown((80, 24)) as pilot:
        await until(pilot, lambda: "quorate 3/3" in screen_text(pilot.app))
        assert pilot.app.theme == "proximity-terminal"
        await until(pilot, lambda: "old-db, unknown: not in the list" in screen_text(pilot.app))
        await assert_golden(pilot, "fleet-80x24")


async def test_what_needs_a_person_comes_first_and_can_be_seen_alone(stage: Stage) -> None:
    stage.record("zz-broken", 999, state=State.ERROR)
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 3)
        assert names(pilot.app.screen)[0] == "zz-broken"
        await pilot.press("!")
        assert names(pilot.app.screen) == ["zz-broken"]
        await until(pilot, lambda: "! needs attention" in screen_text(pilot.app))
        await pilot.press("escape")
        assert len(names(pilot.app.screen)) == 3


async def test_a_filter_works_while_it_is_typed_and_a_bad_one_says_why(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        await pilot.press("/", *"name:*2")
        assert names(pilot.app.screen) == ["web-2"]
        await pilot.press("enter")
        await until(pilot, lambda: "/ name:*2" in screen_text(pilot.app))
        await until(pilot, lambda: "Fleet 1 of 2" in screen_text(pilot.app))
        await pilot.press("/", "end", *" colour:red")
        await until(pilot, lambda: 'There is no "colour" to filter by' in screen_text(pilot.app))
        await pilot.press("escape", "escape")
        assert len(names(pilot.app.screen)) == 2


async def test_an_offline_node_makes_the_status_unknown_and_says_since_when(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        stage.world.set_node_online("pve1", False)
        stage.simulator.clock.advance(120)  # type: ignore[attr-defined]
        stage.world.broadcast()
        await read_again(pilot, lambda: "? unknown" in screen_text(pilot.app))
        await until(pilot, lambda: "node pve1 is offline; last seen <15s ago" in screen_text(pilot.app))
        await until(pilot, lambda: "● running" in screen_text(pilot.app))


async def test_what_the_list_names_on_an_offline_node_was_not_seen(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        row = next(row for row in pilot.app.controller.view.rows if row.name == "web-1")  # type: ignore[attr-defined]
        stage.world.set_node_online("pve1", False)
        stage.simulator.clock.advance(120)  # type: ignore[attr-defined]
        stage.world.broadcast()
        await read_again(
            pilot,
            lambda: pilot.app.controller.view.polls["prod"].inventory.node_status("pve1") == "offline",  # type: ignore[attr-defined]
        )
        view = pilot.app.controller.view  # type: ignore[attr-defined]
        offline = view.row(row.id)
        assert view.guest(offline) is not None, "the list of Proxmox goes on naming it"
        assert offline.reason == "node pve1 is offline"
        assert last_seen(offline, view.polls) == offline.observed_at
        assert offline.observed_at < view.polls["prod"].inventory.taken_at


async def test_an_unreachable_cluster_keeps_its_rows_and_is_named_in_the_header(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        stage.simulator.faults.answer(596, "Connection refused")
        await read_again(pilot, lambda: "○ no usable answer" in screen_text(pilot.app))
        assert names(pilot.app.screen) == ["web-1", "web-2"]
        assert "● running" not in screen_text(pilot.app)


async def test_the_clinical_records_are_read_once_the_list_is_on_the_screen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller, "POLL", 3600.0)
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        await until(pilot, lambda: all(row.drift is not None for row in pilot.app.controller.view.rows))  # type: ignore[attr-defined]


async def test_before_the_first_answer_nothing_is_called_empty(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    stage.simulator.faults.hang()
    async with stage.shown(answered=False) as pilot:
        await until(pilot, lambda: "No container is managed yet" in screen_text(pilot.app))
        await until(pilot, lambda: "Waiting for prod: no answer yet" in screen_text(pilot.app))
        await pilot.press("2")
        await until(pilot, lambda: "Waiting for prod: no answer yet" in screen_text(pilot.app))


async def test_what_happened_to_one_stands_before_what_is_the_matter_with_all(stage: Stage) -> None:
    records.set_last_error(stage.record("old-db", 999, state=State.ERROR).id, "its destroy was abandoned")
    async with stage.shown((260, 24)) as pilot:
        stage.unplug()
        await read_again(pilot, lambda: "does not answer" in screen_text(pilot.app))
        line = next(line for line in screen_text(pilot.app).splitlines() if " old-db " in line)
        assert line.index("error: its destroy was abandoned") < line.index("does not answer")
        assert "https://" not in line, "the address is the same for every row; the cluster is named in the header"


async def test_a_destroy_that_died_half_way_is_said(stage: Stage) -> None:
    async with stage.shown((160, 24)) as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        row = pilot.app.controller.view.rows[0]  # type: ignore[attr-defined]
        assert notes(replace(row, lock="destroyed"), None, datetime.now(UTC)) == [
            Note("lock destroyed: a destroy is finishing or was interrupted, its volumes are gone")
        ]
        waiting = replace(
            row,
            lock="destroyed",
            unsettled=True,
            reason="locked (destroyed): it is being created, destroyed or rolled back",
        )
        assert len(notes(waiting, None, datetime.now(UTC))) == 1, "what the lock means is not said twice"
        assert notes(replace(row, lock="backup"), None, datetime.now(UTC)) == [Note("lock backup")]


async def test_records_of_a_cluster_that_is_switched_off_are_not_checked(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    stage.record("elsewhere", 101, cluster="old")
    async with stage.shown((140, 24)) as pilot:
        await until(pilot, lambda: "elsewhere" in screen_text(pilot.app))
        await until(pilot, lambda: "not checked: old is not configured" in screen_text(pilot.app))
        await until(pilot, lambda: "CLUSTER" in screen_text(pilot.app))


async def test_a_refresh_moves_neither_cursor_nor_marks(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        await pilot.press("j")
        table = pilot.app.screen.query_one(RowTable)
        key = table.cursor_key
        await pilot.press("space")
        stage.record("aaa-first", 90, state=State.ERROR)
        await until(pilot, lambda: len(names(pilot.app.screen)) == 3)
        assert table.cursor_key == key
        assert table.marks == {key}
        await until(pilot, lambda: "1 marked" in screen_text(pilot.app))


async def test_a_name_from_outside_is_shown_and_never_interpreted(stage: Stage) -> None:
    stage.record("[red]x[/red][/]␛]0;owned", 98)
    async with stage.shown((140, 24)) as pilot:
        await until(pilot, lambda: "[red]x[/red][/]␛]0;owned" in screen_text(pilot.app))
        await pilot.press("home")
        await until(pilot, lambda: "[red]x[/red][/]" in screen_text(pilot.app).splitlines()[-2])


async def test_what_is_shown_is_saved_with_its_age(stage: Stage, tmp_path: Path) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        await pilot.press("/", *"web-2", "enter", "ctrl+s")
        target = tmp_path / "fleet.json"
        pilot.app.screen.query_one("#prompt-input", Input).value = str(target)
        await pilot.press("enter")
        await until(pilot, target.is_file)
        await until(pilot, lambda: "Saved" in screen_text(pilot.app))
        saved = json.loads(target.read_text())
        assert [row["name"] for row in saved["rows"]] == ["web-2"]
        assert (saved["rows"][0]["status"], saved["rows"][0]["ports"]) == ("running", ""), "words, without their signs"
        seen = datetime.strptime(saved["rows"][0]["seen_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        assert seen == pilot.app.controller.view.polls["prod"].inventory.taken_at.replace(microsecond=0)  # type: ignore[attr-defined]
        assert target.stat().st_mode & 0o077 == 0
        await pilot.press("ctrl+s")
        pilot.app.screen.query_one("#prompt-input", Input).value = str(target)
        await pilot.press("enter")
        # A long path breaks the sentence somewhere.
        await until(pilot, lambda: "already" in screen_text(pilot.app))
        assert json.loads(target.read_text()) == saved


async def test_read_only_says_so_and_refuses_every_change(set_up: Callable[..., Stage]) -> None:
    stage = set_up(top="read_only = true")
    async with stage.shown() as pilot:
        await until(pilot, lambda: "[READ-ONLY]" in screen_text(pilot.app))
        await pilot.press("n")
        await until(pilot, lambda: "read-only mode: changes are disabled" in screen_text(pilot.app))
        assert stage.simulator.journal.writes() == []


def names(screen: object) -> list[str]:
    """The names as they stand."""
    assert isinstance(screen, ListScreen)
    place = [column.id for column in screen.table.columns].index("name")
    return [row.cell(place).text for row in screen.table.shown]


async def test_a_filter_that_takes_too_long_is_a_message_and_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: "Fleet 2" in screen_text(pilot.app))
        monkeypatch.setattr(list_filter, "FILTER_LIMIT", -1.0)
        await pilot.press("/", *"~web-1")
        await until(pilot, lambda: "This filter is too slow for this list" in screen_text(pilot.app))
        assert "Fleet 2" in screen_text(pilot.app)
        await pilot.press("escape", "/", *"web-1")
        await until(pilot, lambda: "Fleet 1 of 2" in screen_text(pilot.app))


async def test_what_a_filter_looks_in_is_kept_until_nobody_types_any_more(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        entries = pilot.app.screen.entries  # type: ignore[attr-defined]
        await pilot.press("/", *"web")
        await until(pilot, lambda: entries.is_prepared)
        await pilot.press(*["backspace"] * 3)
        await until(pilot, lambda: not pilot.app.screen.filter)  # type: ignore[attr-defined]
        assert entries.is_prepared
        await pilot.press("escape")
        await until(pilot, lambda: not entries.is_prepared)


async def test_nothing_is_made_for_a_filter_any_more_once_its_prompt_is_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filtered_list, "slices", repeat)
    async with stage.shown() as pilot:
        screen = pilot.app.screen
        await until(pilot, lambda: len(names(screen)) == 2)
        await pilot.press("/")
        await until(pilot, lambda: screen.entries.is_prepared)  # type: ignore[attr-defined]
        await pilot.press("escape")
        await until(pilot, lambda: not any(one.group == filtered_list.PREPARING for one in screen.workers))
        assert not screen.entries.is_prepared  # type: ignore[attr-defined]


async def test_a_filter_of_a_long_list_is_tried_a_slice_at_a_time_and_follows_what_changes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in (("AT_ONCE", 0), ("PREPARED_AT_ONCE", 0), ("SLICE", 1)):
        monkeypatch.setattr(list_filter, name, number)
    async with stage.shown() as pilot:
        await until(pilot, lambda: "Fleet 2" in screen_text(pilot.app))
        await pilot.press("/", *"web", "enter")
        await until(pilot, lambda: "Fleet 2 of 2" in screen_text(pilot.app))
        stage.record("web-9", 199)
        stage.record("db-9", 198)
        await until(pilot, lambda: "Fleet 3 of 4" in screen_text(pilot.app))
        await pilot.press("/", *"-9", "enter")
        await until(pilot, lambda: names(pilot.app.screen) == ["web-9"])
        await pilot.press("escape")
        await until(pilot, lambda: "Fleet 4" in screen_text(pilot.app) and " of " not in screen_text(pilot.app))


async def test_a_filter_on_figures_follows_every_poll(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: len(names(pilot.app.screen)) == 2)
        longest = max(inventory(pilot).guests[vmid].uptime or 0 for vmid in (101, 102))
        await pilot.press("/", *f"uptime:>{longest + 60}s", "enter")
        await until(pilot, lambda: not names(pilot.app.screen))
        stage.simulator.clock.advance(120)  # type: ignore[attr-defined]
        stage.world.broadcast()
        await read_again(pilot, lambda: len(names(pilot.app.screen)) > 0)


def inventory(pilot: Pilot[Any]) -> Inventory:
    found = pilot.app.controller.view.polls["prod"].inventory  # type: ignore[attr-defined]
    assert isinstance(found, Inventory)
    return found


async def test_a_wide_list_shows_the_cpu_of_the_last_hour_and_a_narrow_one_does_not(stage: Stage) -> None:
    async with stage.shown((130, 24)) as pilot:
        await until(pilot, lambda: "TREND" in screen_text(pilot.app))
        await until(
            pilot, lambda: [line for line in screen_text(pilot.app).splitlines() if "web-1" in line and "▁" in line]
        )
        await pilot.resize_terminal(100, 24)
        await until(pilot, lambda: "TREND" not in screen_text(pilot.app))


async def test_a_config_that_cannot_be_read_is_no_key_without_an_answer(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    stage.record("elsewhere", 101, cluster="old")
    stage.record("unborn", None)
    async with stage.shown((140, 24)) as pilot:
        for name, why in (
            ("elsewhere", "old is not configured, so no config can be read."),
            ("unborn", "The container has no VMID, so it has no config to read."),
        ):
            await pilot.press("slash", *name, "enter")
            await until(pilot, lambda name=name: names(pilot.app.screen) == [name])
            await pilot.press("y")
            await until(pilot, lambda why=why: why in screen_text(pilot.app))
            await pilot.press("escape")


async def test_a_job_of_no_cluster_says_that_nothing_runs(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    stage.record("elsewhere", 101, cluster="old")
    async with stage.shown((140, 24), jobs=True) as pilot:
        await until(pilot, lambda: pilot.app.controller.services.jobs)  # type: ignore[attr-defined]
        await pilot.press("colon", *"cluster old", "enter")
        await until(pilot, lambda: "ONLY old" in screen_text(pilot.app))
        await pilot.press("colon", *"reconcile", "enter")
        await until(
            pilot, lambda: "Only old is shown, and not contacted: no reconciler runs." in screen_text(pilot.app)
        )


async def test_a_poll_takes_no_row_from_under_the_cursor_that_a_filter_of_figures_accepts_no_more(stage: Stage) -> None:
    async with stage.shown() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ListScreen)
        await until(pilot, lambda: len(names(screen)) == 2)
        limit = (inventory(pilot).guests[102].uptime or 0) + 60
        await pilot.press("/", *f"uptime:<{limit}s", "enter")
        await until(pilot, lambda: names(screen) == ["web-1", "web-2"])
        await pilot.press("down")
        before = screen.table.cursor_key
        stage.simulator.clock.advance(120)  # type: ignore[attr-defined]
        stage.world.broadcast()
        await read_again(pilot, lambda: (inventory(pilot).guests[102].uptime or 0) > limit)
        assert (names(screen), screen.table.cursor_key) == (["web-1", "web-2"], before)
        await pilot.press("up")
        await until(pilot, lambda: names(screen) == ["web-1"])
