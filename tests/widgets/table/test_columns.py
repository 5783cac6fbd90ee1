"""Columns give way by priority, share what is left, and stay aligned whatever the cells hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from proximity_tui.widgets.table.cells import fit
from proximity_tui.widgets.table.columns import GAP, Column, arrange

FLEET = (
    Column("kind", "KIND", 7),
    Column("vmid", "VMID", 5, align="right"),
    Column("name", "NAME", 10, flex=2),
    Column("node", "NODE", 6, priority=2),
    Column("notes", "NOTES", 8, flex=1, max=20, priority=3),
    Column("ports", "PORTS", 8, priority=3),
)


def placed(width: int) -> list[tuple[str, int]]:
    return [(one.column.id, one.width) for one in arrange(FLEET, width)]


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (54, "kind vmid name node notes ports"),
        (53, "kind vmid name node notes"),
        (44, "kind vmid name node notes"),
        (43, "kind vmid name node"),
        (33, "kind vmid name"),
        (5, "kind vmid name"),
    ],
)
def test_columns_with_the_highest_number_give_way_first_and_the_first_ones_never(width: int, columns: str) -> None:
    assert " ".join(column for column, _ in placed(width)) == columns


def test_room_that_is_left_goes_to_columns_that_want_it() -> None:
    assert dict(placed(60))["name"] + dict(placed(60))["notes"] == 10 + 8 + 6
    wide = dict(placed(154))
    assert (wide["notes"], wide["name"], wide["kind"]) == (20, 98, 7)


@given(st.integers(0, 300))
def test_columns_fill_the_line_exactly_once_all_that_must_fit_do(width: int) -> None:
    found = placed(width)
    used = sum(one for _, one in found) + GAP * (len(found) - 1)
    assert used == max(width, 7 + 5 + 10 + 2 * GAP)


@pytest.mark.parametrize(
    ("text", "width", "align", "cell"),
    [
        ("web1", 6, "left", "web1  "),
        ("41%", 6, "right", "   41%"),
        ("a", 4, "center", " a  "),
        ("container", 6, "left", "conta…"),
        ("日本語", 6, "left", "日本語"),
        ("日本語", 5, "left", "日本…"),
        ("日本語", 4, "left", "日 …"),
        ("cafe\u0301", 5, "left", "cafe\u0301 "),
        ("👍👍", 3, "left", "👍…"),
        ("web1", 0, "left", ""),
        ("\x1b[2J", 6, "left", "␛[2J  "),
        ("two\nlines", 9, "left", "two␊lines"),
    ],
)
def test_text_is_cut_and_padded_by_cells(text: str, width: int, align: str, cell: str) -> None:
    assert fit(text, width, align) == cell


@given(
    st.text(st.characters(exclude_categories=())),
    st.integers(0, 30),
    st.sampled_from(("left", "right", "center")),
)
def test_any_text_takes_exactly_its_width(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width


def test_a_column_grows_to_what_it_wants_before_others_take_their_share() -> None:
    name, notes = Column("name", "NAME", 4, want=10), Column("notes", "NOTES", 5, flex=1, want=9, priority=2)
    assert [one.width for one in arrange((notes, name), 9 + GAP)] == [5, 4]
    assert [one.width for one in arrange((notes, name), 16 + GAP)] == [6, 10]
    assert [one.width for one in arrange((notes, name), 30 + GAP)] == [20, 10]


def test_an_empty_column_is_shown_only_beside_all_that_the_others_want() -> None:
    name, ports = Column("name", "NAME", 4, want=10), Column("ports", "PORTS", 5, empty=True)
    beside = 10 + GAP + 5
    assert [one.column.id for one in arrange((name, ports), beside)] == ["name", "ports"]
    assert [one.column.id for one in arrange((name, ports), beside - 1)] == ["name"]


def test_no_empty_column_takes_the_room_of_one_that_was_dropped() -> None:
    name, uptime = Column("name", "NAME", 4), Column("uptime", "UPTIME", 9, priority=5)
    ports = Column("ports", "PORTS", 5, empty=True)
    assert [one.column.id for one in arrange((name, uptime, ports), 4 + GAP + 5)] == ["name"]


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (39, {"name": 10, "mem": 9, "notes": 16}),
        (40, {"name": 10, "mem": 16, "notes": 10}),
        (49, {"name": 10, "mem": 16, "notes": 19}),
        (50, {"name": 10, "mem": 16, "trend": 8, "notes": 10}),
    ],
)
def test_a_bar_and_a_trend_come_at_a_width_of_the_table_whatever_the_notes_want(
    width: int, columns: dict[str, int]
) -> None:
    table = (
        Column("name", "NAME", 10),
        Column("mem", "MEM", 9, priority=4, want=16, whole_from=40),
        Column("trend", "TREND", 8, priority=5, shown_from=50),
        Column("notes", "NOTES", 6, want=200, priority=2),
    )
    assert {one.column.id: one.width for one in arrange(table, width)} == columns
