"""A guest that is there and not the same: another at its VMID, on another node, renamed, rewired, half destroyed."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.reconciliation.verdict import VerdictReason
from proximity_tui.core.model import Action, Container, Presence, Refusal
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, die_while_creating, when


@both_databases
def test_n16_vmid_reused_by_another_container(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0
    house.reconcile()
    simulator.world.recreate_outside(vmid, hostname="intruder")
    simulator.world.broadcast()
    simulator.journal.clear()
    report = house.reconcile()
    assert (report.replaced, report.orphans_found) == (1, 0)
    alert = the_alert(AlertKind.REPLACED)
    assert alert.severity is Severity.RED
    assert "is another guest now, changes are blocked" in alert.message
    assert "intruder" in alert.message
    now = house.again(native)
    assert (now.presence, now.name) == (Presence.REPLACED, "web1")
    refused = house.plan_hard(now)
    assert isinstance(refused, Refusal)
    assert house.wire() == []
    house.reconcile()
    assert the_alert(AlertKind.REPLACED).count == 2


def test_n16_it_stays_replaced_while_the_node_of_the_other_one_is_off_and_after_that(house: House) -> None:
    ours, world = house.adopted(103), house.simulator.world
    house.reconcile()
    world.recreate_outside(103, hostname=ours.name)
    world.broadcast()
    house.reconcile_twice()
    assert house.again(ours).presence is Presence.REPLACED
    seen = house.again(ours).observed_at
    world.offline_delay = 0.0
    world.set_node_online("pve3", False)
    house.reconcile()
    house.poller()
    assert house.again(ours).presence is Presence.REPLACED
    world.set_node_online("pve3", True)
    world.broadcast()
    house.simulator.faults.answer(500, "got timeout", "/lxc/103/config", method="GET", times=5)
    house.poller()
    now = house.again(ours)
    assert (now.presence, now.observed_at) == (Presence.REPLACED, seen), "nobody has read the config of the other one"


def test_n16_another_one_under_the_same_name_is_noticed_by_its_config(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    house.reconcile()
    simulator.world.recreate_outside(native.vmid or 0, hostname="web1")
    simulator.world.broadcast()
    simulator.journal.clear()
    report = house.reconcile()
    assert (report.replaced, report.outcome) == (1, JobOutcome.COMPLETE)
    assert the_alert(AlertKind.REPLACED).severity is Severity.RED
    assert house.again(native).presence is Presence.REPLACED
    house.poller()
    assert house.again(native).presence is Presence.REPLACED
    assert house.wire() == []


@both_databases
def test_n16_nothing_is_sent_to_another_guest_although_ours_was_never_read(house: House, simulator: Simulator) -> None:
    """Its creation died before it had recorded a fingerprint, and was abandoned: only our marker tells who it is."""
    made = abandoned_creation(house)
    simulator.world.recreate_outside(made.vmid or 0, hostname=made.name)
    for status, action in (("running", Action.STOP), ("running", Action.SHUTDOWN), ("stopped", Action.START)):
        simulator.world.set_status(made.vmid or 0, status)
        simulator.journal.clear()
        refused = refusal_of(house.power(made, action))
        assert (refused.code, "it does not have our marker" in refused.reason) == ("replaced", True), action
        assert refusal_of(house.hard_delete(made, unsure_confirmed=True)).code == "replaced", status
        assert refusal_of(house.change(made, memory="1024")).code == "replaced", status
        assert house.wire() == []
    assert simulator.world.container(made.vmid or 0) is not None


def test_n16_a_clone_in_place_of_what_was_never_read_needs_the_typed_vmid(house: House, simulator: Simulator) -> None:
    """A clone copies our marker, so that it may be ours is all that can be said."""
    made = abandoned_creation(house)
    seen = simulator.world.container(made.vmid or 0)
    assert seen is not None
    simulator.world.recreate_outside(made.vmid or 0, hostname=made.name)
    simulator.world.set_config(made.vmid or 0, description=seen.conf["description"])
    simulator.journal.clear()
    assert refusal_of(house.hard_delete(made)).code == "identity_unsure"
    assert house.wire() == []


def abandoned_creation(house: House) -> Container:
    """The record of a creation whose process died right after it had asked for it, and that a person abandoned while
    its config could not be read.
    """
    left = die_while_creating(house, after=True)
    house.simulator.faults.answer(596, "Connection timed out", f"/lxc/{left.vmid}/config")
    assert house.engine.abandon(left.id).success
    house.simulator.faults.clear()
    (made,) = records.active()
    assert made.fingerprint is None
    return made


@pytest.mark.parametrize("first", ["watch", "reconcile"])
def test_n16_of_many_replaced_at_once_every_one_is_noticed(house: House, first: str) -> None:
    """More than are read closely in one look: the others keep their old name until it is their turn."""
    vmids = (101, 102, 103, 104, 110, 111)
    for vmid in vmids:
        house.adopted(vmid)
    house.reconcile()
    for vmid in vmids:
        house.simulator.world.recreate_outside(vmid, hostname=f"intruder-{vmid}")
    house.simulator.world.broadcast()
    if first == "watch":
        for _ in range(3):
            house.poller()
    report = house.reconcile()
    assert report.replaced == len(vmids)
    assert len(alerts.open_of_kind(AlertKind.REPLACED, "lab")) == len(vmids)


def test_n16_an_odd_row_whose_config_cannot_be_read_stays_odd(house: House) -> None:
    ours = house.adopted(101)
    house.reconcile()
    house.simulator.world.recreate_outside(101, hostname="intruder")
    house.simulator.world.broadcast()
    house.simulator.faults.answer(596, "Connection timed out", "/lxc/101/")
    house.poller()
    house.reconcile()
    assert house.again(ours).name == "web-1", "the new name is not believed before the fingerprint was read"
    house.simulator.faults.clear()
    assert house.reconcile().replaced == 1


def test_n16_vmid_reused_by_a_vm_and_given_back(house: House) -> None:
    ours = house.adopted(101)
    house.reconcile()
    with house.simulator.world.entered() as cluster:
        original = cluster.guests[101]
    house.simulator.world.replace_by_vm(101, name="windows")
    house.simulator.world.broadcast()
    report = house.reconcile_twice()
    assert (report.replaced, report.orphans_found) == (1, 0)
    alert = the_alert(AlertKind.REPLACED)
    assert "virtual machine 'windows'" in alert.message

    house.simulator.world.destroy_outside(101)
    with house.simulator.world.entered() as cluster:
        cluster.add_guest(original)
    house.simulator.world.broadcast()
    house.reconcile()
    assert house.again(ours).presence is Presence.PRESENT
    assert alerts.get(alert.id).resolution == "the recorded guest is back"


def test_n20_a_run_follows_a_container_that_migrated(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    house.reconcile()
    simulator.world.migrate(native.vmid or 0, "pve2")
    report = house.reconcile()
    assert report.outcome is JobOutcome.COMPLETE
    assert house.again(native).node == "pve2"
    assert house.said(native)[-1] == "moved: web1 moved from pve1 to pve2"
    assert alerts.all_alerts() == ()
    simulator.journal.clear()
    assert house.hard_delete(native).success
    assert house.wire()[-1] == f"DELETE /nodes/pve2/lxc/{native.vmid}"


def test_n20_a_migration_during_the_run_is_no_loss(house: House) -> None:
    ours = house.adopted(101)
    house.reconcile()
    house.simulator.world.set_lock(101, "migrate")
    world = house.simulator.world
    when(house.simulator, asked("GET", "/cluster/resources"), lambda: world.migrate(101, "pve2"))
    assert house.reconcile_twice().orphans_found == 0
    house.simulator.world.set_lock(101, None)
    house.reconcile()
    assert (house.again(ours).node, house.again(ours).lock) == ("pve2", None)


def test_n25_hostname_changed_outside(house: House) -> None:
    ours = house.adopted(101)
    house.reconcile()
    house.simulator.world.set_config(101, hostname="web-blue")
    house.simulator.world.broadcast()
    report = house.reconcile()
    assert (report.replaced, report.outcome) == (0, JobOutcome.COMPLETE)
    assert house.again(ours).name == "web-blue"
    assert house.said(ours)[-1] == "renamed: web-1 was renamed from web-1 to web-blue"


def test_a_half_destroyed_stub_is_not_gone_and_not_well(house: House) -> None:
    ours = house.adopted(104)
    house.reconcile()
    house.simulator.world.half_destroy(104)
    report = house.reconcile_twice()
    assert (report.orphans_found, report.undecided) == (0, 1)
    assert {verdict.decided_by for verdict in report.verdicts} == {VerdictReason.SETTLING}
    now = house.again(ours)
    assert (now.presence, now.presence_reason) == (
        Presence.UNKNOWN, "locked (destroyed): it is being created, destroyed or rolled back",
    )  # fmt: skip
