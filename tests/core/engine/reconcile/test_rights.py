"""Containers that our token may not see any more are hidden and not gone, and the lost right is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe import collect
from proximity_tui.core.model import Container, Inventory, Presence
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House
from tests.support.records.alerted import open_kinds, the_open_alert
from tests.support.records.unharmed import concluded_nothing, nothing_was_lost
from tests.support.servers.databases import both_databases


def test_n05_a_quorum_that_we_may_not_see_is_no_quorum(house: House, fleet: list[Container]) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/vms": PRIVILEGES})
    simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert "Sys.Audit" in report.reasons[0]
    nothing_was_lost(house, fleet)


@both_databases
def test_n06_permission_lost(house: House, fleet: list[Container]) -> None:
    house.simulator.set_acl(house.simulator.token_id, {"/": ["Sys.Audit"]})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert (report.hidden, report.undecided) == (3, 0)
    alert = the_open_alert(AlertKind.PERMISSION_LOST)
    assert alert.severity is Severity.AMBER
    assert "VM.Audit on /vms/101, /vms/102, /vms/103" in alert.message
    assert "web-1, web-2, web-3" in alert.message
    [line] = alert.evidence["commands"]
    assert line.startswith("pveum acl modify /vms --users ")
    nothing_was_lost(house, fleet)

    house.simulator.set_acl(house.simulator.token_id, {"/": PRIVILEGES})
    house.reconcile()
    assert {house.again(one).presence for one in fleet} == {Presence.PRESENT}
    assert open_kinds() == []


def test_n06_the_token_may_do_nothing_any_more(house: House, fleet: list[Container]) -> None:
    house.simulator.set_acl(house.simulator.token_id, {})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.outcome is JobOutcome.PARTIAL, "without Sys.Audit nobody knows whether the cluster is quorate"
    assert (report.hidden, report.undecided) == (3, 0), "but that a VMID is taken needs no right to be told"
    assert the_open_alert(AlertKind.PERMISSION_LOST).severity is Severity.AMBER
    nothing_was_lost(house, fleet)


def test_n06_so_many_are_hidden_that_not_every_vmid_is_asked_for_and_nothing_freezes(
    house: House, fleet: list[Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "MOST_CHECKED", 1)
    house.simulator.set_acl(house.simulator.token_id, {"/": ["Sys.Audit"]})
    report = house.reconcile(Limits(timedelta(0), breaker_min=1, breaker_fraction=0.1))
    assert (report.hidden, report.undecided) == (1, 2)
    assert report.outcome is JobOutcome.PARTIAL
    assert open_kinds() == [(AlertKind.PERMISSION_LOST, Severity.AMBER)]
    nothing_was_lost(house, fleet)


def test_n06_one_pool_is_not_ours_any_more(house: House) -> None:
    simulator = house.simulator
    rest = {"/": ["Sys.Audit"], "/nodes": ["Sys.Audit"], "/storage": PRIVILEGES}
    simulator.set_acl(simulator.token_id, {**rest, "/pool/prod": PRIVILEGES, "/pool/tools": PRIVILEGES})
    fleet = [house.adopted(vmid) for vmid in (101, 102, 120, 121)]
    simulator.journal.clear()
    simulator.set_acl(simulator.token_id, {**rest, "/pool/tools": PRIVILEGES})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.hidden == 2
    assert {house.again(one).vmid: house.again(one).presence for one in fleet} == {
        101: Presence.HIDDEN, 102: Presence.HIDDEN, 120: Presence.PRESENT, 121: Presence.PRESENT,
    }  # fmt: skip
    nothing_was_lost(house, fleet)


def test_n06_what_is_destroyed_while_it_was_hidden_is_proved_by_what_no_permission_filters(
    house: House, fleet: list[Container]
) -> None:
    """Rights on one pool are left, so that our privileges are not lost altogether."""
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/pool/tools": PRIVILEGES})
    simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.hidden) == (1, 2)
    assert house.again(fleet[0]).is_tombstone
    assert not house.again(fleet[1]).is_tombstone


def test_one_gap_in_one_list_is_no_lost_right(house: House, fleet: list[Container], monkeypatch: Any) -> None:
    """The VMID is taken and the token has VM.Audit there: the list had a gap, and the next one will say."""
    client = house.clients["lab"]
    whole = client.inventory

    def with_a_gap(**how: Any) -> Inventory:
        seen = whole(**how)
        return replace(seen, guests={vmid: guest for vmid, guest in seen.guests.items() if vmid != 101})

    monkeypatch.setattr(client, "inventory", with_a_gap)
    report = house.reconcile_twice()
    assert (report.outcome, report.hidden, report.undecided) == (JobOutcome.PARTIAL, 0, 1)
    assert report.reasons == (
        "web-1 (adopted, CT 101 on pve1): VMID 101 exists and is not in this list, although our token has VM.Audit on"
        " /vms/101",
    )
    assert open_kinds() == []
    monkeypatch.undo()
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    nothing_was_lost(house, fleet)


def test_an_entry_that_forbids_one_guest_is_a_lost_right_although_vms_would_show_it(
    house: House, fleet: list[Container]
) -> None:
    token = house.simulator.token_id
    house.simulator.set_acl(token, {"/": PRIVILEGES, "/pool": [], "/vms/102": []})
    assert house.reconcile_twice().hidden == 1
    alert = the_open_alert(AlertKind.PERMISSION_LOST)
    assert alert.evidence["vmids"] == [102]
    [line] = alert.evidence["commands"]
    assert line.startswith("pveum acl modify /vms/102 --users ")
    nothing_was_lost(house, fleet)


def test_a_quorum_that_our_token_may_not_see_any_more_is_an_alert_that_resolves_by_itself(
    house: House, fleet: list[Container]
) -> None:
    token = house.simulator.token_id
    house.simulator.set_acl(token, {"/": PRIVILEGES - {"Sys.Audit"}})
    house.reconcile_twice()
    alert = the_open_alert(AlertKind.QUORUM_HIDDEN)
    assert (alert.severity, alert.count) == (Severity.AMBER, 2)
    assert "cannot be seen: our token lacks Sys.Audit on /" in alert.message
    assert " / --propagate 0 " in alert.evidence["commands"][-1]
    house.simulator.set_acl(token, {"/": PRIVILEGES})
    house.reconcile()
    assert open_kinds() == []


@pytest.mark.parametrize("meanwhile", ["no answer about the VMID", "no quorum"])
def test_n06_a_lost_right_is_not_called_restored_by_a_run_that_could_not_tell(
    house: House, fleet: list[Container], meanwhile: str
) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"]})
    house.reconcile()
    lost = the_open_alert(AlertKind.PERMISSION_LOST)
    if meanwhile == "no quorum":
        simulator.world.set_quorate(False)
    else:
        simulator.faults.answer(500, "no answer now", "/cluster/nextid")

    assert house.reconcile().undecided == 3

    assert the_open_alert(AlertKind.PERMISSION_LOST).id == lost.id
    simulator.faults.clear()
    simulator.world.set_quorate(True)
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    house.reconcile()
    assert open_kinds() == []
    nothing_was_lost(house, fleet)


def test_law_7_a_right_that_is_back_is_not_called_lost_while_a_container_is_unknown_for_another_reason(
    house: House, fleet: list[Container]
) -> None:
    """What is listed is not hidden, and neither is what is gone."""
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"]})
    house.reconcile()
    assert the_open_alert(AlertKind.PERMISSION_LOST)
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    simulator.world.set_lock(101, "create")
    simulator.world.destroy_outside(102)
    simulator.world.broadcast()

    assert house.reconcile().undecided == 2

    assert (AlertKind.PERMISSION_LOST, Severity.AMBER) not in open_kinds()
