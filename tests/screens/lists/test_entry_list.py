"""The entries of a list follow its items, whatever comes, goes, moves or changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.screens.lists import entry_list, entry_row
from proximity_tui.screens.lists.entry_list import FREED, EntryList
from proximity_tui.screens.lists.entry_row import SLICE
from proximity_tui.screens.lists.list_entry import NEVER_SHOWN, Moment
from proximity_tui.widgets.table.columns import Column

Item = tuple[str, int]
"""A key, and what is said of it."""


class Entry:
    """An entry that is only its item."""

    def __init__(self, item: Item) -> None:
        self.item = item

    @property
    def key(self) -> str:
        return self.item[0]


HISTORIES = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 2)), max_size=6)


@given(HISTORIES)
def test_after_any_history_each_item_has_its_row_and_only_what_differs_is_told(history: list[dict[str, int]]) -> None:
    make: Any = Entry
    listed, known, rows = EntryList(make, NEVER_SHOWN), dict[str, Item](), dict[str, object]()
    for step in history:
        items = [known[key] if known.get(key, ("", -1))[1] == said else (key, said) for key, said in step.items()]
        changed = listed.show(items, NEVER_SHOWN)
        new = [item for item in items if known.get(item[0]) is not item]
        assert changed == {key for key, _ in new} | (known.keys() - step.keys())
        assert [row.entry.item for row in listed.rows] == items  # type: ignore[attr-defined]
        assert listed.keys == step.keys() == listed.by_key.keys()
        assert listed.are_shown({row.key: row.entry for row in listed.rows})
        assert not any(listed.are_shown({key: Entry((key, -1))}) for key in "abz")  # type: ignore[dict-item]
        assert all(rows[row.key] is row for row in listed.rows if row.key in rows)
        known, rows = {item[0]: item for item in items}, {row.key: row for row in listed.rows}


@pytest.mark.parametrize("size", [0, 2])
@given(HISTORIES, st.data())
def test_whatever_was_made_ahead_the_list_is_what_its_items_say(
    size: int, history: list[dict[str, int]], data: st.DataObject
) -> None:
    make: Any = Entry
    straight, prepared = EntryList(make, NEVER_SHOWN), EntryList(make, NEVER_SHOWN)
    with patch.object(entry_list, "SLICE", size), patch.object(entry_row, "SLICE", max(1, size)):
        before: list[Item] = []
        for step in history:
            items = [next((one for one in before if one == item), item) for item in step.items()]
            for _ in prepared.make_ahead(data.draw(st.sampled_from([items, items[1:], before]))):
                if data.draw(st.booleans()):
                    break
            assert prepared.show(items, NEVER_SHOWN) == straight.show(items, NEVER_SHOWN)
            assert [row.entry.item for row in prepared.rows] == items  # type: ignore[attr-defined]
            assert prepared.keys == step.keys()
            before = items


def test_what_changes_while_it_is_made_ahead_is_made_again_and_nothing_else() -> None:
    made: list[Item] = []

    def make(item: Item) -> Any:
        made.append(item)
        return Entry(item)

    listed = EntryList(make, NEVER_SHOWN)
    items: list[Item] = [(f"k{number}", 0) for number in range(SLICE + 1)]
    later = [("k0", 1), *items[1:]]
    assert [len(some) for some in listed.make_ahead(items)] == [SLICE, 1]
    assert not listed.is_made_ahead(later)
    assert [len(some) for some in listed.make_ahead(later)] == [1, 0]
    assert listed.is_made_ahead(later)
    listed.show(later, NEVER_SHOWN)
    assert made == [*items, later[0]]


def test_many_new_items_are_made_ahead_in_slices_and_each_only_once() -> None:
    made: list[Item] = []

    def make(item: Item) -> Any:
        made.append(item)
        return Entry(item)

    listed = EntryList(make, NEVER_SHOWN)
    items: list[Item] = [(f"k{number}", 0) for number in range(2 * SLICE + 1)]
    assert [len(some) for some in listed.make_ahead(items)] == [SLICE, SLICE, 1]
    assert len(listed) == 0
    items = [("k0", 1), *items[1:]]
    listed.show(items, NEVER_SHOWN)
    assert [row.entry.item for row in listed.rows] == items  # type: ignore[attr-defined]
    assert made[-1] is items[0]
    assert len(made) == len(items) + 1
    assert list(listed.make_ahead([*items, ("new", 0)])) == []


def test_some_new_items_among_many_are_made_ahead_once_and_keep_their_rows() -> None:
    made: list[Item] = []

    def make(item: Item) -> Any:
        made.append(item)
        return Entry(item)

    listed = EntryList(make, NEVER_SHOWN)
    items: list[Item] = [(f"k{number}", 0) for number in range(5 * SLICE)]
    listed.show(items, NEVER_SHOWN)
    rows, last = list(listed.rows), [(f"k{number}", 1) for number in range(4 * SLICE - 1, 5 * SLICE)]
    later = [*items[: -len(last)], *last]
    made.clear()
    assert [len(some) for some in listed.make_ahead(later)] == [SLICE, 1]
    assert listed.is_made_ahead(later)
    assert listed.show(later, NEVER_SHOWN) == {key for key, _ in last}
    assert made == last
    assert listed.rows == rows
    assert [row.entry.item for row in rows] == later  # type: ignore[attr-defined]


def test_of_a_long_list_what_it_showed_before_is_let_go_of_in_slices() -> None:
    make: Any = Entry
    listed, size = EntryList(make, NEVER_SHOWN), 2 * FREED
    for number in range(2):
        assert not listed.holds_past
        items = [(f"k{place}", number) for place in range(size)]
        for _ in listed.make_ahead(items):
            pass
        listed.show(items, NEVER_SHOWN)
        if number == 0:
            for _ in listed.free_past():
                pass
    rows = list(listed.rows)
    assert listed.holds_past
    assert [listed.holds_past for _ in listed.free_past()] == [True, True, True, False]
    assert listed.rows == rows


def test_time_that_passes_is_told_where_a_visible_cell_says_something_else() -> None:
    class Aged(Entry):
        def cell(self, column: str, at: Moment) -> str:
            return f"{self.item[1] + at.now.second // 15}" if column == "age" else self.item[0]

    def later(seconds: int) -> Moment:
        return Moment(NEVER_SHOWN.view, NEVER_SHOWN.now + timedelta(seconds=seconds))

    make: Any = Aged
    listed = EntryList(make, NEVER_SHOWN)
    listed.columns = (Column("name", "NAME", 4), Column("age", "AGE", 4))
    listed.show([("a", 1), ("b", 2)], NEVER_SHOWN)
    first, second = listed.rows
    assert [first.cell(0).text, first.cell(1).text] == ["a", "1"]
    assert not listed.pass_time(later(5), {"a", "b"})
    assert not listed.pass_time(later(20), {"b"}), "nobody sees it"
    assert first.cell(1).text == "2", "what comes into view later is as old as it is"
    assert listed.pass_time(later(31), {"a", "b"})
    assert (first.cell(1).text, second.cell(1).text) == ("3", "4")
