"""The line below a list: what is the matter is not cut after one line, and a small screen keeps its list."""

from __future__ import annotations

from textual.geometry import Region

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.base.tone import Tone
from proximity_tui.screens.lists.list_entry import RowDetail, detail_lines
from proximity_tui.widgets.colors import DARK, LIGHT
from proximity_tui.widgets.table.row_table import RowTable
from proximity_tui.widgets.theme import name_of
from tests.screens.stage import Stage, read_again
from tests.support.timing.until import screen_text, until

REASON = "web-1, unknown: the quorum cannot be seen: the token lacks Sys.Audit on /"


def test_a_long_reason_takes_more_lines_and_is_cut_only_after_the_last() -> None:
    assert detail_lines(REASON, 200, 3) == [f" {REASON}"]
    wrapped = detail_lines(REASON, 60, 3)
    assert len(wrapped) == 2
    assert " ".join(line.strip() for line in wrapped) == REASON
    assert detail_lines(REASON, 30, 2)[-1].endswith("…")
    assert detail_lines("", 40, 3) == [" "]
    assert max(len(line) for line in detail_lines(REASON, 40, 1)) == 40


async def test_the_reason_of_an_outage_is_read_to_its_end_on_a_small_terminal(stage: Stage) -> None:
    async with stage.shown((50, 24)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        stage.simulator.faults.answer(596, "Connection refused by the node that was asked to answer")
        await read_again(pilot, lambda: "? unknown" in screen_text(pilot.app))
        story = pilot.app.screen.query_one(RowDetail)
        await until(pilot, lambda: story.size.height > 1)
        await until(pilot, lambda: " ".join(story.text.split()) in " ".join(screen_text(pilot.app).split()))


async def test_on_ten_lines_it_keeps_to_one(stage: Stage) -> None:
    async with stage.shown((40, 10)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        stage.simulator.faults.answer(596, "Connection refused by the node that was asked to answer")
        await read_again(pilot, lambda: "? unknown" in screen_text(pilot.app))
        assert pilot.app.screen.query_one(RowDetail).size.height == 1


async def test_a_move_describes_its_row_before_anything_is_drawn(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        table, story = pilot.app.screen.query_one(RowTable), pilot.app.screen.query_one(RowDetail)
        for move, name in ((table.action_move, "web-2"), (table.action_page, "web-1")):
            move(1 if name == "web-2" else -1)
            assert story.text.startswith(name)


async def test_the_detail_line_has_the_colours_of_its_tone_and_of_the_theme(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        detail = pilot.app.screen.query_one(RowDetail)

        def drawn() -> tuple[str, str, str]:
            (strip,) = detail.render_lines(Region(0, 0, detail.size.width, 1))
            assert strip.cell_length == detail.size.width
            (style,) = {segment.style for segment in strip if segment.style is not None}
            assert style.color is not None
            assert style.bgcolor is not None
            return strip.text.strip(), style.color.name, style.bgcolor.name

        for theme, colors in ((ThemeSetting.DARK, DARK), (ThemeSetting.LIGHT, LIGHT)):
            pilot.app.theme = name_of(theme)
            await pilot.pause()
            tones: tuple[tuple[Tone, str], ...] = (("dim", colors.dim), ("warn", colors.warn))
            for tone, color in tones:
                detail.set_text(f"{theme} {tone}", tone)
                assert drawn() == (f"{theme} {tone}", color, colors.surface)
