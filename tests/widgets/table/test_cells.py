"""Text of a cell in the room that it gets."""

from __future__ import annotations

import pytest

from proximity_tui.widgets.table.cells import Cell, in_lines

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


def test_a_text_of_too_many_lines_ends_in_an_ellipsis_within_its_cells() -> None:
    assert in_lines("one two three", 7, 3) == ["one two", "three"]
    assert in_lines("one two three four", 7, 2) == ["one two", "three …"]
    assert in_lines("日本語の名前", 5, 2) == ["日本", "語の…"]
    assert in_lines("", 7, 2) == [""]
