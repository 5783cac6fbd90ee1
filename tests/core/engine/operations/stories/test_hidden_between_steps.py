"""A container that the token may not see any more between two steps did not fail: it waits for the right (law 2)."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import Container, Operation, Plan, RefusalCode, StepName, StepOutcome
from proximity_tui.core.store.records import operations
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.backing_up import planned
from tests.support.house import House
from tests.support.timing.meddling import Condition, about_to_destroy, asked, when
from tests.support.timing.waiting import until


def hide(simulator: Simulator, *lost: str) -> None:
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {*(lost or ("VM.Audit",))}})


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


def test_a_container_that_was_stopped_is_destroyed_once_the_quorum_may_be_seen_again(
    house: House, simulator: Simulator
) -> None:
    ours = house.native()
    plan = house.plan_hard(ours)
    assert isinstance(plan, Plan), plan
    when(simulator, about_to_destroy(simulator, int(ours.vmid or 0)), lambda: hide(simulator, "Sys.Audit"))

    left = house.impatient(settle_timeout=1.0).delete(plan, house.again(ours))

    assert isinstance(left, Resumable), left
    assert "the quorum cannot be seen: the token lacks Sys.Audit on /: resume to read it again" in left.reason
    assert house.destroys() == []
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert left.operation is not None
    assert house.engine.resume(left.operation.id).success


def test_what_did_not_begin_is_refused_where_the_quorum_may_not_be_seen(house: House, simulator: Simulator) -> None:
    ours = house.native(start=False)
    plan = house.plan_hard(ours)
    assert isinstance(plan, Plan), plan
    hide(simulator, "Sys.Audit")

    result = house.engine.delete(plan, house.again(ours))

    assert isinstance(result, Failed), result
    assert result.refusal is not None
    assert result.refusal.code is RefusalCode.NO_QUORUM
    assert house.wire() == []


def test_law_2_whether_somebody_started_it_since_its_backup_waits_for_the_right_to_see_that(
    house: House, simulator: Simulator
) -> None:
    """Without Sys.Audit on the node a token is told only of its own tasks: a start by a person is not among them."""
    ours = house.native()
    vmid = int(ours.vmid or 0)
    left = die_once_proved(house, simulator, ours)
    later = simulator.world.clock.now() + 1
    until(lambda: simulator.world.clock.now() >= later)
    with simulator.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", str(vmid), "root@pam")
        cluster.tasks.note("pve1", "vzstop", str(vmid), "root@pam")
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES, "/nodes": PRIVILEGES - {"Sys.Audit"}})
    simulator.journal.clear()

    resumed = house.impatient(settle_timeout=1.0).resume(left.id)

    assert isinstance(resumed, Resumable), resumed
    assert "whether somebody started it since its backup is not known" in resumed.reason
    assert "needs Sys.Audit on /nodes/pve1" in resumed.reason
    assert house.destroys() == []
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    result = house.engine.resume(left.id)
    assert "root@pam started it after the backup" in str(result.error)
    assert house.destroys() == []


def die_once_proved(house: House, simulator: Simulator, ours: Container) -> Operation:
    """A hard delete that was interrupted right after its backup was proved, before anything of the destroy was sent."""
    plan = planned(house, ours)

    def is_proved(entry: Entry) -> bool:
        open_now = operations.open_operations("lab")
        return any(one.step(StepName.PROVE_BACKUP).outcome is StepOutcome.DONE for one in open_now)

    when(simulator, is_proved, lambda: hide(simulator))
    left = house.impatient(settle_timeout=1.0).delete(plan, house.again(ours))
    assert isinstance(left, Resumable), left
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert left.operation is not None
    return left.operation


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
