"""The four points of the doctrine, told as they happen: deletion, orphans, adoption, and what the log says of them."""

from __future__ import annotations

import ast
import logging
from datetime import timedelta
from pathlib import Path

import pytest

import proximity_tui.core
from proximity_tui.core.doctrine.actions.deletion import (
    HARD_PHRASE,
    SOFT_PHRASE,
    Choice,
    check_confirmation,
)
from proximity_tui.core.doctrine.guards.checks import check_native
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import PHRASE as DIAGNOSING
from proximity_tui.core.doctrine.reconciliation.verdict import ANOMALOUS_PHRASE, EXPECTED_PHRASE
from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.engine.reconcile import janitor_run
from proximity_tui.core.model import Action, Kind, OperationStatus, Plan, Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events, transaction
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import clinical_records, operations, public_ports, records
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases

CORE = Path(next(iter(proximity_tui.core.__path__)))
WRITES = {"start", "shutdown", "stop", "reboot", "create", "clone", "destroy", "post", "delete"}


def test_o2_only_the_exact_name_confirms_a_hard_delete(house: House) -> None:
    native = house.native("web1")
    assert check_confirmation(native, "web1") is None
    for typed in (None, "", "web", "WEB1", "web1 ", str(native.vmid)):
        refused = check_confirmation(native, typed)
        assert refused is not None
        assert refused.code == "confirmation"


@both_databases
def test_o6_informed_adoption(house: House, simulator: Simulator) -> None:
    vmid = simulator.world.add_container(
        210, hostname="shop", cores=4, memory_mib=8192, disk_gib=20, net=2, snapshots=("before",), uptime=7200.0
    )
    simulator.journal.clear()

    result = house.try_adopt(vmid)

    assert result.success
    assert result.container is not None
    assert house.wire() == []
    container = result.container
    assert (container.kind, container.state, container.status) == (Kind.ADOPTED, State.RUNNING, Status.RUNNING)
    seen = house.clients["lab"].inspect(vmid, "pve1")
    revision = clinical_records.latest(container.id)
    assert revision is not None
    record = revision.record
    assert record.config == seen.config, "key for key what the config endpoint answers"
    assert record.digest == seen.digest
    assert (record.resources["cpus"], record.resources["maxmem"]) == (4, 8192 << 20)
    assert record.resources["maxdisk"] > 0
    assert record.resources["uptime"] >= 7200
    assert [network["id"] for network in record.networks] == ["net0", "net1"]
    assert "before" in {snapshot["name"] for snapshot in record.snapshots}
    assert isinstance(result, Done)
    assert result.detail["status_at_adoption"] == "running"
    assert result.detail["config_snapshot_captured"] is True
    assert result.detail["config_keys_count"] == len(seen.config or {})


def test_o7_native_is_not_adopted(house: House) -> None:
    native = house.native("web1")
    assert native.kind is Kind.NATIVE
    assert check_native(native) is None
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    assert [step.name for step in plan.steps][2] == "destroy"


@both_databases
def test_o8_ports_reused(house: House) -> None:
    first, second, third = (house.adopt(vmid, port=80) for vmid in (101, 102, 103))
    assert len({one.ports[0].public for one in (first, second, third)}) == 3
    freed = second.ports[0].public

    house.soft_delete(second)
    fourth = house.adopt(104, port=8080)

    assert fourth.ports[0].public == freed
    active = [port.public for one in records.active() for port in one.ports]
    assert len(active) == len(set(active)) == 3


def test_o9_what_is_managed_is_not_adopted_again(house: House, simulator: Simulator) -> None:
    house.adopt(101)
    simulator.journal.clear()
    again = house.try_adopt(101)
    assert refusal_of(again).code == "managed"
    assert "web-1" in refusal_of(again).reason
    assert len(records.active()) == 1
    assert house.wire() == []


def test_o11_every_deletion_orphan_and_diagnosis_can_be_found_in_the_log(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house.soft_delete(house.adopt(101))
    house.hard_delete(house.create("web1"))
    vanished, given_up, stuck = house.adopt(102), house.adopt(103), house.adopt(104)
    records.transition(given_up, State.ERROR, actor="test", action=EventAction.OBSERVE, message="given up")
    records.transition(stuck, State.UPDATING, actor="test", action=EventAction.OBSERVE, message="nobody carries this")
    simulator.world.destroy_outside(102)
    simulator.world.destroy_outside(103)
    house.reconcile_twice()
    janitor_run.run("lab", dict.fromkeys(State, timedelta(0)), transaction)

    lines = [record.getMessage() for record in caplog.records]
    for phrase in (SOFT_PHRASE, HARD_PHRASE, EXPECTED_PHRASE, ANOMALOUS_PHRASE, DIAGNOSING):
        assert sum(line.startswith(phrase) for line in lines) == 1, phrase
    critical = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert [record.getMessage().startswith(ANOMALOUS_PHRASE) for record in critical] == [True]
    assert str(vanished.vmid) in critical[0].getMessage()


@both_databases
def test_o12_golden_path(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(101, port=80)
    assert [one.id for one in records.active()] == [adopted.id]
    simulator.journal.clear()

    for action, ends in ((Action.STOP, "stopped"), (Action.START, "running"), (Action.SHUTDOWN, "stopped")):
        result = house.power(adopted, action)
        assert result.success, result
        now = house.again(adopted)
        seen = simulator.world.container(101)
        assert seen is not None
        assert (seen.status, now.state.value, now.status.value, now.presence) == (ends, ends, ends, Presence.PRESENT)

    assert house.wire() == [f"POST /nodes/pve1/lxc/101/status/{word}" for word in ("stop", "start", "shutdown")]
    assert house.soft_delete(adopted).success
    assert records.active() == ()
    assert simulator.world.container(101) is not None
    assert events.verify().whole


def test_o13_a_plan_that_is_not_carried_out_changes_nothing(house: House, simulator: Simulator) -> None:
    native, adopted = house.native("web1", port=80), house.adopt(101)
    before, trail, held = records.active(), events.head(), public_ports.used()
    simulator.journal.clear()

    assert isinstance(house.plan_hard(native), Plan)
    assert isinstance(house.engine.plan_delete(adopted, Choice.SOFT), Plan)
    assert isinstance(house.engine.plan_power(native, Action.STOP), Plan)

    assert (records.active(), events.head(), public_ports.used()) == (before, trail, held)
    assert house.wire() == []
    assert operations.open_operations() == ()


@both_databases
def test_o14_what_happened_can_be_counted(house: House, simulator: Simulator) -> None:
    house.soft_delete(house.adopt(101))
    house.soft_delete(house.adopt(102))
    house.hard_delete(house.create("web1"))
    house.adopt(103)
    simulator.world.destroy_outside(103)
    house.reconcile()
    report = house.reconcile()

    closing = [event.evidence.get("deletion_type") for event in events.list_events()]
    assert (closing.count("soft"), closing.count("hard")) == (2, 1)
    assert report.counters["anomalous_orphans"] == 1
    assert report.counters["expected_orphans"] == 0
    adopted = [event for event in events.list_events() if "config_keys_count" in event.evidence]
    assert len(adopted) == 3
    assert all(event.evidence["config_keys_count"] > 0 for event in adopted)
    assert len(alerts.open_alerts()) == 1


@both_databases
def test_law_8_every_operation_leaves_its_story_in_the_trail(house: House) -> None:
    native = house.create("web1")
    result = house.hard_delete(native)
    assert result.operation is not None
    assert result.operation.status is OperationStatus.DONE
    said = house.said(native)
    assert said[0].startswith("create: creating web1")
    assert any(line.startswith("hard-delete: started: destroy web1") for line in said)
    assert events.verify().whole


def attributes_called(source: Path) -> set[str]:
    tree = ast.parse(source.read_text())
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {call.attr for call in calls if isinstance(call, ast.Attribute)}


@pytest.mark.parametrize(
    "module",
    [
        "operations/actions/soft_delete", "operations/actions/adopt_guest", "observe/inspection", "observe/collect",
        "reconcile/reconciler", "reconcile/close_orphan", "reconcile/run_alerts", "reconcile/janitor_run",
        "operations/plan_check",
    ],
)  # fmt: skip
def test_law_1_and_4_what_forgets_adopts_or_reconciles_calls_no_write(module: str) -> None:
    assert attributes_called(CORE / "engine" / f"{module}.py") & WRITES == set()


def test_law_1_only_the_last_look_mints_the_permit_and_only_a_hard_delete_uses_it() -> None:
    holders = {path.name for path in CORE.rglob("*.py") if "mint" in attributes_called(path)}
    assert holders == {"last_inspection.py"}
    senders = {path.name for path in (CORE / "engine").rglob("*.py") if "destroy" in attributes_called(path)}
    assert senders == {"hard_delete.py"}
