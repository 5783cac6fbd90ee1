"""The table on a screen: keys, messages, what is painted, and what is not painted again."""

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from proximity_tui.widgets.cells import Cell, Row, Tone
from proximity_tui.widgets.columns import Column
from proximity_tui.widgets.glyphs import ASCII, UNICODE, Glyphs
from proximity_tui.widgets.row_line import Piece
from proximity_tui.widgets.row_table import RowTable
from tests.support.until import screen_lines, screen_text, until

COLUMNS = (
    Column("vmid", "VMID", 4, align="right"),
    Column("name", "NAME", 10, flex=1, max=20),
    Column("node", "NODE", 6, priority=2),
    Column("mem", "MEM", 5, align="right", priority=3),
)


class Recorder(RowTable):
    """A table that remembers which lines it asked Textual to paint; a whole repaint is None."""

    asked: list[int | None]

    def refresh(self, *regions: Region, **options: Any) -> "Recorder":
        self.asked = [*getattr(self, "asked", []), *([region.y for region in regions] or [None])]
        return super().refresh(*regions, **options)


class TableApp(App[None]):
    def __init__(self, empty: str = "no rows", border: bool = False, signs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.table = Recorder(COLUMNS, empty=empty, signs=signs)
        if border:
            self.table.styles.border = ("round", "red")
        self.heard: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_row_table_highlighted(self, message: RowTable.Highlighted) -> None:
        self.heard.append(("highlighted", message.key))

    def on_row_table_selected(self, message: RowTable.Selected) -> None:
        self.heard.append(("selected", (message.key, message.gone)))

    def on_row_table_marks_changed(self, message: RowTable.MarksChanged) -> None:
        self.heard.append(("marks", "".join(sorted(message.keys))))


def row(vmid: int, name: str = "", node: str = "pve1", mem: int = 100, tone: Tone = "normal") -> Row:
    return Row(str(vmid), (str(vmid), Cell(name or f"ct{vmid}", tone), node, Cell(f"{mem}M", order=mem)))


def rows(*vmids: int) -> list[Row]:
    return [row(vmid) for vmid in vmids]


def cursor_line(app: App[Any]) -> str:
    """What is drawn in reverse, without the ends of a scrollbar, which are one cell each."""
    pieces = [piece for strip in app.screen._compositor.render_strips() for piece in strip]
    return "".join(one.text for one in pieces if one.style and one.style.reverse and len(one.text) > 1)


async def settled(pilot: Pilot[Any], table: RowTable, listed: Iterable[Row]) -> None:
    """Show `listed` and let the screen be drawn."""
    table.show(listed)
    await pilot.pause()


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
        await pilot.press("j", "enter", "space", "asterisk", "backslash")
        app.table.show(rows(1, 3))
        await pilot.press("enter", "k")
        app.table.show([])
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.heard[-1] == ("highlighted", None))
        assert app.heard == [
            ("highlighted", "1"),
            ("highlighted", "2"),
            ("selected", ("2", False)),
            ("marks", "2"),
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
        await pilot.press("space", "j", "j", "space")
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
        await pilot.press("space", "j")
        app.table.show(rows(101))
        await until(pilot, lambda: "gone" in screen_text(app))
        lines = screen_text(app).splitlines()
        assert lines[1].startswith(mark + " 101")
        assert lines[2].startswith("  102")
        assert lines[2].endswith("  gone")
        assert cursor_line(app).strip().startswith("102")


async def test_the_sorted_column_says_so_and_in_which_direction() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 5)) as pilot:
        await settled(pilot, app.table, [row(1, mem=300), row(2, mem=20), row(3, mem=1000)])
        app.table.sort_by("mem", reverse=True)
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
    """Every character in the table's part of the screen, with bold and reverse."""
    left, top, width, height = app.table.scrollable_content_region
    strips = app.screen._compositor.render_strips()[top : top + height]
    pieces = [piece for strip in strips for piece in strip.crop(left, left + width)]
    return [
        (character, bool(piece.style and piece.style.bold), bool(piece.style and piece.style.reverse))
        for piece in pieces
        for character in piece.text
    ]


def wanted(table: RowTable) -> list[tuple[str, bool, bool]]:
    """The same, as it ought to be now, whatever was drawn so far."""
    width, height = table.scrollable_content_region.size
    looks = [(*table.look_of(y), Piece("")) for y in range(height)]
    used = [sum(cell_len(piece.text) for piece in look) for look in looks]
    padded = [(*look[:-1], Piece(" " * (width - length))) for look, length in zip(looks, used, strict=True)]
    return [
        (character, piece.tone in ("bad", "header"), piece.reverse)
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
