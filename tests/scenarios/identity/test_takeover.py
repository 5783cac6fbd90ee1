"""Another guest at our VMID, and the list that still tells of the one before: our record takes nothing from either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proximity_tui.core.model import Presence, State
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.records import records
from proximity_tui.simulator import ManualClock, Simulator
from tests.support.house import House, refusal_of
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import about_to_destroy, when


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The demo cluster, whose nodes speak of their guests only when a test lets them."""
    with Simulator("demo", clock=ManualClock(), task_seconds=0.0) as running:
        yield running


def test_law_3_who_takes_our_vmid_during_a_delete_describes_nobody(house: House, simulator: Simulator) -> None:
    native = house.native("payroll")
    vmid = native.vmid or 0
    when(simulator, about_to_destroy(simulator, vmid), lambda: simulator.world.recreate_outside(vmid, "intruder"))
    assert not house.hard_delete(native).success
    now = house.again(native)
    assert (now.name, now.node, now.presence, now.state) == ("payroll", native.node, Presence.REPLACED, State.ERROR)
    assert (now.presence_reason or "").startswith(f"CT {vmid} is now intruder")
    assert not any(line.startswith(("renamed", "moved")) for line in house.said(native))
    assert refusal_of(house.hard_delete(native)).code == "replaced"
    assert house.destroys() == []
    house.reconcile()
    assert the_alert(AlertKind.REPLACED).severity is Severity.RED


def test_law_3_the_row_of_a_former_guest_renames_nobody(house: House, simulator: Simulator) -> None:
    """Seen on the real API: for ten seconds a VMID that is used again shows the name of who had it before."""
    alpha = house.native("alpha")
    simulator.world.broadcast()
    house.poller()
    assert house.hard_delete(alpha).success
    beta = house.create("beta", start=False)
    assert beta.vmid == alpha.vmid
    assert house.clients["lab"].inventory().guests[beta.vmid or 0].name == "alpha"
    for look in (house.poller, house.reconcile, house.poller):
        look()
        assert [(one.name, one.state) for one in records.active()] == [("beta", State.STOPPED)]
    assert not any(line.startswith("renamed") for line in house.said(beta))


def test_law_3_what_was_shown_as_being_made_is_compared_once_it_is_settled(house: House, simulator: Simulator) -> None:
    """A stopped container that is made again under the same VMID and name looks as ever in every settled row."""
    simulator.world.set_status(101, "stopped")
    simulator.world.broadcast()
    ours = house.adopted(101)
    house.poller()
    simulator.world.recreate_outside(101, hostname=ours.name)
    simulator.world.set_status(101, "stopped")
    simulator.world.set_config(101, tags=";".join(ours.tags))
    simulator.world.set_lock(101, "create")
    house.poller()
    assert house.again(ours).identity_due_since is not None
    simulator.world.set_lock(101, None)
    simulator.world.broadcast()
    house.poller()
    assert house.again(ours).presence is Presence.REPLACED
    house.reconcile()
    assert the_alert(AlertKind.REPLACED).severity is Severity.RED
    assert not any(line.startswith("renamed") for line in house.said(ours))


@both_databases
def test_law_3_nothing_is_destroyed_under_two_names(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.world.set_config(native.vmid or 0, hostname="payroll")
    refused = refusal_of(house.hard_delete(native))
    assert refused.code == "renamed"
    assert "its config says payroll" in refused.reason
    simulator.world.broadcast()
    house.poller()
    assert house.again(native).name == "payroll"
    assert house.hard_delete(native).success
