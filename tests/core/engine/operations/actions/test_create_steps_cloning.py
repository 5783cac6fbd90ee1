"""Cloning over a real wire: the copy is ours, its source stays as it was, and whatever breaks in between is told."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.engine.operations.outcome import Failed, Outcome, Resumable
from proximity_tui.core.model import Action, Container, Kind, Operation, Plan, Presence, Refusal, State, Status
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.records import clinical_records, operations, public_ports, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.world.worker_tasks import Task, Worker
from tests.support.actions.cloning import planned
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, give_other_cards, owner_that_died, when
from tests.support.timing.waiting import until


def cloned(house: House, source: Container, hostname: str = "web2", **wish: Any) -> Container:
    """A clone; it must work."""
    result = house.engine.clone(planned(house, source, hostname, **wish))
    assert result.success, result
    assert result.container is not None
    return result.container


def still(house: House, source: Container) -> Container:
    """The source, shut down so that it can be copied."""
    assert house.power(source, Action.STOP).success
    return house.again(source)


def clones(house: House) -> list[str]:
    return [line for line in house.wire() if line.endswith("/clone")]


@both_databases
def test_a_clone_is_native_with_a_marker_fingerprint_and_clinical_record_of_its_own(
    house: House, simulator: Simulator
) -> None:
    source = still(house, house.native("web1"))
    clone = cloned(house, source, port=80, start=True)

    assert (clone.kind, clone.state, clone.name) == (Kind.NATIVE, State.RUNNING, "web2")
    assert clone.vmid != source.vmid
    assert clone.fingerprint is not None
    assert source.fingerprint is not None
    assert clone.fingerprint.marker not in (None, source.fingerprint.marker)
    assert clone.fingerprint.hwaddrs.isdisjoint(source.fingerprint.hwaddrs)
    assert clinical_records.latest(clone.id) is not None
    assert [port.container for port in clone.ports] == [80]
    assert house.again(source) == source, "nothing of the source's record changes"
    seen = simulator.world.container(clone.vmid or 0)
    assert seen is not None
    assert seen.hostname == "web2"


def test_the_clone_of_an_adopted_container_is_ours_to_destroy_and_its_source_is_not(
    house: House, simulator: Simulator
) -> None:
    simulator.world.set_status(101, "stopped")
    adopted = house.adopted(101)
    clone = cloned(house, adopted)
    assert clone.kind is Kind.NATIVE
    assert house.hard_delete(clone).success
    assert simulator.world.container(clone.vmid or 0) is None
    assert refusal_of(house.hard_delete(adopted)).code == "adopted"
    assert simulator.world.container(101) is not None


def test_a_clone_of_a_clone_is_told_from_both(house: House) -> None:
    first = still(house, house.native("web1"))
    second = cloned(house, first)
    third = cloned(house, second, "web3")
    markers = {one.fingerprint.marker for one in (first, second, third) if one.fingerprint}
    assert len(markers) == 3
    assert house.reconcile().anomalous_orphans == 0


def test_a_running_container_is_refused_before_anything_is_asked(house: House) -> None:
    native = house.native("web1")
    house.simulator.journal.clear()
    refused = house.engine.plan_clone(native, CloneRequest("web2"))
    assert isinstance(refused, Refusal)
    assert refused.code == "running"
    assert house.wire() == []


def test_a_source_that_was_replaced_since_the_plan_is_not_copied(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    plan = planned(house, source)
    simulator.world.recreate_outside(source.vmid or 0, hostname="stranger")
    simulator.journal.clear()

    assert refusal_of(house.engine.clone(plan)).code == "changed"
    assert clones(house) == []


def test_a_clone_that_proxmox_fails_leaves_no_record_behind(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    simulator.world.fail_next_task("vzclone", source.vmid, "no space left on device")
    result = house.engine.clone(planned(house, source, port=80))
    assert not result.success
    assert "no space left on device" in str(result.error)
    assert result.container is not None
    assert result.container.is_tombstone
    assert public_ports.used() == frozenset()
    assert house.again(source).state is State.STOPPED


def test_an_answer_that_is_lost_is_found_under_the_source_and_never_asked_twice(
    house: House, simulator: Simulator
) -> None:
    source = still(house, house.native("web1"))
    plan = planned(house, source)
    simulator.journal.clear()
    simulator.faults.lose_answer(path="/clone")
    clone = house.engine.clone(plan)
    assert clone.success, clone
    assert len(clones(house)) == 1


def test_a_clone_whose_process_died_is_resumed_without_a_second_copy(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    plan = planned(house, source)
    simulator.journal.clear()
    result = interrupted_after_asking(house, simulator, plan)
    assert isinstance(result, Resumable)

    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    assert records.get(left.container or 0).state is State.CLONING
    resumed = house.engine.resume(left.id)

    assert resumed.success, resumed
    assert len(clones(house)) == 1
    assert resumed.container is not None
    assert (resumed.container.state, resumed.container.status) == (State.STOPPED, Status.STOPPED)


def test_a_clone_that_is_abandoned_is_told_as_it_is_found(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    interrupted_after_asking(house, simulator, planned(house, source))
    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    assert house.engine.abandon(left.id).success
    record = records.get(left.container or 0)
    assert operations.get(left.id).status.value == "abandoned"
    assert record.presence is Presence.PRESENT
    assert not record.is_tombstone, "the copy was made, and is looked after"


def test_law_5_the_task_of_another_clone_of_the_same_source_is_not_taken_for_its_own(
    house: House, simulator: Simulator
) -> None:
    """Proxmox lists both under the VMID of the source, and names neither copy in them."""
    source = still(house, house.native("web1"))
    first = planned(house, source, "web2")
    simulator.faults.drop("/clone$", method="POST", times=1)
    lost = house.hands(lost_answer=0.1).clone(first)
    assert isinstance(lost, Resumable), lost
    other = cloned(house, source, "web3")
    (left,) = house.engine.mark_interrupted()

    resumed = house.engine.resume(left.id)

    assert resumed.success, resumed
    assert resumed.container is not None
    assert (resumed.container.name, resumed.container.vmid) == ("web2", first.vmid)
    assert (house.again(other).state, house.again(other).vmid) == (State.STOPPED, other.vmid)
    assert len(clones(house)) == 3, "the first one never arrived"


def test_law_5_nor_is_that_of_a_clone_whose_answer_is_still_under_way(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    first = planned(house, source, "web2")
    simulator.faults.drop("/clone$", method="POST", times=1)
    lost = house.hands(lost_answer=0.1).clone(first)
    assert isinstance(lost, Resumable), lost
    assert lost.operation is not None
    left, meanwhile = lost.operation.id, list[Outcome]()
    when(simulator, asked("POST", "/clone"), lambda: meanwhile.append(house.engine.resume(left)))
    # A log without a line: the worker has not named its copy yet.
    unsaid = simulator.faults.rewrite(lambda lines: [], "/log$")

    other = cloned(house, source, "web3")

    (undecided,) = meanwhile
    assert isinstance(undecided, Resumable), "Proxmox has one new task, and it may be of either"
    assert "waits for its answer, too" in undecided.reason
    simulator.faults.remove(unsaid)
    resumed = house.engine.resume(left)
    assert resumed.success, resumed
    assert resumed.container is not None
    assert (resumed.container.name, house.again(other).name) == ("web2", "web3")
    assert len(clones(house)) == 3, "the first one never arrived"


def test_a_clone_waits_for_another_copy_of_its_source_to_end(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    first = planned(house, source, "web2")
    simulator.faults.drop("/clone$", method="POST", times=1)
    lost = house.hands(lost_answer=0.1).clone(first)
    assert lost.operation is not None
    left, meanwhile = lost.operation.id, list[Outcome]()
    simulator.world.hang_next_task("vzclone", source.vmid)

    def resume_while_it_is_copied() -> None:
        meanwhile.append(house.engine.resume(left))
        simulator.world.let_hanging_task_go_on("vzclone", source.vmid or 0)

    when(simulator, asked("POST", "/clone"), resume_while_it_is_copied)
    cloned(house, source, "web3")

    (waiting,) = meanwhile
    assert isinstance(waiting, Resumable), "nothing of it failed"
    assert "which still runs" in waiting.reason
    assert house.engine.resume(left).success


def test_two_clones_of_a_source_that_both_lost_their_answer_settle_each_by_itself(
    house: House, simulator: Simulator
) -> None:
    """Proxmox names the copy in the first line of the log of its task, and nowhere else."""
    source = still(house, house.native("web1"))
    lost = [lost_while_copying(house, simulator, planned(house, source, name)) for name in ("web2", "web3")]
    house.engine.mark_interrupted()
    simulator.journal.clear()

    for left in lost:
        resumed = house.engine.resume(left.id)
        assert resumed.success, resumed
        assert resumed.container is not None
        assert (resumed.container.name, resumed.container.vmid) == (left.name, left.vmid)

    assert clones(house) == [], "both had arrived"


def test_of_two_clones_that_lost_their_answer_the_one_that_never_arrived_is_asked_for_again(
    house: House, simulator: Simulator
) -> None:
    source = still(house, house.native("web1"))
    simulator.faults.drop("/clone$", method="POST", times=1)
    never_arrived = house.impatient(lost_answer=0.1, hurry=2000).clone(planned(house, source, "web2")).operation
    arrived = lost_while_copying(house, simulator, planned(house, source, "web3"))
    assert never_arrived is not None
    house.engine.mark_interrupted()
    simulator.journal.clear()

    for left in (never_arrived, arrived):
        resumed = house.engine.resume(left.id)
        assert resumed.success, resumed
        assert resumed.container is not None
        assert (resumed.container.name, resumed.container.vmid) == (left.name, left.vmid)

    assert len(clones(house)) == 1


def test_a_clone_of_somebody_else_with_our_token_is_not_taken_for_ours(house: House, simulator: Simulator) -> None:
    """Another database knows of it, or none: what its log names is another VMID."""
    source = still(house, house.native("web1"))
    simulator.faults.drop("/clone$", method="POST", times=1)
    lost = house.impatient(lost_answer=0.1, hurry=2000).clone(planned(house, source, "web2")).operation
    assert lost is not None
    house.engine.mark_interrupted()

    def elsewhere(task: Task) -> Worker:
        task.log.append(f"creating a clone of container {source.vmid} with ID 990")
        yield 0.0

    with simulator.world.entered() as cluster:
        cluster.tasks.start("pve1", "vzclone", str(source.vmid), simulator.token_id, elsewhere)
    resumed = house.engine.resume(lost.id)

    assert resumed.success, resumed
    assert resumed.container is not None
    assert (resumed.container.name, resumed.container.vmid) == ("web2", lost.vmid)


def lost_while_copying(house: House, simulator: Simulator, plan: Plan) -> Operation:
    """Carry a clone out whose request arrived, whose answer was lost, and whose task was not found in time."""
    engine = house.impatient(lost_answer=0.1, hurry=2000)
    when(simulator, asked("POST", "/clone"), lambda: simulator.faults.drop("/tasks", method="GET"))
    simulator.faults.lose_answer("/clone$", method="POST")
    result = engine.clone(plan)
    assert isinstance(result, Resumable), result
    assert result.operation is not None
    assert all(step.task is None for step in result.operation.steps)
    simulator.faults.clear()
    until(lambda: is_copied(simulator, plan.vmid or 0))
    return result.operation


def is_copied(simulator: Simulator, vmid: int) -> bool:
    with simulator.world.entered() as cluster:
        return cluster.guests[vmid].lock is None


def interrupted_after_asking(house: House, simulator: Simulator, plan: Plan) -> Outcome:
    """Carry a clone out whose every answer is lost once it was asked for."""
    engine = house.impatient(lost_answer=0.1, hurry=2000)
    engine.owner = owner_that_died()
    when(simulator, asked("POST", "/clone"), lambda: simulator.faults.drop())
    return engine.clone(plan)


def test_what_proxmox_refuses_at_once_is_said_in_its_words(house: House, simulator: Simulator) -> None:
    source = still(house, house.native("web1"))
    plan = planned(house, source)
    simulator.faults.answer(500, "can't clone CT: local storage", path="/clone", method="POST")
    result = house.engine.clone(plan)
    assert not result.success
    assert "local storage" in str(result.error)
    assert result.container is not None
    assert result.container.is_tombstone


def test_law_3_a_source_that_became_doubtful_meanwhile_is_not_copied(house: House, simulator: Simulator) -> None:
    """A resume is not held to the digest of the plan, and nobody was shown that doubt."""
    source = still(house, house.native("web1"))
    plan = planned(house, source, "web2")
    when(simulator, asked("GET", f"/{source.vmid}/config"), lambda: safe_modes.freeze("lab", "anna", "hands off"))
    parked = house.engine.clone(plan)
    assert isinstance(parked, Resumable), parked
    assert parked.operation is not None
    safe_modes.lift("lab", "anna", "done")
    give_other_cards(simulator, source.vmid or 0)

    result = house.engine.resume(parked.operation.id)

    assert isinstance(result, Failed), result
    assert "the plan did not show that: our marker is there, but no hardware address agrees" in result.reason
    assert clones(house) == []
