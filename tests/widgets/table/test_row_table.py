"""The table on a screen: what it shows, what keys do, and what it says."""

from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.message import Message

from proximity_tui.widgets.glyphs import ASCII, UNICODE, Glyphs
from proximity_tui.widgets.table.row_table import RowTable
from proximity_tui.widgets.table.sliced_sort import SLICE
from tests.support.timing.until import screen_lines, screen_text, until
from tests.widgets.table_app import TableApp, row, rows, settled


def cursor_line(app: App[Any]) -> str:
    """What is drawn on the background of the cursor."""
    cursor = app.query_one(RowTable).get_component_rich_style("row-view--cursor").bgcolor
    pieces = [piece for strip in app.screen._compositor.render_strips() for piece in strip]
    return "".join(one.text for one in pieces if one.style and one.style.bgcolor == cursor)


async def test_rows_stand_under_their_titles() -> None:
    app = TableApp()
    async with app.run_test(size=(50, 5)) as pilot:
        await settled(pilot, app.table, [row(101, "web1"), row(102, "日本", mem=2000), row(103, "cafe\u0301")])
        assert screen_text(app).splitlines() == [
            " VMID  NAME                  NODE      MEM",
            "  101  web1                  pve1     100M",
            "  102  日本                  pve1    2000M",
            "  103  cafe\u0301                  pve1     100M",
        ]
        assert {cell_len(line) for line in screen_lines(app)} == {50}


async def test_columns_give_way_when_the_terminal_narrows() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 4)) as pilot:
        await settled(pilot, app.table, rows(101))
        await pilot.resize_terminal(26, 4)
        await until(pilot, lambda: "MEM" not in screen_text(app))
        assert screen_text(app).splitlines()[:2] == [" VMID  NAME        NODE", "  101  ct101       pve1"]


async def test_markup_and_control_characters_are_only_text() -> None:
    app = TableApp()
    async with app.run_test(size=(50, 4)) as pilot:
        await settled(pilot, app.table, [row(101, "[red]web[/]"), row(102, "\x1b[2Jx\n")])
        assert "[red]web[/]" in screen_text(app)
        assert "␛[2Jx␊" in screen_text(app)


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("j", 1), ("down", 1), ("j j k", 1), ("up", 0), ("G", 39), ("end", 39), ("G g", 0), ("end home", 0),
        ("pagedown", 9), ("pagedown pagedown pageup", 9), ("G pageup", 30), ("G j", 39),
    ],
)  # fmt: skip
async def test_keys_move_the_cursor(keys: str, line: int) -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(*range(100, 140)))
        await pilot.press(*keys.split())
        assert app.table.cursor_key == str(100 + line)
        await until(pilot, lambda: cursor_line(app).strip().startswith(str(100 + line)))


async def test_a_cursor_that_leaves_the_view_moves_it_by_half_a_page() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 11)) as pilot:
        await settled(pilot, app.table, rows(*range(100, 140)))
        await pilot.press(*["j"] * 10)
        await until(pilot, lambda: app.table.scroll_offset.y == 5)
        await pilot.press(*["j"] * 4)
        assert app.table.scroll_offset.y == 5


async def test_a_refresh_brings_back_a_cursor_that_was_in_view_and_leaves_one_that_was_not() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 11)) as pilot:
        await settled(pilot, app.table, rows(*range(100, 140)))
        await settled(pilot, app.table, rows(*range(40, 140)))
        await until(pilot, lambda: cursor_line(app).strip().startswith("100"))
        app.table.scroll_to(y=0, animate=False)
        await until(pilot, lambda: cursor_line(app) == "")
        await settled(pilot, app.table, rows(*range(39, 140)))
        assert app.table.scroll_offset.y == 0


async def test_what_the_table_says() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(1, 2, 3))
        await pilot.press("j", "enter", "space", "k", "asterisk", "backslash")
        app.table.show(rows(1, 3))
        await pilot.press("enter", "k")
        app.table.show([])
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.heard[-1] == ("highlighted", None))
        assert app.heard == [
            ("highlighted", "1"),
            ("highlighted", "2"),
            ("selected", ("2", False)),
            ("highlighted", "3"),
            ("marks", "2"),
            ("highlighted", "2"),
            ("marks", "123"),
            ("marks", ""),
            ("selected", ("2", True)),
            ("highlighted", "1"),
            ("highlighted", None),
        ]


async def test_an_action_is_about_the_marked_rows_else_the_current_one_and_never_about_a_ghost() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(3, 2, 1))
        assert app.table.targets() == ("3",)
        await pilot.press("space", "j", "space")
        assert app.table.targets() == ("3", "1")
        app.table.only(lambda key: key != "3")
        assert app.table.targets() == ("1", "3")
        await pilot.press("backslash")
        app.table.show(rows(3, 2))
        assert (app.table.cursor_key, app.table.cursor_gone, app.table.targets()) == ("1", True, ())


@pytest.mark.parametrize(("signs", "mark"), [(UNICODE, "✓"), (ASCII, "+")])
async def test_marks_and_ghosts_are_seen_without_colours(signs: Glyphs, mark: str) -> None:
    app = TableApp(signs=signs)
    async with app.run_test(size=(45, 5)) as pilot:
        await settled(pilot, app.table, rows(101, 102))
        await pilot.press("space")
        app.table.show(rows(101))
        await until(pilot, lambda: "unlisted" in screen_text(app))
        lines = screen_text(app).splitlines()
        assert lines[1].startswith(mark + " 101")
        assert lines[2].startswith("  102")
        assert lines[2].endswith("  unlisted")
        assert cursor_line(app).strip().startswith("102")


async def test_the_sorted_column_says_so_and_in_which_direction() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 5)) as pilot:
        await settled(pilot, app.table, [row(1, mem=300), row(2, mem=20), row(3, mem=1000)])
        while app.table.sorting is None or app.table.sorting[0] != "mem":
            app.table.sort_next()
        app.table.sort_reverse()
        await until(pilot, lambda: "MEM↓" in screen_text(app))
        assert [one.key for one in app.table.shown] == ["3", "1", "2"]
        app.table.sort_reverse()
        await until(pilot, lambda: "MEM↑" in screen_text(app))
        app.table.sort_next()
        assert app.table.sorting is None
        app.table.sort_next()
        assert app.table.sorting == ("vmid", False)
        assert app.table.cursor_key == "1"


async def test_an_empty_table_says_why() -> None:
    app = TableApp(empty="Nobody asked yet: the first answer of prod is still on its way.")
    async with app.run_test(size=(40, 8)) as pilot:
        await until(pilot, lambda: "Nobody asked yet" in screen_text(app))
        assert "still on its way." in screen_text(app)
        app.table.empty = "There are no containers."
        await until(pilot, lambda: "There are no containers." in screen_text(app))
        await settled(pilot, app.table, rows(1))
        assert "There are no containers." not in screen_text(app)


async def test_a_click_puts_the_cursor_on_a_row() -> None:
    app = TableApp(border=True)
    async with app.run_test(size=(40, 10)) as pilot:
        await settled(pilot, app.table, rows(1, 2, 3))
        await pilot.click(app.table, offset=(5, 4))
        assert app.table.cursor_key == "3"
        await pilot.click(app.table, offset=(5, 1))
        assert app.table.cursor_key == "3"


def many(app: TableApp, count: int) -> list[str]:
    """Show so many rows; return the names in the order of a sorted table."""
    names = [f"n{number * 7919 % count}" for number in range(count)]
    app.table.show([row(number, name) for number, name in enumerate(names)])
    return sorted(names, key=lambda name: int(name[1:]))


def names_of(app: TableApp) -> list[str]:
    return [one.cell(1).text for one in app.table.shown]


async def test_of_two_orders_of_a_long_list_the_newest_wins_and_keys_act_meanwhile() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        wanted = many(app, 5 * SLICE)
        before = names_of(app)
        app.table.sort_next()
        app.table.sort_next()
        app.table.sort_reverse()
        app.table.action_move(1)
        assert (names_of(app), app.table.cursor_key, app.table.sorting) == (before, "1", None)
        await until(pilot, lambda: app.table.sorting is not None)
        assert app.table.sorting == ("name", True)
        assert (names_of(app), app.table.cursor_key) == (wanted[::-1], "1")


async def test_a_refresh_while_a_long_list_is_put_in_order_is_ordered_too() -> None:
    app = TableApp()
    async with app.run_test() as pilot:
        many(app, 5 * SLICE)
        app.table.sort_next()
        app.table.sort_next()
        wanted = many(app, 4 * SLICE)
        await until(pilot, lambda: names_of(app) == wanted)
        app.table.sort_next()
        many(app, 2)
        await until(pilot, lambda: app.table.sorting == ("node", False))


NOTHING = (RowTable.NothingSelected, RowTable.NothingToMark)


@pytest.mark.parametrize("key", ["enter", "space", "asterisk"])
async def test_a_key_for_a_row_where_there_is_none_is_told(key: str) -> None:
    app = TableApp()
    told: list[Message] = []
    async with app.run_test(message_hook=told.append) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: any(isinstance(one, NOTHING) for one in told))
        app.table.show(rows(1))
        told.clear()
        await pilot.press(key)
        await until(pilot, lambda: {"selected", "marks"} & {what for what, _ in app.heard})
    assert not any(isinstance(one, NOTHING) for one in told)


async def test_to_mark_all_where_a_filter_hides_every_row_is_told() -> None:
    app = TableApp()
    told: list[Message] = []
    async with app.run_test(message_hook=told.append) as pilot:
        app.table.show(rows(1))
        app.table.only(lambda key: False)
        await pilot.press("asterisk")
        await until(pilot, lambda: any(isinstance(one, NOTHING) for one in told))
        assert not app.table.marks


@pytest.mark.parametrize("count", [3, 2 * SLICE], ids=["few", "many"])
async def test_on_the_first_line_the_cursor_stays_there_when_somebody_sorts_and_elsewhere_with_its_row(
    count: int,
) -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        table, last = app.table, str(100 + count - 1)
        await settled(pilot, table, rows(*range(100, 100 + count)))
        table.sort_by("vmid", reverse=True)
        await until(pilot, lambda: table.shown[0].key == last)
        assert table.cursor_key == last
        await pilot.press("down")
        there = table.cursor_key
        table.sort_reverse()
        await until(pilot, lambda: table.shown[0].key == "100")
        assert table.cursor_key == there
        assert there not in (last, "100")
