"""Cursor, marks, order and filter of a table follow things, not lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.row_list import RowList, Sorting
from proximity_tui.widgets.table.sliced_sort import SLICE


def rows(*keys: str) -> list[Row]:
    return [Row(key, (key, Cell(key, order=float(len(key))))) for key in keys]


def listing(*keys: str) -> RowList:
    result = RowList()
    result.show(rows(*keys))
    return result


def shown(listed: RowList) -> str:
    return " ".join(row.key for row in listed.shown)


def put_in_order(listed: RowList, sorting: Sorting | None) -> None:
    listed.sort(sorting)
    for _ in listed.order():
        pass


def test_the_cursor_starts_on_the_first_row() -> None:
    listed = listing("a", "b")
    assert (listed.cursor, listed.place) == ("a", 0)


def test_a_refresh_leaves_the_cursor_on_its_row_wherever_that_went() -> None:
    listed = listing("a", "b", "c")
    listed.move_to(1)
    listed.show(rows("new", "c", "a", "b"))
    assert (listed.cursor, listed.place) == ("b", 3)


def test_a_row_that_vanishes_under_the_cursor_stays_as_a_ghost_until_the_cursor_leaves() -> None:
    listed = listing("a", "b", "c")
    listed.move_to(1)
    listed.show(rows("a", "c"))
    assert (shown(listed), listed.cursor, listed.gone) == ("a b c", "b", True)
    assert listed.current is None
    listed.show(rows("a", "c", "d"))
    assert (shown(listed), listed.gone) == ("a b c d", True)
    listed.move_to(2)
    assert (shown(listed), listed.cursor, listed.gone) == ("a c d", "c", False)


def test_a_ghost_that_comes_back_is_a_row_again() -> None:
    listed = listing("a", "b")
    listed.show(rows("b"))
    listed.show(rows("b", "a"))
    assert (shown(listed), listed.cursor, listed.place, listed.gone) == ("b a", "a", 1, False)


def test_a_ghost_that_was_the_only_row_goes_with_the_next_move() -> None:
    listed = listing("a")
    listed.show([])
    assert (shown(listed), listed.gone) == ("a", True)
    listed.move_to(1)
    assert (shown(listed), listed.cursor, listed.gone) == ("", None, False)


def test_a_ghost_keeps_its_line_when_rows_are_sorted() -> None:
    listed = listing("c", "b", "a")
    listed.show(rows("b", "a"))
    put_in_order(listed, Sorting(0))
    assert (shown(listed), listed.gone) == ("c a b", True)


def test_a_row_that_stops_matching_the_filter_is_held_under_the_cursor() -> None:
    matching = {"a", "b", "c"}
    listed = listing("a", "b", "c")
    listed.only(lambda key: key in matching)
    listed.move_to(1)
    matching.remove("b")
    listed.show(rows("a", "b", "c"))
    assert (shown(listed), listed.cursor, listed.gone) == ("a b c", "b", False)
    assert listed.current is not None
    listed.move_to(0)
    assert shown(listed) == "a c"


def test_a_new_filter_takes_the_cursor_to_the_row_in_its_place() -> None:
    listed = listing("a", "b", "c", "d")
    listed.move_to(1)
    listed.only(lambda key: key != "b")
    assert (shown(listed), listed.cursor) == ("a c d", "c")
    listed.only(lambda key: False)
    assert (shown(listed), listed.cursor, listed.total) == ("", None, 4)
    listed.only(None)
    assert (shown(listed), listed.cursor) == ("a b c d", "a")


def test_marks_stay_with_rows_and_end_with_them() -> None:
    listed = listing("a", "b", "c")
    listed.toggle_mark()
    listed.move_to(2)
    listed.toggle_mark()
    listed.show(rows("c", "b", "a"))
    assert listed.marks == {"a", "c"}
    listed.show(rows("c", "b"))
    assert listed.marks == {"c"}


def test_marks_outlive_a_filter_and_mark_all_marks_only_what_is_shown() -> None:
    listed = listing("a", "b", "c")
    listed.toggle_mark()
    listed.only(lambda key: key == "b")
    listed.mark_shown()
    assert listed.marks == {"a", "b"}


def test_a_ghost_cannot_be_marked() -> None:
    listed = listing("a", "b")
    listed.show(rows("b"))
    listed.toggle_mark()
    listed.mark_shown()
    assert listed.marks == {"b"}


def test_names_are_sorted_as_people_count() -> None:
    listed = listing("pve10", "pve2", "Pve1")
    put_in_order(listed, Sorting(0))
    assert shown(listed) == "Pve1 pve2 pve10"
    put_in_order(listed, Sorting(0, reverse=True))
    assert shown(listed) == "pve10 pve2 Pve1"
    put_in_order(listed, None)
    assert shown(listed) == "pve10 pve2 Pve1"


def test_figures_are_sorted_by_their_value_and_come_before_words() -> None:
    listed = RowList()
    listed.show(
        [
            Row("none", ("–",)),
            Row("big", (Cell("2.0G", order=2e9),)),
            Row("small", (Cell("412M", order=4e8),)),
        ]
    )
    put_in_order(listed, Sorting(0))
    assert shown(listed) == "small big none"


def test_a_name_of_five_thousand_digits_is_sorted_too() -> None:
    listed = listing("9" * 5_000, "8")
    put_in_order(listed, Sorting(0))
    assert listed.shown[0].key == "8"


def test_rows_stand_as_before_until_their_order_is_found_and_the_cursor_stays_on_its_row() -> None:
    keys = [str(number) for number in range(2 * SLICE)]
    listed = listing(*keys)
    listed.move_to(2)
    listed.toggle_mark()
    listed.sort(Sorting(0, reverse=True))
    for _ in listed.order():
        assert [row.key for row in listed.shown] == keys
        assert (listed.sorting, listed.place) == (None, 2)
    assert [row.key for row in listed.shown] == keys[::-1]
    assert (listed.cursor, listed.place, listed.marks) == ("2", len(keys) - 3, {"2"})
    assert listed.is_ordered


def test_what_comes_and_goes_while_an_order_is_found_is_shown_and_waits_for_the_next_round() -> None:
    listed = listing(*(str(number) for number in range(2 * SLICE)))
    listed.sort(Sorting(0, reverse=True))
    ordering = listed.order()
    next(ordering)
    listed.show(rows("0", "2", "1", "new"), frozenset({"new"}))
    assert not listed.is_ordered
    assert list(ordering)
    assert (shown(listed), listed.is_ordered) == ("2 1 0 new", False)
    assert list(listed.order())
    assert (shown(listed), listed.is_ordered) == ("new 2 1 0", True)


class NoticedRow:
    """A row that counts how often anybody asks any of them for its key."""

    asked = 0

    def __init__(self, key: str) -> None:
        self._key = key

    @property
    def key(self) -> str:
        NoticedRow.asked += 1
        return self._key

    def cell(self, index: int) -> Cell:
        return Cell(self._key)


def test_where_one_row_came_or_went_of_a_sorted_list_no_other_is_looked_at() -> None:
    """There may be thousands, in one piece of work between two keys."""
    first, one, last = (NoticedRow(f"{kind}{number}") for kind, number in (("a", 0), ("b", 1), ("c", 2)))
    others = {f"x{number}": NoticedRow(f"x{number}") for number in range(SLICE)}
    listed = RowList()
    before = {"a0": first, **others, "c2": last}
    listed.show(before.values(), None, before)
    put_in_order(listed, Sorting(0, reverse=True))
    for now in ({"a0": first, "b1": one, **others, "c2": last}, before):
        NoticedRow.asked = 0
        listed.show(now.values(), frozenset({"b1"}), now)
        assert NoticedRow.asked < 10
        assert (len(listed.shown), listed.shown[-1] is one) == (len(now), "b1" in now)


def test_all_rows_are_marked_and_stay_so_and_none_is_looked_at() -> None:
    listed, all_rows = RowList(), {f"x{number}": NoticedRow(f"x{number}") for number in range(SLICE)}
    listed.show(all_rows.values(), None, all_rows)
    NoticedRow.asked = 0
    listed.mark_shown()
    marks = listed.marks
    listed.show([*all_rows.values(), *rows("new")], frozenset({"new"}), {**all_rows, "new": rows("new")[0]})
    assert listed.marks is marks
    assert len(marks) == SLICE
    assert NoticedRow.asked < 10


def test_two_rows_with_one_key_are_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="same key"):
        RowList().show(rows("a", "a"))


KEYS = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(st.lists(st.tuples(KEYS, st.integers(-2, 10), st.booleans()), max_size=12))
def test_after_any_refreshes_and_moves_the_cursor_is_on_a_shown_row(
    steps: list[tuple[list[str], int, bool]],
) -> None:
    listed = RowList()
    for keys, place, mark in steps:
        before = listed.cursor
        listed.show(rows(*keys))
        assert before is None or listed.cursor == before
        assert listed.gone == (listed.cursor is not None and listed.cursor not in keys)
        assert listed.marks <= set(keys)
        listed.move_to(place)
        if mark:
            listed.toggle_mark()
        names = [row.key for row in listed.shown]
        assert len(names) == len(set(names))
        assert set(keys) <= set(names)
        assert (listed.cursor is None) == (not names)
        assert listed.cursor is None or names[listed.place] == listed.cursor


@given(st.lists(st.tuples(KEYS, st.sets(st.sampled_from("abcdefgh"))), max_size=6))
def test_who_tells_what_changed_sees_the_same_rows_as_who_does_not(steps: list[tuple[list[str], set[str]]]) -> None:
    told, untold, before = RowList(), RowList(), dict[str, Row]()
    for listed in (told, untold):
        put_in_order(listed, Sorting(0, reverse=True))
    for number, (keys, replaced) in enumerate(steps):
        fresh = {one.key: one for one in rows(*keys) if one.key in replaced or one.key not in before}
        now = {key: fresh.get(key) or before[key] for key in keys}
        told.show(now.values(), frozenset(fresh) | before.keys() - now.keys())
        untold.show(now.values())
        assert list(map(id, told.shown)) == list(map(id, untold.shown))
        before = now
        if number % 2:
            for listed in (told, untold):
                list(listed.order())


def test_a_row_that_a_filter_accepts_no_more_without_another_filter_is_held_where_that_is_wanted() -> None:
    matching = {"a", "b", "c"}
    listed = listing("a", "b", "c")
    listed.only(lambda key: key in matching)
    listed.move_to(1)
    matching.remove("b")
    listed.only(lambda key: key in matching, held=True)
    assert (shown(listed), listed.cursor, listed.gone) == ("a b c", "b", False)
    listed.move_to(2)
    assert (shown(listed), listed.cursor) == ("a c", "c")
