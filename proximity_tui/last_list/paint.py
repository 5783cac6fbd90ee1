"""The painting of the last list: a screen of escape sequences, with everything where the live list puts it later.

Pure. Every value on it is of the past: the first line says as of when, and nothing is green. No library of the screens
is loaded for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from colorsys import rgb_to_hls
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.base.text import display_width, plain
from proximity_tui.last_list.content import LastList, LastListCell
from proximity_tui.widgets.colors import COLORS, ColorDepth, color_depth, theme_for
from proximity_tui.widgets.table.columns import GAP, Align, Placed, arrange

if TYPE_CHECKING:
    from proximity_tui.core.base.tone import Tone

GUTTER = 1
"""Cells left of the first column, and right of the last, where the scroll bar is."""

LEAST_FOR_TABS = 12
"""Lines of a terminal from which on the screens have a line of tabs below the first."""

Ground = Literal["background", "panel", "cursor", "reverse"]
"""What is behind a text: of the list, of the outer lines, of the current row, of the banner."""


class PaintColors(NamedTuple):
    """The parameters of the escape sequences: of each tone and of the `header`, and of what is behind them."""

    tones: Mapping[str, str]
    grounds: Mapping[Ground, str]


NO_COLOUR = PaintColors({"dim": "2", "warn": "1", "bad": "1", "header": "1", "frame": "1"}, {"cursor": "7"})
"""Also for a terminal with few colours: those it has are its owner's, and the live list follows at once."""


def palette_for(
    environ: Mapping[str, str], theme: ThemeSetting = ThemeSetting.AUTO, *, light: bool | None = None
) -> PaintColors:
    """Return the colours that the screens will show in this environment; `light` as for `theme_for`."""
    colors, depth = COLORS.get(theme_for(theme, environ, light=light)), color_depth(environ)
    if colors is None or depth <= ColorDepth.FEW:
        return NO_COLOUR
    shade = _true_color if depth is ColorDepth.ALL else _one_of_256
    tones = {
        "normal": f"38;{shade(colors.normal)}",
        "dim": f"38;{shade(colors.dim)}",
        "warn": f"1;38;{shade(colors.warn)}",
        "bad": f"1;38;{shade(colors.bad)}",
        "accent": f"38;{shade(colors.accent)}",
        "header": f"1;38;{shade(colors.dim)}",
        "frame": f"1;38;{shade(colors.warn)}",
    }
    return PaintColors(
        tones,
        {
            "background": f"48;{shade(colors.background)}",
            "panel": f"48;{shade(colors.panel)}",
            "cursor": f"1;48;{shade(colors.cursor)}",
        },
    )


def _true_color(color: str) -> str:
    return "2;{};{};{}".format(*_parts(color))


def _one_of_256(color: str) -> str:
    """Return the colour of 256 that Rich chooses for a terminal without more: the live list must not look different."""
    parts = _parts(color)
    _, lightness, saturation = rgb_to_hls(*(part / 255 for part in parts))
    if saturation < 0.15:
        grey = round(lightness * 25)
        return f"5;{16 if grey == 0 else 231 if grey == 25 else 231 + grey}"
    red, green, blue = (part / 95 if part < 95 else 1 + (part - 95) / 40 for part in parts)
    return f"5;{16 + 36 * round(red) + 6 * round(green) + round(blue)}"


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def opening(size: tuple[int, int], palette: PaintColors) -> str:
    """Return the screen of a start that knows nothing yet."""
    canvas = _Canvas(size, palette)
    canvas.line(1, [(" Proximity TUI starts", "normal")], "panel")
    return canvas.text


def screen(
    last_list: LastList,
    taken: datetime,
    age: float,
    size: tuple[int, int],
    palette: PaintColors,
    *,
    read_only: bool,
) -> str:
    """Return the screen for a last list that was taken at a local time, so many seconds ago."""
    canvas = _Canvas(size, palette)
    width, height = size
    canvas.line(1, _status(as_of(taken, age), width, read_only=read_only), "panel")
    top = 2
    if height >= LEAST_FOR_TABS:
        canvas.line(top, [(_fit("", width), "normal")], "panel")
        top += 1
    if last_list.banner:
        canvas.line(top, [(_fit(f" ALERT  {last_list.banner}", width), "bad")], "reverse")
        top += 1
    placed = arrange(last_list.columns, width - 2 * GUTTER)
    titles = [_fit(one.column.title, one.width, one.column.align) for one in placed]
    canvas.line(top, [(" " * GUTTER + (" " * GAP).join(titles), "header")])
    more = "…" if last_list.unicode else "~"
    for number, row in enumerate(last_list.rows[: max(0, height - top - 2)]):
        canvas.line(top + 1 + number, _pieces(row, placed, more), "background" if number else "cursor")
    if height <= top:
        return canvas.text
    counts = f"Fleet {last_list.total} "
    canvas.line(height, [(_fit("", width - len(counts)) + counts, "normal")], "panel")
    return canvas.text


def as_of(taken: datetime, age: float) -> str:
    """Return `as of 02:14, 3 min ago`; the date, too, where it is long ago."""
    when = taken.strftime("%H:%M" if age < 12 * 3600 else "%Y-%m-%d %H:%M")
    return f"as of {when}, {_words(age)} ago"


def _words(age: float) -> str:
    if age < 60:
        return f"{int(age)} s"
    return f"{int(age // 60)} min" if age < 7200 else f"{int(age // 3600)} h"


def _status(when: str, width: int, *, read_only: bool) -> list[tuple[str, str]]:
    frame = "[READ-ONLY] " if read_only else ""
    left = _fit(f" {when}: starting", max(0, width - len(frame)))
    return [(left, "normal"), (frame, "frame")]


def _pieces(row: Sequence[LastListCell], placed: Sequence[Placed], more: str) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = [(" " * GUTTER, "normal")]
    for one in placed:
        cell = row[one.index]
        text = cell.brief if cell.brief and display_width(cell.text) > one.width else cell.text
        pieces.append((_fit(text, one.width, one.column.align, more) + " " * GAP, _of_the_past(cell.tone)))
    return pieces


def _of_the_past(tone: Tone) -> str:
    # That something is well was true then; what needed a person is worth a look in any case.
    return "dim" if tone == "good" else tone


def _fit(text: str, width: int, align: Align = "left", more: str = "") -> str:
    """Return `text` as exactly `width` cells, with `more` at the end where it was cut."""
    text = plain(text)
    if display_width(text) > width:
        text = _cut(text, width - len(more)) + more if width else ""
    spare = " " * (width - display_width(text))
    return spare + text if align == "right" else text + spare


def _cut(text: str, width: int) -> str:
    while display_width(text) > max(0, width):
        text = text[: max(0, min(len(text) - 1, width))]
    return text


class _Canvas:
    """The text that draws a cleared screen and some of its lines."""

    def __init__(self, size: tuple[int, int], palette: PaintColors) -> None:
        self._width, self._height = size
        self._palette = palette
        self.text = f"\x1b[{self._style('normal', 'background')}m\x1b[2J"

    def line(self, number: int, pieces: Iterable[tuple[str, str]], ground: Ground = "background") -> None:
        """Draw a line, cut at the edge, on `ground` up to the edge."""
        if not 1 <= number <= self._height:
            return
        line, room = f"\x1b[{number};1H", self._width
        # The screen was cleared to the background of the list: its blanks are there already.
        filled = pieces if ground == "background" else [*pieces, (" " * self._width, "normal")]
        for tone, group in groupby(filled, key=itemgetter(1)):
            shown = _cut("".join(text for text, _ in group), room)
            room -= display_width(shown)
            line += f"\x1b[{self._style(tone, ground)}m{shown}" if shown else ""
        self.text += line

    def _style(self, tone: str, ground: Ground) -> str:
        if ground == "reverse":
            # The banner: red behind it, and the background of the list as its text.
            tone, behind = "bad", f"{self._palette.grounds.get('background', '')};7".lstrip(";")
        else:
            behind = self._palette.grounds.get(ground, "")
        return ";".join(["0", *filter(None, (self._palette.tones.get(tone), behind))])
