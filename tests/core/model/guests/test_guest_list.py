"""A list of guests says what is new in it, and makes a guest of a row only for whoever looks at it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.model import Inventory
from proximity_tui.core.model.guests.guest_list import GuestList, differing_guests, facts_of
from proximity_tui.core.proxmox.decode.guest_rows import split_rows
from proximity_tui.core.proxmox.inventory import read_inventory
from tests.core.proxmox.decode.test_guest_rows import NOW, Answered
from tests.core.proxmox.scripted import guest_row, node_row


def read(rows: list[dict[str, Any]], before: Inventory | None = None) -> Inventory:
    """The list of these rows, after another one."""
    body = json.dumps({"data": [node_row(), *rows]}).encode()
    return read_inventory(Answered(split_rows(body)), NOW, before)  # type: ignore[arg-type]


def guests_made_of(inventory: Inventory) -> list[int]:
    """The VMIDs of the rows of which a guest was made."""
    assert isinstance(inventory.guests, GuestList)
    return [vmid for vmid, row in inventory.guests.rows.items() if "guest" in vars(row)]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "vmid": st.integers(101, 104),
            "node": st.sampled_from(["pve1", "pve2"]),
            "status": st.sampled_from(["running", "stopped"]),
            "uptime": st.integers(0, 2),
            # Of one that is text the row is read field by field.
            "maxmem": st.sampled_from([512, 1024, "1024"]),
            "tags": st.sampled_from([None, "a;b", "b;a"]),
            "hastate": st.sampled_from([None, "started"]),
        }
    ).map(lambda given: guest_row(**given)),
    max_size=5,
)


@given(st.lists(ROWS, min_size=3, max_size=3))
def test_what_a_list_says_of_its_differences_is_what_a_comparison_finds(lists: list[list[dict[str, Any]]]) -> None:
    found: list[Inventory] = []
    for rows in lists:
        found.append(read(rows, found[-1] if found else None))
    for before, now, rows in zip(found, found[1:], lists[1:], strict=False):
        assert isinstance(now.guests, GuestList)
        told = now.guests.differing_since(before.guests)
        compared = set(differing_guests(dict(before.guests), dict(now.guests)))
        # More may be told: what was read field by field is not compared, and tags in another order are other tags.
        assert told is not None
        assert compared <= set(told)
        assert before.guests.keys() - now.guests.keys() <= set(told)
        for vmid in now.guests.keys() - set(told):
            assert facts_of(now.guests[vmid]) == facts_of(before.guests[vmid])
        assert dict(now.guests) == dict(read(rows).guests)
    assert found[2].guests.differing_since(found[0].guests) is None  # type: ignore[attr-defined]


def test_a_guest_is_the_same_while_its_row_is_and_one_that_nobody_looks_at_is_never_made() -> None:
    before = read([guest_row(101), guest_row(102), guest_row(103)])
    now = read([guest_row(101), guest_row(102), guest_row(103, uptime=7)], before)
    assert (now.guests[101] is before.guests[101], now.guests[103] is before.guests[103]) == (True, False)
    assert differing_guests(before.guests, now.guests) == frozenset()
    assert (len(now.guests), list(now.guests), 104 in now.guests) == (3, [101, 102, 103], False)
    assert guests_made_of(now) == [101, 103]
