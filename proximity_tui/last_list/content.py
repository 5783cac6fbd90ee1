"""The content of a last list and its text form. Whatever cannot be understood, to the last field, is no last list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.widgets.table.columns import Column

if TYPE_CHECKING:
    from proximity_tui.core.base.tone import Tone

FORMAT = 3
"""Raised whenever the form changes: another version is ignored, in both directions."""
MOST_ROWS = 100
"""More lines than most terminals have; the rest of a large fleet is not kept."""
LONGEST = 200
"""Characters of a cell."""

_TONES = ("normal", "dim", "good", "warn", "bad", "accent")
_ALIGNED = ("left", "right", "center")


class Timestamp(NamedTuple):
    """A moment by two clocks: the wall clock, and the time since this boot, which nobody sets."""

    wall: float
    """Seconds since 1970."""
    boot: str
    """The boot that `lived` counts from."""
    lived: float


class LastListCell(NamedTuple):
    """A cell as it was shown, sign included."""

    text: str
    tone: Tone
    brief: str = ""


@value_object
class LastList:
    """The first lines of the Fleet list at one moment."""

    database: str
    """The identity of the database, as far as it can be told without opening it."""
    origin: str
    """The hash of the first event of its audit trail, which no other database has."""
    taken_at: Timestamp
    unicode: bool
    """Whether the signs need a terminal that knows Unicode."""
    total: int
    """The number of rows of the whole list."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[LastListCell, ...], ...]
    banner: str = ""
    """The text of the red alert above the list, if there was one."""
    light: bool | None = None
    """Whether the background of the terminal was light; None where it did not tell."""


def to_text(last_list: LastList) -> str:
    """Return the text of a last list."""
    return json.dumps(
        {
            "format": FORMAT,
            "database": last_list.database,
            "origin": last_list.origin,
            "taken_at": list(last_list.taken_at),
            "unicode": last_list.unicode,
            "total": last_list.total,
            "columns": [_written(column) for column in last_list.columns],
            "rows": [[list(cell) for cell in row] for row in last_list.rows],
            "banner": last_list.banner,
            "light": last_list.light,
        },
        separators=(",", ":"),
    )


def from_text(text: str) -> LastList | None:
    """Return the last list in a text, or None."""
    try:
        found = json.loads(text)
        if found.pop("format") != FORMAT:
            return None
        columns = tuple(_column(*one) for one in found.pop("columns"))
        rows = tuple(tuple(_cell(*one) for one in row) for row in found.pop("rows"))
        if not columns or len(rows) > MOST_ROWS or any(len(row) != len(columns) for row in rows):
            return None
        wall, boot, lived = found.pop("taken_at")
        return LastList(
            database=_text(found.pop("database")),
            origin=_text(found.pop("origin")),
            taken_at=Timestamp(_number(wall), _text(boot), _number(lived)),
            unicode=bool(found.pop("unicode")),
            total=int(_number(found.pop("total"))),
            columns=columns,
            rows=rows,
            banner=_text(found.pop("banner")),
            light=_answer(found.pop("light")),
            **found,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _written(column: Column) -> list[Any]:
    least, most = column.width, column.max
    return [
        column.title,
        least,
        column.flex,
        most,
        column.align,
        column.priority,
        min(column.want, LONGEST),
        column.empty,
        column.shown_from,
        column.whole_from,
    ]


def _column(
    title: Any,
    width: Any,
    flex: Any,
    most: Any,
    align: Any,
    priority: Any,
    want: Any,
    empty: Any,
    shown_from: Any,
    whole_from: Any,
) -> Column:
    figures = (width, flex, priority, want, shown_from, *(one for one in (most, whole_from) if one is not None))
    if not all(type(one) is int and 0 <= one <= LONGEST for one in figures) or align not in _ALIGNED:
        raise ValueError("no column")
    return Column(
        _text(title),
        _text(title),
        width,
        flex,
        most,
        align,
        priority,
        want=want,
        empty=bool(empty),
        shown_from=shown_from,
        whole_from=whole_from,
    )


def _cell(text: Any, tone: Any, brief: Any) -> LastListCell:
    if tone not in _TONES:
        raise ValueError("no tone")
    return LastListCell(_text(text), tone, _text(brief))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    # Made plain when it was written; but the file lies on a disk, and a terminal obeys what it is sent (law 7).
    return plain(value, limit=LONGEST)


def _answer(value: Any) -> bool | None:
    if value is not None and type(value) is not bool:
        raise TypeError("no answer")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < 1e12:
        raise ValueError("no number")
    return float(value)
