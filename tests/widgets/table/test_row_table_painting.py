"""What the table paints, and what it does not paint again."""

import random
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from textual.geometry import Region

from proximity_tui.widgets.glyphs import UNICODE
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column, arrange
from proximity_tui.widgets.table.row_line import GONE, RowState, StyledPiece, gone_style
from proximity_tui.widgets.table.row_table import RowTable
from tests.support.timing.until import until
from tests.widgets.table_app import TableApp, row, rows, settled


async def test_showing_the_same_again_paints_nothing() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(1, 2, 3))
        app.table.asked.clear()
        await settled(pilot, app.table, rows(1, 2, 3))
        assert app.table.asked == []


async def test_only_lines_that_look_different_are_painted_again() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(1, 2, 3, 4))
        app.table.asked.clear()
        await settled(pilot, app.table, [row(1), row(2, tone="bad"), row(3), row(4, name="new")])
        assert app.table.asked == [2, 4]
        app.table.asked.clear()
        await pilot.press("j")
        assert app.table.asked == [1, 2]


class Counting:
    """A row that counts how often its cells are asked for."""

    def __init__(self, vmid: int) -> None:
        self.key, self.asked, self._row = str(vmid), 0, row(vmid)

    def cell(self, index: int) -> Cell:
        self.asked += index == 0
        return self._row.cell(index)


async def test_a_key_asks_once_where_the_table_is_and_not_for_each_line(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(name: str) -> property:
        own = getattr(RowTable, name)

        def look_up(table: RowTable) -> object:
            asked.append(name)
            return own.fget(table)

        return property(look_up)

    app = TableApp()
    async with app.run_test(size=(40, 40)) as pilot:
        await settled(pilot, app.table, rows(*range(100, 150)))
        for name in ("scroll_offset", "scrollable_content_region"):
            monkeypatch.setattr(RowTable, name, counted(name))
        await pilot.press("j")
        assert {name: asked.count(name) < app.table.page / 2 for name in set(asked)} == {
            "scroll_offset": True,
            "scrollable_content_region": True,
        }


async def test_a_row_that_comes_into_view_after_time_has_passed_is_made_anew() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        listed = [Counting(vmid) for vmid in range(100, 120)]
        app.table.show(listed)
        await pilot.press("G", "g")
        asked = [one.asked for one in listed]
        app.table.forget_out_of_sight()
        await pilot.press("G")
        await pilot.press("g")
        again = [one.key for one, before in zip(listed, asked, strict=True) if one.asked > before]
        assert "119" in again
        assert app.table.keys_in_sight().isdisjoint(again)


async def test_a_key_asks_only_a_row_whose_mark_it_changed_for_its_cells_again() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        listed = [Counting(vmid) for vmid in range(100, 120)]
        app.table.show(listed)
        await pilot.pause()
        asked = [one.asked for one in listed]
        await pilot.press("j")
        assert [one.asked for one in listed] == asked
        asked = [one.asked for one in listed]
        await pilot.press("k", "space", "k", "space")
        assert [one.key for one, before in zip(listed, asked, strict=True) if one.asked > before] == ["100"]


@pytest.mark.parametrize("height", [10, 11])
@pytest.mark.parametrize(("start", "key"), [("g", "j"), ("G", "k")])
async def test_a_key_that_scrolls_half_a_page_finds_its_lines_made_by_the_keys_before_it(
    start: str, key: str, height: int
) -> None:
    app = TableApp()
    async with app.run_test(size=(40, height)) as pilot:
        listed = [Counting(vmid) for vmid in range(100, 140)]
        app.table.show(listed)
        await pilot.press(start)
        await pilot.pause()
        scrolls = 0
        for _ in range(35):
            asked, top = sum(one.asked for one in listed), app.table.scroll_offset.y
            await pilot.press(key)
            await pilot.pause()
            assert sum(one.asked for one in listed) - asked <= 1
            scrolls += app.table.scroll_offset.y != top
        assert scrolls > 4


def change(random_one: random.Random, table: RowTable) -> Callable[[], object]:
    """One thing that may happen to a table."""
    some = random_one.sample(range(100, 160), random_one.randint(0, 60))
    listed = [row(one, mem=random_one.randint(1, 3), tone=random_one.choice(("normal", "bad"))) for one in some]
    parity = random_one.randint(2, 4)
    return random_one.choice(
        [
            lambda: table.show(listed),
            lambda: table.show(listed),
            lambda: table.show([one for one in table.shown if one.key != table.cursor_key]),
            lambda: table.only(lambda key: int(key) % parity == 0),
            lambda: table.only(None),
            table.sort_next,
            table.sort_reverse,
            table.action_mark,
            table.action_mark_shown,
            table.action_clear_marks,
            lambda: table.action_move(random_one.randint(-5, 5)),
            lambda: table.action_page(random_one.choice((-1, 1))),
            table.action_first,
            table.action_last,
            lambda: table.scroll_to(y=random_one.randint(0, 50), animate=False),
        ]
    )


def drawn(app: TableApp) -> list[tuple[str, bool, bool]]:
    """Every character in the table's part of the screen, whether it is loud, and whether it is on the cursor's line."""
    left, top, width, height = app.table.scrollable_content_region
    cursor = app.table.get_component_rich_style("row-view--cursor").bgcolor
    strips = app.screen._compositor.render_strips()[top : top + height]
    pieces = [piece for strip in strips for piece in strip.crop(left, left + width)]
    return [
        (character, bool(piece.style and piece.style.bold), piece.style is not None and piece.style.bgcolor == cursor)
        for piece in pieces
        for character in piece.text
    ]


def wanted(table: RowTable) -> list[tuple[str, bool, bool]]:
    """The same, as it ought to be now, whatever was drawn so far."""
    width, height = table.scrollable_content_region.size
    looks = [(*table.look_of(y), StyledPiece("")) for y in range(height)]
    used = [sum(cell_len(piece.text) for piece in look) for look in looks]
    padded = [(*look[:-1], StyledPiece(" " * (width - length))) for look, length in zip(looks, used, strict=True)]
    return [
        (character, piece.cursor or piece.tone in ("bad", "header"), piece.cursor)
        for look in padded
        for piece in look
        for character in piece.text
    ]


@pytest.mark.parametrize("border", [False, True])
@pytest.mark.parametrize("seed", range(4))
async def test_after_any_changes_the_screen_is_as_if_all_of_it_were_painted_anew(seed: int, border: bool) -> None:
    random_one = random.Random(seed)
    app = TableApp(border=border)
    async with app.run_test(size=(50, 12)) as pilot:
        for _ in range(40):
            if random_one.random() < 0.1:
                await pilot.resize_terminal(random_one.randint(30, 60), random_one.randint(3, 14))
            change(random_one, app.table)()
            await until(pilot, lambda: drawn(app) == wanted(app.table))


def test_a_ghost_does_not_say_how_it_is_now() -> None:
    columns = (Column("name", "NAME", 6), Column("status", "STATUS", 9, of_now=True), Column("node", "NODE", 5))
    row = Row("a", ("web", "running", "pve1"))
    (piece,) = gone_style(row, arrange(columns, 40), 40, UNICODE, RowState(False, True, True))
    assert piece.text.split() == ["web", UNICODE.nothing, "pve1", "unlisted"]


def test_the_name_of_a_ghost_is_not_cut_beside_room_that_says_nothing() -> None:
    columns = (Column("name", "NAME", 6), Column("node", "NODE", 4), Column("status", "STATUS", 9, of_now=True))
    row = Row("a", ("postgres-1", "pve1", "running"))
    (piece,) = gone_style(row, arrange(columns, 40), 40, UNICODE, RowState(False, True, True))
    assert piece.text.split() == ["postgres-1", "pve1", UNICODE.nothing, "unlisted"]


def test_blanks_at_the_end_of_a_ghost_are_not_cut_with_a_sign() -> None:
    placed = arrange((Column("name", "NAME", 8), Column("notes", "NOTES", 10)), 24)
    said = gone_style(Row("1", ("web-1", "")), placed, 24, UNICODE, RowState(marked=False, cursor=False, gone=True))
    assert "".join(piece.text for piece in said) == " web-1".ljust(24 - len(GONE)) + GONE


async def test_lines_that_only_moved_are_not_drawn_anew() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(*range(100, 130)))
        before = {strip.text.split()[0]: strip for strip in app.table.render_lines(Region(0, 1, 40, 9))}
        app.table.scroll_to(y=4, animate=False)
        await pilot.pause()
        after = {strip.text.split()[0]: strip for strip in app.table.render_lines(Region(0, 1, 40, 9))}
        kept = before.keys() & after.keys()
        assert kept == {str(vmid) for vmid in range(104, 109)}
        assert all(before[vmid] is after[vmid] for vmid in kept)


async def test_another_theme_draws_every_line_anew() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(100, 101, 102))
        before = background_of(app, 2)
        app.theme = "textual-light" if app.theme != "textual-light" else "textual-dark"
        await until(pilot, lambda: background_of(app, 2) != before)


def background_of(app: TableApp, line: int) -> object:
    first, *_ = app.table.render_lines(Region(0, line, 40, 1))[0]
    assert first.style is not None
    return first.style.bgcolor


async def test_a_table_that_is_only_higher_or_lower_keeps_its_lines() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 12)) as pilot:
        listed = [Counting(vmid) for vmid in range(100, 103)]
        app.table.show(listed)
        await pilot.pause()
        asked, before = [one.asked for one in listed], app.table.render_lines(Region(0, 0, 40, 4))
        await pilot.resize_terminal(40, 8)
        await until(pilot, lambda: app.table.size.height == 8)
        after = app.table.render_lines(Region(0, 0, 40, 4))
        assert all(one is other for one, other in zip(before, after, strict=True))
        assert [one.asked for one in listed] == asked
