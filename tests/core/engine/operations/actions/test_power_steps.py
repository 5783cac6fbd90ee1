"""Starting, shutting down, stopping and rebooting: asked for once, and told by what is seen afterwards."""

from __future__ import annotations

from proximity_tui.commands.base.exit_codes import Exit, of_result
from proximity_tui.core.engine.operations.outcome import Done, Failed, Resumable
from proximity_tui.core.model import Action, Plan, Refusal, RefusalCode, State
from proximity_tui.core.store import safe_modes
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.timing.meddling import asked, give_other_cards, when


def test_n9_a_power_action_whose_answer_was_lost_is_not_repeated(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.journal.clear()
    simulator.faults.lose_answer("/status/stop", method="POST")
    result = house.power(native, Action.STOP)
    assert result.success, result
    assert len(house.wire()) == 1
    assert house.again(native).state is State.STOPPED


def test_n9_a_power_action_that_came_true_is_not_sent_again_by_a_resume(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    stop = house.engine.plan_power(native, Action.STOP)
    assert isinstance(stop, Plan)
    simulator.journal.clear()
    simulator.faults.drop("/status/stop", method="POST", times=1)
    parked = house.hands(lost_answer=0.1).carry_out(stop, native)
    assert isinstance(parked, Resumable)
    simulator.world.set_status(native.vmid, "stopped")
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len(house.wire()) == 1
    now = house.again(native)
    assert (now.state, now.last_error) == (State.STOPPED, None)


def test_law_3_a_resume_stops_no_guest_that_is_only_perhaps_ours(house: House, simulator: Simulator) -> None:
    """Nobody was shown that doubt: a clone carries our marker, too."""
    native = house.native("web1")
    assert native.vmid is not None
    stop = house.engine.plan_power(native, Action.STOP)
    assert isinstance(stop, Plan)
    # The last thing that is read before the request.
    when(simulator, asked("GET", "/config"), lambda: safe_modes.freeze("lab", "anna", "hands off"))
    parked = house.engine.carry_out(stop, native)
    assert isinstance(parked, Resumable), parked
    assert parked.operation is not None
    safe_modes.lift("lab", "anna", "done")
    give_other_cards(simulator, native.vmid)
    simulator.journal.clear()

    result = house.engine.resume(parked.operation.id)

    assert isinstance(result, Failed), result
    assert "no hardware address agrees" in result.reason
    assert house.wire() == []
    guest = simulator.world.container(native.vmid)
    assert guest is not None
    assert guest.status == "running"


def test_a_reboot_that_a_lock_left_stopped_is_a_failure_and_no_refusal(house: House, simulator: Simulator) -> None:
    """Proxmox stops it first, and only then meets the lock."""
    native = house.native()
    plan = house.engine.plan_power(native, Action.REBOOT)
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish

        def stopped_and_locked(task, status):
            if task.type == "vzreboot":
                cluster.halt(cluster.guests[native.vmid or 0])
                status = "CT is locked (backup)"
            finish(task, status)

        cluster.tasks._finish = stopped_and_locked  # type: ignore[method-assign]
    result = house.engine.carry_out(plan, native)  # type: ignore[arg-type]
    assert isinstance(result, Failed), result
    assert result.refusal is None
    assert of_result(result) is Exit.FAILED
    assert "ran before and is stopped on pve1 now" in result.reason


def test_what_ha_carries_out_later_is_waited_for_as_long_as_a_task(house: House, simulator: Simulator) -> None:
    """Its task is over as soon as the request is queued; a clean shutdown comes after that, and takes its time."""
    native = house.native("web1")
    simulator.world.set_ha(native.vmid or 0, "started")
    with simulator.world.entered() as cluster:
        cluster.task_seconds = 0.2
    engine = house.impatient(settle_timeout=0.5)
    plan = engine.plan_power(native, Action.SHUTDOWN)
    assert isinstance(plan, Plan)

    result = engine.carry_out(plan, native)

    assert isinstance(result, Done), result
    assert house.again(native).state is State.STOPPED
    assert len(house.wire()) == 1


def test_what_ha_was_told_to_ignore_is_shut_down_by_proxmox_itself(house: House, simulator: Simulator) -> None:
    """It is in the list of HA, and HA does nothing for it: nobody waits for HA, or is told to."""
    native = house.native("web1")
    simulator.world.set_ha(native.vmid or 0, "ignored")
    plan = house.engine.plan_power(native, Action.SHUTDOWN)
    assert isinstance(plan, Plan)
    assert not any("HA" in one for one in plan.warnings)
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish

        def started_again(task, status):
            finish(task, status)
            if task.type == "vzshutdown":
                cluster.boot(cluster.guests[native.vmid or 0])

        cluster.tasks._finish = started_again  # type: ignore[method-assign]

    result = house.impatient(settle_timeout=2.0, task_timeout=5.0).carry_out(plan, native)

    assert isinstance(result, Failed), result
    assert "by itself, or by somebody else" in result.reason


def test_what_ha_was_told_to_ignore_is_not_destroyed_without_purge(house: House, simulator: Simulator) -> None:
    """Proxmox refuses that as well, and would do so only once the container is stopped."""
    native = house.native("web1")
    simulator.world.set_ha(native.vmid or 0, "ignored")
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.HA_MANAGED
    assert house.hard_delete(native, purge=True).success
