"""The counts in the last line: in as many words as there is room for, and nothing that is not there."""

from __future__ import annotations

from collections import Counter

from proximity_tui.core.fleet import FleetCounts, GuestKind
from proximity_tui.core.model import Kind, State
from proximity_tui.screens.frame.footer import longest
from proximity_tui.screens.presentation.counts import summaries

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


def test_several_clusters_are_told_apart() -> None:
    both = FleetCounts({**EDGE.by_sort, ("lab", GuestKind.VM, None): 1})
    assert summaries(both)[0].endswith("; edge 50, lab 1")
    assert "25 ct 2 err 21 unm 5 VM; edge 50, lab 1" in summaries(both)
    assert summaries(both.of_cluster("lab")) == ("0 containers; 1 VM", "1 VM")


def test_the_longest_text_that_fits_is_shown_else_the_last() -> None:
    assert longest(("four", "two", "1"), 5) == "two"
    assert longest(("four", "two"), 1) == "two"
    assert longest((), 9) == ""
