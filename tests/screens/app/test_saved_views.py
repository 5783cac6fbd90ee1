"""Saved views: a list with its filter and its order, under a name."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from proximity_tui.app import ProximityApp
from proximity_tui.config.config_errors import ConfigError
from proximity_tui.screens.app.saved_views import BadView, ListView, Views, read_view
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.unmanaged_screen import UnmanagedScreen
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.command_line.test_command_line import shown
from tests.screens.stage import Stage
from tests.screens.support.watched import told
from tests.support.timing.bursts import burst, pasted
from tests.support.timing.until import screen_text, until


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("fleet", ListView(ScreenId.FLEET)),
        ("fleet tag:prod  node:pve2", ListView(ScreenId.FLEET, "tag:prod  node:pve2")),
        ("unmanaged cpu:>80 sort:-cpu", ListView(ScreenId.UNMANAGED, "cpu:>80", "-cpu")),
        ("alerts sort:age", ListView(ScreenId.ALERTS, "", "age")),
    ],
)
def test_a_view_is_written_as_a_command(text: str, view: ListView) -> None:
    assert read_view(text) == view
    assert read_view(view.text) == view


@pytest.mark.parametrize("text", ["", "container 101", "flet"])
def test_only_a_list_is_a_view(text: str) -> None:
    with pytest.raises(BadView, match="is not a list"):
        read_view(text)


def test_a_view_is_saved_beside_what_another_process_has_saved_meanwhile(tmp_path: Path) -> None:
    place = tmp_path / "views"
    ours, others = Views({}, place), Views({}, place)
    assert others.save("mine", ListView(ScreenId.FLEET, "tag:prod")) is None
    with place.open("a") as file:
        file.write("later galaxy of a later version\n")
    assert ours.save("ours", ListView(ScreenId.ALERTS)) is None
    assert ours.names == ["mine", "ours"]
    assert others.delete("ours") is None
    assert place.read_text().splitlines() == ["mine fleet tag:prod", "later galaxy of a later version"]


def test_saved_views_are_private_and_found_again(tmp_path: Path) -> None:
    place = tmp_path / "state" / "views"
    views = Views({"hot": "fleet cpu:>80"}, place)
    assert views.save("quiet", ListView(ScreenId.UNMANAGED, "cpu:<1", "name")) is None
    assert "is in the configuration file" in str(views.save("hot", ListView(ScreenId.FLEET)))
    assert "is in the configuration file" in str(views.delete("hot"))
    assert "cannot be the name of a view" in str(views.save("delete", ListView(ScreenId.FLEET)))
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    later = Views({}, place)
    later.load()
    assert later.names == ["quiet"]
    assert later.get("quiet") == ListView(ScreenId.UNMANAGED, "cpu:<1", "name")
    assert later.delete("quiet") is None
    assert later.delete("quiet") == "No view is called quiet."


def open_to_others(place: Path) -> None:
    place.chmod(0o644)


def not_in_utf_8(place: Path) -> None:
    place.write_bytes(b"mine fleet \xff\nyours fleet tag:prod\n")


def elsewhere(place: Path) -> None:
    place.symlink_to(place.rename(place.with_name("dotfile")))


def too_large(place: Path) -> None:
    place.write_text("mine fleet tag:prod\n" * 20_000)


@pytest.mark.parametrize("made", [open_to_others, not_in_utf_8, elsewhere, too_large])
def test_a_file_of_views_that_cannot_be_read_is_not_written_over(made: Callable[[Path], None], tmp_path: Path) -> None:
    place = tmp_path / "views"
    assert Views({}, place).save("mine", ListView(ScreenId.FLEET, "tag:prod")) is None
    made(place)
    before = place.read_bytes()
    views = Views({}, place)
    views.load()
    refused = f"The views in {place} cannot be read, so nothing was changed."
    assert refused in str(views.save("ours", ListView(ScreenId.ALERTS)))
    assert refused in str(views.delete("mine"))
    assert place.read_bytes() == before
    assert place.is_symlink() == (made is elsewhere)
    assert views.names == []


@pytest.mark.parametrize(
    ("views", "words"),
    [
        ('hot = "flet cpu:>80"', "views.hot: flet is not a list"),
        ('hot = "fleet colour:red"', 'views.hot: There is no "colour" to filter by'),
        ('save = "fleet"', "views.save: save cannot be the name of a view"),
    ],
)
def test_a_wrong_view_of_the_configuration_is_refused_at_the_start(
    set_up: Callable[..., Stage], views: str, words: str
) -> None:
    stage = set_up("empty", extra=f"[views]\n{views}\n")
    with pytest.raises(ConfigError, match=words):
        ProximityApp(stage.context)


async def test_what_a_list_shows_is_saved_and_shown_again_from_anywhere(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("2")
        await burst(pilot, "/", pasted("name:d*"), "enter", "alt+n", "alt+n")
        before = shown(pilot)
        assert before == sorted(before, reverse=True)
        await burst(pilot, ":", pasted("view save mine"), "enter")
        await until(pilot, lambda: "Saved the view mine: unmanaged name:d* sort:-name" in screen_text(pilot.app))
        await burst(pilot, "escape", "o", "1", ":", pasted("view mi"), "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, UnmanagedScreen) and shown(pilot) == before)
        assert pilot.app.screen.query_one(RowTable).sorting == ("name", True)


async def test_a_view_is_neither_saved_nor_deleted_without_a_name(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        for verb in ("save", "delete"):
            await burst(pilot, ":", pasted(f"view {verb}"), "enter")
            await told(pilot, f"Which view? Name it: :view {verb} NAME")


async def test_a_column_is_sorted_by_its_key_figures_from_the_highest(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await until(pilot, lambda: len(shown(pilot)) == 2)
        table = pilot.app.screen.query_one(RowTable)
        await burst(pilot, "alt+m")
        assert table.sorting == ("mem", True)
        await burst(pilot, "alt+m")
        assert table.sorting == ("mem", False)
        await burst(pilot, ":", pasted("sort -vmid"), "enter")
        assert table.sorting == ("vmid", True)
        # There is no room for the column, so its head cannot say that it is the order.
        await burst(pilot, ":", pasted("sort -disk"), "enter")
        await until(pilot, lambda: "Fleet 2 by disk\N{DOWNWARDS ARROW}" in screen_text(pilot.app))
        await burst(pilot, ":", pasted("sort -vmid"), "enter")
        await until(pilot, lambda: "by disk" not in screen_text(pilot.app))
        await burst(pilot, ":", pasted("sort colour"), "enter")
        await until(pilot, lambda: "There is no column colour to sort by" in screen_text(pilot.app))
        await pilot.press("S")
        await until(pilot, lambda: "enter reverses it" in screen_text(pilot.app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: table.sorting == ("name", False), what="it is the column below the present one")
        await pilot.press("S")
        await until(pilot, lambda: "enter reverses it" in screen_text(pilot.app))
        pilot.app.screen.query_one("#sort-none").focus()
        await pilot.press("enter")
        await until(pilot, lambda: table.sorting is None, what="the list has its own order")
