"""Each of the six tones looks the same wherever it is used, and its look is written down once."""

from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App, ComposeResult

import proximity_tui
from proximity_tui.core.base.tone import Tone
from proximity_tui.screens.text.lines import Line
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable
from proximity_tui.widgets.theme import STYLES, THEMES
from tests.support.timing.until import screen_text, until


class EveryUse(App[None]):
    """One text of a tone in a table, in a line and in a question."""

    def __init__(self, tone: Tone) -> None:
        super().__init__()
        self.tone = tone
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield RowTable((Column("one", "ONE", 10),))
        yield Line()

    def on_mount(self) -> None:
        # The first row has the cursor, which is bold.
        self.query_one(RowTable).show([Row("1", ("",)), Row("2", (Cell("in table", self.tone),))])
        self.query_one(Line).set_text([("in line", self.tone)])
        question = Confirm("?", [Cell("in dialog", self.tone)], [], cancel=Button("cancel", "Cancel", None))
        self.push_screen(question)


def look_of(app: App[None], text: str, *, screen: int) -> tuple[object, object]:
    """Return colour and boldness of a text on a screen of the stack."""
    for strip in app.screen_stack[screen]._compositor.render_strips():
        for segment in strip:
            if text in segment.text:
                style = segment.style or Style()
                return style.color, bool(style.bold)
    raise AssertionError(f"{text} is not on the screen")


@pytest.mark.parametrize("tone", STYLES)
async def test_a_tone_looks_the_same_in_tables_lines_and_dialogs(tone: Tone) -> None:
    app = EveryUse(tone)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: "in dialog" in screen_text(app))
        in_dialog = look_of(app, "in dialog", screen=1)
        app.pop_screen()
        await until(pilot, lambda: "in table" in screen_text(app))
        assert look_of(app, "in table", screen=0) == look_of(app, "in line", screen=0) == in_dialog


def test_the_colour_of_a_tone_is_named_in_one_file() -> None:
    named = {
        path.name
        for path in Path(proximity_tui.__file__).parent.rglob("*.py")
        if any(f"$text-{colour}" in path.read_text() for colour in ("error", "warning", "success", "accent"))
    }
    assert named == {"theme.py"}
