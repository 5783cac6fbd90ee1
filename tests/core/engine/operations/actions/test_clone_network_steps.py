"""A copy gets the network that was chosen before it is started, and its source keeps its own, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.model import Container, Plan, RefusalCode, State, StepName, StepOutcome
from proximity_tui.core.model.guests.guest_config import properties
from proximity_tui.core.store.records import clinical_records, operations, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.actions.cloning import NET, planned, source
from tests.support.house import House
from tests.support.timing.meddling import Killed, asked, doomed, when

__all__ = ["source"]

NEW: dict[str, Any] = {"address": "10.1.0.9/24", "gateway": "10.1.0.1", "vlan": 20}


def net_of(simulator: Simulator, container: Container, key: str = "net0") -> dict[str, str]:
    with simulator.world.entered() as cluster:
        return dict(properties(cluster.guests[container.vmid or 0].conf[key]).named)


def puts(house: House) -> list[str]:
    return [line for line in house.wire() if line.startswith("PUT")]


def untouched(house: House, source: Container) -> None:
    """Nothing but the request to copy it went to the source, and its config is what it was."""
    mine = [line for line in house.wire() if f"/lxc/{source.vmid}/" in line and not line.startswith("GET")]
    assert [line.rpartition("/")[2] for line in mine if not line.endswith("/clone")] == []
    assert net_of(house.simulator, source) == dict(properties(NET).named)


def test_the_copy_has_its_own_address_before_it_is_started_and_that_is_no_drift(
    house: House, simulator: Simulator, source: Container
) -> None:
    plan = planned(house, source, start=True, **NEW)
    assert [step.name for step in plan.steps] == [
        StepName.CLONE, StepName.VERIFY, StepName.CHANGE, StepName.START, StepName.SETTLE,
    ]  # fmt: skip
    assert "net0.ip 10.0.0.5/24 → 10.1.0.9/24" in plan.steps[2].reason
    assert "net0.tag 7 → 20" in plan.steps[2].reason
    assert not [one for one in plan.warnings if "address" in one]
    simulator.journal.clear()
    done = house.engine.clone(plan)
    assert done.success, done
    clone = done.container
    assert clone is not None
    wanted = {**properties(NET).named, "gw": "10.1.0.1", "ip": "10.1.0.9/24", "tag": "20"}
    got = net_of(simulator, clone)
    assert got.pop("hwaddr") != wanted.pop("hwaddr"), "it keeps the hardware address that its copy was given"
    assert got == wanted
    sent = [(one.method, one.path) for one in simulator.journal.entries()]
    change = sent.index(("PUT", f"/nodes/pve1/lxc/{clone.vmid}/config"))
    assert change < sent.index(("POST", f"/nodes/pve1/lxc/{clone.vmid}/status/start"))
    assert sent[change - 1] == ("GET", f"/nodes/pve1/lxc/{clone.vmid}/config"), "law 3: its config is read last"
    untouched(house, source)
    kept = clinical_records.latest(clone.id)
    assert kept is not None
    assert "10.1.0.9/24" in str((kept.record.config or {})["net0"])
    house.reconcile()
    assert house.again(clone).fingerprint == clone.fingerprint
    assert kept.reason == "changed: net0"


@pytest.mark.parametrize(
    ("wish", "changed"),
    [
        ({"address": "dhcp"}, {"ip": "dhcp", "gw": None}),
        ({"address": "none"}, {"ip": None, "gw": None}),
        ({"address": "10.0.0.6/24"}, {"ip": "10.0.0.6/24"}),
        ({"gateway": "none"}, {"gw": None}),
        ({"gateway": "10.0.0.254"}, {"gw": "10.0.0.254"}),
        ({"vlan": 0}, {"tag": None}),
        ({"address6": "2001:db8::9/64", "gateway6": "fe80::1"}, {"ip6": "2001:db8::9/64", "gw6": "fe80::1"}),
        ({"address6": "auto"}, {"ip6": "auto"}),
    ],
)
def test_each_property_is_changed_alone(
    house: House, simulator: Simulator, source: Container, wish: dict[str, Any], changed: dict[str, str | None]
) -> None:
    done = house.engine.clone(planned(house, source, **wish))
    assert done.success, done
    assert done.container is not None
    before, after = properties(NET).named, net_of(simulator, done.container)
    differs = {key for key in {*before, *after} - {"hwaddr"} if before.get(key) != after.get(key)}
    assert {key: after.get(key) for key in differs} == changed


def test_the_chosen_card_is_changed_and_no_other(house: House, simulator: Simulator, source: Container) -> None:
    second = NET.replace("eth0", "eth1").replace("00:77", "00:78").replace("10.0.0.", "10.2.0.")
    simulator.world.set_config(source.vmid or 0, net1=second)
    done = house.engine.clone(planned(house, source, network="net1", address="10.2.0.6/24"))
    assert done.container is not None
    assert net_of(simulator, done.container, "net1")["ip"] == "10.2.0.6/24"
    assert net_of(simulator, done.container)["ip"] == "10.0.0.5/24"


@pytest.mark.parametrize("after", [False, True], ids=["before it is sent", "after it is sent"])
def test_killed_at_the_write_it_is_resumed_to_one_address_and_one_start(
    house: House, simulator: Simulator, source: Container, after: bool
) -> None:
    plan = planned(house, source, start=True, **NEW)
    simulator.journal.clear()
    with pytest.raises(Killed):
        doomed(house, "change_config", after=after).clone(plan)
    (left,) = house.engine.mark_interrupted()
    shown = house.engine.plan_resume(left.id)
    assert isinstance(shown, Plan)
    assert shown.steps[0].name is StepName.CHANGE
    resumed = house.engine.resume(left.id)
    assert resumed.success, resumed
    clone = resumed.container
    assert clone is not None
    assert (net_of(simulator, clone)["ip"], clone.state) == ("10.1.0.9/24", State.RUNNING)
    assert len(puts(house)) == 1
    assert "10.1.0.9/24" in str((clinical_records.latest(clone.id).record.config or {})["net0"])  # type: ignore[union-attr]
    untouched(house, source)


def test_an_answer_that_is_lost_is_settled_by_reading(house: House, simulator: Simulator, source: Container) -> None:
    simulator.faults.lose_answer("/config$", method="PUT")
    done = house.engine.clone(planned(house, source, start=True, **NEW))
    assert done.success, done
    assert len(puts(house)) == 1


def test_a_write_that_may_not_have_arrived_leaves_a_copy_that_is_not_started(
    house: House, simulator: Simulator, source: Container
) -> None:
    fault = simulator.faults.drop("/config$", method="PUT")
    engine = house.impatient(lost_answer=0.1)
    ended = engine.clone(planned(house, source, start=True, **NEW))
    assert isinstance(ended, Resumable)
    assert "net0 of CT" in ended.reason
    simulator.faults.remove(fault)
    resumed = house.engine.resume(ended.operation.id)  # type: ignore[union-attr]
    assert resumed.success, resumed


def verified(entry: Entry) -> bool:
    """A request after the copy was verified: the last inspection before the write."""
    return any(
        step.name is StepName.VERIFY and step.outcome is StepOutcome.DONE
        for one in operations.open_operations()
        for step in one.steps
    )


def other_address(simulator: Simulator, vmid: int) -> None:
    simulator.world.set_config(vmid, net0=NET.replace("10.0.0.5/24", "10.0.0.66/24"))


def locked(simulator: Simulator, vmid: int) -> None:
    simulator.world.set_lock(vmid, "backup")


def stranger(simulator: Simulator, vmid: int) -> None:
    simulator.world.recreate_outside(vmid, hostname="web2")


def gone(simulator: Simulator, vmid: int) -> None:
    simulator.world.destroy_outside(vmid)


@pytest.mark.parametrize(
    ("meddle", "said"),
    [
        (other_address, "net0.ip of web2 is 10.0.0.66/24"),
        (locked, "CT is locked (backup)"),
        (stranger, "is not the one we recorded"),
        (gone, "not"),
    ],
    ids=["another address", "locked", "replaced", "gone"],
)
def test_what_somebody_did_to_the_fresh_copy_is_not_written_over_and_it_is_not_started(
    house: House, simulator: Simulator, source: Container, meddle: Callable[[Simulator, int], None], said: str
) -> None:
    plan = planned(house, source, start=True, **NEW)
    simulator.journal.clear()
    vmid = int(plan.vmid or 0)
    when(simulator, verified, lambda: meddle(simulator, vmid))
    ended = house.engine.clone(plan)
    assert isinstance(ended, Failed), ended
    assert said in ended.reason
    assert puts(house) == []
    assert not [line for line in house.wire() if line.endswith("/start")]
    record = records.get(ended.container.id)  # type: ignore[union-attr]
    assert record.operation is None
    untouched(house, source)


def test_a_config_that_changes_right_before_the_write_is_not_written_over(
    house: House, simulator: Simulator, source: Container
) -> None:
    plan = planned(house, source, **NEW)
    vmid = int(plan.vmid or 0)
    config = asked("GET", f"/lxc/{vmid}/config")
    when(
        simulator,
        lambda entry: config(entry) and verified(entry),
        lambda: simulator.world.set_config(vmid, memory=777),
    )
    ended = house.engine.clone(plan)
    assert isinstance(ended, Failed), ended
    assert "was cloned, but its net0 is not as it was asked for" in ended.reason
    assert "changed" in ended.reason
    kept = records.get(ended.container.id)  # type: ignore[union-attr]
    assert not kept.is_tombstone
    assert kept.state is State.STOPPED


def test_what_proxmox_refuses_and_stores_all_the_same_is_told_and_followed(
    house: House, simulator: Simulator, source: Container
) -> None:
    """Recorded: a bridge that is not there is a 500, and the setting is stored."""
    plan = planned(house, source, start=True, **NEW)
    vmid = int(plan.vmid or 0)

    fault = simulator.faults.answer(500, "bridge 'vmbr0' does not exist", path="/config$", method="PUT")
    ended = house.engine.clone(plan)
    assert isinstance(ended, Failed)
    assert "bridge 'vmbr0' does not exist" in ended.reason
    assert "so it is not started" in ended.reason
    assert simulator.world.container(vmid).status == "stopped"  # type: ignore[union-attr]
    simulator.faults.remove(fault)
    assert ended.operation is not None
    assert records.get(ended.container.id).last_error == ended.reason  # type: ignore[union-attr]


def test_without_the_right_to_the_network_the_copy_stays_and_the_right_is_named(
    house: House, simulator: Simulator, source: Container
) -> None:
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"VM.Config.Network"}})
    ended = house.engine.clone(planned(house, source, **NEW))
    assert isinstance(ended, Failed)
    assert "VM.Config.Network" in ended.reason
    assert ended.code is not RefusalCode.CHANGED
