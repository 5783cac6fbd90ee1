"""The `:` line: understood or told why not; completed with what there is.

The palette finds a command by some of its letters, the best match first, and shows which letters those are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.screens.base.palette import Palette, TypedCommand, complete, find_rows, understand
from proximity_tui.screens.keyboard.keys import ScreenId
from tests.screens.stage import Stage
from tests.support.make import container
from tests.support.until import until


def rows() -> list[FleetRow]:
    found = (
        container(id=1, vmid=101, name="web1", cluster="prod"),
        container(id=2, vmid=101, name="web1", cluster="lab"),
        container(id=3, vmid=105, name="db1", cluster="prod"),
        container(id=105, vmid=106, name="db2", cluster="prod"),
    )
    return managed_rows(found, {}, (), {})


def test_a_command_and_its_argument() -> None:
    call = understand("cluster prod", ScreenId.FLEET)
    assert isinstance(call, TypedCommand)
    assert (call.command.id, call.argument) == ("cluster", "prod")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("flet", "did you mean :fleet?"),
        ("container", ":container needs an argument"),
        ("quit now", ":quit takes no argument"),
        ("power", ":power is not a command of this screen"),
    ],
)
def test_what_is_not_understood_is_told(typed: str, words: str) -> None:
    assert words in str(understand(typed, ScreenId.AUDIT))


def test_it_completes_commands_clusters_and_containers() -> None:
    assert complete("un", ScreenId.FLEET, (), ()) == ["unmanaged"]
    assert "cluster " in complete("clu", ScreenId.FLEET, (), ())
    assert complete("cluster p", ScreenId.FLEET, ("lab", "prod"), ()) == ["cluster prod"]
    assert complete("container d", ScreenId.FLEET, (), rows()) == ["container db1", "container db2"]


def test_a_name_that_two_clusters_have_is_completed_by_cluster_and_vmid() -> None:
    assert "container lab/101" in complete("container ", ScreenId.FLEET, (), rows())


@pytest.mark.parametrize(
    ("text", "ids"),
    [("db1", [3]), ("web1", [1, 2]), ("lab/web1", [2]), ("prod/101", [1]), ("105", [3]), ("2", [2]), ("nobody", [])],
)
def test_a_container_is_found_by_name_vmid_or_record(text: str, ids: list[int]) -> None:
    assert [row.id for row in find_rows(rows(), text)] == ids


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("del", "delete"),
        ("rcl", "reconcile"),
        ("pwr", "power"),
        ("JAN", "janitor"),
        ("secrets", "reveal"),
        ("config proxmox", "raw"),
    ],
)
async def test_some_letters_or_a_word_of_the_help_find_a_command(
    set_up: Callable[..., Stage], typed: str, first: str
) -> None:
    async with set_up("empty").shown((100, 30)) as pilot:
        options = await opened(pilot, typed)
        assert options.get_option_at_index(0).id == first
        assert options.highlighted == 0


async def test_the_letters_that_were_found_are_underlined_and_nothing_else_is(set_up: Callable[..., Stage]) -> None:
    async with set_up("empty").shown((100, 30)) as pilot:
        options = await opened(pilot, "rcl")
        line: Any = options.get_option_at_index(0).prompt
        underlined = {place for span in line.spans if "underline" in str(span.style) for place in range(*span[:2])}
        assert "".join(line.plain[place] for place in sorted(underlined)) == "rcl"


async def test_what_matches_nothing_leaves_nothing_to_choose(set_up: Callable[..., Stage]) -> None:
    async with set_up("empty").shown((100, 30)) as pilot:
        options = await opened(pilot, "xyzzy")
        assert options.option_count == 0
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Palette)


async def opened(pilot: Pilot[Any], typed: str) -> OptionList:
    """Open the palette of a container's page, type, and return its list."""
    await pilot.app.push_screen(Palette(ScreenId.CONTAINER))
    options = pilot.app.screen.query_one(OptionList)
    before = options.option_count
    await pilot.press(*("space" if letter == " " else letter for letter in typed))
    await until(pilot, lambda: options.option_count < before)
    return options
