"""The change of a config: written once, with the digest that was shown, and told by what the config says afterwards."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed, Resumable
from proximity_tui.core.model import Container, Plan, Refusal, RefusalCode, State
from proximity_tui.core.model.actions.plan_options import DiskGrowth
from proximity_tui.core.model.config_revision import RevisionCause
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.core.store.revisions import drifts, revisions
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import Killed, asked, doomed, when

CONFIG = "/config"


def _planned(house: House, container: Container, **settings: str | None) -> Plan:
    plan = house.plan_change(container, **settings)
    assert isinstance(plan, Plan), plan
    return plan


def _config(simulator: Simulator, container: Container) -> dict[str, object]:
    with simulator.world.entered() as cluster:
        return dict(cluster.guests[container.vmid or 0].conf)


def _drift(house: House, container: Container) -> set[str]:
    known = drifts.Drifts().known()[container.id]
    return set(known.changed)


@both_databases
def test_settings_and_a_disk_are_changed_and_the_record_follows(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    result = house.change(native, DiskGrowth("rootfs", "+4G"), memory="1024", tags="web;prod", hostname="web2")

    assert isinstance(result, Done), result
    assert house.wire() == [f"PUT /nodes/pve1/lxc/{native.vmid}/config", f"PUT /nodes/pve1/lxc/{native.vmid}/resize"]
    config = _config(simulator, native)
    assert (config["memory"], config["tags"], config["hostname"]) == (1024, "prod;web", "web2")
    record = house.again(native)
    assert (record.state, record.name, record.tags, record.operation) == (State.RUNNING, "web2", ("prod", "web"), None)
    kept = clinical_records.latest(native.id)
    assert kept is not None
    assert kept.record.config is not None
    assert kept.record.config["rootfs"] == config["rootfs"]
    assert _drift(house, native) == set(), "what we did ourselves is no drift"
    assert record.fingerprint is not None
    assert record.fingerprint.hostname == "web2"


def test_a_drift_that_was_there_before_stays_one(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.world.set_config(native.vmid or 0, cores=8)
    assert house.change(native, memory="1024").success
    assert _drift(house, native) == {"cores"}
    ours = revisions.timeline(native.id)[-1]
    assert (ours.attribution.cause, ours.attribution.by) == (RevisionCause.OPERATION, "anna@jump1")
    assert (ours.config["cores"], ours.config["memory"]) == (8, 1024)


def test_what_a_running_container_does_not_take_is_told_as_pending(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    result = house.change(native, features="nesting=1")
    assert isinstance(result, Done), result
    assert result.operation is not None
    assert result.operation.steps[0].detail["pending"] == ["features"]


def test_a_change_between_plan_and_write_is_refused_and_nothing_is_sent(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native, memory="1024")
    simulator.world.set_config(native.vmid or 0, cores=8)
    assert refusal_of(house.engine.carry_out(plan, native)).code is RefusalCode.CHANGED
    assert house.wire() == []


def test_a_change_after_our_last_look_is_refused_by_its_digest(house: House, simulator: Simulator) -> None:
    """Nothing but the digest in the request can know of it."""
    native = house.native("web1")
    plan = _planned(house, native, memory="1024")
    # The last request of the last look is the config.
    when(simulator, asked("GET", CONFIG), lambda: simulator.world.set_config(native.vmid or 0, cores=8))
    result = house.engine.carry_out(plan, native)
    assert isinstance(result, Failed), result
    assert (result.code, "nothing was stored" in result.reason) == (RefusalCode.CHANGED, True)
    assert _config(simulator, native)["memory"] == 512
    assert house.again(native).state is State.RUNNING


def test_a_refusal_that_stored_a_part_is_told_with_that_part(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    net0 = str(_config(simulator, native)["net0"])
    result = house.change(native, net0=net0.replace("vmbr0", "nosuch0"), tags="web")
    assert isinstance(result, Failed), result
    assert "bridge 'nosuch0' does not exist" in result.reason
    assert "stored: net0 and tags" in result.reason
    assert _drift(house, native) == set(), "it was we who stored it"
    assert house.again(native).tags == ("web",)


def test_a_lost_answer_is_looked_up_in_the_config(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native, memory="1024")
    simulator.faults.lose_answer(CONFIG, method="PUT")
    result = house.engine.carry_out(plan, native)
    assert isinstance(result, Done), result
    assert len(house.wire()) == 1
    assert _drift(house, native) == set()


def test_a_write_that_never_arrived_is_sent_again_only_by_a_resume(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native, memory="1024")
    simulator.faults.drop(CONFIG, method="PUT", times=1)
    result = house.hands(lost_answer=0.1).carry_out(plan, native)
    assert isinstance(result, Resumable), result
    assert "it may still be done, but the config is unchanged so far" in result.reason
    assert "task" not in result.reason, "a write of a config has none"
    assert (house.again(native).state, len(house.wire())) == (State.UPDATING, 1)
    (left,) = house.engine.mark_interrupted()
    shown = house.engine.plan_resume(left.id)
    assert isinstance(shown, Plan)
    assert "read the config; it is sent again only where that is unchanged" in shown.steps[0].reason
    assert house.engine.resume(left.id).success
    assert _config(simulator, native)["memory"] == 1024


def test_a_lost_answer_after_which_somebody_else_wrote_is_a_failure(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    plan = _planned(house, native, memory="1024")
    simulator.faults.drop(CONFIG, method="PUT", times=1)
    assert isinstance(house.hands(lost_answer=0.1).carry_out(plan, native), Resumable)
    simulator.world.set_config(native.vmid or 0, cores=8)
    (left,) = house.engine.mark_interrupted()
    result = house.engine.resume(left.id)
    assert isinstance(result, Failed), result
    assert (result.code, len(house.wire())) == (RefusalCode.CHANGED, 1)


@pytest.mark.parametrize(("method", "after"), [("change_config", False), ("change_config", True), ("grow", True)])
def test_a_change_that_was_killed_is_resumed_and_written_once(
    house: House, simulator: Simulator, method: str, after: bool
) -> None:
    native = house.native("web1")
    plan = house.plan_change(native, DiskGrowth("rootfs", "12G"), memory="1024")
    assert isinstance(plan, Plan)
    with pytest.raises(Killed):
        doomed(house, method, after=after).carry_out(plan, native)
    (left,) = house.engine.mark_interrupted()
    assert house.again(native).state is State.UPDATING

    result = house.engine.resume(left.id)

    assert isinstance(result, Done), result
    assert sorted(house.wire()) == [
        f"PUT /nodes/pve1/lxc/{native.vmid}/config",
        f"PUT /nodes/pve1/lxc/{native.vmid}/resize",
    ]
    assert records.get(native.id).state is State.RUNNING
    assert _drift(house, native) == set()
    kept = clinical_records.latest(native.id)
    assert kept is not None
    assert kept.revision == 3, "created, changed, grown"


def test_a_disk_that_could_not_be_grown_leaves_the_settings_that_were_stored(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    simulator.world.fail_next_task("resize", native.vmid, "no space left")
    result = house.change(native, DiskGrowth("rootfs", "+4G"), memory="1024")
    assert isinstance(result, Failed), result
    assert "no space left" in result.reason
    assert "change (done)" in result.reason
    assert _drift(house, native) == set()


def test_a_change_of_a_doubtful_guest_makes_it_no_surer(house: House, simulator: Simulator) -> None:
    """Law 3: what we write into a guest is no evidence that it is the one that we recorded."""
    native = house.native("web1")
    simulator.world.set_config(native.vmid or 0, description="our marker was here")
    assert house.change(native, tags="web", hostname="web1").success
    assert house.again(native).fingerprint == native.fingerprint
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.IDENTITY_UNSURE


def test_what_is_pending_of_a_stranger_is_never_recorded_of_ours(house: House, simulator: Simulator) -> None:
    """Somebody replaces the container between the two readings of its config, after our write."""
    native = house.native("web1")
    vmid = native.vmid or 0
    before = clinical_records.latest(native.id)
    written = asked("PUT", "/config")

    def read_back(entry: Entry) -> bool:
        is_config = entry.method == "GET" and entry.path.endswith(f"/{vmid}/config") and "current" in entry.params
        return is_config and any(map(written, simulator.journal.writes()))

    when(simulator, read_back, lambda: simulator.world.recreate_outside(vmid))
    simulator.journal.clear()

    result = house.change(native, memory="1024")

    assert isinstance(result, Failed), result
    assert "is another guest now" in result.reason
    assert clinical_records.latest(native.id) == before


def test_a_disk_that_somebody_grows_further_is_told_with_the_size_that_it_has(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0

    def further() -> None:
        root = str(_config(simulator, native)["rootfs"])
        simulator.world.set_config(vmid, rootfs=f"{root.partition('size=')[0]}size=16G")

    ended = asked("GET", "/status")
    when(
        simulator,
        lambda entry: "/tasks/UPID" in entry.path and ended(entry) and "size=12G" in str(_config(simulator, native)),
        further,
    )
    result = house.change(native, DiskGrowth("rootfs", "12G"))
    assert isinstance(result, Failed), result
    assert "rootfs has 16G, not 12G" in result.reason


def test_a_file_system_that_did_not_grow_with_its_disk_is_told(house: House, simulator: Simulator) -> None:
    """Proxmox calls that OK, and says it in the log alone (observed on Proxmox VE 9.2)."""
    native = house.native("web1")
    words = "Failed to update the container's filesystem: command 'resize2fs /dev/loop3' failed: exit code 1"
    simulator.world.write_in_next_log("resize", native.vmid, words)

    result = house.change(native, DiskGrowth("rootfs", "12G"))

    assert isinstance(result, Done), result
    assert result.operation is not None
    assert result.operation.warnings == (f"rootfs has 12G, but its file system did not grow with it: {words}",)


def test_a_log_that_cannot_be_read_leaves_the_file_system_in_doubt(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.faults.answer(500, "nobody can say now", "/log$")
    result = house.change(native, DiskGrowth("rootfs", "12G"))
    assert isinstance(result, Done), result
    assert result.operation is not None
    (warning,) = result.operation.warnings
    assert warning.startswith("whether the file system of rootfs grew, too, is not known: ")
