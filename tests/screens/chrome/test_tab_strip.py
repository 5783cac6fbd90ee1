"""The strip of tabs has every screen that a number leads to, marks the present one, and fits any terminal."""

import pytest

from proximity_tui.screens.chrome.tab_strip import tab_at, tab_pieces, tabs_of
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.keys import BY_ID
from proximity_tui.screens.main_screens import MAIN

TABS = tabs_of(Keymap({}), "fleet")


def text(current: str, width: int) -> str:
    return "".join(piece for piece, _ in tab_pieces(tabs_of(Keymap({}), current), current, width))


def test_every_screen_of_a_number_has_a_tab_and_another_one_only_while_it_is_shown() -> None:
    assert {tab.id for tab in TABS} == {place for place in MAIN if BY_ID[place].keys}
    assert [tab.id for tab in tabs_of(Keymap({}), "ports")] == [*(tab.id for tab in TABS), "ports"]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("current", MAIN)
def test_the_tabs_fit_and_the_present_one_is_marked_and_named(current: str, width: int) -> None:
    line, tab = text(current, width), next(one for one in tabs_of(Keymap({}), current) if one.id == current)
    assert len(line) <= width
    assert f"[{tab.called(tab.name)}]" in line or f"[{tab.called(tab.brief)}]" in line
    assert all(f"{one.key}" in line for one in TABS)
    assert line.count("[") == line.count("]") == 1


def test_at_80_columns_every_tab_has_a_word() -> None:
    assert all(f"{tab.key} {tab.brief}" in text("alerts", 80) or tab.id == "alerts" for tab in TABS)


def test_on_a_wide_screen_no_word_is_shortened() -> None:
    assert all(f"{tab.key} {tab.name}" in text("fleet", 120) for tab in TABS)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_each_column_of_a_tab_is_that_tab(width: int) -> None:
    line = text("fleet", width)
    found = [tab_at(TABS, "fleet", width, x) for x in range(len(line))]
    assert list(dict.fromkeys(one.id for one in found if one is not None)) == [one.id for one in TABS]
    assert tab_at(TABS, "fleet", width, line.index("Fleet")) == next(one for one in TABS if one.id == "fleet")
    assert tab_at(TABS, "fleet", width, 500) is None
