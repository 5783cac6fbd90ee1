"""The records of containers: made once, found every way, and kept after they are closed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from proximity_tui.core.base import clock
from proximity_tui.core.model import ClockReading, ClosedReason, Kind, Presence, State, Status
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import Conflict, LostRace, RecordNotFound, StoreError
from proximity_tui.core.store.records import public_ports, records
from tests.core.store.making import ANNA, FINGERPRINT, a_container, begun, close, drop_trigger, move, raw

pytestmark = pytest.mark.usefixtures("opened")


def test_a_record_comes_back_as_it_was_made() -> None:
    seen = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    made = a_container(
        vmid=101,
        kind=Kind.NATIVE,
        state=State.DEPLOYING,
        status=Status.STOPPED,
        presence=Presence.HIDDEN,
        presence_reason="no permission",
        observed_at=seen,
        lock="create",
        template=True,
        tags=("web", "prod"),
        marker="proximity:1",
    )
    assert records.get(made.id) == made
    assert (made.kind, made.state, made.version) == (Kind.NATIVE, State.DEPLOYING, 1)
    assert (made.status, made.presence, made.presence_reason) == (Status.STOPPED, Presence.HIDDEN, "no permission")
    assert (made.observed_at, made.lock, made.template, made.tags) == (seen, "create", True, ("web", "prod"))
    assert made.fingerprint == FINGERPRINT
    assert made.state_since == made.created_at


def test_making_a_record_is_an_event() -> None:
    made = a_container()
    (event,) = events.list_events(container=made.id)
    assert (event.actor, event.action, event.cluster, event.vmid) == (ANNA, "adopt", "prod", 101)
    assert event.evidence["kind"] == "adopted"


def test_a_guest_has_one_open_record_and_the_refusal_names_it() -> None:
    first = a_container(vmid=101, name="web1")
    with pytest.raises(Conflict, match="already managed") as refused:
        a_container(vmid=101, name="other")
    assert refused.value.holder == first.label
    assert len(events.list_events()) == 1


def test_the_same_vmid_on_another_cluster_is_another_guest() -> None:
    a_container(vmid=101)
    assert a_container(vmid=101, cluster="lab").cluster == "lab"


def test_records_that_wait_for_a_vmid_do_not_stand_in_each_others_way() -> None:
    assert a_container(vmid=None).id != a_container(vmid=None).id


def test_a_record_without_a_kind_is_refused() -> None:
    with pytest.raises(StoreError, match="kind"):
        a_container(kind=Kind.UNKNOWN)


def test_a_record_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(RecordNotFound):
        records.get(42)


def test_active_lists_open_records_by_cluster_and_vmid_with_ports_and_operation() -> None:
    web, lab = a_container(vmid=102), a_container(vmid=7, cluster="lab")
    close(a_container(vmid=101))
    public_ports.allocate(web.id, 80, range(8100, 8200))
    operation = begun(records.get(web.id))
    listed = records.active()
    assert [container.id for container in listed] == [lab.id, web.id]
    assert [port.public for port in listed[1].ports] == [8100]
    assert (listed[0].operation, listed[1].operation) == (None, operation.id)
    assert [container.id for container in records.active("lab")] == [lab.id]


def test_a_closed_record_is_a_tombstone_with_its_history_and_without_its_ports() -> None:
    web = a_container()
    public_ports.allocate(web.id, 80, range(8100, 8200))
    tombstone = close(web, reason="released by anna")
    assert tombstone.is_tombstone
    assert (tombstone.closed_reason, tombstone.ports, tombstone.vmid) == ("released by anna", (), 101)
    assert records.find_active("prod", 101) is None
    assert records.get(web.id) == tombstone
    assert public_ports.used() == frozenset()
    assert events.list_events()[0].evidence["ports_freed"] == [8100]


@pytest.mark.parametrize("reason", ClosedReason)
def test_a_record_is_closed_as_absent_unless_its_guest_was_only_released(reason: ClosedReason) -> None:
    """Law 7: the last that was seen of a guest is not how it is, once it is proved gone."""
    closed = close(a_container(presence=Presence.PRESENT, status=Status.RUNNING), reason=reason)
    gone = reason is not ClosedReason.FORGOTTEN
    assert closed.presence is (Presence.ABSENT if gone else Presence.PRESENT)
    assert closed.presence_reason == (str(reason) if gone else None)
    assert closed.status is Status.RUNNING, "the last status that was seen"


def test_the_proof_of_an_absence_stays_when_the_record_is_closed() -> None:
    missing = a_container()
    proof = "two complete lists do not have it"
    records.observe([records.StatusUpdate(missing.id, Status.UNKNOWN, Presence.ABSENT, proof)])
    assert close(records.get(missing.id), reason=ClosedReason.VANISHED).presence_reason == proof


def test_a_guest_can_be_adopted_again_and_the_new_record_names_its_predecessor() -> None:
    old = close(a_container())
    new = a_container(predecessor=old.id)
    assert new.predecessor == old.id
    assert records.find_active("prod", 101) == new
    last = records.last_tombstone("prod", 101)
    assert last is not None
    assert last.id == old.id


def test_a_tombstone_moves_no_more() -> None:
    web = a_container()
    close(web)
    with pytest.raises(LostRace):
        move(web, State.STOPPED)
    with pytest.raises(LostRace):
        close(web)
    with pytest.raises(LostRace):
        records.set_last_error(web.id, "too late")


def test_a_failed_close_frees_no_port() -> None:
    web = a_container()
    public_ports.allocate(web.id, 80, range(8100, 8200))
    move(web, State.STOPPED)
    with pytest.raises(LostRace):
        close(web)
    assert public_ports.used() == {8100}


def test_new_evidence_of_identity_keeps_the_old_one_in_the_trail() -> None:
    web = a_container(fingerprint=None)
    after = records.set_fingerprint(web, FINGERPRINT, actor=ANNA, message="looked again")
    assert after.fingerprint == FINGERPRINT
    (event, *_) = events.list_events()
    assert (event.action, event.evidence["before"]) == ("fingerprint", None)
    assert event.evidence["after"]["rootfs"] == FINGERPRINT.rootfs


def test_the_last_error_can_be_set_and_cleared() -> None:
    web = a_container()
    records.set_last_error(web.id, "no space left on pve1")
    assert records.get(web.id).last_error == "no space left on pve1"
    records.set_last_error(web.id, None)
    assert records.get(web.id).last_error is None


def test_a_damaged_fingerprint_is_no_fingerprint_and_hides_no_other_record() -> None:
    web, _ = a_container(vmid=101), a_container(vmid=102)
    drop_trigger("container_identity", "container")
    raw(f"UPDATE container SET fingerprint = '{{\"type\": ' WHERE id = {web.id}")
    assert [container.fingerprint for container in records.active()] == [None, FINGERPRINT]


def test_clocks_are_only_read_of_a_state_that_somebody_waits_for() -> None:
    lasting, waiting = a_container(vmid=101), a_container(vmid=102, state=State.DEPLOYING)
    assert lasting.state_clock is None
    assert waiting.state_clock is not None
    assert (waiting.state_clock.at, waiting.state_clock.boot) == (waiting.state_since, clock.boot_id())
    begun_again = move(lasting, State.UPDATING)
    assert begun_again.state_clock is not None, "it was written all the same"
    assert begun_again.state_clock.at == begun_again.state_since


@pytest.mark.parametrize("cell", ['{"of": ', "[]", '{"of": "yesterday"}'])
def test_of_a_damaged_reading_of_the_clocks_the_time_itself_is_left(cell: str) -> None:
    waiting = a_container(state=State.DEPLOYING)
    raw(f"UPDATE container SET state_clock = '{cell}' WHERE id = {waiting.id}")
    assert records.get(waiting.id).state_clock == ClockReading(waiting.state_since)


def test_a_name_is_one_object_wherever_it_is_read() -> None:
    found = a_container(name="a-long-name", fingerprint=replace(FINGERPRINT, hostname="a-long-name"))
    assert found.fingerprint is not None
    assert found.name is found.fingerprint.hostname
    assert found.name is records.get(found.id).name
