"""What is proved to be gone: whether that was to be expected, by whose hand it went, and what people are told of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import formatdate

import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.operations.outcome import Failed, Resumable
from proximity_tui.core.engine.reconcile import reconciler
from proximity_tui.core.model import ClosedReason, Container, OperationStatus, Plan, Presence, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import database, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.records import clinical_records, operations, public_ports, records
from proximity_tui.simulator import RealClock, Simulator
from proximity_tui.simulator.server import transport
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import QUICK, House
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases
from tests.support.timing.lived import after_living
from tests.support.timing.meddling import asked, die_while_deleting, when
from tests.support.timing.waiting import until


def in_state(house: House, container: Container, state: State) -> Container:
    """The record after somebody moved it to a state and died."""
    return records.transition(
        house.again(container),
        state,
        actor="anna@jump1",
        action=EventAction.OBSERVE,
        message=f"{container.name} is {state} now",
    )


@both_databases
def test_o3_expected_orphan(house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    native = house.native("web1", port=80)
    in_state(house, native, State.REMOVING)
    simulator.world.destroy_outside(native.vmid or 0)
    simulator.journal.clear()
    with caplog.at_level(logging.INFO):
        report = house.reconcile_twice()
    assert (report.expected_orphans, report.anomalous_orphans, report.orphans_purged) == (1, 0, 1)
    assert "EXPECTED ORPHAN" in caplog.text
    assert not [record for record in caplog.records if record.levelno > logging.INFO]
    assert house.again(native).is_tombstone
    assert public_ports.used() == frozenset()
    assert alerts.all_alerts() == ()
    assert house.wire() == []


@pytest.mark.parametrize(
    ("method", "ending", "said"),
    [
        (
            "wait_task",
            ClosedReason.DESTROYED,
            "hard-delete: HARD DELETE: Destroying container and cleaning up resources",
        ),
        ("destroy", ClosedReason.REMOVED, "expected-orphan: EXPECTED ORPHAN: Container removal expected: web1"),
    ],
)
def test_o3_a_hard_delete_whose_destroy_is_known_is_ended_by_the_reconciler_as_what_it_is(
    house: House, caplog: pytest.LogCaptureFixture, method: str, ending: ClosedReason, said: str
) -> None:
    native = house.native("web1", port=80, start=False)
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    left = die_while_deleting(house, plan, native, method, after=True)
    # The destroy was asked for; its task may end a moment after the process died.
    until(lambda: house.simulator.world.container(native.vmid or 0) is None)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        assert house.reconcile_twice().orphans_purged == 1
    assert house.again(native).closed_reason == ending
    assert house.said(native)[-1].startswith(said)
    ours = ending is ClosedReason.DESTROYED
    assert ("EXPECTED ORPHAN" in caplog.text) is not ours
    operation = operations.get(left)
    assert operation.status is (OperationStatus.DONE if ours else OperationStatus.ABANDONED)
    assert operation.current is None or not ours
    if ours:
        evidence = events.list_events(container=native.id)[0].evidence
        assert (evidence["vmid_destroyed"], evidence["found_by"]) == (native.vmid, "reconciler")
    assert public_ports.used() == frozenset()


def test_a_hard_delete_that_is_resumed_after_the_look_is_left_to_who_resumed_it(house: House) -> None:
    native = house.native("web1", port=80, start=False)
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    left = die_while_deleting(house, plan, native, "wait_task", after=True)
    until(lambda: house.simulator.world.container(native.vmid or 0) is None)
    house.reconcile()

    @contextmanager
    def meanwhile() -> Iterator[None]:
        if operations.get(left).status is OperationStatus.INTERRUPTED:
            operations.take_over(left, "jump2:99:beef")
        with store.transaction():
            yield

    report = reconciler.run(house.clients["lab"], QUICK, house.clock, meanwhile)
    assert (report.orphans_found, report.orphans_purged, report.errors) == (1, 0, ())
    assert operations.is_alive(operations.get(left))
    assert not house.again(native).is_tombstone
    assert len(public_ports.used()) == 1


@both_databases
def test_o4_anomalous_orphan(house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    victim = house.adopted(101, port=80)
    house.reconcile()
    simulator.world.destroy_outside(101, user="mallory@pve")
    simulator.journal.clear()
    with caplog.at_level(logging.INFO):
        report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.orphans_found, report.orphans_purged) == (1, 1, 1)
    (line,) = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert line.message.startswith("ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED")
    assert house.wire() == []
    assert public_ports.used() == frozenset()
    tombstone = house.again(victim)
    assert tombstone.is_tombstone
    record = clinical_records.latest(victim.id)
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


def test_a_vanished_container_is_a_critical_line_once_its_alert_is_in_the_database(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """A line of what was rolled back would lie, and the next run would write it again."""
    victim = house.adopted(101, port=80)
    house.reconcile()
    alerts.raise_about(victim, AlertKind.HALF_DESTROYED, Severity.AMBER, "web-1 is half destroyed", {})
    simulator.world.destroy_outside(101)
    run_sql(
        database.proxy.obj, "CREATE TRIGGER full_up BEFORE UPDATE ON alert BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    refused = house.reconcile_twice()
    assert "disk full" in refused.errors[0]
    assert [record for record in caplog.records if record.levelno == logging.CRITICAL] == []
    run_sql(database.proxy.obj, "DROP TRIGGER full_up")

    assert house.reconcile().orphans_purged == 1

    (line,) = [record.message for record in caplog.records if record.levelno == logging.CRITICAL]
    assert line.startswith("ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED: web-1")
    assert the_alert(AlertKind.ANOMALOUS_ORPHAN).is_open


def test_o4_what_may_not_be_read_of_the_evidence_is_said_with_its_privilege(house: House) -> None:
    simulator = house.simulator
    house.adopted(101)
    house.reconcile()
    simulator.world.destroy_outside(101)
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit", "VM.Audit"]})
    simulator.faults.answer(403, "Permission check failed (/nodes/pve1, Sys.Audit)", "/tasks")
    house.reconcile_twice()
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert alert.message.endswith("gone; the cause is not known")
    assert any("needs Sys.Audit on /nodes/pve1" in gap for gap in alert.evidence["not_known"])


def test_o4_the_destroyer_is_named_and_not_who_moved_it_before(house: House) -> None:
    """Our record still says pve1, where the migration is the newest task; it was destroyed on pve2."""
    house.adopted(101)
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
        gone_on = 0.0

        def now(self) -> float:
            return super().now() + ahead + self.gone_on

    clock = Wrong()
    monkeypatch.setattr(transport, "formatdate", lambda usegmt: formatdate(clock.now(), usegmt=usegmt))
    with Simulator("demo", task_seconds=0.02, clock=clock) as simulator:
        simulator.world.destroy_outside(101, user="bert@pam")
        simulator.world.restore(101)
        clock.gone_on = 3.0
        house = House({"lab": simulator}, database)
        house.adopted(101)
        house.reconcile()
        before = time.time()
        simulator.world.destroy_outside(101, user="mallory@pve")
        after = time.time()
        house.reconcile_twice()
        found = the_alert(AlertKind.ANOMALOUS_ORPHAN).evidence
        store.close_store()
    assert found["who"] == "mallory@pve"
    assert abs(found["proxmox_clock_ahead_seconds"] - ahead) < 60
    told = datetime.fromisoformat(found["when"])
    assert before - 60 < told.timestamp() < after + 60


def test_o4_rotated_task_logs_are_said_to_be_gone(house: House) -> None:
    house.adopted(101)
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.rotate_tasks()
    house.reconcile_twice()
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert "the cause is not known" in alert.message
    assert any("rotated" in gap for gap in alert.evidence["not_known"])


def test_n62_error_record_whose_container_is_alive(house: House) -> None:
    ours = in_state(house, house.adopted(101, port=80), State.ERROR)
    house.simulator.journal.clear()
    report = house.reconcile_twice()
    assert report.orphans_found == 0
    now = house.again(ours)
    assert (now.state, now.presence) == (State.ERROR, Presence.PRESENT)
    assert now.ports
    assert house.wire() == []


def test_n63_error_record_whose_container_is_lost_though_nobody_asked(house: House) -> None:
    ours = house.adopted(101, port=80)
    house.reconcile()
    in_state(house, ours, State.ERROR)
    house.simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert (report.expected_orphans, report.anomalous_orphans) == (1, 0)
    alert = the_alert(AlertKind.LOST_IN_ERROR)
    assert (alert.severity, len(alerts.all_alerts())) == (Severity.AMBER, 1)
    assert "no deletion was asked for" in alert.message
    assert public_ports.used() == frozenset()


def test_a_token_that_sees_only_its_pool_still_proves_a_destroy_in_it(house: House) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/nodes": ["Sys.Audit"], "/pool/prod": PRIVILEGES})
    ours = house.adopted(101)
    house.reconcile()
    simulator.world.destroy_outside(101)
    assert house.reconcile_twice().anomalous_orphans == 1
    assert house.again(ours).is_tombstone


def test_law_7_what_somebody_else_destroyed_while_our_destroy_was_refused_is_not_said_to_be_our_work(
    house: House,
) -> None:
    """Between the config, which is read last, and the DELETE somebody else destroys it: ours is refused."""
    native = house.native("web1", port=80, start=False)
    world, vmid = house.simulator.world, native.vmid or 0
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    when(house.simulator, asked("GET", f"/lxc/{vmid}/config"), lambda: world.destroy_outside(vmid))
    house.simulator.journal.clear()
    result = house.engine.delete(plan, native)

    assert len(house.destroys()) == 1
    assert isinstance(result, Failed), result
    assert "it had no effect" in result.reason
    assert house.again(native).state is State.ERROR
    assert house.reconcile_twice().expected_orphans == 1
    assert house.again(native).closed_reason == ClosedReason.REMOVED
    alert = the_alert(AlertKind.LOST_IN_ERROR)
    assert result.operation is not None
    assert f"operation {result.operation.id} did not destroy it" in alert.message
    (closed,) = (one for one in events.list_events(container=native.id) if one.action == "expected-orphan")
    assert (alert.severity, closed.evidence["not_by_operation"]) == (Severity.AMBER, result.operation.id)


@pytest.mark.parametrize("abandoned", [False, True])
def test_law_7_a_destroy_whose_task_failed_is_not_closed_as_done_by_us(house: House, abandoned: bool) -> None:
    """We died while we waited for our task, which failed, and then somebody else destroyed the container."""
    native = house.native("web1", port=80, start=False)
    vmid = native.vmid or 0
    house.simulator.world.fail_next_task("vzdestroy", vmid, "CT is locked (backup)")
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    left = die_while_deleting(house, plan, native, "wait_task", after=True)
    until(lambda: not house.clients["lab"].find_tasks("pve1", vmid, "active"))
    house.simulator.world.destroy_outside(vmid)
    if abandoned:
        assert house.engine.abandon(left).success
    else:
        assert house.reconcile_twice().orphans_purged == 1

    assert house.again(native).closed_reason == (ClosedReason.GONE if abandoned else ClosedReason.REMOVED)
    assert operations.get(left).status is OperationStatus.ABANDONED
    assert not any("HARD DELETE" in line for line in house.said(native))


def left_without_an_answer(house: House) -> Container:
    """A native container whose destroy was sent, did not arrive, and was abandoned."""
    native = house.native("web1", port=80, start=False)
    house.simulator.faults.drop(f"/lxc/{native.vmid}", method="DELETE")
    result = house.impatient(lost_answer=0.1).delete(_planned(house, native), native)
    assert isinstance(result, Resumable), result
    assert result.operation is not None
    house.simulator.faults.clear()
    assert house.engine.abandon(result.operation.id).success
    assert house.again(native).state is State.STOPPED
    return native


def _planned(house: House, container: Container) -> Plan:
    plan = house.plan_hard(container)
    assert isinstance(plan, Plan), plan
    return plan


def test_law_7_a_destroy_of_ours_that_never_arrived_does_not_hide_who_destroyed_it(house: House) -> None:
    native = left_without_an_answer(house)
    house.reconcile()
    house.simulator.world.destroy_outside(native.vmid or 0, user="mallory@pve")
    assert house.reconcile_twice().anomalous_orphans == 1
    alert = the_alert(AlertKind.ANOMALOUS_ORPHAN)
    assert (alert.evidence["who"], "by mallory@pve" in alert.message) == ("mallory@pve", True)
    assert "our own operation 1 had requested its destroy" in alert.message


@pytest.mark.parametrize("state", [State.STOPPED, State.ERROR])
def test_law_7_a_destroy_that_the_container_outlived_by_days_is_no_explanation(house: House, state: State) -> None:
    native = left_without_an_answer(house)
    if state is State.ERROR:
        in_state(house, native, state)
    with after_living(timedelta(days=2)):
        house.reconcile()
        house.simulator.world.destroy_outside(native.vmid or 0)
        house.simulator.world.rotate_tasks()
        house.reconcile_twice()
    assert house.again(native).is_tombstone
    (alert,) = [one for one in alerts.all_alerts() if one.container == native.id]
    told = "operation 1 did not destroy it" if state is State.ERROR else "gone; the cause is not known"
    assert told in alert.message


@pytest.mark.parametrize("abandoned", [False, True])
def test_law_7_a_destroy_whose_task_is_forgotten_is_not_what_removed_the_container_days_later(
    house: House, abandoned: bool
) -> None:
    native = house.native("web1", port=80, start=False)
    vmid = native.vmid or 0
    house.simulator.world.fail_next_task("vzdestroy", vmid, "storage is busy")
    left = die_while_deleting(house, _planned(house, native), native, "wait_task", after=True)
    until(lambda: not house.clients["lab"].find_tasks("pve1", vmid, "active"))
    with after_living(timedelta(days=2)):
        house.reconcile()
        house.simulator.world.destroy_outside(vmid)
        house.simulator.world.rotate_tasks()
        if abandoned:
            assert house.engine.abandon(left).success
        else:
            house.reconcile_twice()
    assert house.again(native).closed_reason == (ClosedReason.GONE if abandoned else ClosedReason.REMOVED)
    assert not any("HARD DELETE" in line for line in house.said(native))
