"""A task whose end Proxmox does not know, because its worker died: what is seen of the guest decides, and nobody is
told that the task ended well, or that somebody else undid it (law 7).
"""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import planned
from tests.support.house import House
from tests.support.records.every_action import WITH_A_TASK
from tests.support.timing.meddling import asked, when

NAMED = {one.name: one for one in WITH_A_TASK}


@pytest.mark.parametrize("name", ["start", "stop", "snapshot", "delete-snapshot", "migrate"])
def test_law_7_of_a_task_without_a_known_end_it_is_not_said_that_it_ended_well(
    house: House, simulator: Simulator, name: str
) -> None:
    action = NAMED[name]
    ready = action.prepare(house)
    simulator.world.fail_next_task(action.task, ready.at, "unexpected status")

    result = ready.execute(house.impatient(settle_timeout=0.2))

    assert isinstance(result, Failed), result
    assert "the end of its task is not known" in result.reason
    assert "ended well" not in result.reason
    assert "somebody" not in result.reason


@pytest.mark.parametrize(
    ("name", "told"),
    [("reboot", "whether it was rebooted is not known"), ("roll-back", "whether it was rolled back is not known")],
)
def test_law_7_what_leaves_no_trace_on_the_guest_is_not_called_done(
    house: House, simulator: Simulator, name: str, told: str
) -> None:
    """The container runs, or is at that snapshot, as it did and was before."""
    action = NAMED[name]
    ready = action.prepare(house)
    simulator.world.fail_next_task(action.task, ready.at, "unexpected status")

    result = ready.execute(house.impatient(settle_timeout=0.2))

    assert isinstance(result, Resumable), result
    assert "the end of its task is not known" in result.reason
    assert told in result.reason
    assert "(done)" not in result.reason
    assert result.operation is not None
    assert house.engine.abandon(result.operation.id).success


@pytest.mark.parametrize(
    ("is_vm", "told"),
    [(False, "CT {} is another guest now"), (True, "VMID {} is the virtual machine 'other' on pve1")],
    ids=["a container", "a VM"],
)
def test_law_7_a_stranger_at_the_vmid_is_no_proof_of_a_destroy_whose_end_is_not_known(
    house: House, simulator: Simulator, is_vm: bool, told: str
) -> None:
    """No later look proves more, so the operation ends, and the record is kept."""
    native = house.native("web1", start=False, port=80)
    vmid = int(native.vmid or 0)

    def replace() -> None:
        if not is_vm:
            simulator.world.recreate_outside(vmid, hostname="other")
            return
        simulator.world.destroy_outside(vmid)
        simulator.world.add_vm(vmid, name="other")

    simulator.world.fail_next_task("vzdestroy", vmid, "unexpected status")
    when(simulator, asked("DELETE", f"/lxc/{vmid}"), replace)

    result = house.impatient(settle_timeout=0.2).delete(planned(house, native), native)

    assert isinstance(result, Failed), result
    assert told.format(vmid) in result.reason
    assert "whether ours was destroyed is not known" in result.reason
    record = house.again(native)
    assert (record.is_tombstone, record.ports) == (False, native.ports)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("unexpected status", "shut down (the end of its task is not known)"),
        ("received interrupt", "shut down (it did not shut down in 60 s)"),
    ],
)
def test_law_7_a_shutdown_that_is_over_is_not_told_as_done(
    house: House, simulator: Simulator, end: str, told: str
) -> None:
    native = house.native("web1")
    simulator.world.fail_next_task("vzshutdown", native.vmid, end)
    simulator.world.fail_next_task("vzstop", native.vmid, "no such cgroup")

    result = house.impatient(settle_timeout=0.2).delete(planned(house, native), native)

    assert isinstance(result, Failed), result
    assert told in result.reason
