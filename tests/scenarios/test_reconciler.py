"""What really became of a container: destroyed, replaced, moved, renamed, restored. Only proof concludes."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from email.utils import formatdate

import pytest

from proximity_tui.core import store
from proximity_tui.core.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation import Limits, Rung
from proximity_tui.core.engine import reconcile
from proximity_tui.core.engine.report import Report
from proximity_tui.core.model import Action, Container, Kind, Plan, Presence, Refusal, State, Status
from proximity_tui.core.proxmox.gateway import Gateway
from proximity_tui.core.signals import Alert, AlertKind, JobOutcome, Severity
from proximity_tui.core.store import alerts, breakers, clinical, events, operations, ports, records
from proximity_tui.core.store.records import Observed
from proximity_tui.simulator import RealClock, Simulator, transport
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import QUICK, House, gateway_to
from tests.support.meddling import asked, owner_that_died, when
from tests.support.waiting import until

CAREFUL = Limits(confirm_after=timedelta(hours=1))
"""Limits under which no second look of a test comes late enough to conclude."""


def in_state(house: House, container: Container, state: State) -> Container:
    """The record after somebody moved it to a state and died."""
    return records.transition(
        house.again(container), state, actor="anna@jump1", action="test", message=f"{container.name} is {state} now"
    )


def the_alert(kind: AlertKind) -> Alert:
    (found,) = [alert for alert in alerts.all_alerts() if alert.kind == kind]
    return found


def test_o3_expected_orphan(house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    native = house.create("web1", port=80)
    in_state(house, native, State.REMOVING)
    simulator.world.destroy_outside(native.vmid or 0)
    simulator.journal.clear()
    with caplog.at_level(logging.INFO):
        report = house.reconcile_twice()
    assert (report.expected_orphans, report.anomalous_orphans, report.orphans_purged) == (1, 0, 1)
    assert "EXPECTED ORPHAN" in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
    assert house.again(native).is_tombstone
    assert ports.used() == frozenset()
    assert alerts.all_alerts() == ()
    assert house.wire() == []


def test_o4_anomalous_orphan(house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    victim = house.adopt(101, port=80)
    house.reconcile()
    simulator.world.destroy_outside(101, user="mallory@pve")
    simulator.journal.clear()
    with caplog.at_level(logging.INFO):
        report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.orphans_found, report.orphans_purged) == (1, 1, 1)
    (line,) = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert line.message.startswith("ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED")
    assert house.wire() == []
    assert ports.used() == frozenset()
    tombstone = house.again(victim)
    assert tombstone.is_tombstone
    record = clinical.latest(victim.id)
    assert record is not None, "the clinical record outlives the container"
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert (alert.severity, alert.count, alert.is_open, alert.vmid) == (Severity.RED, 1, True, 101)
    assert alert.message.startswith("web-1  CT 101 on pve1: destroyed ")
    assert alert.message.endswith(" by mallory@pve, not by us")
    assert alert.evidence["who"] == "mallory@pve"
    assert alert.evidence["task"]["type"] == "vzdestroy"
    assert alert.evidence["task"]["log"]
    assert alert.evidence["ports_freed"] == [victim.ports[0].public]
    assert len(alert.evidence["backups"]) == 2
    assert alert.evidence["config"]["hostname"] == "web-1"
    assert alert.evidence["last_status"] == "running"
    assert alert.delivery.event_id, "one message to Sentry waits in the outbox"
    said = house.said(victim)
    assert said[-2].startswith("anomalous-orphan: ANOMALOUS ORPHAN DETECTED")
    assert said[-1].startswith("alert: ")
    for _ in range(3):
        house.reconcile()
    assert len(alerts.all_alerts()) == 1


def test_o4_the_first_look_only_starts_the_clock_and_the_row_says_for_how_long(house: House) -> None:
    victim = house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    for _ in range(5):
        report = house.reconcile(CAREFUL)
        assert report.orphans_found == 0
    (verdict,) = report.verdicts
    assert verdict.rung is Rung.SECOND_LOOK
    assert verdict.reason.startswith("missing? confirming in ")
    assert house.again(victim).presence is Presence.UNKNOWN
    assert alerts.all_alerts() == ()


def test_o4_what_may_not_be_read_of_the_evidence_is_said_with_its_privilege(house: House) -> None:
    simulator = house.simulator
    house.adopt(101)
    house.reconcile()
    simulator.world.destroy_outside(101)
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit", "VM.Audit"]})
    simulator.faults.answer(403, "Permission check failed (/nodes/pve1, Sys.Audit)", "/tasks")
    house.reconcile_twice()
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert alert.message.endswith("gone, not by us; who did it is not known")
    assert any("needs Sys.Audit on /nodes/pve1" in gap for gap in alert.evidence["not_known"])


def test_o4_the_destroyer_is_named_and_not_who_moved_it_before(house: House) -> None:
    """Our record still says pve1, where the migration is the newest task; it was destroyed on pve2."""
    house.adopt(101)
    house.reconcile()
    house.simulator.world.migrate(101, "pve2", user="bert@pam")
    house.simulator.world.destroy_outside(101, user="mallory@pve")
    house.reconcile_twice()
    assert the_alert(AlertKind.ANOMALOUS_ORPHAN).evidence["who"] == "mallory@pve"


@pytest.mark.parametrize("hours", [-3, 3])
def test_o4_a_proxmox_whose_clock_is_wrong_still_names_the_destroyer_and_nobody_before_him(
    database: str, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Tasks are timed by its clock and records by ours: compared as they are, they would blame the wrong one."""
    ahead = hours * 3600

    class Wrong(RealClock):
        def now(self) -> float:
            return super().now() + ahead

    monkeypatch.setattr(transport, "formatdate", lambda usegmt: formatdate(time.time() + ahead, usegmt=usegmt))
    with Simulator("demo", task_seconds=0.02, clock=Wrong()) as simulator:
        simulator.world.destroy_outside(101, user="bert@pam")
        simulator.world.restore(101)
        time_of_bert = time.time()
        until(lambda: time.time() > time_of_bert + 2.5)
        house = House({"lab": simulator}, database)
        house.adopt(101)
        house.reconcile()
        simulator.world.destroy_outside(101, user="mallory@pve")
        house.reconcile_twice()
        found = the_alert(AlertKind.ANOMALOUS_ORPHAN).evidence
        store.close_store()
    assert found["who"] == "mallory@pve"
    assert abs(found["proxmox_clock_ahead_seconds"] - ahead) <= 2
    told = datetime.fromisoformat(found["when"])
    assert abs(told.timestamp() - time.time()) < 60


def test_o4_rotated_task_logs_are_said_to_be_gone(house: House) -> None:
    house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.rotate_tasks()
    house.reconcile_twice()
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert "who did it is not known" in alert.message
    assert any("rotated" in gap for gap in alert.evidence["not_known"])


def test_restored_before_the_second_look(house: House) -> None:
    survivor = house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    assert house.reconcile(CAREFUL).waiting
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    report = house.reconcile()
    assert report.orphans_found == 0
    now = house.again(survivor)
    assert (now.presence, now.missing_since) == (Presence.PRESENT, None)
    house.simulator.world.destroy_outside(101)
    assert house.reconcile().orphans_found == 0, "missing for the first time again"


def test_a_guest_that_was_seen_between_the_looks_is_missed_for_the_first_time(house: House) -> None:
    """Somebody's older reading wrote the first miss back after the guest had been seen."""
    survivor = house.adopt(101)
    house.simulator.world.destroy_outside(101)
    house.reconcile()
    first = house.again(survivor).missing_since
    house.simulator.world.restore(101)
    house.watch()
    assert house.again(survivor).presence is Presence.PRESENT
    stale = Observed(survivor.id, Status.RUNNING, Presence.UNKNOWN, "an older reading", missing_since=first)
    records.observe([stale])
    house.simulator.world.destroy_outside(101)
    assert house.reconcile().orphans_found == 0
    assert house.reconcile().orphans_found == 1


def test_a_guest_that_is_seen_while_evidence_is_gathered_is_not_buried(house: House) -> None:
    survivor = house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile()

    def come_back() -> None:
        house.simulator.world.restore(101)
        house.watch()

    when(house.simulator, asked("GET", "/nodes/pve1/tasks"), come_back)
    report = house.reconcile()
    assert report.orphans_purged == 0
    assert not house.again(survivor).is_tombstone
    assert alerts.all_alerts() == ()


def test_o10_a_manual_run_shows_every_counter(house: House) -> None:
    house.adopt(101)
    report = house.reconcile()
    assert report.counters == {
        "total_apps": 1,
        "real_vmids_count": len(house.simulator.world.containers()),
        "orphans_found": 0,
        "expected_orphans": 0,
        "anomalous_orphans": 0,
        "orphans_purged": 0,
        "undecided": 0,
        "hidden": 0,
        "replaced": 0,
    }
    assert report.errors == ()


def test_n16_vmid_reused_by_another_container(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    vmid = native.vmid or 0
    house.reconcile()
    simulator.world.recreate_outside(vmid, hostname="intruder")
    simulator.world.broadcast()
    simulator.journal.clear()
    report = house.reconcile()
    assert (report.replaced, report.orphans_found) == (1, 0)
    alert = the_alert(AlertKind.REPLACED)
    assert alert.severity is Severity.RED
    assert "is another guest now, changes are blocked" in alert.message
    assert "intruder" in alert.message
    now = house.again(native)
    assert (now.presence, now.name) == (Presence.REPLACED, "web1")
    refused = house.plan_hard(now)
    assert isinstance(refused, Refusal)
    assert house.wire() == []
    house.reconcile()
    assert the_alert(AlertKind.REPLACED).count == 2


@pytest.mark.parametrize("first", ["watch", "reconcile"])
def test_n16_of_many_replaced_at_once_every_one_is_noticed(house: House, first: str) -> None:
    """More than are read closely in one look: the others keep their old name until it is their turn."""
    vmids = (101, 102, 103, 104, 110, 111)
    for vmid in vmids:
        house.adopt(vmid)
    house.reconcile()
    for vmid in vmids:
        house.simulator.world.recreate_outside(vmid, hostname=f"intruder-{vmid}")
    house.simulator.world.broadcast()
    if first == "watch":
        for _ in range(3):
            house.watch()
    report = house.reconcile()
    assert report.replaced == len(vmids)
    assert len(alerts.open_of_kind(AlertKind.REPLACED, "lab")) == len(vmids)


def test_n16_an_odd_row_whose_config_cannot_be_read_stays_odd(house: House) -> None:
    ours = house.adopt(101)
    house.reconcile()
    house.simulator.world.recreate_outside(101, hostname="intruder")
    house.simulator.world.broadcast()
    house.simulator.faults.answer(596, "Connection timed out", "/lxc/101/")
    house.watch()
    house.reconcile()
    assert house.again(ours).name == "web-1", "the new name is not believed before the fingerprint was read"
    house.simulator.faults.clear()
    assert house.reconcile().replaced == 1


def test_n16_vmid_reused_by_a_vm_and_given_back(house: House) -> None:
    ours = house.adopt(101)
    house.reconcile()
    with house.simulator.world.entered() as cluster:
        original = cluster.guests[101]
    house.simulator.world.replace_by_vm(101, name="windows")
    house.simulator.world.broadcast()
    report = house.reconcile_twice()
    assert (report.replaced, report.orphans_found) == (1, 0)
    alert = the_alert(AlertKind.REPLACED)
    assert "virtual machine windows" in alert.message

    house.simulator.world.destroy_outside(101)
    with house.simulator.world.entered() as cluster:
        cluster.add_guest(original)
    house.simulator.world.broadcast()
    house.reconcile()
    assert house.again(ours).presence is Presence.PRESENT
    assert alerts.get(alert.id).resolution == "it is itself again"


def test_n20_migrated(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    house.reconcile()
    simulator.world.migrate(native.vmid or 0, "pve2")
    report = house.reconcile()
    assert report.outcome is JobOutcome.COMPLETE
    assert house.again(native).node == "pve2"
    assert house.said(native)[-1] == "moved: web1 moved from pve1 to pve2"
    assert alerts.all_alerts() == ()
    simulator.journal.clear()
    assert house.hard_delete(native).success
    assert house.wire()[-1] == f"DELETE /nodes/pve2/lxc/{native.vmid}"


def test_n20_a_migration_during_the_run_is_no_loss(house: House) -> None:
    ours = house.adopt(101)
    house.reconcile()
    house.simulator.world.set_lock(101, "migrate")
    world = house.simulator.world
    when(house.simulator, asked("GET", "/cluster/resources"), lambda: world.migrate(101, "pve2"))
    assert house.reconcile_twice().orphans_found == 0
    house.simulator.world.set_lock(101, None)
    house.reconcile()
    assert (house.again(ours).node, house.again(ours).lock) == ("pve2", None)


def test_n25_hostname_changed_outside(house: House) -> None:
    ours = house.adopt(101)
    house.reconcile()
    house.simulator.world.set_config(101, hostname="web-blue")
    house.simulator.world.broadcast()
    report = house.reconcile()
    assert (report.replaced, report.outcome) == (0, JobOutcome.COMPLETE)
    assert house.again(ours).name == "web-blue"
    assert house.said(ours)[-1] == "renamed: web-1 was renamed from web-1 to web-blue"


def test_n26_mac_changed_outside(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    simulator.world.set_config(native.vmid or 0, net0="name=eth0,bridge=vmbr0,hwaddr=02:00:00:00:00:01,type=veth")
    house.reconcile()
    assert house.again(native).presence is Presence.PRESENT
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert "no hardware address agrees" in refused.reason
    assert isinstance(house.plan_hard(native, unsure_confirmed=True), Plan)


def test_n27_restored_from_backup_with_a_new_vmid(house: House) -> None:
    old = house.adopt(101, port=80)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.restore(101, new_vmid=301)
    house.simulator.world.broadcast()
    assert house.reconcile_twice().anomalous_orphans == 1
    alert = the_alert(AlertKind.REAPPEARED)
    assert "CT 301 looks like the former web-1  CT 101" in alert.message
    assert records.find_active("lab", 301) is None, "never taken back silently"
    adopted = house.adopt(301)
    assert adopted.id != old.id
    house.reconcile()
    assert alerts.get(alert.id).resolved_at is not None


def test_n28_a_container_comes_back(house: House) -> None:
    old = house.adopt(101, port=80)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    for _ in range(3):
        house.reconcile()
    returned = the_alert(AlertKind.RETURNED)
    assert returned.severity is Severity.AMBER
    assert the_alert(AlertKind.ANOMALOUS_ORPHAN).evidence["returned"] == "CT 101 on pve1"
    assert records.find_active("lab", 101) is None, "never automatic"

    result = house.engine.reattach(old.id)
    assert result.success
    assert result.container is not None
    assert (result.container.predecessor, result.container.kind) == (old.id, old.kind)
    assert alerts.get(returned.id).resolution == "re-attached"


def test_n28_another_container_with_that_vmid_is_not_offered(house: House) -> None:
    house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    house.simulator.world.recreate_outside(101, hostname="web-1")
    house.simulator.world.broadcast()
    house.reconcile_twice()
    assert {alert.kind for alert in alerts.all_alerts()} == {"anomalous_orphan"}


def test_n37_the_reconciler_steps_back_when_a_delete_begins_during_its_run(house: House, simulator: Simulator) -> None:
    native = house.create("web1", port=80)
    house.reconcile()
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    simulator.world.destroy_outside(native.vmid or 0)
    house.reconcile()

    def begin_delete() -> None:
        operations.begin(
            plan, house.again(native), "anna@jump1", house.engine.owner, transient=State.REMOVING, message="deleting"
        )

    when(simulator, asked("GET", "/cluster/resources"), begin_delete)
    report = house.reconcile()
    assert report.orphans_purged == 0
    assert house.again(native).state is State.REMOVING
    report = house.reconcile()
    assert {verdict.rung for verdict in report.verdicts} == {Rung.OPERATION}
    assert not house.again(native).is_tombstone
    assert alerts.all_alerts() == ()
    assert len([line for line in house.said(native) if "orphan" in line.lower()]) == 0


def test_n55_read_only_reconciles_without_writing(house: House) -> None:
    ours = house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile()
    before, head = house.again(ours), events.head()
    report = house.reconcile(dry_run=True)
    assert report.anomalous_orphans == 1, "it says what it would conclude"
    assert report.orphans_purged == 0
    assert (house.again(ours), events.head()) == (before, head)
    assert alerts.all_alerts() == ()
    refused = house.hands(read_only=True).plan_power(before, Action.STOP)
    assert isinstance(refused, Refusal)


def fleet_of(house: House, number: int) -> list[Container]:
    """So many adopted containers, called after their number."""
    vmids = [house.simulator.world.add_container(2000 + n, hostname=f"ct-{n}") for n in range(number)]
    return [house.adopt(vmid) for vmid in vmids]


def test_n56_mass_disappearance(house: House, simulator: Simulator) -> None:
    fleet = fleet_of(house, 10)
    house.reconcile()
    for one in fleet[:8]:
        simulator.world.destroy_outside(one.vmid or 0)
    simulator.journal.clear()
    for _ in range(3):
        report = house.reconcile()
        assert (report.orphans_found, report.outcome) == (0, JobOutcome.FROZEN)
    alert = the_alert(AlertKind.MASS_DISAPPEARANCE)
    assert (alert.severity, alert.count) == (Severity.RED, 3)
    assert alert.message.startswith("mass disappearance: 8 of 10 in lab")
    assert [one.kind for one in alerts.all_alerts()] == ["mass_disappearance"], "N96: one aggregated alert"
    assert not any(house.again(one).is_tombstone for one in fleet)
    assert house.wire() == []

    state = breakers.state("lab")
    assert state is not None
    breakers.approve("lab", "anna@jump1", "we retired the rack", seen=state.missing)
    report = house.reconcile()
    assert (report.anomalous_orphans, report.orphans_purged) == (8, 8)
    assert sum(house.again(one).is_tombstone for one in fleet) == 8
    assert alerts.get(alert.id).resolved_at is not None


def test_n56_dismissed_means_that_nobody_believes_it_until_they_are_seen_again(house: House) -> None:
    fleet = fleet_of(house, 10)
    house.reconcile()
    for one in fleet[:8]:
        house.simulator.world.destroy_outside(one.vmid or 0)
    house.reconcile_twice()
    breakers.dismiss("lab", "anna@jump1", "the storage is being moved")
    for _ in range(3):
        assert house.reconcile().orphans_found == 0
    assert breakers.state("lab") is None
    for one in fleet[:8]:
        house.simulator.world.restore(one.vmid or 0)
    house.simulator.world.broadcast()
    assert house.reconcile().undecided == 0
    house.simulator.world.destroy_outside(fleet[0].vmid or 0)
    assert house.reconcile_twice().anomalous_orphans == 1, "one that vanishes after that is a new question"


def test_n56_the_breaker_closes_by_itself_when_everything_is_back(house: House) -> None:
    fleet = fleet_of(house, 6)
    house.reconcile()
    for one in fleet[:5]:
        house.simulator.world.destroy_outside(one.vmid or 0)
    house.reconcile_twice()
    for one in fleet[:5]:
        house.simulator.world.restore(one.vmid or 0)
    house.simulator.world.broadcast()
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    assert breakers.state("lab") is None
    assert alerts.open_alerts() == ()


def test_n56_an_open_breaker_stays_open_although_fewer_are_missing_now(house: House) -> None:
    fleet = fleet_of(house, 10)
    house.reconcile()
    for one in fleet[:5]:
        house.simulator.world.destroy_outside(one.vmid or 0)
    house.reconcile_twice()
    for one in fleet[:3]:
        house.simulator.world.restore(one.vmid or 0)
    house.simulator.world.broadcast()
    report = house.reconcile_twice()
    assert (report.outcome, report.orphans_found) == (JobOutcome.FROZEN, 0)


def test_n56_up_to_the_limit_each_goes_its_own_way(house: House) -> None:
    fleet = fleet_of(house, 10)
    house.reconcile()
    for one in fleet[:3]:
        house.simulator.world.destroy_outside(one.vmid or 0)
    report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.outcome) == (3, JobOutcome.COMPLETE)
    assert len(alerts.open_of_kind(AlertKind.ANOMALOUS_ORPHAN, "lab")) == 3


def test_n57_all_gone_of_a_small_fleet_waits_longer_and_then_goes_the_normal_way(house: House) -> None:
    only = house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    report = house.reconcile(CAREFUL)
    (verdict,) = report.verdicts
    assert verdict.confirm_at is not None
    assert verdict.missing_since is not None
    assert verdict.confirm_at - verdict.missing_since == 2 * CAREFUL.confirm_after
    assert house.reconcile(QUICK).anomalous_orphans == 1
    assert house.again(only).is_tombstone


def test_n61_what_a_live_operation_holds_is_left_alone(house: House) -> None:
    native = house.create("web1")
    house.reconcile()
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    operations.begin(
        plan, house.again(native), "anna@jump1", house.engine.owner, transient=State.REMOVING, message="deleting"
    )
    house.simulator.world.destroy_outside(native.vmid or 0)
    report = house.reconcile_twice()
    assert report.orphans_found == 0
    assert {verdict.rung for verdict in report.verdicts} == {Rung.OPERATION}
    assert not house.again(native).is_tombstone


def test_n61_the_operation_of_a_dead_process_holds_nobody_back(house: House) -> None:
    native = house.create("web1")
    house.reconcile()
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    began = operations.begin(
        plan, house.again(native), "anna@jump1", owner_that_died(), transient=State.REMOVING, message="deleting"
    )
    house.simulator.world.destroy_outside(native.vmid or 0)
    report = house.reconcile_twice()
    assert report.expected_orphans == 1
    assert house.again(native).is_tombstone
    assert operations.get(began.id).status == "abandoned", "nobody resumes it on what is forgotten"


def test_n62_error_record_whose_container_is_alive(house: House) -> None:
    ours = in_state(house, house.adopt(101, port=80), State.ERROR)
    house.simulator.journal.clear()
    report = house.reconcile_twice()
    assert report.orphans_found == 0
    now = house.again(ours)
    assert (now.state, now.presence) == (State.ERROR, Presence.PRESENT)
    assert now.ports
    assert house.wire() == []


def test_n63_error_record_whose_container_is_lost_though_nobody_asked(house: House) -> None:
    ours = house.adopt(101, port=80)
    house.reconcile()
    in_state(house, ours, State.ERROR)
    house.simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert (report.expected_orphans, report.anomalous_orphans) == (1, 0)
    alert = the_alert(AlertKind.LOST_IN_ERROR)
    assert (alert.severity, len(alerts.all_alerts())) == (Severity.AMBER, 1)
    assert "nobody asked for it" in alert.message
    assert ports.used() == frozenset()


def test_n77_ten_clusters_of_a_hundred_cost_one_inventory_each(database: str) -> None:
    simulators = {f"c{number}": Simulator("empty", seed=number) for number in range(10)}
    for simulator in simulators.values():
        simulator.start()
    store.open_store(database)
    try:
        with store.transaction():
            for name, simulator in simulators.items():
                for number in range(100):
                    simulator.world.add_container(1000 + number, hostname=f"ct-{number}")
                    a_record(name, 1000 + number, f"ct-{number}")
        for name, simulator in simulators.items():
            gateway = gateway_to(simulator, name)
            reconciled(gateway)
            simulator.journal.clear()
            report = reconciled(gateway)
            assert (report.total_apps, report.outcome) == (100, JobOutcome.COMPLETE)
            asked_for = [entry.path for entry in simulator.journal.entries()]
            assert sorted(asked_for) == ["/cluster/resources", "/cluster/status"]
    finally:
        store.close_store()
        for simulator in simulators.values():
            simulator.stop()


def test_n78_nothing_to_do(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.adopt(101)
    house.reconcile()
    head = events.head()
    with caplog.at_level(logging.INFO, logger="proximity_tui.core.engine"):
        report = house.reconcile()
    assert [record.message for record in caplog.records] == ["reconciled lab: complete, nothing to do"]
    assert (report.outcome, report.undecided) == (JobOutcome.COMPLETE, 0)
    assert events.head() == head
    assert alerts.all_alerts() == ()


def test_a_half_destroyed_stub_is_not_gone_and_not_well(house: House) -> None:
    ours = house.adopt(104)
    house.reconcile()
    house.simulator.world.half_destroy(104)
    report = house.reconcile_twice()
    assert (report.orphans_found, report.undecided) == (0, 1)
    assert {verdict.rung for verdict in report.verdicts} == {Rung.SETTLING}
    now = house.again(ours)
    assert (now.presence, now.presence_reason) == (
        Presence.UNKNOWN, "locked (destroyed): it is being made, unmade or rolled back",
    )  # fmt: skip


def test_a_token_that_sees_only_its_pool_still_proves_a_destroy_in_it(house: House) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/nodes": ["Sys.Audit"], "/pool/prod": PRIVILEGES})
    ours = house.adopt(101)
    house.reconcile()
    simulator.world.destroy_outside(101)
    assert house.reconcile_twice().anomalous_orphans == 1
    assert house.again(ours).is_tombstone


def test_a_record_whose_clock_went_back_is_looked_at_afresh(house: House) -> None:
    """Its first miss lies in the future: no subtraction of times proves anything then."""
    ours = house.adopt(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    future = house.clock.now() + timedelta(hours=1)
    records.observe([Observed(ours.id, Status.RUNNING, Presence.UNKNOWN, "missing?", missing_since=future)])
    assert house.reconcile().orphans_found == 0
    assert house.reconcile().orphans_found == 1


def a_record(cluster: str, vmid: int, name: str) -> Container:
    return records.add(
        cluster=cluster, vmid=vmid, node="pve1", name=name, kind=Kind.ADOPTED, state=State.RUNNING,
        actor="anna@jump1", action="adopt", message=f"adopted {name}", status=Status.RUNNING,
        presence=Presence.PRESENT,
    )  # fmt: skip


def reconciled(gateway: Gateway) -> Report:
    return reconcile.run(gateway, QUICK, SystemClock(), store.transaction)
