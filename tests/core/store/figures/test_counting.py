"""Counting records without reading them."""

from proximity_tui.core.model import Action, ClosedReason, Kind, Presence
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store.figures import counting
from proximity_tui.core.store.records import records
from tests.core.store.making import ANNA, a_container


def test_what_is_under_care_is_counted_by_cluster_and_presence(opened: str) -> None:
    assert counting.active_by_presence() == {}
    a_container(101)
    a_container(102)
    a_container(103, presence=Presence.HIDDEN)
    a_container(101, cluster="lab")
    assert counting.active_by_presence() == {
        ("prod", Presence.PRESENT): 2,
        ("prod", Presence.HIDDEN): 1,
        ("lab", Presence.PRESENT): 1,
    }


def test_tombstones_are_counted_by_their_reason(opened: str) -> None:
    for vmid, reason in ((101, "vanished"), (102, "vanished"), (103, "forgotten")):
        records.close(a_container(vmid), reason=reason, actor=ANNA, action=Action.SOFT_DELETE, message="closed")  # type: ignore[arg-type]
    assert counting.closed_by_reason() == {("prod", "vanished"): 2, ("prod", "forgotten"): 1}
    assert counting.active_by_presence() == {}


def test_o14_everything_that_ever_happened_comes_to_a_tally(opened: str) -> None:
    a_container(101, kind=Kind.ADOPTED)
    gone = a_container(102, kind=Kind.NATIVE)
    records.close(gone, reason=ClosedReason.VANISHED, actor=ANNA, action=EventAction.ANOMALOUS_ORPHAN, message="gone")
    found = counting.tally()
    assert (found.adopted, found.with_clinical_record, found.diagnosed) == (1, 0, 0)
    assert found.closed == {ClosedReason.VANISHED: 1}
