"""What our own records forbid: somebody holds the container, or the audit trail does not confirm its record."""

from __future__ import annotations

from proximity_tui.core.engine.operations.record_guards import refuse_altered, refuse_busy, refuse_not_ours
from proximity_tui.core.model import Action, OperationStatus, Plan, State
from proximity_tui.core.store.records import operations
from tests.core.store.making import drop_trigger, raw
from tests.support.house import House


def test_who_holds_a_record_is_named_whether_at_work_or_interrupted(house: House) -> None:
    native = house.native("web1")
    assert refuse_busy(native) is None
    plan = house.engine.plan_power(native, Action.STOP)
    assert isinstance(plan, Plan)
    begun = operations.begin(
        plan, native, "bob@jump2", house.engine.owner, transient=State.UPDATING, message="stopping"
    )
    for said in ("stop in progress by bob@jump2", "was interrupted"):
        refused = refuse_busy(house.again(native))
        assert refused is not None
        assert (refused.code, refused.reason.startswith("web1 is busy: ")) == ("busy", True)
        assert said in refused.reason
        operations.finish(begun.id, OperationStatus.INTERRUPTED, "its process is gone")


def test_a_closed_record_is_held_by_nobody_and_whose_it_was_is_not_asked(house: House) -> None:
    native = house.native("web1")
    assert house.soft_delete(native).success
    drop_trigger("container_tombstone", "container")
    drop_trigger("container_identity", "container")
    raw(f"UPDATE container SET vmid = 151 WHERE id = {native.id}")
    closed = house.again(native)
    assert closed.is_tombstone
    assert (refuse_busy(closed), refuse_not_ours(closed)) == (None, None)


def test_a_record_that_somebody_wrote_past_the_trail_is_neither_changed_nor_destroyed(house: House) -> None:
    native = house.native("web1")
    assert (refuse_altered(native), refuse_not_ours(native)) == (None, None)
    drop_trigger("container_identity", "container")
    raw(f"UPDATE container SET vmid = 151 WHERE id = {native.id}")
    for refused in (refuse_altered(house.again(native)), refuse_not_ours(house.again(native))):
        assert refused is not None
        assert (refused.code, "its VMID is 151" in refused.reason) == ("record_altered", True)


def test_what_the_trail_knows_as_adopted_is_never_ours_to_destroy(house: House) -> None:
    """A record says native; its own story says that the guest was there before us."""
    adopted = house.adopted(101)
    drop_trigger("container_kind", "container")
    raw(f"UPDATE container SET kind = 'native' WHERE id = {adopted.id}")
    refused = refuse_not_ours(house.again(adopted))
    assert refused is not None
    assert refused.code == "record_altered"
