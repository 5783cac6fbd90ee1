"""The `:` line as it is typed: filters behind the names of lists, completion of arguments, and the history."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.screens.app.prompt_history import History, HistoryCursor
from proximity_tui.screens.command_line import command_line
from proximity_tui.screens.command_line.command_line import CommandLine
from proximity_tui.screens.command_line.commands import takes_argument
from proximity_tui.screens.container.guest_page import GuestScreen
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.support.timing.bursts import burst, pasted
from tests.support.timing.until import said, screen_text, until
from tests.support.timing.waiting import until as until_so


async def test_a_list_is_opened_with_a_filter(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await pilot.press("3")
        await burst(pilot, ":", pasted("fl name:web-2"), "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FleetScreen) and shown(pilot) == ["web-2"])
        await burst(pilot, ":", pasted("un colour:red"), "enter")
        await until(pilot, lambda: 'There is no "colour" to filter by' in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, FleetScreen)


async def test_a_guest_is_explained_by_name_from_any_screen(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await pilot.press("3")
        await burst(pilot, ":", pasted("why web-1"), "enter")
        await until(pilot, lambda: "Explain web-1" in screen_text(pilot.app))
        await pilot.press("escape")
        await burst(pilot, ":", pasted("why nobody"), "enter")
        await until(pilot, lambda: "No guest is called nobody." in screen_text(pilot.app))
        await burst(pilot, ":", pasted("why"), "enter")
        await until(pilot, lambda: "No row is selected." in screen_text(pilot.app))
        await pilot.press("1")
        await burst(pilot, ":", pasted("why"), "enter")
        await until(pilot, lambda: "Explain web-1" in screen_text(pilot.app))


async def test_arguments_are_completed_from_what_there_is(stage: Stage) -> None:
    async with stage.shown() as pilot:
        for typed, completed in [
            ("ct web-1", "ct web-1"),
            ("ct prod/10", "ct prod/101"),
            ("ct prod/web-2", "ct prod/web-2"),
            ("prod/10", "prod/101"),
            ("theme con", "theme contrast"),
            ("view sa", "view save "),
            ("sort -na", "sort -name"),
            ("node pv", "node pve1"),
            ("cl pr", "cl prod"),
            ("un na", "un name:"),
            ("fleet node:", "fleet node:pve1"),
            ("node:pve", "node:pve1"),
        ]:
            await burst(pilot, ":", pasted(typed), "tab")
            assert pilot.app.screen.query_one("#prompt-input", Input).value == completed
            await pilot.press("escape")


async def test_each_command_that_takes_an_argument_completes_it(stage: Stage) -> None:
    async with stage.shown() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, CommandLine)
        assert screen._arguments().keys() == {one.id for one in keys.COMMANDS if takes_argument(one)}


async def test_names_are_gathered_once_for_what_is_typed_and_again_when_a_guest_comes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered, names_of = list[int](), command_line.names_of  # type: ignore[attr-defined]
    monkeypatch.setattr(command_line, "names_of", lambda rows: gathered.append(len(rows)) or names_of(rows))
    async with stage.shown() as pilot:
        await pilot.press(":", *"cluster p")
        await until(pilot, lambda: "prod" in screen_text(pilot.app))
        assert gathered == []
        await pilot.press("escape", ":", *"ct web-")
        await until(pilot, lambda: "web-1  web-2  web-3" in screen_text(pilot.app))
        assert len(gathered) == 1
        stage.record("web-new", 777)
        await until(pilot, lambda: any(row.name == "web-new" for row in pilot.app.controller.view.rows))  # type: ignore[attr-defined]
        await pilot.press("n")
        await until(pilot, lambda: "web-new" in screen_text(pilot.app))
        assert len(gathered) == 2


async def test_one_that_is_not_managed_is_found_by_name(stage: Stage) -> None:
    async with stage.shown() as pilot:
        name = pilot.app.controller.view.unmanaged[0].name  # type: ignore[attr-defined]
        await burst(pilot, ":", pasted(f"ct {name}"), "enter")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, GuestScreen) and f"{name} (unmanaged, CT" in said(pilot)
        )


async def test_a_line_is_recalled_and_found_again_by_the_next_run(stage: Stage, own_home: Path) -> None:
    kept = own_home / ".local/state/proximity-tui/history"
    async with stage.shown() as pilot:
        await burst(pilot, ":", pasted("fleet name:web-1"), "enter")
        await burst(pilot, "/", *"x", "escape")
        await burst(pilot, ":", *"al", "up")
        assert typed(pilot) == "fleet name:web-1"
        await pilot.press("down")
        assert typed(pilot) == "al"
        await pilot.press("escape")
    until_so(kept.exists)
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600
    later = History(kept)
    later.load()
    assert list(later.of(":")) == ["fleet name:web-1"]


async def test_aliases_of_the_configuration_work(set_up: Callable[..., Stage]) -> None:
    stage = set_up(extra='[aliases]\nsecond = "fleet name:web-2"\n')
    stage.adopt(101)
    stage.adopt(102)
    async with stage.shown() as pilot:
        await burst(pilot, ":", *"second", "enter")
        await until(pilot, lambda: shown(pilot) == ["web-2"])


def test_a_history_keeps_each_line_once_and_no_secret(tmp_path: Path) -> None:
    history = History(tmp_path / "state" / "history")
    for line in (
        "fleet",
        "alerts",
        "fleet",
        "",
        "container PVEAPIToken=root@pam!x=12345678-1234-1234-1234-123456789abc",
    ):
        history.add(":", line)
    history.add("/", "web")
    assert list(history.of(":")) == ["alerts", "fleet"]
    assert list(history.of("/")) == ["web"]


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_a_history_that_others_could_have_written_is_not_read(tmp_path: Path, mode: int) -> None:
    place = tmp_path / "history"
    place.write_text(":fleet\n")
    place.chmod(mode)
    history = History(place)
    history.load()
    assert list(history.of(":")) == (["fleet"] if mode == 0o600 else [])


def test_the_way_through_the_history_ends_at_both_ends() -> None:
    recall = HistoryCursor(["a", "b"])
    assert [recall.older("typed"), recall.older("b"), recall.older("a")] == ["b", "a", "a"]
    assert [recall.newer("a"), recall.newer("b"), recall.newer("typed")] == ["b", "typed", "typed"]
    assert HistoryCursor([]).older("typed") == "typed"


def typed(pilot: Pilot[Any]) -> str:
    return pilot.app.screen.query_one("#prompt-input", Input).value


def shown(pilot: Pilot[Any]) -> list[str]:
    table = pilot.app.screen.query_one(RowTable)
    index = [column.id for column in table.columns].index("name")
    return [row.cell(index).text for row in table.shown]
