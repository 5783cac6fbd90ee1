"""Guests are counted by node as their rows say, and none is made for it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.model import Guest
from proximity_tui.core.model.guests.guest_list import GuestList, all_listed_facts
from proximity_tui.core.model.guests_by_node import count_by_node, count_in_ha, guests_on
from tests.core.model.guests.test_guest_list import ROWS, read


@given(ROWS)
def test_guests_are_counted_by_what_their_rows_say_and_none_is_made_for_it(rows: list[dict[str, Any]]) -> None:
    guests = read(rows).guests
    assert isinstance(guests, GuestList)
    facts = [*all_listed_facts(guests)]
    assert count_by_node(guests) == Counter((one.node, one.status) for one in facts)
    found = {node: (guests_on(guests, {node}), count_in_ha(guests, node)) for node in ("pve1", "pve2")}
    assert not any("guest" in vars(row) for row in guests.rows.values() if not isinstance(row, Guest))
    for node, (vmids, in_ha) in found.items():
        assert vmids == [one.vmid for one in facts if one.node == node]
        assert in_ha == sum(one.hastate is not None for one in guests.values() if one.node == node)


@given(st.lists(ROWS, min_size=3, max_size=3))
def test_a_list_goes_on_from_what_was_counted_in_the_one_before(lists: list[list[dict[str, Any]]]) -> None:
    first = last = read(lists[0])
    whole = count_by_node(first.guests)
    for rows in lists[1:]:
        last = read(rows, last)
        assert isinstance(last.guests, GuestList)
        assert last.guests.node_counts is not None, "nobody counts all of it again"
        assert count_by_node(last.guests) == Counter((one.node, one.status) for one in all_listed_facts(last.guests))
    assert count_by_node(first.guests) == whole, "what follows a list leaves it as it is"
