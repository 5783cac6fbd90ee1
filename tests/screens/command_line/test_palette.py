"""The palette finds a command by some of its letters, the best match first, and shows which letters those are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from proximity_tui.screens.command_line.palette import Palette
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from tests.screens.stage import Stage
from tests.support.timing.until import until


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


async def test_the_current_command_is_seen_without_colours(
    set_up: Callable[..., Stage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with set_up("empty").shown((100, 30)) as pilot:
        await opened(pilot, "del")
        reversed_text = "".join(
            segment.text
            for strip in pilot.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.reverse
        )
        assert "delete" in reversed_text
        assert "reconcile" not in reversed_text
