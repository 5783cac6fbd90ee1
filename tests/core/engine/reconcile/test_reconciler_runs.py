"""A run of the reconciler: what it costs, whom it leaves alone, and what it does not write."""

from __future__ import annotations

import logging

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation.verdict import VerdictReason
from proximity_tui.core.engine.reconcile import reconciler
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Action, Container, Kind, Plan, Presence, Refusal, State, Status
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import operations, records
from proximity_tui.simulator import Simulator
from tests.support.house import QUICK, House, gateway_to
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, owner_that_died, when


@both_databases
def test_n37_the_reconciler_steps_back_when_a_delete_begins_during_its_run(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
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
    assert {verdict.decided_by for verdict in report.verdicts} == {VerdictReason.OPERATION}
    assert not house.again(native).is_tombstone
    assert alerts.all_alerts() == ()
    assert len([line for line in house.said(native) if "orphan" in line.lower()]) == 0


@both_databases
def test_n55_read_only_reconciles_without_writing(house: House) -> None:
    ours = house.adopted(101)
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


@both_databases
def test_n61_what_a_live_operation_holds_is_left_alone(house: House) -> None:
    native = house.native("web1")
    house.reconcile()
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    operations.begin(
        plan, house.again(native), "anna@jump1", house.engine.owner, transient=State.REMOVING, message="deleting"
    )
    house.simulator.world.destroy_outside(native.vmid or 0)
    report = house.reconcile_twice()
    assert report.orphans_found == 0
    assert {verdict.decided_by for verdict in report.verdicts} == {VerdictReason.OPERATION}
    assert not house.again(native).is_tombstone


@both_databases
def test_n61_the_operation_of_a_dead_process_holds_nobody_back(house: House) -> None:
    native = house.native("web1")
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
            client = gateway_to(simulator, name)
            reconciled(client)
            simulator.journal.clear()
            report = reconciled(client)
            assert (report.total_apps, report.outcome) == (100, JobOutcome.COMPLETE)
            asked_for = [entry.path for entry in simulator.journal.entries()]
            assert sorted(asked_for) == ["/cluster/resources", "/cluster/status"]
    finally:
        store.close_store()
        for simulator in simulators.values():
            simulator.stop()


def test_n78_nothing_to_do(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.adopted(101)
    house.reconcile()
    head = events.head()
    # What is logged before depends on the level that an earlier test left.
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="proximity_tui.core.engine"):
        report = house.reconcile()
    assert [record.message for record in caplog.records] == ["reconciled lab: complete, nothing to do"]
    assert (report.outcome, report.undecided) == (JobOutcome.COMPLETE, 0)
    assert events.head() == head
    assert alerts.all_alerts() == ()


def a_record(cluster: str, vmid: int, name: str) -> Container:
    return records.add(
        records.NewRecord(
            cluster=cluster,
            vmid=vmid,
            node="pve1",
            name=name,
            kind=Kind.ADOPTED,
            state=State.RUNNING,
            seen=records.FirstSeen(status=Status.RUNNING, presence=Presence.PRESENT),
        ),
        actor="anna@jump1",
        action=Action.ADOPT,
        message=f"adopted {name}",
    )


def reconciled(client: PveClient) -> Report:
    return reconciler.run(client, QUICK, SystemClock(), store.transaction)
