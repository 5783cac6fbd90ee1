"""One bad row spoils nothing else: neither reconciliation of its cluster, nor a look, nor what is known of others."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.model import Container, Presence
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import in_row


@pytest.mark.parametrize("uptime", [1e300, 18446744073692774400, -7, "soon", {}])
@both_databases
def test_an_absurd_uptime_holds_reconciliation_of_nobody_up(house: House, simulator: Simulator, uptime: Any) -> None:
    odd, gone = house.adopted(101), house.adopted(102)
    simulator.world.destroy_outside(102)
    simulator.faults.rewrite(in_row(101, uptime=uptime), "/cluster/resources")
    report = house.reconcile_twice()
    assert (report.outcome, report.orphans_purged, report.reasons) == (JobOutcome.COMPLETE, 1, ())
    assert house.again(odd).presence is Presence.PRESENT
    assert house.again(gone).is_tombstone


def test_a_row_that_cannot_be_read_makes_its_container_unknown_and_proves_nothing_of_it(
    house: House, simulator: Simulator
) -> None:
    odd, gone = house.adopted(101), house.adopted(102)
    simulator.world.destroy_outside(102)
    simulator.faults.rewrite(in_row(101, node=["pve1"]), "/cluster/resources")
    report = house.reconcile_twice()
    now = house.again(odd)
    assert (now.presence, now.missing_since) == (Presence.UNKNOWN, None)
    assert now.presence_reason == "its row could not be read: node is not a node name: ['pve1']"
    assert (report.outcome, report.undecided) == (JobOutcome.PARTIAL, 1)
    assert report.reasons == (f"{odd.label}: its row could not be read: node is not a node name: ['pve1']",)
    assert house.again(gone).is_tombstone
    assert simulator.journal.count("GET", "/cluster/nextid") == 2, "it is listed: nobody asks whether its VMID is free"


@pytest.mark.parametrize(
    "row",
    [
        {"type": "node", "node": "no name", "status": "online", "id": "node/no name"},
        {"type": "storage", "node": "no name", "storage": "local", "status": "available", "content": "backup"},
        {"type": "storage", "node": "pve1", "storage": "no/name", "status": "available", "content": "backup"},
    ],
)
def test_a_node_or_storage_that_cannot_be_called_so_spoils_no_run(
    house: House, fleet: list[Container], row: dict[str, str]
) -> None:
    """Nothing can be asked of it: no path of the API may be made from such a name."""
    house.simulator.faults.rewrite(lambda rows: [row, *rows], "/cluster/resources")
    house.simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.errors) == (1, ())
    inventory = house.clients["lab"].inventory()
    assert ([one.where for one in inventory.set_aside], inventory.complete) == (["the list of guests"], True)
