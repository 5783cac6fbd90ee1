"""A hard delete: how it goes and how it ends, also where the guest is stubborn, gone already, slow or cut off."""

from __future__ import annotations

from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.deletion import (
    HARD_PHRASE,
    Choice,
    HardOptions,
)
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import Kind, Plan, Presence, State, Status, StepName, StepOutcome
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from tests.support.house import House, TickingClock
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import about_to_destroy, when, without_node


def test_n35_high_availability_with_purge_waits_for_the_real_status(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_ha(native.vmid, "started")
    simulator.journal.clear()
    seen_when_destroyed: list[str] = []

    def note() -> None:
        guest = simulator.world.container(native.vmid or 0)
        seen_when_destroyed.append(guest.status if guest else "gone")

    when(simulator, about_to_destroy(simulator, native.vmid), note)
    result = house.hard_delete(native, purge=True)

    assert result.success, result
    assert seen_when_destroyed == ["stopped"]
    assert [line.split()[0] for line in house.wire()] == ["POST", "DELETE"], "the stop is queued once, and awaited"
    (sent,) = (entry for entry in simulator.journal.writes() if entry.method == "DELETE")
    assert int(str(sent.params["purge"])) == 1


def test_n35_what_ha_was_never_told_to_stop_is_not_waited_for(house: House, simulator: Simulator) -> None:
    """The request to HA failed: it would never stop the container, however long one waits and however often resumes."""
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_ha(native.vmid, "started")
    simulator.world.fail_next_task("hastop", native.vmid, "command 'ha-manager crm-command stop' failed: exit code 255")
    impatient = house.impatient(task_timeout=5.0, settle_timeout=5.0)
    plan = impatient.plan_delete(native, Choice.HARD, HardOptions(purge=True))
    assert isinstance(plan, Plan)
    simulator.journal.clear()

    result = impatient.delete(plan, native)

    assert result.success, result
    guest = f"/nodes/pve1/lxc/{native.vmid}"
    assert house.wire() == [f"POST {guest}/status/shutdown", f"POST {guest}/status/stop", f"DELETE {guest}"]
    assert result.operation is not None
    assert result.operation.steps[0].detail["why"] == "HA did not take the request"


def test_n36_a_refusal_of_proxmox_is_shown_word_for_word(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    words = "There is a replication job '100-0' for guest '100' - Please remove that first."
    simulator.faults.answer(500, words, "/lxc/", method="DELETE", times=1)
    result = house.hard_delete(native)
    assert not result.success
    assert result.error is not None
    assert words in result.error
    now = house.again(native)
    assert (now.state, now.status, now.last_error) == (State.STOPPED, Status.STOPPED, result.error)
    assert now.ports == native.ports


def test_n47_destroy_task_fails(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.world.fail_next_task("vzdestroy", native.vmid, "rbd error: image is busy")
    result = house.hard_delete(native)

    assert isinstance(result, Failed)
    assert "rbd error: image is busy" in str(result.error)
    now = house.again(native)
    assert (now.closed_at, now.state, now.status) == (None, State.STOPPED, Status.STOPPED)
    assert now.last_error == result.error
    assert now.ports == native.ports
    assert now.operation is None
    assert simulator.world.container(native.vmid) is not None
    assert house.hard_delete(now).success, "and it can be tried again"


def test_n48_stop_never_finishes(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.fail_next_task("vzshutdown", native.vmid, "container did not stop")
    simulator.world.hang_next_task("vzstop", native.vmid)
    impatient = house.impatient(task_timeout=1.5)
    plan = impatient.plan_delete(native, Choice.HARD)
    assert isinstance(plan, Plan)
    simulator.journal.clear()

    result = impatient.delete(plan, native)

    assert isinstance(result, Resumable)
    assert "still runs" in str(result.error)
    assert result.operation is not None
    again = impatient.resume(result.operation.id)
    assert isinstance(again, Resumable)
    guest = f"/nodes/pve1/lxc/{native.vmid}/status"
    assert house.wire() == [f"POST {guest}/shutdown", f"POST {guest}/stop"], "waiting longer is not stopping twice"
    seen = simulator.world.container(native.vmid)
    assert seen is not None
    assert seen.status == "running"
    assert not house.again(native).is_tombstone


def test_n48_what_ignores_a_shutdown_is_stopped_and_then_destroyed(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_ignores_shutdown(native.vmid)
    simulator.journal.clear()
    result = house.hard_delete(native, shutdown_seconds=1)
    assert result.success, result
    guest = f"/nodes/pve1/lxc/{native.vmid}"
    assert house.wire() == [f"POST {guest}/status/shutdown", f"POST {guest}/status/stop", f"DELETE {guest}"]


def test_law_7_a_stop_that_was_carried_out_did_not_fail_because_of_what_came_after_it(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0
    simulator.world.set_ignores_shutdown(vmid)

    def stopped(entry: Entry) -> bool:
        with simulator.world.entered() as cluster:
            ended = any(one.type == "vzstop" and one.exitstatus == "OK" for one in cluster.tasks.all)
        return ended and entry.path.endswith("/cluster/resources")

    when(simulator, stopped, lambda: simulator.world.recreate_outside(vmid, hostname="web1"))
    result = house.hard_delete(native, shutdown_seconds=1)

    assert isinstance(result, Failed), result
    assert f"CT {vmid} is another guest now" in result.reason
    assert "and stop (its task ended well); no destroy is recorded" in result.reason
    assert house.destroys() == []


def test_n49_container_already_gone(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.world.destroy_outside(native.vmid)
    simulator.journal.clear()

    result = house.hard_delete(native)

    assert result.success, result
    assert house.wire() == []
    now = house.again(native)
    assert (now.is_tombstone, now.closed_reason) == (True, "already absent")
    assert public_ports.used() == frozenset()
    assert "already absent" in house.said(native)[-1]
    (event, *_) = events.list_events(container=native.id)
    assert event.evidence["vmid_destroyed"] is None, "we destroyed nothing"


def test_n52_record_without_a_vmid(house: House, simulator: Simulator) -> None:
    for choice in Choice:
        bare = records.add(
            records.NewRecord(
                cluster="lab", vmid=None, node=None, name=f"never-{choice}", kind=Kind.NATIVE, state=State.ERROR
            ),
            actor="test",
            action=EventAction.OBSERVE,
            message="it never got a VMID",
        )
        plan = house.engine.plan_delete(bare, choice)
        assert isinstance(plan, Plan)
        assert house.engine.delete(plan, bare).success
        assert house.again(bare).is_tombstone
    assert simulator.journal.entries() == [], "there is nothing to ask Proxmox about"


def test_law_2_a_cluster_that_dies_between_stop_and_destroy_leaves_a_resumable_delete(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    when(simulator, about_to_destroy(simulator, native.vmid), lambda: simulator.faults.answer(595, "no route to host"))
    result = house.hard_delete(native)
    assert isinstance(result, Resumable)
    assert house.destroys() == []
    assert public_ports.used() == {native.ports[0].public}
    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.destroys()) == 1


def test_law_5_a_vmid_that_a_vm_took_right_after_our_destroy_does_not_undo_it(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    vmid = native.vmid
    # A task is followed by its status, which says here that the destroy has ended.
    when(
        simulator,
        lambda entry: ":vzdestroy:" in entry.path and simulator.world.container(vmid) is None,
        lambda: simulator.world.add_vm(vmid, "pve2"),
    )
    result = house.hard_delete(native)
    assert result.success, result
    assert house.again(native).closed_reason == "destroyed by us"


def test_law_5_a_node_that_left_the_cluster_right_after_our_destroy_does_not_undo_it(
    house: House, simulator: Simulator
) -> None:
    """Whoever takes a node away deletes its last container just before."""
    native = house.native("web1", port=80)
    vmid = native.vmid or 0
    when(
        simulator,
        lambda entry: ":vzdestroy:" in entry.path and simulator.world.container(vmid) is None,
        lambda: simulator.faults.rewrite(without_node("pve1"), "/cluster/resources"),
    )
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    result = house.impatient(settle_timeout=0.2).delete(plan, house.again(native))
    assert result.success, result
    assert house.again(native).closed_reason == "destroyed by us"
    assert public_ports.used() == frozenset()


def test_law_3_seconds_on_every_call_do_not_let_the_permit_expire(simulator: Simulator, database: str) -> None:
    clock = TickingClock()
    slow = House({"lab": simulator}, database, clock, settle_timeout=600.0, task_timeout=6000.0)
    try:
        native = slow.create("web1")
        record = simulator.journal.record

        def take_three_seconds(entry: Entry) -> None:
            clock.ahead += 3.0
            record(entry)

        simulator.journal.record = take_three_seconds  # type: ignore[method-assign]
        result = slow.hard_delete(native)
    finally:
        store.close_store()
    assert result.success, result
    assert clock.ahead > 30.0, "longer than any permit lives"
    assert len(slow.destroys()) == 1


@both_databases
def test_o2_hard_delete(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    simulator.journal.clear()

    result = house.hard_delete(native)

    assert result.success
    guest = f"/nodes/pve1/lxc/{native.vmid}"
    assert house.wire() == [f"POST {guest}/status/shutdown", f"DELETE {guest}"]
    assert simulator.world.container(native.vmid or 0) is None
    assert result.operation is not None
    steps = {step.name: step for step in result.operation.steps}
    assert list(steps) == ["shutdown", "stop", "destroy", "prove_absent", "release"]
    for name, kind in ((StepName.SHUTDOWN, "vzshutdown"), (StepName.DESTROY, "vzdestroy")):
        upid = steps[name].task
        assert upid is not None
        assert f":{kind}:{native.vmid}:" in upid
        assert steps[name].detail["exitstatus"] == "OK", "each task was awaited to its end"
    assert (steps[StepName.STOP].outcome, steps[StepName.STOP].detail["why"]) == (StepOutcome.SKIPPED, "it is stopped")
    assert "free" in steps[StepName.PROVE_ABSENT].detail["proof"]
    assert public_ports.used() == frozenset()
    assert records.active() == ()
    now = house.again(native)
    assert (now.presence, now.presence_reason) == (Presence.ABSENT, "destroyed by us"), "nobody shows it as present"
    assert house.said(native)[-1] == f"hard-delete: {HARD_PHRASE}"
    (event, *_) = events.list_events(container=native.id)
    assert event.evidence["deletion_type"] == "hard"
    assert event.evidence["vmid_destroyed"] == native.vmid


def test_o2_the_destroy_is_never_forced_and_takes_no_disk_that_nobody_named(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert house.hard_delete(native).success
    (sent,) = (entry for entry in simulator.journal.writes() if entry.method == "DELETE")
    assert {key: int(str(value)) for key, value in sent.params.items()} == {
        "force": 0,
        "purge": 0,
        "destroy-unreferenced-disks": 0,
    }
