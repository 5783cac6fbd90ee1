"""A painted last list on terminals of every size: the age first, no value that looks live, nothing beyond the edge."""

from __future__ import annotations

from datetime import datetime

import pyte
import pytest
from rich.color import Color, ColorSystem

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.last_list import paint
from proximity_tui.last_list.content import LastList, LastListCell
from proximity_tui.widgets import colors
from tests.last_list.test_content import last_list

TAKEN = datetime(2026, 11, 28, 2, 14)
DARK = paint.palette_for({"COLORTERM": "truecolor"}, ThemeSetting.DARK)


def shown(
    taken: LastList, size: tuple[int, int] = (80, 24), *, age: float = 190.0, read_only: bool = False
) -> pyte.Screen:
    """The screen that a last list paints."""
    screen = pyte.Screen(*size)
    text = paint.screen(taken, TAKEN, age, size, DARK, read_only=read_only)
    pyte.Stream(screen).feed(text)
    return screen


def test_the_first_line_says_as_of_when_and_the_rows_stand_where_the_list_will_stand() -> None:
    lines = shown(last_list("web", "db")).display
    assert lines[0].startswith(" as of 02:14, 3 min ago: starting")
    assert lines[2].split() == ["VMID", "NAME"]
    assert [line.split() for line in lines[3:5]] == [["101", "web"], ["102", "db"]]
    assert lines[5].strip() == ""
    assert lines[23].endswith("Fleet 2 ")


def test_nothing_of_the_past_is_green() -> None:
    screen = shown(last_list("web", "db"))
    colours = {screen.buffer[y][x].fg for y in range(24) for x in range(80)}
    assert colors.DARK.good.lstrip("#") not in colours
    assert colors.DARK.dim.lstrip("#") in colours


def test_a_red_alert_of_then_stands_above_the_list() -> None:
    lines = shown(last_list("web", banner="ANOMALOUS ORPHAN  web")).display
    assert lines[2].startswith(" ALERT  ANOMALOUS ORPHAN  web")
    assert lines[4].split() == ["101", "web"]


def test_read_only_is_framed() -> None:
    assert shown(last_list("web"), (60, 10), read_only=True).display[0].endswith("[READ-ONLY] ")


@pytest.mark.parametrize("size", [(40, 10), (20, 3), (1, 1), (200, 50), (80, 24)], ids=str)
def test_it_fits_every_terminal(size: tuple[int, int]) -> None:
    names = [f"名前-{number}-with-a-very-long-name-indeed-that-is-cut" for number in range(60)]
    screen = shown(last_list(*names), size)
    assert screen.display[0].startswith(" as of 02:14"[: size[0]])
    # Whatever were painted beyond the edge would have wrapped into the line below.
    assert len({line for line in screen.display if "VMID" in line}) <= 1
    assert max(screen.dirty, default=0) < size[1]


def test_a_cell_without_room_shows_its_brief_form() -> None:
    long = LastListCell("missing? confirming in 25 s and very much more", "warn", "missing? 25 s")
    taken = last_list("web", rows=((LastListCell("101", "normal"), long),), total=1)
    assert "missing? 25 s" in shown(taken, (26, 10)).display[2]
    assert "confirming" in shown(taken, (80, 10)).display[2]


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0.4, "as of 02:14, 0 s ago"),
        (59.9, "as of 02:14, 59 s ago"),
        (190, "as of 02:14, 3 min ago"),
        (7300, "as of 02:14, 2 h ago"),
        (80_000, "as of 2026-11-28 02:14, 22 h ago"),
    ],
)
def test_the_age_in_words(age: float, expected: str) -> None:
    assert paint.as_of(TAKEN, age) == expected


MANY = {"TERM": "xterm-256color"}
ALL = MANY | {"COLORTERM": "truecolor"}


def shades(color: str, system: ColorSystem) -> str:
    """The end of the escape sequence that the screens write for a colour."""
    return ";".join(Color.parse(color).downgrade(system).get_ansi_codes()[1:])


@pytest.mark.parametrize("theme", colors.COLORS)
@pytest.mark.parametrize(("environ", "system"), [(ALL, ColorSystem.TRUECOLOR), (MANY, ColorSystem.EIGHT_BIT)])
def test_the_colours_are_those_of_the_screens_in_every_theme(
    theme: ThemeSetting, environ: dict[str, str], system: ColorSystem
) -> None:
    palette, wanted = paint.palette_for(environ, theme), colors.COLORS[theme]
    for tone in ("normal", "dim", "warn", "bad", "accent"):
        assert palette.tones[tone].endswith(f"38;{shades(getattr(wanted, tone), system)}")
    for ground in ("background", "panel", "cursor"):
        assert palette.grounds[ground].endswith(f"48;{shades(getattr(wanted, ground), system)}")


@pytest.mark.parametrize("environ", [ALL | {"NO_COLOR": ""}, {"TERM": "linux"}])
def test_the_colours_of_a_terminal_with_few_are_left_alone(environ: dict[str, str]) -> None:
    assert paint.palette_for(environ) is paint.NO_COLOUR


def test_the_first_row_stands_on_the_ground_of_the_cursor() -> None:
    screen = shown(last_list("web", "db"))
    assert {screen.buffer[3][x].bg for x in range(80)} == {colors.DARK.cursor.lstrip("#")}
    assert {screen.buffer[4][x].bg for x in range(80)} == {colors.DARK.background.lstrip("#")}


def test_without_colours_none_is_sent() -> None:
    text = paint.screen(last_list("web"), TAKEN, 5.0, (80, 24), paint.NO_COLOUR, read_only=True)
    assert "38;" not in text
    assert "48;" not in text
