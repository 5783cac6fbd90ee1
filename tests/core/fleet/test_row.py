"""Rows stand in order, whatever came, went or changed since they were in order last."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.fleet import ReadOnlyRow, order, reordered
from proximity_tui.core.fleet import row as rows_of
from proximity_tui.core.model import Presence, Status

GUESTS = st.dictionaries(st.integers(100, 130), st.sampled_from("ab"), max_size=20)


@pytest.mark.parametrize("compared", [0, 1, 16, 1000])
@given(st.lists(GUESTS, max_size=5))
def test_they_are_in_the_same_order_as_if_all_were_ordered_anew(compared: int, history: list[dict[int, str]]) -> None:
    before: list[ReadOnlyRow] = []
    with patch.object(rows_of, "COMPARED", compared):
        for guests in history:
            known = {(row.vmid, row.name): row for row in before}
            rows = [known.get(guest) or row_of(*guest) for guest in guests.items()]
            after = list(reordered(before, rows))
            assert list(map(id, after)) == list(map(id, order(rows)))
            before = after


def row_of(vmid: int, name: str) -> ReadOnlyRow:
    return ReadOnlyRow("prod", vmid, name, "vm", "pve1", Status.RUNNING, Presence.PRESENT)
