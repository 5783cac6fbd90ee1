"""The counts in the last line: in as many words as there is room for, and nothing that is not there."""

from __future__ import annotations

from collections import Counter

import pytest

from proximity_tui.core.fleet import FleetCounts, FleetRow, GuestKind
from proximity_tui.core.fleet.counts import count_key
from proximity_tui.core.model import Kind, Presence, State, Status
from proximity_tui.screens.chrome.footer import longest
from proximity_tui.screens.presentation.guest_counts import summaries

EDGE = FleetCounts(
    Counter(
        {
            ("edge", Kind.NATIVE, State.RUNNING): 17,
            ("edge", Kind.NATIVE, State.ERROR): 1,
            ("edge", Kind.ADOPTED, State.ERROR): 1,
            ("edge", Kind.ADOPTED, State.STOPPED): 6,
            ("edge", GuestKind.UNMANAGED, None): 21,
            ("edge", GuestKind.VM, None): 4,
        }
    )
)


def test_they_are_told_by_kind_and_state_the_longest_text_first() -> None:
    full, usual, short = summaries(EDGE)
    assert full == "25 containers: 18 native 7 adopted; 17 running 6 stopped 2 error; 21 unmanaged; 4 VMs"
    assert usual == "25 containers: 18 native 7 adopted; 2 error; 21 unmanaged; 4 VMs"
    assert short == "25 ct 2 err 21 unm 4 VM"


@pytest.mark.parametrize(
    ("state", "status", "presence", "counted"),
    [
        (State.RUNNING, Status.RUNNING, Presence.PRESENT, State.RUNNING),
        (State.RUNNING, Status.RUNNING, Presence.HIDDEN, Status.UNKNOWN),
        (State.STOPPED, Status.UNKNOWN, Presence.PRESENT, Status.UNKNOWN),
        (State.ERROR, Status.UNKNOWN, Presence.UNKNOWN, State.ERROR),
    ],
)
def test_what_nobody_can_see_is_not_counted_as_running(
    state: State, status: Status, presence: Presence, counted: State | Status
) -> None:
    row = FleetRow(
        cluster="edge",
        vmid=101,
        name="web",
        kind=Kind.NATIVE,
        node="pve1",
        status=status,
        presence=presence,
        state=state,
    )
    assert count_key(row) == ("edge", Kind.NATIVE, counted)
    told = summaries(FleetCounts({count_key(row): 1}))[0]
    assert told == f"1 container: 1 native; 1 {counted}"


def test_several_clusters_are_told_apart() -> None:
    both = FleetCounts({**EDGE.by_sort, ("lab", GuestKind.VM, None): 1})
    assert summaries(both)[0].endswith("; edge 50, lab 1")
    assert "25 ct 2 err 21 unm 5 VM; edge 50, lab 1" in summaries(both)
    assert summaries(both.of_cluster("lab")) == ("0 containers; 1 VM", "1 VM")


def test_the_longest_text_that_fits_is_shown_else_the_last() -> None:
    assert longest(("four", "two", "1"), 5) == "two"
    assert longest(("four", "two"), 1) == "two"
    assert longest((), 9) == ""
