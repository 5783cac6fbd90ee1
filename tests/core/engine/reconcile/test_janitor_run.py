"""The janitor: a doctor that writes a diagnosis, never an operation, and only of the very episode that it looked at."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import DEFAULT_THRESHOLDS
from proximity_tui.core.engine.reconcile import janitor_run
from proximity_tui.core.engine.reconcile.janitor_run import JanitorReport
from proximity_tui.core.jobs.job_work import JobSettings, JobWork
from proximity_tui.core.model import Action, Container, Kind, Operation, Plan, State, Status, Step, StepName
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import Conflict
from proximity_tui.core.store.records import operations, records
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.schema.container_tables import ContainerRow
from tests.support.house import House
from tests.support.servers.databases import both_databases
from tests.support.timing.lived import after_living
from tests.support.timing.meddling import owner_that_died
from tests.support.timing.patient import LONGER_THAN_A_TEST

LATER = timedelta(hours=1, minutes=12)


def later(span: timedelta = LATER) -> AbstractContextManager[None]:
    """So much later by every clock."""
    return after_living(span)


def check(house: House, **how: bool) -> JanitorReport:
    return janitor_run.run("lab", DEFAULT_THRESHOLDS, store.transaction, **how)


def stuck(house: House, state: State = State.DEPLOYING, name: str = "web1") -> Container:
    """A record in a transient state that nobody carries on."""
    house.simulator.journal.clear()
    return records.add(
        records.NewRecord(
            cluster="lab",
            vmid=300,
            node="pve1",
            name=name,
            kind=Kind.NATIVE,
            state=state,
            seen=records.FirstSeen(status=Status.UNKNOWN),
        ),
        actor="anna@jump1",
        action=Action.CREATE,
        message=f"{name} begins",
    )


def removing(house: House, owner: str) -> tuple[Container, Operation]:
    """A native container whose hard delete was begun by `owner`."""
    native = house.native("web1")
    plan = Plan(
        Action.HARD_DELETE,
        "lab",
        native.vmid,
        "web1",
        (Step(StepName.SHUTDOWN, "first"), Step(StepName.DESTROY, "then")),
        "gone",
    )
    began = operations.begin(plan, native, "anna@jump1", owner, transient=State.REMOVING, message="deleting web1")
    house.simulator.journal.clear()
    return records.get(native.id), began


@both_databases
def test_o5_stuck(house: House, caplog: pytest.LogCaptureFixture) -> None:
    record = stuck(house)
    with later(), caplog.at_level(logging.INFO):
        found = check(house)
    assert found.counters == {"total_transitional": 1, "stuck_found": 1, "stuck_marked_error": 1}
    now = house.again(record)
    assert now.state is State.ERROR
    assert now.last_error is not None
    assert now.last_error.startswith("deploying for 1h 12m; no operation holds it; CT 300 was never seen")
    assert "DIAGNOSING web1 (native, CT 300 on pve1): Stuck for 1h 12m" in caplog.text
    (event, *_) = events.list_events(container=record.id)
    assert (event.actor, event.action) == ("janitor", "diagnose")
    assert event.message.startswith("DIAGNOSING web1")
    assert house.simulator.journal.entries() == [], "not a request of any kind"


@pytest.mark.parametrize("state", [State.DEPLOYING, State.CLONING, State.UPDATING, State.REMOVING, State.ADOPTING])
def test_o5_each_transient_state_has_its_own_threshold(house: House, state: State) -> None:
    record = stuck(house, state)
    threshold = DEFAULT_THRESHOLDS[state]
    with later(threshold - timedelta(seconds=LONGER_THAN_A_TEST)):
        assert check(house).stuck_found == 0
    with later(threshold + timedelta(seconds=1)):
        assert check(house).stuck_marked_error == 1
    assert house.again(record).state is State.ERROR


def test_o5_an_interrupted_delete_tells_how_far_it_came_and_what_to_do(house: House) -> None:
    record, _ = removing(house, owner_that_died())
    with later():
        assert check(house).stuck_marked_error == 1
    reason = house.again(record).last_error or ""
    assert reason.startswith("removing for 1h 12m; its operation died at step 1 of 2: shut down;")
    assert "was last seen on pve1, running, 1h 12m ago" in reason
    assert reason.endswith("resume, abandon or release")


def test_o5_an_hour_of_error_is_nothing_to_diagnose(house: House) -> None:
    record = stuck(house)
    with later():
        check(house)
        again = check(house)
    assert again.counters == {"total_transitional": 0, "stuck_found": 0, "stuck_marked_error": 0}
    assert house.again(record).state is State.ERROR


def test_o10_a_dry_run_says_what_it_would_mark_and_marks_nothing(house: House) -> None:
    record = stuck(house)
    head = events.head()
    with later():
        found = check(house, dry_run=True)
    assert (found.stuck_found, found.stuck_marked_error) == (1, 0)
    assert "DIAGNOSING web1" in found.diagnoses[0].log_line
    assert house.again(record) == record
    assert events.head() == head


def test_n61_a_live_operation_is_never_stuck(house: House) -> None:
    record, began = removing(house, house.engine.owner)
    with later():
        operations.heartbeat(began.id, house.engine.owner)
        assert check(house).counters == {"total_transitional": 1, "stuck_found": 0, "stuck_marked_error": 0}
    assert house.again(record).state is State.REMOVING


def test_n62_the_janitor_leaves_an_error_record_whose_container_lives(house: House) -> None:
    ours = house.adopted(101, port=80)
    records.transition(ours, State.ERROR, actor="anna@jump1", action=EventAction.OBSERVE, message="given up")
    before = house.again(ours)
    with later(timedelta(days=3)):
        assert check(house).total_transitional == 0
    assert house.again(ours) == before


@both_databases
def test_n64_left_and_entered_again_between_look_and_mark(house: House) -> None:
    """The fence is where a mark begins: in between, somebody finished that update and began another."""
    ours = house.adopted(101)
    first = records.transition(
        ours, State.UPDATING, actor="anna@jump1", action=EventAction.OBSERVE, message="an update"
    )

    @contextmanager
    def meanwhile() -> Iterator[None]:
        done = records.transition(
            house.again(ours), State.RUNNING, actor="anna@jump1", action=EventAction.OBSERVE, message="done"
        )
        records.transition(
            done, State.UPDATING, actor="anna@jump1", action=EventAction.OBSERVE, message="another update"
        )
        with store.transaction():
            yield

    with later():
        found = janitor_run.run("lab", DEFAULT_THRESHOLDS, meanwhile)
    assert (found.stuck_found, found.stuck_marked_error, found.errors) == (1, 0, ())
    now = house.again(ours)
    assert (now.state, now.last_error) == (State.UPDATING, None)
    assert now.version > first.version


def test_n64_an_operation_that_is_resumed_between_look_and_mark_is_left_to_who_resumed_it(house: House) -> None:
    record, began = removing(house, owner_that_died())

    @contextmanager
    def meanwhile() -> Iterator[None]:
        operations.take_over(began.id, "jump2:99:beef")
        with store.transaction():
            yield

    with later():
        found = janitor_run.run("lab", DEFAULT_THRESHOLDS, meanwhile)
        assert operations.is_alive(operations.get(began.id))
    assert (found.stuck_found, found.stuck_marked_error, found.errors) == (1, 0, ())
    assert house.again(record) == record


def test_n65_a_fresh_removing_on_an_old_record(house: House) -> None:
    native = house.native("web1")
    with later(timedelta(days=3)):
        record = records.transition(
            house.again(native), State.REMOVING, actor="anna@jump1", action=EventAction.OBSERVE, message="deleting"
        )
        with later(timedelta(seconds=1)):
            assert check(house).stuck_found == 0
    assert house.again(record).state is State.REMOVING


@pytest.mark.parametrize("hours", [2, -2], ids=["forward", "back"])
@both_databases
def test_n68_a_clock_that_was_set_makes_nothing_stuck_and_hides_nothing_that_is(house: House, hours: int) -> None:
    record = stuck(house)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours), tick=True):
        bodies = JobWork({"lab": house.clients["lab"]}, JobSettings(), house.clock, KnownRecords())
        for _ in range(3):
            assert bodies.run("janitor", "lab", store.transaction).counters["stuck_found"] == 0
        assert house.again(record).state is State.DEPLOYING
        with later():
            assert check(house).stuck_marked_error == 1
    assert (house.again(record).last_error or "").startswith("deploying for 1h 12m;"), "and not 3h 12m"


@both_databases
def test_n68_a_clock_that_was_set_takes_no_operation_from_who_carries_it(house: House) -> None:
    _, began = removing(house, house.engine.owner)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2), tick=True):
        assert operations.mark_interrupted_stale() == ()
        with pytest.raises(Conflict):
            operations.take_over(began.id, "jump2:99:beef")
        assert check(house).stuck_found == 0
    assert operations.get(began.id).status == "open"


def test_o5_an_age_that_was_written_by_hand_or_before_clocks_were_read_counts_by_the_wall_clock(house: House) -> None:
    record = stuck(house)
    with store.transaction():
        ContainerRow.update(state_since=datetime.now(UTC) - LATER).where(ContainerRow.id == record.id).execute()
    assert check(house).stuck_marked_error == 1


def test_n55_a_read_only_janitor_writes_nothing(house: House) -> None:
    record, began = removing(house, owner_that_died())
    bodies = JobWork({"lab": house.clients["lab"]}, JobSettings(read_only=True), house.clock, KnownRecords())
    head = events.head()
    with later():
        ended = bodies.run("janitor", "lab", store.transaction)
    assert ended.counters == {"total_transitional": 1, "stuck_found": 1, "stuck_marked_error": 0}
    assert (house.again(record), operations.get(began.id).status, events.head()) == (record, "open", head)


def test_the_janitor_is_given_nothing_that_could_reach_proxmox() -> None:
    assert list(inspect.signature(janitor_run.run).parameters) == ["cluster", "thresholds", "write_scope", "dry_run"]
    source = inspect.getsource(janitor_run)
    assert "core.proxmox" not in source
    assert "Reader" not in source


def test_what_the_janitor_gave_up_is_no_alarm_of_its_own(house: House) -> None:
    stuck(house)
    with later():
        check(house)
    assert alerts.all_alerts() == ()
