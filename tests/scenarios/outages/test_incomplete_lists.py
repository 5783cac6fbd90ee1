"""A list that is not whole, or says too little: it may say who is there, never who is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from proximity_tui.core.doctrine.observation import match_row
from proximity_tui.core.model import Container, Presence, Status
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
