"""The move to another node: requested once, and proved by seeing the same container there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed, Resumable
from proximity_tui.core.model import Container, Plan, RefusalCode, State
from proximity_tui.core.store.revisions import drifts
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.records.every_action import leave_task
from tests.support.timing.meddling import Killed, doomed, when


def _planned(house: House, container: Container, target: str = "pve2") -> Plan:
    leave_task(house, container)
    plan = house.engine.plan_migrate(container, target)
    assert isinstance(plan, Plan), plan
    return plan


@pytest.mark.parametrize("running", [True, False])
def test_a_container_is_moved_and_runs_as_before(house: House, simulator: Simulator, running: bool) -> None:
    native = house.native("web1", start=running)
    plan = _planned(house, native)

    result = house.engine.carry_out(plan, native)

    assert isinstance(result, Done), result
    assert house.wire() == [f"POST /nodes/pve1/lxc/{native.vmid}/migrate"]
    record = house.again(native)
    assert (record.node, record.operation) == ("pve2", None)
    assert record.state is (State.RUNNING if running else State.STOPPED)


def _rename_disk_on_the_way(simulator: Simulator, native: Container) -> None:
    with simulator.world.entered() as cluster:
        guest = cluster.guests[native.vmid or 0]
        finish = cluster.tasks._finish

        def renaming(task, status):
            if task.type == "vzmigrate":
                guest.conf["rootfs"] = str(guest.conf["rootfs"]).replace("-disk-0", "-disk-7")
            finish(task, status)

        cluster.tasks._finish = renaming  # type: ignore[method-assign]


def test_a_disk_that_has_another_name_there_is_no_drift(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False)
    plan = _planned(house, native)
    _rename_disk_on_the_way(simulator, native)
    assert house.engine.carry_out(plan, native).success
    record = house.again(native)
    assert record.fingerprint is not None
    assert str(record.fingerprint.rootfs).endswith("-disk-7")
    assert set(drifts.Drifts().known()[native.id].changed) == set()


def test_law_3_what_arrived_is_not_called_the_container_before_its_config_is_read(
    house: House, simulator: Simulator
) -> None:
    """It may be another one; and the record would never follow the names of its disks."""
    native = house.native("web1", start=False)
    plan = _planned(house, native)
    _rename_disk_on_the_way(simulator, native)
    simulator.faults.answer(500, "got timeout", f"/nodes/pve2/lxc/{native.vmid}/config", method="GET")

    result = house.engine.carry_out(plan, native)

    assert isinstance(result, Resumable), result
    assert "could not be read" in result.reason
    assert "got timeout" in result.reason
    simulator.faults.clear()
    assert result.operation is not None
    assert house.engine.resume(result.operation.id).success
    record = house.again(native)
    assert record.fingerprint is not None
    assert str(record.fingerprint.rootfs).endswith("-disk-7")
    assert len(house.wire()) == 1


def test_a_move_that_fails_leaves_the_record_where_the_container_is(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.world.fail_next_task("vzmigrate", native.vmid, "storage is busy")
    result = house.engine.carry_out(_planned(house, native), native)
    assert isinstance(result, Failed), result
    assert "was not moved to pve2: storage is busy" in result.reason
    assert "ran before and is stopped on pve1 now; `proximity-tui start web1` starts it" in result.reason
    assert (house.again(native).node, house.again(native).operation) == ("pve1", None)


def test_a_plan_is_void_once_the_container_is_elsewhere(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native)
    simulator.world.migrate(native.vmid or 0, "pve3")
    assert refusal_of(house.engine.carry_out(plan, native)).code is RefusalCode.CHANGED
    assert house.wire() == []


@pytest.mark.parametrize("after", [False, True])
def test_a_move_that_was_killed_is_resumed_and_requested_once(house: House, simulator: Simulator, after: bool) -> None:
    native = house.native("web1")
    plan = _planned(house, native)
    with pytest.raises(Killed):
        doomed(house, "migrate", after=after).carry_out(plan, native)
    (left,) = house.engine.mark_interrupted()
    assert house.again(native).state is State.UPDATING
    assert house.engine.resume(left.id).success
    assert (house.again(native).node, len(house.wire())) == ("pve2", 1)


def test_a_move_that_is_resumed_is_the_one_that_was_shown(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native)
    with pytest.raises(Killed):
        doomed(house, "migrate", after=False).carry_out(plan, native)
    simulator.world.set_config(native.vmid or 0, onboot=1)
    (left,) = house.engine.mark_interrupted()
    result = house.engine.resume(left.id)
    assert isinstance(result, Failed), result
    assert result.code is RefusalCode.CHANGED
    assert house.wire() == []


def test_a_lost_answer_is_looked_up_and_not_repeated(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native)
    simulator.faults.lose_answer("/migrate", method="POST")
    assert house.engine.carry_out(plan, native).success
    assert len(house.wire()) == 1


def test_ha_moves_it_later_and_that_is_waited_for(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.world.set_ha(native.vmid or 0, "started")
    plan = _planned(house, native)
    assert any("HA moves it later" in warning for warning in plan.warnings)
    assert house.engine.carry_out(plan, native).success
    assert house.again(native).node == "pve2"


def test_a_container_that_was_put_under_ha_since_the_plan_is_waited_for_all_the_same(
    house: House, simulator: Simulator
) -> None:
    """The task says who moves it: a queued move was told as "somebody moved it on" while it was still to come."""
    native = house.native("web1")
    plan = _planned(house, native)
    simulator.world.set_ha(native.vmid or 0, "started")
    with simulator.world.entered() as cluster:
        cluster.task_seconds = 1000.0
    queued = house.impatient(settle_timeout=5.0, task_timeout=5.0).carry_out(plan, native)
    assert isinstance(queued, Resumable), queued
    assert "running on pve1, not yet running on pve2: wait and resume" in queued.reason
    simulator.world.migrate(native.vmid or 0, "pve2")
    assert queued.operation is not None
    assert house.engine.resume(queued.operation.id).success
    assert (house.again(native).node, len(house.wire())) == ("pve2", 1)


def test_what_was_moved_stopped_and_started_there_by_somebody_has_arrived(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False)
    plan = _planned(house, native)
    with simulator.world.entered() as cluster:
        finish = cluster.tasks._finish

        def starting(task, status):
            finish(task, status)
            if task.type == "vzmigrate":
                cluster.boot(cluster.guests[native.vmid or 0])

        cluster.tasks._finish = starting  # type: ignore[method-assign]
    result = house.engine.carry_out(plan, native)
    assert isinstance(result, Done), result
    assert (house.again(native).node, house.again(native).state) == ("pve2", State.RUNNING)


def when_moved(simulator: Simulator, meddle: Callable[[], object]) -> None:
    """Let somebody act on the container as soon as the task of the move has ended."""
    when(simulator, lambda entry: entry.path.endswith("/cluster/resources") and _is_moved(simulator), meddle)


def _is_moved(simulator: Simulator) -> bool:
    with simulator.world.entered() as cluster:
        return any(task.type == "vzmigrate" and task.exitstatus == "OK" for task in cluster.tasks.all)


def test_what_somebody_moved_on_after_it_had_arrived_is_told_and_not_waited_for(
    house: House, simulator: Simulator
) -> None:
    """No waiting and no resuming would ever have ended it."""
    native = house.native("web1", start=False)
    plan = _planned(house, native)
    when_moved(simulator, lambda: simulator.world.migrate(native.vmid or 0, "pve3"))
    ended = house.impatient(settle_timeout=5.0).carry_out(plan, native)
    assert isinstance(ended, Failed), ended
    assert f"CT {native.vmid} was moved to pve2, and somebody moved it on to pve3" in ended.reason
    record = house.again(native)
    assert (record.node, record.state, record.operation) == ("pve3", State.STOPPED, None)


def test_what_somebody_stopped_after_it_had_arrived_is_told_as_it_is(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native)
    when_moved(simulator, lambda: simulator.world.set_status(native.vmid or 0, "stopped"))
    ended = house.impatient(settle_timeout=5.0).carry_out(plan, native)
    assert isinstance(ended, Failed), ended
    assert "is on pve2, but it is stopped and was running before" in ended.reason
    assert house.again(native).state is State.STOPPED


def test_what_somebody_backs_up_right_after_it_had_arrived_has_arrived(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False)
    plan = _planned(house, native)
    when_moved(simulator, lambda: simulator.world.set_lock(native.vmid or 0, "backup"))
    done = house.impatient(settle_timeout=5.0).carry_out(plan, native)
    assert isinstance(done, Done), done
    assert house.again(native).node == "pve2"


def test_what_still_migrates_is_waited_for(house: House, simulator: Simulator) -> None:
    native = house.native("web1", start=False)
    plan = _planned(house, native)
    when_moved(simulator, lambda: simulator.world.set_lock(native.vmid or 0, "migrate"))
    ended = house.impatient(settle_timeout=5.0).carry_out(plan, native)
    assert isinstance(ended, Resumable), ended
    assert "wait and resume" in ended.reason
    simulator.world.set_lock(native.vmid or 0, None)
    assert ended.operation is not None
    assert house.engine.resume(ended.operation.id).success
