"""A last list survives its text, and a text that is wrong anywhere is no last list."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proximity_tui.last_list.content import FORMAT, MOST_ROWS, LastList, LastListCell, Timestamp, from_text, to_text
from proximity_tui.widgets.table.columns import Column

COLUMNS = (Column("VMID", "VMID", 5, 1, 9, "right", 1), Column("NAME", "NAME", 10, flex=3, priority=2, want=20))


def last_list(*names: str, **changes: Any) -> LastList:
    """A last list of containers with these names."""
    rows = tuple((LastListCell(str(101 + n), "normal"), LastListCell(name, "good")) for n, name in enumerate(names))
    given: dict[str, Any] = {
        "database": "1:2",
        "origin": "ab" * 32,
        "taken_at": Timestamp(1_700_000_000.0, "boot", 500.0),
        "unicode": True,
        "total": len(names),
        "columns": COLUMNS,
        "rows": rows,
        "banner": "",
        "light": None,
    }
    return LastList(**(given | changes))


def test_a_last_list_survives_its_text() -> None:
    columns = (COLUMNS[0], Column("PORTS", "PORTS", 5, empty=True))
    taken = last_list("web", "db", banner="web is gone", light=True, columns=columns)
    assert from_text(to_text(taken)) == taken


def wrong(**changes: Any) -> str:
    return json.dumps(json.loads(to_text(last_list("web"))) | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 5000,
        to_text(last_list("web"))[:-20],
        wrong(format=FORMAT + 1),
        wrong(format=None),
        wrong(more="field"),
        wrong(database=7),
        wrong(light=1),
        wrong(origin=None),
        wrong(taken_at=[1, "boot"]),
        wrong(taken_at=["now", "boot", 1]),
        wrong(taken_at=[-1, "boot", 1]),
        wrong(taken_at=[float("nan"), "boot", 1]),
        wrong(total="many"),
        wrong(columns=[]),
        wrong(columns=[["NAME", -1, 1, None, "left", 1]] * 2),
        wrong(columns=[["NAME", 10**9, 1, None, "left", 1]] * 2),
        wrong(columns=[["NAME", 5, 1, None, "middle", 1]] * 2),
        wrong(rows=[[["101", "normal", ""]]]),
        wrong(rows=[[["101", "loud", ""], ["web", "good", ""]]]),
        wrong(rows=[[["101", "normal", ""], [7, "good", ""]]]),
        wrong(rows=[[["101", "normal", ""], ["web", "good", ""]]] * (MOST_ROWS + 1)),
        wrong(banner=["x"]),
    ],
)
def test_a_text_that_is_wrong_anywhere_is_no_last_list(text: str) -> None:
    assert from_text(text) is None


def test_a_text_without_a_field_is_no_last_list() -> None:
    whole = json.loads(to_text(last_list("web")))
    for field in whole:
        assert from_text(json.dumps({key: value for key, value in whole.items() if key != field})) is None, field


def test_what_a_terminal_would_obey_is_made_visible() -> None:
    found = from_text(to_text(last_list("web\x1b]0;owned\x07")))
    assert found is not None
    assert found.rows[0][1].text == "web␛]0;owned␇"
