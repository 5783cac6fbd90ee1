"""Text of a cell in the room that it gets."""

from __future__ import annotations

import pytest

from proximity_tui.widgets.table.cells import Cell, wrapped

COUNTDOWN = Cell("missing? confirming in 25 s", brief="missing? in 25 s")


@pytest.mark.parametrize(("width", "words"), [(27, COUNTDOWN.text), (26, COUNTDOWN.brief), (3, COUNTDOWN.brief)])
def test_where_the_text_finds_no_room_its_brief_form_stands(width: int, words: str) -> None:
    assert COUNTDOWN.words(width) == words


def test_a_cell_without_a_brief_form_is_cut() -> None:
    assert Cell("postgres-primary").words(4) == "postgres-primary"


def test_a_sign_stands_before_the_text_or_for_one_that_is_empty() -> None:
    assert Cell("running", sign="●").words(9) == "● running"
    assert Cell("", sign="–").words(9) == "–"


def test_a_sign_needs_room_like_the_text() -> None:
    assert Cell("running", sign="●", brief="up").words(8) == "up"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 7, []),
        ("two words", 7, ["two", "words"]),
        ("日本語", 5, ["日本", "語"]),
        ("日本語", 6, ["日本語"]),
        ("a  日本 b", 7, ["a  日本", "b"]),
        ("a 日本 b", 8, ["a 日本 b"]),
        ("abc 日本語", 7, ["abc", "日本語"]),
    ],
)
def test_text_is_wrapped_by_the_cells_that_it_takes(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines
