"""Sparklines, signs and themes: small things that a narrow, old or colourless terminal must still show."""

import math
import os
import subprocess
import sys
from dataclasses import fields

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from proximity_tui.widgets.glyphs import ASCII, UNICODE, Glyphs, glyphs_for, sparkline
from proximity_tui.widgets.theme import THEMES


@pytest.mark.parametrize(
    ("values", "width", "line"),
    [
        ([], 4, "    "),
        ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"),
        ([9, 0, 1], 2, "▁█"),
        ([1], 4, "   █"),
        ([0, 0], 2, "▁▁"),
        ([1, None, math.nan, 1], 4, "█  █"),
        ([1, 2], 0, ""),
    ],
)
def test_a_sparkline_is_exactly_as_wide_as_asked_for_and_a_gap_is_no_zero(
    values: list[float | None], width: int, line: str
) -> None:
    assert sparkline(values, width, signs=UNICODE) == line


def test_a_sparkline_with_a_fixed_scale_does_not_exaggerate() -> None:
    assert sparkline([0.01, 0.02], 2, high=1.0, signs=UNICODE) == "▁▁"
    assert sparkline([2.0, -1.0], 2, high=1.0, signs=UNICODE) == "█▁"


def test_a_sparkline_in_ascii() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8, signs=ASCII) == "_.,-=+*#"


@pytest.mark.parametrize(
    ("encoding", "term", "expected"),
    [
        ("UTF-8", "xterm-256color", UNICODE),
        ("utf8", "screen", UNICODE),
        ("UTF-8", "linux", ASCII),
        ("ISO-8859-1", "xterm", ASCII),
        ("ANSI_X3.4-1968", "xterm", ASCII),
    ],
)
def test_signs_are_those_that_the_terminal_can_show(encoding: str, term: str, expected: Glyphs) -> None:
    assert glyphs_for(encoding, {"TERM": term}) is expected


@pytest.mark.parametrize("signs", [UNICODE, ASCII])
def test_every_sign_is_one_cell_wide(signs: Glyphs) -> None:
    for field in (one for one in fields(signs) if one.name != "frame"):
        width = 8 if field.name == "bars" else 1
        assert cell_len(getattr(signs, field.name)) == width
    if signs is ASCII:
        assert all(getattr(signs, field.name).isascii() for field in fields(signs))


def test_no_dialog_has_corners_that_the_console_of_a_host_cannot_draw() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from proximity_tui.widgets.dialogs.dialog import Dialog; print(Dialog.DEFAULT_CSS)"],
        env={**os.environ, "TERM": "linux"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "border: ascii $border" in shown
    assert "border: round" not in shown


def test_states_can_be_told_apart_by_their_signs() -> None:
    for signs in (UNICODE, ASCII):
        states = (signs.on, signs.off, signs.half, signs.unknown, signs.warning, signs.failed)
        assert len(set(states)) == len(states)


class Themed(App[None]):
    def __init__(self, name: str) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = name

    def compose(self) -> ComposeResult:
        yield Input()
        for tone in ("error", "warning", "success"):
            yield Static(tone, id=tone)

    CSS = "#error { color: $text-error; } #warning { color: $text-warning; } #success { color: $text-success; }"


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_every_theme_has_the_colours_that_states_are_shown_in(theme: object) -> None:
    app = Themed(getattr(theme, "name", ""))
    async with app.run_test():
        pinned = getattr(theme, "variables", {})
        for tone in ("error", "warning", "success"):
            shown = app.query_one(f"#{tone}").styles.color
            assert pinned[f"text-{tone}"].lower() in (shown.hex.lower(), shown.css, f"ansi_{shown.css}")
