"""The painting of a snapshot: one screen of escape sequences for a terminal, in the places where the live list follows.

Pure. Every value on it is of the past: the first line says as of when, and nothing is green. No library of the screens
is loaded for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from proximity_tui.core.base.text import display_width, plain
from proximity_tui.snapshot.content import Snapshot, SnapshotCell
from proximity_tui.widgets.table.columns import GAP, Align, Placed, arrange

if TYPE_CHECKING:
    from proximity_tui.widgets.theme import Tone

GUTTER = 1
"""Cells left of the first column, and right of the last, where the scroll bar is."""

Palette = Mapping[str, str]
"""The parameters of the escape sequence of each tone, of the `header`, and of the `panel` behind the outer lines."""

TRUE_COLOUR: Palette = {
    "normal": "38;2;228;228;228;48;2;0;0;0",
    "dim": "38;2;168;168;168;48;2;0;0;0",
    "warn": "1;38;2;255;255;85;48;2;0;0;0",
    "bad": "1;38;2;255;85;85;48;2;0;0;0",
    "accent": "38;2;85;255;255;48;2;0;0;0",
    "header": "1;38;2;168;168;168;48;2;0;0;0",
    "panel": "38;2;228;228;228;48;2;28;28;28",
    "frame": "1;38;2;255;255;85;48;2;28;28;28",
}
MANY_COLOURS: Palette = {
    "normal": "38;5;254;48;5;16",
    "dim": "38;5;248;48;5;16",
    "warn": "1;38;5;227;48;5;16",
    "bad": "1;38;5;203;48;5;16",
    "accent": "38;5;87;48;5;16",
    "header": "1;38;5;248;48;5;16",
    "panel": "38;5;254;48;5;234",
    "frame": "1;38;5;227;48;5;234",
}
NO_COLOUR: Palette = {"dim": "2", "warn": "1", "bad": "1", "header": "1", "frame": "1"}
"""Also for a terminal with few colours: those it has are its owner's, and the live list follows at once."""


def palette_for(environ: Mapping[str, str]) -> Palette:
    """Return the colours that the terminal of this environment shows, as the screens choose theirs."""
    if "NO_COLOR" in environ:
        return NO_COLOUR
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return TRUE_COLOUR
    return MANY_COLOURS if environ.get("TERM", "").endswith(("-256color", "-kitty")) else NO_COLOUR


def opening(size: tuple[int, int], palette: Palette) -> str:
    """Return the screen of a start that knows nothing yet."""
    canvas = _Canvas(size, palette)
    canvas.line(1, [(" Proximity TUI starts", "panel")], "panel")
    return canvas.text


def screen(
    snapshot: Snapshot,
    taken: datetime,
    age: float,
    size: tuple[int, int],
    palette: Palette,
    *,
    read_only: bool,
) -> str:
    """Return the screen for a snapshot that was taken at a local time, so many seconds ago."""
    canvas = _Canvas(size, palette)
    width, height = size
    canvas.line(1, _status(as_of(taken, age), width, read_only=read_only), "panel")
    top = 2
    if snapshot.banner:
        canvas.line(2, [(_fit(f" ALERT  {snapshot.banner}", width), "bad")], "bad", reverse=True)
        top = 3
    placed = arrange(snapshot.columns, width - 2 * GUTTER)
    titles = [_fit(one.column.title, one.width, one.column.align) for one in placed]
    canvas.line(top, [(" " * GUTTER + (" " * GAP).join(titles), "header")])
    more = "…" if snapshot.unicode else "~"
    for number, row in enumerate(snapshot.rows[: max(0, height - top - 2)]):
        canvas.line(top + 1 + number, _pieces(row, placed, more), reverse=number == 0)
    if height <= top:
        return canvas.text
    counts = f"Fleet {snapshot.total} "
    canvas.line(height, [(_fit("", width - len(counts)) + counts, "panel")], "panel")
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
    return [(left, "panel"), (frame, "frame")]


def _pieces(row: Sequence[SnapshotCell], placed: Sequence[Placed], more: str) -> list[tuple[str, str]]:
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

    def __init__(self, size: tuple[int, int], palette: Palette) -> None:
        self._width, self._height = size
        self._palette = palette
        self.text = f"\x1b[{palette.get('normal', '0')}m\x1b[2J"

    def line(
        self, number: int, pieces: Iterable[tuple[str, str]], ground: str = "normal", *, reverse: bool = False
    ) -> None:
        """Draw a line, cut at the edge; the rest of it has the look of `ground`."""
        if not 1 <= number <= self._height:
            return
        line, room = f"\x1b[{number};1H", self._width
        # The screen was cleared in the look of normal text: its blanks are there already.
        filled = [*pieces, (" " * self._width, ground)] if reverse or ground != "normal" else pieces
        for tone, group in groupby(filled, key=itemgetter(1)):
            shown = _cut("".join(text for text, _ in group), room)
            room -= display_width(shown)
            line += f"\x1b[{self._style(tone, reverse)}m{shown}" if shown else ""
        self.text += line

    def _style(self, tone: str, reverse: bool) -> str:
        return ";".join(["0", *filter(None, (self._palette.get(tone), "7" if reverse else ""))])
