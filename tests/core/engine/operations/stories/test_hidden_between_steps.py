"""A container that the token may not see any more between two steps did not fail: it waits for the right (law 2)."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.engine.operations.outcome import Resumable
from proximity_tui.core.model import Plan
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House
from tests.support.timing.meddling import Condition, about_to_destroy, asked, when


def hide(simulator: Simulator) -> None:
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"VM.Audit"}})


def then_status(vmid: int, first: Condition) -> Condition:
    """The status of a container that is read after a request that meets `first`: what comes next is its config."""
    met: list[Entry] = []

    def holds(entry: Entry) -> bool:
        if first(entry):
            met.append(entry)
        return bool(met) and entry.path.endswith(f"/lxc/{vmid}/status/current")

    return holds


def test_a_container_that_was_stopped_is_destroyed_once_it_may_be_seen_again(
    house: House, simulator: Simulator
) -> None:
    ours = house.native()
    plan = house.plan_hard(ours)
    assert isinstance(plan, Plan), plan
    vmid = int(ours.vmid or 0)
    when(simulator, then_status(vmid, about_to_destroy(simulator, vmid)), lambda: hide(simulator))

    left = house.impatient(settle_timeout=1.0).delete(plan, house.again(ours))

    assert isinstance(left, Resumable), left
    assert "the token lacks VM.Audit on /vms/100): it may be another guest: resume to read it again" in left.reason
    assert house.destroys() == []
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert left.operation is not None
    assert house.engine.resume(left.operation.id).success
    assert [line.rpartition("/")[2] for line in house.wire()] == ["shutdown", str(vmid)]


def test_a_copy_gets_its_network_once_it_may_be_seen_again(house: House, simulator: Simulator) -> None:
    source = house.native(start=False)
    plan = house.engine.plan_clone(source, CloneRequest("web2", vlan=20))
    assert isinstance(plan, Plan), plan
    vmid = int(plan.vmid or 0)
    verified = then_status(vmid, asked("GET", f"/lxc/{vmid}/snapshot"))
    when(simulator, verified, lambda: hide(simulator))

    left = house.impatient(settle_timeout=1.0).clone(plan)

    assert isinstance(left, Resumable), left
    assert f"the token lacks VM.Audit on /vms/{vmid}): it may be another guest: resume" in left.reason
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert left.operation is not None
    assert house.engine.resume(left.operation.id).success
    assert [line.rpartition("/")[2] for line in house.wire()] == ["clone", "config"]
