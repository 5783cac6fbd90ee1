"""What stands on a screen is plain English: no name of a field or of a constant, and no private word of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from proximity_tui.app import FirstRunApp
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from tests.screens.stage import Stage
from tests.screens.support.every_screen import Tour, all_dialogs
from tests.screens.support.watched import first_runs
from tests.support.plain_words import private_words
from tests.support.timing.until import screen_text, until


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2 orphans found, 1 anomalous", []),
        ("real_vmids_count 25", ["real_vmids_count"]),
        ("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst in /srv/my_files/a_b.txt", []),
        ("nobody carried it", ["nobody", "carried"]),
        ("[ StatePeriod ]  needs VM.PowerMgmt", ["StatePeriod"]),
    ],
)
def test_field_names_and_private_words_are_told_from_paths_and_plain_words(text: str, found: list[str]) -> None:
    assert private_words(text) == found


async def test_no_screen_and_no_dialog_has_a_field_name_or_a_private_word(set_up: Callable[..., Stage]) -> None:
    """Every one that the registries name: a new one is visited by itself, or has to be given a way to it."""
    stage = set_up("demo")
    stage.adopt(101, port=80)
    stage.adopt(102)
    stage.world.set_config(101, nameserver="9.9.9.9")
    stage.world.add_snapshot(101, "base", "before the upgrade", ago=86_400.0)
    async with stage.shown((180, 50), jobs=True) as pilot:
        await first_runs(pilot)
        tour = Tour(pilot, stage)
        found = [(stop.name, words) async for stop in tour.stops() if (words := private_words(stop.text))]
        assert found == []
        assert all_dialogs() - tour.seen == set(), "the tour comes by none of these"


@pytest.mark.parametrize("screen_id", ScreenId)
def test_no_help_of_a_screen_has_a_field_name_or_a_private_word(screen_id: ScreenId) -> None:
    told = [words for command in keys.commands_for(screen_id) for words in (command.words, command.help)]
    assert private_words("\n".join(told)) == []


async def test_the_first_screen_has_no_private_word() -> None:
    app = FirstRunApp(Path("/etc/proximity-tui/config.toml"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Connect a cluster" in screen_text(app))
        assert private_words(screen_text(app)) == []
