"""Rows stand in order: what needs a person first, then by cluster and VMID. Each knows its key and its place."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.fleet import FleetRow, ReadOnlyRow, order
from proximity_tui.core.model import Presence, State, Status

GUESTS = st.dictionaries(
    st.tuples(st.sampled_from(("lab", "prod")), st.integers(100, 130)), st.tuples(st.sampled_from("ab"), st.booleans())
)


@given(GUESTS)
def test_what_needs_a_person_stands_first_and_the_rest_by_cluster_and_vmid(
    guests: dict[tuple[str, int], tuple[str, bool]],
) -> None:
    rows = [row_of(cluster, vmid, name, failed=failed) for (cluster, vmid), (name, failed) in guests.items()]
    expected = sorted(rows, key=lambda row: (not row.needs_a_person, row.cluster, row.vmid))
    assert list(map(id, order(rows))) == list(map(id, expected))


def test_key_and_place_follow_what_the_row_says() -> None:
    row = row_of("prod", 101, "a", failed=False)
    assert (row.key, row.place) == ("prod/101", (True, "prod", 101, "a", "prod/101"))
    ours = replace(row, id=7, last_error="it did not start")
    assert (ours.key, ours.place) == ("c7", (False, "prod", 101, "a", "c7"))
    assert replace(ours) == ours
    machine = ReadOnlyRow("prod", 102, "b", "vm", "pve1", Status.RUNNING, Presence.PRESENT)
    assert (machine.key, machine.place) == ("prod/102", (True, "prod", 102, "b", "prod/102"))


def row_of(cluster: str, vmid: int, name: str, *, failed: bool) -> FleetRow:
    state = State.ERROR if failed else State.RUNNING
    return FleetRow(cluster, vmid, name, "adopted", "pve1", Status.RUNNING, Presence.PRESENT, state=state)
