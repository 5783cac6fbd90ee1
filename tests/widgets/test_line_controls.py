"""A field is seen as what it is, with any colours and without: how far it goes, its cursor, and what is selected."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import Screen

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.widgets.line_controls import ChoiceLine, LineInput

LOOKS = ("dark", "light", "contrast", "terminal", "")
"""The themes; the last is that of NO_COLOR."""


class Fields(BaseApp):
    def compose(self) -> ComposeResult:
        yield LineInput(id="empty")
        yield LineInput("web-1", id="filled")
        yield LineInput("a name that is longer than its field", id="full")


def line(app: BaseApp, number: int) -> list[Segment]:
    """Return what a line of the screen is drawn with."""
    return list(app.screen._compositor.render_strips()[number])


def underlined(app: BaseApp, number: int) -> int:
    """Return how many cells at the end of a line are underlined."""
    count = 0
    for segment in reversed(line(app, number)):
        if segment.style is None or not segment.style.underline:
            break
        count += len(segment.text)
    return count


def looks(segment: Segment) -> tuple[object, object]:
    """Return what tells a segment from others without a look at its text: its two colours, as they are seen."""
    style = segment.style
    assert style is not None
    colours = (style.color, style.bgcolor)
    return colours[::-1] if style.reverse else colours


@pytest.mark.parametrize("look", LOOKS)
async def test_how_far_a_field_goes_is_seen_with_any_colours(look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not look:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Fields()
    async with app.run_test(size=(20, 4)) as pilot:
        if look:
            assert app.choose_theme(look) is None
        app.set_focus(None)
        await pilot.pause()
        assert [underlined(app, number) for number in range(3)] == [20, 15, 0]
        app.query_one("#empty").focus()
        await pilot.pause()
        assert underlined(app, 0) == 19, "all but the cursor"


@pytest.mark.parametrize("look", LOOKS)
async def test_cursor_and_selection_are_seen_with_any_colours(look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not look:
        monkeypatch.setenv("NO_COLOR", "1")
    app = Fields()
    async with app.run_test(size=(20, 4)) as pilot:
        if look:
            assert app.choose_theme(look) is None
        app.query_one("#filled").focus()
        await pilot.pause()
        selected, *_, blank = line(app, 1)
        assert selected.text.startswith("web-1")
        assert (selected.style.reverse, looks(selected)[1]) != (blank.style.reverse, looks(blank)[1])  # type: ignore[union-attr]
        await pilot.press("end")
        typed, cursor, *_ = line(app, 1)
        assert (typed.text, cursor.text) == ("web-1", " ")
        style = cursor.style
        assert style is not None
        reversed_default = style.reverse and style.color == style.bgcolor
        assert reversed_default or (not style.reverse and style.color != style.bgcolor)


def test_a_choice_of_several_lines_begins_below_its_label() -> None:
    choice = ChoiceLine("hard", "Hard")
    choice.show("destroy it and its volumes", chosen=False, disabled=False)
    assert choice._wrapped(80) == ["( ) Hard  destroy it and its volumes"]
    assert choice._wrapped(24) == ["( ) Hard  destroy it and", "    its volumes"]
    assert choice.get_content_height(Size(24, 9), Size(24, 9), 24) == 2


def test_a_choice_of_wide_characters_has_the_lines_that_its_cells_need() -> None:
    choice = ChoiceLine("backup", "2026-11-30")
    choice.show("データベースの予備系統の控え", chosen=True, disabled=False)
    assert choice._wrapped(24) == ["(*) 2026-11-30", "    データベースの予備系", "    統の控え"]
    assert choice.get_content_height(Size(24, 9), Size(24, 9), 24) == 3


async def test_a_letter_lays_no_screen_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[Screen[object]] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        laid_out.append(screen)
        lay_out(screen, size, scroll)

    app = Fields()
    async with app.run_test(size=(20, 4)) as pilot:
        field = app.query_one("#empty", LineInput)
        field.focus()
        await pilot.pause()
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        # Longer than the field, so it scrolls, too.
        await pilot.press(*"abcdefghijklmnopqrstuvwxyz")
        await pilot.pause()
        shown = "".join(segment.text for segment in line(app, 0))
        assert (field.value, shown, laid_out) == ("abcdefghijklmnopqrstuvwxyz", "hijklmnopqrstuvwxyz ", [])
        field.styles.height = 2
        await pilot.pause()
        assert laid_out, "the count counts"
