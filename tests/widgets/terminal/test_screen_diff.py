"""The cell difference against a terminal that is sent every frame whole: what they show is the same, always."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from proximity_tui.widgets.terminal.capabilities import NONE, Capabilities
from proximity_tui.widgets.terminal.frame import read_frame
from proximity_tui.widgets.terminal.screen_diff import ScreenDiff

TRUE_COLOR = ("38;2;228;228;228;48;2;0;0;0", "1;38;2;255;85;85;48;2;0;0;0", "7;38;2;228;228;228;48;2;0;0;0")
SIXTEEN = ("97;40", "1;91;40", "7;97;40", "38;5;203;48;5;16")
NO_COLOR = ("", "1", "2", "7", "4;9", "1;2", "3")
CHARACTERS = ("a", "b", "7", " ", " " * 12, "●", "─", "日", "e\u0301", "本")

NO_WRAP = "\x1b[?7l"
"""What Textual tells every terminal first."""

Piece = tuple[str, str]
"""A style and a text."""


@dataclass
class Both:
    """Two terminals: one is sent every frame as Textual writes it, one only the differences."""

    width: int
    height: int
    capabilities: Capabilities

    def __post_init__(self) -> None:
        self.whole, self.diffed = pyte.Screen(self.width, self.height), pyte.Screen(self.width, self.height)
        for screen in (self.whole, self.diffed):
            pyte.Stream(screen).feed(NO_WRAP)
        self.diff = ScreenDiff(self.capabilities)
        self.diff.resize(self.width, self.height)
        self.lines: list[Sequence[Piece]] = [()] * self.height
        self.sent = ""

    def frame(self, lines: dict[int, Sequence[Piece]], column: int = 0) -> None:
        parts = [f"\x1b[{y + 1};{column + 1}H{painted(pieces)}" for y, pieces in lines.items() if y < self.height]
        data = "\n".join([*parts, f"\x1b[{self.height // 2};3H"])
        pyte.Stream(self.whole).feed(data.replace("\n", ""))
        read = read_frame(data)
        assert read is not None
        self.diff.take(read)
        self.send()

    def send(self) -> None:
        self.sent = self.diff.changes()
        pyte.Stream(self.diffed).feed(self.sent)
        assert shown(self.diffed) == shown(self.whole)
        assert self.diff.changes() == ""

    def paint(self, lines: Sequence[Sequence[Piece]]) -> None:
        self.lines = [filled(pieces, self.width) for pieces in lines]
        self.lines += [filled((), self.width)] * (self.height - len(self.lines))
        self.frame(dict(enumerate(self.lines)))

    def resize(self, width: int, height: int) -> None:
        for screen in (self.whole, self.diffed):
            screen.resize(height, width)
        self.width, self.height = width, height
        self.diff.resize(width, height)
        self.paint(self.lines[:height])

    def suspend(self, what: str) -> None:
        pyte.Stream(self.diffed).feed(f"\x1b[2;2H\x1b[31;7m{what}\x1b[m")
        self.diff.forget()
        self.send()


def numbered(first: int, style: str = "") -> list[list[Piece]]:
    """A list that has been scrolled to a row, between a header and a line of keys."""
    rows = [[(style, f"{y} {chr(97 + y) * 20}")] for y in range(first, first + 7)]
    return [[("1", "CT NAME")], *rows, [("2", "q quit")]]


def painted(pieces: Sequence[Piece]) -> str:
    return "".join(f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in pieces)


def filled(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """The pieces in exactly `width` cells, as every line that Textual paints."""
    line: list[Piece] = []
    left = width
    for style, text in pieces:
        while cell_len(text) > left:
            text = text[:-1]
        line.append((style, text))
        left -= cell_len(text)
    return [*line, (pieces[-1][0] if pieces else "", " " * left)]


def shown(screen: pyte.Screen) -> tuple[list[list[pyte.screens.Char]], tuple[int, int]]:
    cells = [[as_seen(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]
    return cells, (screen.cursor.y, screen.cursor.x)


def as_seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """A cell without what nobody sees on it: a blank has a background, and no colour or weight of its own."""
    if cell.data != " " or cell.reverse or cell.underscore or cell.strikethrough:
        return cell
    return cell._replace(fg="default", bold=False, italics=False, blink=False)


def lines(styles: Sequence[str]) -> st.SearchStrategy[list[list[Piece]]]:
    text = st.lists(st.sampled_from(CHARACTERS), min_size=1, max_size=8).map("".join)
    return st.lists(st.lists(st.tuples(st.sampled_from(styles), text), max_size=5), max_size=9)


def steps(styles: Sequence[str]) -> st.SearchStrategy[Callable[[Both], None]]:
    def part(y: int, x: int, pieces: Sequence[Piece]) -> Callable[[Both], None]:
        room = [(style, text.replace("日", "x").replace("本", "y")) for style, text in pieces]
        return lambda both: both.frame({y: [one for one in filled(room, both.width - x) if one[1]]}, x)

    def list_at(first: int, style: str) -> Callable[[Both], None]:
        return lambda both: both.paint(numbered(first, style))

    return st.one_of(
        lines(styles).map(lambda some: lambda both: both.paint(some)),
        st.builds(part, st.integers(0, 8), st.integers(0, 12), lines(styles).map(lambda some: [*some, []][0])),
        st.builds(list_at, st.integers(0, 12), st.sampled_from(styles)),
        st.builds(lambda w, h: lambda both: both.resize(w, h), st.integers(14, 40), st.integers(4, 10)),
        st.sampled_from(["ct1 login:", "日本"]).map(lambda what: lambda both: both.suspend(what)),
    )


@pytest.mark.parametrize("styles", [TRUE_COLOR, SIXTEEN, NO_COLOR], ids=["true colour", "sixteen colours", "no colour"])
@pytest.mark.parametrize("capabilities", [NONE, Capabilities(True, True, True)], ids=["plain", "able"])
def test_after_any_screens_the_terminal_shows_what_whole_frames_show(
    styles: Sequence[str], capabilities: Capabilities
) -> None:
    @settings(max_examples=40)
    @given(lines(styles), st.lists(steps(styles), max_size=6))
    def holds(first: list[list[Piece]], then: list[Callable[[Both], None]]) -> None:
        both = Both(36, 9, capabilities)
        both.paint(first)
        for step in then:
            step(both)

    holds()


@pytest.mark.parametrize(("first", "then"), [(0, 3), (8, 5)], ids=["up", "down"])
def test_a_list_that_scrolled_is_moved_and_only_new_rows_are_written(first: int, then: int) -> None:
    both = Both(36, 9, Capabilities(scrolls=True))
    both.paint(numbered(first))
    both.paint(numbered(then))
    assert len(re.findall(r"([a-z])\1{19}", both.sent)) == 3


def test_what_is_painted_again_costs_nothing_and_a_changed_word_little_more_than_itself() -> None:
    both = Both(36, 9, NONE)
    both.paint(numbered(0))
    both.paint(numbered(0))
    assert both.sent == ""
    both.frame({4: [("", "3 ddddDDD")]})
    assert both.sent == "\x1b[5;7HDDD\x1b[4;3H"


def test_a_row_that_the_cursor_left_costs_its_text_and_two_changes_of_style() -> None:
    both = Both(36, 9, Capabilities(erases=True, erases_in_color=True))
    normal, cursor = TRUE_COLOR[0], TRUE_COLOR[2]
    both.paint([[(cursor, "100 web-1")], [(normal, "101 web-2")]])
    both.paint([[(normal, "100 web-1")], [(cursor, "101 web-2")]])
    assert len(both.sent) < len("100 web-1") + 36 + 2 * len(f"\x1b[{normal}m") + 30


def test_blanks_take_no_change_of_style_that_nobody_sees() -> None:
    both = Both(36, 9, Capabilities(erases=True, erases_in_color=True))
    name, hint = TRUE_COLOR[0], "38;2;152;163;176;48;2;0;0;0"
    both.paint([[(name, "ct-1  "), (hint, "none"), (name, " " * 26)]])
    both.paint([[(name, "ct-1  "), (hint, "1d  "), (name, " " * 26)]])
    assert both.sent == f"\x1b[1;7H\x1b[{hint}m1d  \x1b[m\x1b[4;3H"
    both.paint([[(name, "ct-1  "), (hint, "1d"), (name, " " * 28)]])
    assert both.sent == ""


def test_blanks_are_erased_at_once_across_a_change_of_style_that_nobody_sees() -> None:
    both = Both(36, 9, Capabilities(erases=True, erases_in_color=True))
    name, hint = TRUE_COLOR[0], "38;2;152;163;176;48;2;0;0;0"
    both.paint([[(name, "x" * 36)]])
    both.paint([[(hint, "-" + " " * 6), (name, " " * 19 + "x" * 10)]])
    assert both.sent == f"\x1b[H\x1b[{hint}m-\x1b[25X\x1b[m\x1b[4;3H"


def test_cells_are_never_counted_from_a_character_whose_width_terminals_dispute() -> None:
    both = Both(36, 9, NONE)
    both.paint([[("", "日本 web 1")]])
    assert both.sent.startswith("\x1b[H日\x1b[1;3H本\x1b[1;5H web 1")
    both.paint([[("", "日本 wab 2")]])
    assert both.sent == "\x1b[1;7Hab 2\x1b[4;3H"
