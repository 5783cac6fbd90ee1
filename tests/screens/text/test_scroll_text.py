"""A text that scrolls: where a line that is too long goes on, and where it stands when it grows."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult

from proximity_tui.screens.text.lines import HangingLine, TextLine, width_of
from proximity_tui.screens.text.scroll_text import ScrollText, broken

LONG = "one two three four five six seven eight nine ten eleven twelve"


class OneText(App[None]):
    LINE: ClassVar[TextLine] = []

    def compose(self) -> ComposeResult:
        yield ScrollText(hang=2)

    def on_mount(self) -> None:
        self.query_one(ScrollText).set_text([self.LINE])


@pytest.mark.parametrize(
    ("line", "indent"), [([(LONG, "normal")], 2), (HangingLine([(LONG, "normal")], 7), 7)], ids=["usual", "its own"]
)
async def test_a_long_line_goes_on_at_its_indent(line: TextLine, indent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneText, "LINE", line)
    async with OneText().run_test(size=(30, 10)) as pilot:
        first, *others = pilot.app.query_one(ScrollText).text.splitlines()
        assert first.startswith("one")
        assert len(others) >= 2
        assert {len(other) - len(other.lstrip()) for other in others} == {indent}


async def test_who_went_to_the_end_stays_there_while_the_text_grows() -> None:
    async with OneText().run_test(size=(30, 10)) as pilot:
        text = pilot.app.query_one(ScrollText)

        async def grown_to(lines: int) -> tuple[float, float]:
            text.set_text([[(str(number), "normal")] for number in range(lines)])
            await pilot.pause()
            return text.scroll_y, text.max_scroll_y

        await pilot.press("G")
        assert await grown_to(5) == (0, 0)
        assert await grown_to(30) == (20, 20)
        assert await grown_to(40) == (30, 30)
        assert await grown_to(25) == (15, 15)
        await pilot.press("k")
        assert await grown_to(60) == (14, 50)
        await pilot.press("G", "g")
        assert await grown_to(70) == (0, 60)


def test_a_word_of_wide_characters_is_broken_by_the_cells_that_they_take() -> None:
    lines = broken([("説明 ", "dim"), ("データベースの予備系統", "normal")], 14, 4)
    assert ["".join(text for text, _ in line) for line in lines] == [
        "説明 ",
        "    データベー",
        "    スの予備系",
        "    統",
    ]
    assert max(map(width_of, lines)) <= 14
