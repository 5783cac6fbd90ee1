"""Nothing that a terminal obeys gets through, whichever widget draws it, and widths stay as they were."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widget import Widget
from textual.widgets import DataTable, Input, Label, OptionList, RichLog, Static, Tree

from proximity_tui.widgets.glyphs import replacements
from proximity_tui.widgets.terminal.sanitize import Sanitizer, sanitized
from tests.support.timing.until import screen_text, until

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web1", "web1"),
        ("\x1b[2Jx", "[2Jx"),
        ("a\x9bb\x00c\x7f", "abc"),
        ("a\u202eb\u200bc\ufeff", "abc"),
        ("日本\x1b", "日本"),
        ("cafe\u0301", "cafe\u0301"),
        ("a\ud800b", "ab "),
        ("👨\u200d👩", "👨"),
        ("no\xa0break", "no\xa0break"),
    ],
)
def test_acting_characters_go_and_the_others_stay(text: str, shown: str) -> None:
    assert sanitized(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_changes_its_width_or_keeps_an_acting_character(text: str) -> None:
    shown = sanitized(text)
    assert cell_len(shown) == cell_len(text)
    shown.encode()
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)


def test_harmless_segments_are_passed_on_untouched_and_styles_are_kept() -> None:
    harmless = [Segment("web1", Style(bold=True))]
    assert Sanitizer().apply(harmless, BLACK) is harmless
    assert Sanitizer().apply([Segment("we\x1bb", Style(bold=True))], BLACK) == [Segment("web", Style(bold=True))]


class Shown(App[None]):
    def __init__(self, make: Callable[[], Widget]) -> None:
        super().__init__()
        self.make = make

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), Sanitizer()]

    def compose(self) -> ComposeResult:
        yield self.make()


HOSTILE = "<\x1b]0;owned\x1b\\\x9b2J\u202e\u200b\x0e>"


def table() -> Widget:
    widget: DataTable[Text] = DataTable()
    widget.add_column("name")
    widget.add_row(Text(HOSTILE))
    return widget


def log(widget: RichLog) -> Widget:
    widget.write(HOSTILE)
    return widget


@pytest.mark.parametrize(
    "make",
    [
        lambda: Static(HOSTILE, markup=False),
        lambda: Label(Content(HOSTILE)),
        lambda: Input(HOSTILE),
        lambda: OptionList(Content(HOSTILE)),
        lambda: log(RichLog()),
        table,
        lambda: Tree(Text(HOSTILE)),
    ],
    ids=["Static", "Label", "Input", "OptionList", "RichLog", "DataTable", "Tree"],
)
async def test_every_widget_is_drawn_through_it(make: Callable[[], Widget]) -> None:
    app = Shown(make)
    async with app.run_test(size=(60, 10)) as pilot:
        await until(pilot, lambda: "owned" in screen_text(app))
        assert all(line.isprintable() for line in screen_text(app).splitlines())


def test_signs_that_the_terminal_cannot_show_are_drawn_as_others_of_the_same_width() -> None:
    console = Sanitizer(replacements("UTF-8", {"TERM": "linux"}))
    assert console.apply([Segment("web… → │ ▇", Style(bold=True))], BLACK) == [Segment("web~ > |  ", Style(bold=True))]
    assert console.apply([Segment("名前\x1b")], BLACK) == [Segment("名前")], "a name stays what it is"
    assert not replacements("UTF-8", {"TERM": "xterm-256color"})
    for sign, other in replacements("ISO-8859-1", {}).items():
        assert cell_len(sign) == cell_len(other) == 1, sign
