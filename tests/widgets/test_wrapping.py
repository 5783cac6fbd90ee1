"""Text is wrapped by the cells that it takes, not by its characters."""

from __future__ import annotations

import pytest

from proximity_tui.widgets.wrapping import wrapped


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
        ("日e\u0301本e\u0301語e\u0301", 6, ["日e\u0301本e\u0301", "語e\u0301"]),
    ],
)
def test_text_is_wrapped_by_the_cells_that_it_takes(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, width) == lines


@pytest.mark.parametrize("text", ["one two three four", "一 二三 四五六 七", "one 二三 ééé four"])
def test_all_lines_but_the_first_hang(text: str) -> None:
    first, *others = wrapped(text, 10, 4)
    assert not first.startswith(" ")
    assert others
    assert {len(other) - len(other.lstrip()) for other in others} == {4}
