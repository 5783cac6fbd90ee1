"""The hazards of deletion: what must stop a hard delete, and how it ends when it cannot be carried through."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine import permit
from proximity_tui.core.doctrine.deletion import Choice, HardOptions
from proximity_tui.core.doctrine.permit import DestroyPermit, PermitError
from proximity_tui.core.engine.outcome import Result
from proximity_tui.core.model import (
    Action,
    Container,
    Kind,
    Observation,
    OperationStatus,
    Plan,
    Refusal,
    State,
    Status,
)
from proximity_tui.core.store import events, operations, ports, records
from proximity_tui.simulator import Simulator
from tests.support.house import House, HurriedClock, refusal_of
from tests.support.meddling import about_to_destroy, asked, when


def is_untouched(house: House, container: Container) -> bool:
    """Nothing was sent, and the record is as it was."""
    return house.wire() == [] and house.again(container) == container


def destroys(house: House) -> list[str]:
    return [line for line in house.wire() if line.startswith("DELETE")]


def test_n31_protection_on(house: House, simulator: Simulator) -> None:
    native, adopted = house.create("web1"), house.adopt(110)
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, protection=True)
    simulator.journal.clear()

    refused = refusal_of(house.hard_delete(native))

    assert refused.code == "protected"
    assert f"can't remove CT {native.vmid} - protection mode enabled" in refused.reason
    assert is_untouched(house, native)
    assert house.soft_delete(adopted).success, "forgetting asks nothing of a protected container"
    protected = simulator.world.container(110)
    assert protected is not None
    assert protected.conf["protection"] == 1
    assert house.wire() == []


@pytest.mark.parametrize("lock", ["backup", "snapshot", "migrate", "mounted", "create", "destroyed"])
def test_n32_locked(house: House, simulator: Simulator, lock: str) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.set_lock(native.vmid, lock)
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    # With a lock of the last kinds the config is not the guest's own, so it cannot even be said who it is.
    assert refused.code == ("identity_unsure" if lock in ("create", "destroyed") else "locked")
    assert lock in refused.reason
    assert is_untouched(house, native)

    simulator.world.set_lock(native.vmid, None)
    assert house.hard_delete(native).success, "later it works"


def test_n34_template(house: House, simulator: Simulator) -> None:
    adopting = house.try_adopt(900)
    assert refusal_of(adopting).code == "template"
    native = house.create("web1", start=False)
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, template=1)
    simulator.journal.clear()

    refused = refusal_of(house.hard_delete(native))
    assert (refused.code, "linked clones" in refused.reason) == ("template", True)
    assert refusal_of(house.power(native, Action.START)).code == "template"
    assert is_untouched(house, native)


def test_n35_high_availability_without_purge_is_refused_with_the_way_out(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.set_ha(native.vmid, "started")
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    assert refused.code == "ha_managed"
    assert "purge" in refused.reason
    assert is_untouched(house, native)


def test_n35_high_availability_with_purge_waits_for_the_real_status(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
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


def test_n36_replication(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.set_replication(native.vmid, True)
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    assert refused.code == "replicated"
    assert "Please remove that first" in refused.reason
    assert is_untouched(house, native)
    assert house.hard_delete(native, purge=True).success


def test_n36_a_refusal_of_proxmox_is_shown_word_for_word(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    words = "There is a replication job '100-0' for guest '100' - Please remove that first."
    simulator.faults.answer(500, words, "/lxc/", method="DELETE", times=1)
    result = house.hard_delete(native)
    assert not result.success
    assert result.error is not None
    assert words in result.error
    now = house.again(native)
    assert (now.state, now.status, now.last_error) == (State.STOPPED, Status.STOPPED, result.error)
    assert now.ports == native.ports


def test_n38_double_delete_in_one_process(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    simulator.journal.clear()
    results = in_parallel(lambda: house.engine.delete(plan, native), lambda: house.engine.delete(plan, native))
    assert sorted(result.success for result in results) == [False, True]
    assert len(destroys(house)) == 1
    assert [one.action for one in operations.for_container(native.id)].count(Action.HARD_DELETE) == 1


def test_n39_two_operators(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    bob, anna = house.hands("bob"), house.engine
    plan_of_bob, plan_of_anna = (hands.plan_delete(native, Choice.HARD) for hands in (bob, anna))
    assert isinstance(plan_of_bob, Plan)
    assert isinstance(plan_of_anna, Plan)
    simulator.journal.clear()
    begun, asked_too = threading.Event(), threading.Event()
    answers: list[Result | Plan | Refusal] = []

    def hold() -> None:
        begun.set()
        asked_too.wait(10)

    # On its way to shut the container down bob's request waits until anna has tried.
    when(simulator, asked("POST", "/status/shutdown"), hold)
    thread = threading.Thread(target=lambda: answers.append(bob.delete(plan_of_bob, native)))
    thread.start()
    try:
        assert begun.wait(10)
        late = anna.delete(plan_of_anna, native)
        planning = anna.plan_delete(house.again(native), Choice.HARD)
        forgetting = anna.plan_delete(house.again(native), Choice.SOFT)
        starting = anna.plan_power(house.again(native), Action.START)
    finally:
        asked_too.set()
        thread.join(20)

    assert refusal_of(late).code in ("busy", "changed")
    for refused in (planning, forgetting, starting):
        assert isinstance(refused, Refusal)
        assert refused.code == "busy"
        assert "hard-delete in progress by bob@jump1" in refused.reason
    (ended,) = answers
    assert isinstance(ended, Result)
    assert ended.success
    assert len(destroys(house)) == 1
    assert house.again(native).is_tombstone


def test_n40_operator_starts_while_the_delete_runs(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    start = house.engine.plan_power(replace(native, operation=None), Action.STOP)
    assert isinstance(start, Plan)
    refused: list[Refusal | None] = []
    simulator.journal.clear()
    when(
        simulator,
        asked("POST", "/status/shutdown"),
        lambda: refused.append(house.hands("bob").power(start, native).refused),
    )
    assert house.hard_delete(native).success
    (no,) = refused
    assert no is not None
    assert no.code == "busy"
    assert "in progress by anna@jump1" in no.reason
    assert len(house.wire()) == 2, "the delete's own two requests, and no start or stop"


def test_n47_destroy_task_fails(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    simulator.world.fail_next_task("vzdestroy", native.vmid, "rbd error: image is busy")
    result = house.hard_delete(native)

    assert (result.success, result.interrupted) == (False, False)
    assert "rbd error: image is busy" in str(result.error)
    now = house.again(native)
    assert (now.closed_at, now.state, now.status) == (None, State.STOPPED, Status.STOPPED)
    assert now.last_error == result.error
    assert now.ports == native.ports
    assert now.operation is None
    assert simulator.world.container(native.vmid) is not None
    assert house.hard_delete(now).success, "and it can be tried again"


def test_n48_stop_never_finishes(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.fail_next_task("vzshutdown", native.vmid, "container did not stop")
    simulator.world.hang_next_task("vzstop", native.vmid)
    impatient = house.hands(task_timeout=0.2)
    plan = impatient.plan_delete(native, Choice.HARD)
    assert isinstance(plan, Plan)
    simulator.journal.clear()

    result = impatient.delete(plan, native)

    assert (result.success, result.interrupted) == (False, True)
    assert "still runs" in str(result.error)
    assert result.operation is not None
    again = impatient.resume(result.operation.id)
    assert again.interrupted
    guest = f"/nodes/pve1/lxc/{native.vmid}/status"
    assert house.wire() == [f"POST {guest}/shutdown", f"POST {guest}/stop"], "waiting longer is not stopping twice"
    seen = simulator.world.container(native.vmid)
    assert seen is not None
    assert seen.status == "running"
    assert not house.again(native).is_tombstone


def test_n48_what_ignores_a_shutdown_is_stopped_and_then_destroyed(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    simulator.world.set_stubborn(native.vmid)
    simulator.journal.clear()
    result = house.hard_delete(native, shutdown_seconds=1)
    assert result.success, result
    guest = f"/nodes/pve1/lxc/{native.vmid}"
    assert house.wire() == [f"POST {guest}/status/shutdown", f"POST {guest}/status/stop", f"DELETE {guest}"]


def test_n49_container_already_gone(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    simulator.world.destroy_outside(native.vmid)
    simulator.journal.clear()

    result = house.hard_delete(native)

    assert result.success, result
    assert house.wire() == []
    now = house.again(native)
    assert (now.is_tombstone, now.closed_reason) == (True, "already absent")
    assert ports.used() == frozenset()
    assert "already absent" in house.said(native)[-1]
    (event, *_) = events.list_events(container=native.id)
    assert event.evidence["vmid_destroyed"] is None, "we destroyed nothing"


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("kind", ["borrowed", "", "NATIVE", " native", None])
def test_n51_a_kind_that_cannot_be_read_is_never_ours_to_destroy(
    house: House, simulator: Simulator, kind: str | None
) -> None:
    native = house.create("web1", port=80)
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    by_hand(Path(house.database.removeprefix("sqlite:///")), native.id, kind)
    simulator.journal.clear()

    broken = house.again(native)
    assert broken.kind is Kind.UNKNOWN
    assert refusal_of(house.hard_delete(broken)).code == "kind_unknown"
    assert refusal_of(house.engine.delete(plan, broken)).code == "kind_unknown"
    assert house.wire() == []
    assert house.soft_delete(broken).success
    assert ports.used() == frozenset()
    assert house.wire() == []


def by_hand(database: Path, container: int, kind: str | None) -> None:
    """What somebody does who means to break a rule: without trigger, check and NOT NULL; then open the store again."""
    store.close_store()
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TRIGGER container_kind")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'kind TEXT NOT NULL CHECK', 'kind TEXT CHECK')"
            " WHERE name = 'container'"
        )
        connection.execute("PRAGMA writable_schema = RESET")
    connection.close()
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE container SET kind = ? WHERE id = ?", (kind, container))
    connection.close()
    store.open_store(f"sqlite:///{database}")


def test_n52_record_without_a_vmid(house: House, simulator: Simulator) -> None:
    for choice in Choice:
        bare = records.add(
            cluster="lab",
            vmid=None,
            node=None,
            name=f"never-{choice}",
            kind=Kind.NATIVE,
            state=State.ERROR,
            actor="test",
            action="test",
            message="it never got a VMID",
        )
        plan = house.engine.plan_delete(bare, choice)
        assert isinstance(plan, Plan)
        assert house.engine.delete(plan, bare).success
        assert house.again(bare).is_tombstone
    assert simulator.journal.entries() == [], "there is nothing to ask Proxmox about"


def test_n53_adopted_is_never_destroyed_whatever_is_asked(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(151)
    native = house.create("web1", start=False)
    real = house.plan_hard(native)
    assert isinstance(real, Plan)
    simulator.journal.clear()

    assert refusal_of(house.hard_delete(adopted)).code == "adopted"
    looked = house.gateways["lab"].observe(151, "pve1")
    assert isinstance(house.engine.plan_delete(adopted, Choice.HARD, HardOptions(purge=True), looked), Refusal)
    # A forged plan: the one of a native container, turned on the adopted one in every respect.
    bound = {**real.bound_to, "version": adopted.version, "digest": looked.digest, "status": looked.status.value}
    forged = replace(real, vmid=151, name=adopted.name, node="pve1", bound_to={**bound, "node": looked.node})
    assert refusal_of(house.engine.delete(forged, adopted)).code == "adopted"
    # The journal itself, past every plan: an operation that somebody wrote into our database.
    begun = operations.begin(forged, adopted, "mallory", "gone:0:x", transient=State.REMOVING, message="forged")
    operations.finish(begun.id, OperationStatus.INTERRUPTED)
    resumed = house.engine.resume(begun.id)
    assert not resumed.success
    assert "adopted" in str(resumed.error)

    assert house.wire() == []
    seen = simulator.world.container(151)
    assert seen is not None
    assert house.again(adopted).state.value == seen.status


def test_n53_no_permit_can_be_had_for_what_is_not_ours(house: House) -> None:
    native = house.create("web1", start=False)
    assert native.vmid is not None
    seen = house.gateways["lab"].observe(native.vmid, "pve1")
    now = house.clock.now()
    for stranger, code in (
        (replace(native, kind=Kind.ADOPTED), "adopted"),
        (replace(native, kind=Kind.UNKNOWN), "kind_unknown"),
        (replace(native, closed_at=now, closed_reason="forgotten"), "closed"),
    ):
        refused = permit.mint(stranger, seen, now, purge=False, unsure_confirmed=True)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    with pytest.raises(PermitError):
        DestroyPermit(object(), "lab", "pve1", native.vmid, False, now)


def test_n55_read_only(house: House, simulator: Simulator) -> None:
    native, adopted = house.create("web1", port=80), house.adopt(101)
    hard, soft = house.plan_hard(native), house.engine.plan_delete(adopted, Choice.SOFT)
    stop = house.engine.plan_power(native, Action.STOP)
    assert isinstance(hard, Plan)
    assert isinstance(soft, Plan)
    assert isinstance(stop, Plan)
    simulator.world.destroy_outside(102)
    before, trail = records.active(), events.head()
    simulator.journal.clear()
    reader = house.hands(read_only=True)

    answers = [
        reader.plan_delete(native, Choice.HARD),
        reader.plan_delete(adopted, Choice.SOFT),
        reader.plan_power(native, Action.STOP),
        reader.delete(hard, native).refused,
        reader.delete(soft, adopted).refused,
        reader.power(stop, native).refused,
        reader.resume(1).refused,
        reader.abandon(1).refused,
    ]
    report = house.reconcile(dry_run=True)

    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"read_only"}
    assert len([answer for answer in answers if isinstance(answer, Refusal)]) == len(answers)
    assert report.total_apps == 2
    assert house.wire() == []
    assert (records.active(), events.head()) == (before, trail)


Meddle = Callable[[Simulator, int], object]


CHANGES: dict[str, tuple[Meddle, str]] = {
    "its config": (lambda simulator, vmid: simulator.world.set_config(vmid, memory=4096), "changed"),
    "its node": (lambda simulator, vmid: simulator.world.migrate(vmid, "pve2"), "changed"),
    "its status": (lambda simulator, vmid: simulator.world.set_status(vmid, "stopped"), "changed"),
    "its being there": (lambda simulator, vmid: simulator.world.destroy_outside(vmid), "changed"),
    "its identity": (lambda simulator, vmid: simulator.world.recreate_outside(vmid), "changed"),
    "its type": (lambda simulator, vmid: simulator.world.replace_by_vm(vmid), "changed"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_law_a_plan_is_void_when_the_guest_changed_since(house: House, simulator: Simulator, what: str) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    simulator.journal.clear()
    change, code = CHANGES[what]
    change(simulator, native.vmid)

    assert refusal_of(house.engine.delete(plan, native)).code == code
    assert is_untouched(house, native)
    assert ports.used() == {native.ports[0].public}


def test_law_a_container_that_was_started_since_the_plan_is_not_shut_down(house: House, simulator: Simulator) -> None:
    native = house.create("web1", start=False)
    assert native.vmid is not None
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    assert "already stopped" in plan.steps[0].reason
    simulator.world.set_status(native.vmid, "running")
    simulator.journal.clear()
    assert refusal_of(house.engine.delete(plan, native)).code == "changed"
    assert house.wire() == []


BETWEEN: dict[str, tuple[Meddle, str]] = {
    "quorum is lost": (lambda simulator, vmid: simulator.world.set_quorate(False), "quorum"),
    "a backup takes its lock": (lambda simulator, vmid: simulator.world.set_lock(vmid, "backup"), "locked (backup)"),
    "a stranger takes its VMID": (
        lambda simulator, vmid: (simulator.world.recreate_outside(vmid), simulator.world.set_status(vmid, "stopped")),
        "not the one we recorded",
    ),
    "a VM takes its VMID": (lambda simulator, vmid: simulator.world.replace_by_vm(vmid), "virtual machine"),
    "somebody starts it": (lambda simulator, vmid: simulator.world.set_status(vmid, "running"), "running, not stopped"),
    "somebody protects it": (lambda simulator, vmid: simulator.world.set_config(vmid, protection=True), "protection"),
    "somebody edits it": (lambda simulator, vmid: simulator.world.set_config(vmid, cores=7), "changed since"),
    "it moves away": (lambda simulator, vmid: simulator.world.migrate(vmid, "pve3"), "moved from pve1 to pve3"),
    "it becomes a template": (lambda simulator, vmid: simulator.world.set_config(vmid, template=1), "template"),
    "it is put under HA": (lambda simulator, vmid: simulator.world.set_ha(vmid, "stopped"), "HA"),
}


@pytest.mark.parametrize("what", BETWEEN)
def test_law_3_what_happens_between_stop_and_destroy_stops_the_destroy(
    house: House, simulator: Simulator, what: str
) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    meddle, why = BETWEEN[what]
    vmid = native.vmid
    when(simulator, about_to_destroy(simulator, vmid), lambda: meddle(simulator, vmid))

    result = house.hard_delete(native)

    assert not result.success
    assert why in str(result.error)
    assert destroys(house) == []
    now = house.again(native)
    assert not now.is_tombstone
    assert now.ports == native.ports
    assert why in str(now.last_error)
    assert simulator.world.container(vmid) is not None


def test_law_3_a_stranger_is_noticed_even_between_the_last_look_and_the_permit(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    vmid = native.vmid
    closing_in: list[bool] = []
    when(simulator, about_to_destroy(simulator, vmid), lambda: closing_in.append(True))

    def stranger() -> None:
        simulator.world.recreate_outside(vmid, hostname="web1")
        simulator.world.set_status(vmid, "stopped")

    # The jobs of replication are the last thing that the look before the destroy reads.
    when(simulator, lambda entry: closing_in and entry.path == "/cluster/replication", stranger)

    result = house.hard_delete(native)
    assert closing_in
    assert not result.success
    assert destroys(house) == []
    assert simulator.world.container(vmid) is not None


def test_law_2_a_cluster_that_dies_between_stop_and_destroy_leaves_a_resumable_delete(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1", port=80)
    assert native.vmid is not None
    when(simulator, about_to_destroy(simulator, native.vmid), lambda: simulator.faults.answer(595, "no route to host"))
    result = house.hard_delete(native)
    assert (result.success, result.interrupted) == (False, True)
    assert destroys(house) == []
    assert ports.used() == {native.ports[0].public}
    simulator.faults.clear()
    (left,) = house.engine.interrupted()
    assert house.engine.resume(left.id).success
    assert len(destroys(house)) == 1


def test_law_3_power_is_not_used_on_a_stranger(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    plan = house.engine.plan_power(native, Action.STOP)
    assert isinstance(plan, Plan)
    simulator.world.recreate_outside(native.vmid)
    simulator.journal.clear()
    result = house.engine.power(plan, native)
    assert not result.success
    assert "not the one we recorded" in str(result.error)
    assert house.wire() == []


def test_law_5_a_vmid_that_a_vm_took_right_after_our_destroy_does_not_undo_it(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1")
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


class SlowedClock(HurriedClock):
    """A clock on which everything takes eighty times as long as it does."""

    FACTOR = 80

    def __init__(self) -> None:
        self._start, self._origin = super().now(), time.monotonic()

    def now(self):  # type: ignore[no-untyped-def]
        return self._start + (super().now() - self._start) * self.FACTOR

    def monotonic(self) -> float:
        return self._origin + (time.monotonic() - self._origin) * self.FACTOR


def test_law_3_seconds_on_every_call_do_not_let_the_permit_expire(simulator: Simulator, database: str) -> None:
    slow = House({"lab": simulator}, database, SlowedClock(), settle_timeout=600.0, task_timeout=6000.0)
    try:
        native = slow.create("web1")
        simulator.faults.latency(3.0 / SlowedClock.FACTOR)
        result = slow.hard_delete(native)
    finally:
        simulator.faults.clear()
        store.close_store()
    assert result.success, result
    assert len(destroys(slow)) == 1


def test_a_look_that_was_handed_in_is_looked_at_again_before_anything_is_sent(
    house: House, simulator: Simulator
) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    old = house.engine.look(native)
    assert isinstance(old, Observation)
    simulator.world.recreate_outside(native.vmid)
    plan = house.engine.plan_delete(native, Choice.HARD, None, old)
    assert isinstance(plan, Plan)
    simulator.journal.clear()
    assert refusal_of(house.engine.delete(plan, native)).code == "changed"
    assert house.wire() == []


def in_parallel(*calls: Callable[[], Result]) -> list[Result]:
    """What the calls return that were made at the same moment, each on a thread of its own."""
    results: list[Result] = []
    gate = threading.Barrier(len(calls))

    def carry(call: Callable[[], Result]) -> None:
        gate.wait(10)
        results.append(call())

    threads = [threading.Thread(target=carry, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == len(calls)
    return results
