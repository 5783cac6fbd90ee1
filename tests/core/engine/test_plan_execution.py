"""The execution of a plan: of the record that it was made from, with the access that it names and nothing keeps."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.operations import last_inspection
from proximity_tui.core.engine.operations.outcome import Done, Failed, Interrupted, Refused, Resumable
from proximity_tui.core.model import (
    CreateRequest,
    Plan,
    State,
)
from proximity_tui.core.model.actions.credentials import Credentials, read_password, read_ssh_keys
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import database
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations, records
from proximity_tui.core.store.revisions import revisions
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import planned
from tests.support.house import TEMPLATE, House, refusal_of
from tests.support.timing.meddling import asked, when

FULL = "SELECT RAISE(ABORT, 'no room')"
PASSWORD = "correct-horse-1"
BODY = "AAAAC3NzaC1lZDI1NTE5AAAAIJ8Z"
KEY = f"ssh-ed25519 {BODY} anna@desk"


def access() -> Credentials:
    return Credentials(read_password(PASSWORD), read_ssh_keys(f"# mine\n{KEY}\n"))


def planned_with_access(house: House) -> Plan:
    request = CreateRequest(TEMPLATE, "web1", node="pve1", password=True, ssh_keys=1)
    plan = house.engine.plan_create("lab", request)
    assert isinstance(plan, Plan), plan
    return plan


def test_password_and_keys_are_sent_once_and_stand_nowhere(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    plan, given = planned_with_access(house), access()
    assert "with a root password that is not kept; with an SSH key" in plan.steps[0].reason
    made = house.engine.create(plan, given)
    assert made.success, made
    (sent,) = [entry for entry in simulator.journal.writes() if entry.path.endswith("/lxc")]
    assert (sent.params["password"], sent.params["ssh-public-keys"]) == (PASSWORD, KEY)
    (container,) = records.active()
    told = [str(given), repr(given), str(made), caplog.text, *house.said(container), str(operations.get(1))]
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for secret in (PASSWORD, BODY):
        assert not any(secret in text for text in told)
        assert not any(secret.encode() in content for content in kept)


def test_what_was_interrupted_before_the_request_fails_and_says_to_create_it_again(
    house: House, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned_with_access(house)
    with monkeypatch.context() as patch:
        patch.setattr(last_inspection, "permit_create", _interrupts)
        assert isinstance(house.engine.create(plan, access()), Resumable)
    (left,) = house.engine.mark_interrupted()
    shown = house.engine.plan_resume(left.id)
    assert isinstance(shown, Plan)
    why = "a resume cannot create it, because its root password and its SSH keys were not kept: create it again"
    assert why in shown.warnings
    resumed = house.engine.resume(left.id)
    assert isinstance(resumed, Failed), resumed
    assert "was not created" in resumed.reason
    assert "create it again" in resumed.reason
    assert (house.wire(), records.active()) == ([], ())


def test_what_was_interrupted_after_the_request_goes_on_without_them(house: House, simulator: Simulator) -> None:
    plan = planned_with_access(house)
    when(simulator, asked("GET", "/cluster/replication"), lambda: simulator.faults.answer(595, "no route to host"))
    assert isinstance(house.engine.create(plan, access()), Resumable)
    simulator.faults.clear()
    (left,) = house.engine.mark_interrupted()
    assert house.engine.resume(left.id).success
    assert len([line for line in house.wire() if line.endswith("/lxc")]) == 1


def test_a_plan_with_a_password_is_not_carried_out_with_other_access(house: House) -> None:
    plan = planned_with_access(house)
    for other in (Credentials(), Credentials(read_password(PASSWORD))):
        assert isinstance(house.engine.create(plan, other), Refused)
    assert (house.wire(), records.active()) == ([], ())


def test_what_nobody_had_seen_before_it_was_set_back_is_kept_as_a_revision(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.set_config(101, memory=4096)
    plan = house.engine.plan_revert(house.again(ours))
    assert isinstance(plan, Plan), plan
    assert isinstance(house.engine.carry_out(plan, house.again(ours)), Done)
    assert [one.config["memory"] for one in revisions.timeline(ours.id)] == [2048, 4096, 2048]


def test_n73_where_the_config_of_before_cannot_be_kept_nothing_is_begun(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    simulator.world.set_config(native.vmid or 0, memory=2048)
    plan = planned(house, native)
    run_sql(database.proxy.obj, f"CREATE TRIGGER full_up BEFORE INSERT ON config_revision BEGIN {FULL}; END")
    with pytest.raises(StoreError, match="no room"):
        house.engine.delete(plan, native)
    assert (house.wire(), operations.open_operations()) == ([], ())

    run_sql(database.proxy.obj, "DROP TRIGGER full_up")
    assert house.engine.delete(plan, native).success, "and afterwards the same plan still holds"


def test_a_plan_from_before_the_restart_still_needs_the_same_record(house: House) -> None:
    native = house.native("web1")
    plan = planned(house, native)
    store.close_store()
    store.open_store(house.database)
    moved = records.transition(
        native, State.STOPPED, actor="test", action=EventAction.OBSERVE, message="somebody else was here"
    )
    assert refusal_of(house.engine.delete(plan, moved)).code == "changed"
    assert refusal_of(house.engine.delete(plan, replace(moved, version=native.version))).code in ("busy", "changed")
    assert house.wire() == []


def _interrupts(*_: object) -> None:
    raise Interrupted("the power went out")
