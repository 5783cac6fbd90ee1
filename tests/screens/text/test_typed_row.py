"""The line for a typed confirmation: a blank too many confirms nothing, and the line says where it is."""

from __future__ import annotations

import pytest

from proximity_tui.screens.text.typed_row import TypedRow
from tests.screens.stage import Size, Stage
from tests.screens.support.deleting import asked, native
from tests.support.timing.until import said, screen_text, until


@pytest.mark.parametrize("size", [(80, 24), (40, 10)])
async def test_a_blank_that_nobody_sees_is_named(stage: Stage, size: Size) -> None:
    async with asked(stage, native(stage, 104), size=size) as pilot:
        await pilot.press("h", *"proxy", "space")
        await until(pilot, lambda: "Erase the last blank: proxy" in said(pilot))
        assert pilot.app.screen.query_one("#delete-go").disabled
        await pilot.press("backspace")
        await until(pilot, lambda: "Type proxy to confirm: proxy" in said(pilot))
        assert not pilot.app.screen.query_one("#delete-go").disabled
        await pilot.press("home", "space")
        await until(pilot, lambda: "Erase the first blank:" in screen_text(pilot.app))
        assert pilot.app.screen.query_one("#delete-go").disabled


async def test_another_word_with_a_blank_is_asked_for_as_before(stage: Stage) -> None:
    async with asked(stage, native(stage, 104)) as pilot:
        await pilot.press("h", *"prox", "space")
        await until(pilot, lambda: pilot.app.screen.query_one("#delete-name-row", TypedRow).value == "prox ")
        assert "Type proxy to confirm: prox" in said(pilot)


async def test_enter_on_another_word_is_answered_and_does_nothing(stage: Stage) -> None:
    async with asked(stage, native(stage, 104)) as pilot:
        await pilot.press("h", *"prxy", "enter")
        await until(pilot, lambda: "Nothing was done: this is not proxy." in said(pilot))
        assert pilot.app.focused is pilot.app.screen.query_one("#delete-name")
        assert pilot.app.screen.query_one("#delete-go").disabled


async def test_a_key_that_a_dialog_does_not_have_is_answered_in_it(stage: Stage) -> None:
    async with asked(stage, native(stage, 104)) as pilot:
        await pilot.press("z", "Z", "colon")
        await until(pilot, lambda: "This key does nothing here now. ? shows the keys." in said(pilot))
        assert said(pilot).count("This key does nothing") == 1
        await pilot.press("h", "z")
        await until(pilot, lambda: "Type proxy to confirm: z" in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Delete proxy" not in said(pilot))
        assert "This key does nothing" not in said(pilot), "it was about the dialog"
