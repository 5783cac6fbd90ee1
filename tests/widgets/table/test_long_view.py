"""More or fewer lines: the bar follows, and the screen stays as it is laid out."""

import pytest
from textual.geometry import Size
from textual.screen import Screen
from textual.scrollbar import ScrollBar

from tests.widgets.table_app import TableApp, rows, settled


async def test_other_rows_lay_no_screen_out_unless_the_bar_comes_or_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out: list[Screen[object]] = []
    lay_out = Screen._refresh_layout

    def counted(screen: Screen[object], size: Size | None = None, scroll: bool = False) -> None:
        laid_out.append(screen)
        lay_out(screen, size, scroll)

    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        table = app.table
        await settled(pilot, table, rows(*range(100, 120)))
        await pilot.press("G")
        await pilot.pause()
        monkeypatch.setattr(Screen, "_refresh_layout", counted)
        await settled(pilot, table, rows(*range(100, 140)))
        assert (laid_out, table.vertical_scrollbar.window_virtual_size) == ([], 41)
        await settled(pilot, table, rows(*range(100, 110)))
        # The row under the cursor stays in sight, although it is gone.
        assert (laid_out, table.vertical_scrollbar.window_virtual_size) == ([], 12)
        assert table.scroll_offset.y <= 6, "no line is empty because rows went"
        await settled(pilot, table, rows(100, 101))
        assert laid_out
        assert not table.show_vertical_scrollbar


async def test_a_bar_that_comes_back_stands_where_the_lines_are() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 12)) as pilot:
        table = app.table
        await settled(pilot, table, rows(*range(100, 300)))
        await pilot.press("G")
        await pilot.pause()
        for keep in (lambda key: key == "100", None):
            table.only(keep)
            await pilot.pause()
        assert (table.scroll_offset.y, table.vertical_scrollbar.position) == (0, 0)


async def test_the_bar_looks_as_textual_draws_it() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 12)) as pilot:
        await settled(pilot, app.table, rows(*range(100, 300)))
        bar = app.table.vertical_scrollbar
        for place in (0, 3, 50, 151, 199):
            app.table.scroll_to(y=place, animate=False, force=True)
            await pilot.pause()
            shown = [list(strip) for strip in bar.render_lines(bar.size.region)]
            assert shown == [list(strip) for strip in ScrollBar.render_lines(bar, bar.size.region)], place
