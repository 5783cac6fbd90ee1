"""A list that is not whole, or says too little: it may say who is there, never who is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.observation import match_row
from proximity_tui.core.model import Container, Presence, Refusal, RefusalCode, Status
from proximity_tui.core.model.job import JobOutcome
from tests.support.house import House
from tests.support.records.unharmed import concluded_nothing, nothing_was_lost


def test_n02_half_the_rows_are_malformed(house: House, fleet: list[Container]) -> None:
    """A row that does not say whose it is makes the whole list incomplete: it may say who is there, never who is
    not."""
    house.simulator.world.destroy_outside(101)
    house.simulator.faults.rewrite(
        lambda rows: [row if row["type"] == "node" else {"type": "lxc", "vmid": "torn"} for row in rows[::2]],
        "/cluster/resources",
    )
    report = house.reconcile_twice()
    assert report.outcome is JobOutcome.PARTIAL
    assert concluded_nothing(report)
    nothing_was_lost(house, fleet)


def test_a_list_that_leaves_somebody_out_is_no_proof_for_he_exists(house: House, fleet: list[Container]) -> None:
    """A list that is well-formed and yet not whole, for whatever reason: Proxmox says that the VMID is taken."""
    house.simulator.faults.partial({101})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.outcome is JobOutcome.PARTIAL
    assert house.again(fleet[0]).presence is Presence.UNKNOWN, "our token has VM.Audit there: the list had a gap"
    nothing_was_lost(house, fleet)


def test_an_empty_list_of_a_cluster_that_answers_well_proves_nothing(house: House, fleet: list[Container]) -> None:
    house.simulator.faults.partial({one.vmid for one in house.simulator.world.containers()} | {200, 201})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert (report.hidden, report.undecided) == (0, 3)
    nothing_was_lost(house, fleet)


def separate(house: House, node: str) -> None:
    """Let a node answer that left the cluster: it has the same root CA, and knows itself and its own guests alone."""
    faults = house.simulator.faults
    faults.rewrite(lambda rows: [row for row in rows if row.get("node") == node], "/cluster/resources")
    faults.rewrite(lambda rows: [row for row in rows if row.get("name") == node], "/cluster/status")
    faults.rewrite(lambda rows: [row for row in rows if row["node"] == node], r"^/nodes$")
    for one in house.simulator.world.containers():
        if one.node != node:
            house.simulator.world.destroy_outside(one.vmid)


def test_a_server_that_left_the_cluster_proves_nothing_of_the_nodes_that_it_does_not_name(
    house: House, fleet: list[Container]
) -> None:
    """One of our URLs leads to it still, and it is asked when no other one answers: the containers of all other nodes
    are not listed, and each of their VMIDs is free there.
    """
    separate(house, "pve2")
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.outcome is JobOutcome.PARTIAL
    assert [house.again(one).presence for one in fleet] == [Presence.UNKNOWN, Presence.PRESENT, Presence.UNKNOWN]
    why = str(house.again(fleet[0]).presence_reason)
    assert "node pve1, where it was seen last, is not in this list" in why
    assert "If pve1 is gone for good, stop managing the container (delete --soft), or restore it" in why
    nothing_was_lost(house, fleet)


def test_a_node_that_left_the_cluster_took_its_containers_with_it_and_they_are_not_called_gone(
    house: House, fleet: list[Container]
) -> None:
    house.simulator.faults.rewrite(
        lambda rows: [row for row in rows if row.get("node") != "pve2"], "/cluster/resources"
    )
    house.simulator.world.destroy_outside(102)
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert house.again(fleet[1]).presence is Presence.UNKNOWN
    nothing_was_lost(house, fleet)


def test_a_hard_delete_takes_nothing_for_gone_whose_node_is_not_named(house: House) -> None:
    native = house.native("web1")
    separate(house, "pve2")
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.UNKNOWN_STATUS
    assert "node pve1, where it was seen last, is not in this list" in refused.reason
    nothing_was_lost(house, [native])


def test_a_status_that_nobody_broadcasts_is_unknown_and_the_container_present(
    house: House, fleet: list[Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long after the adoption: until then our own close look counts for more than the list.
    monkeypatch.setattr(match_row, "LIST_AGE", timedelta(0))
    house.simulator.faults.pvestatd_down()
    house.simulator.world.forget_broadcasts()
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert {house.again(one).presence for one in fleet} == {Presence.PRESENT}
    assert {house.again(one).status for one in fleet} == {Status.UNKNOWN}
    nothing_was_lost(house, fleet)
