"""A view that follows the differences shows what one would show that reads everything, whoever wrote it."""

from __future__ import annotations

import logging
import random
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.config import load as config
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import CpuTrends, FleetRow, NoAnswer
from proximity_tui.core.fleet.trends import SLOTS
from proximity_tui.core.model import Container, Guest, OperationStatus, Presence, State, Status
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.guests.guest_list import GuestList
from proximity_tui.core.proxmox.errors import Failure
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import leases
from proximity_tui.core.store.records import clinical_records, operations, public_ports, records
from proximity_tui.core.store.records.records import StatusUpdate
from proximity_tui.core.store.revisions import drifts
from proximity_tui.runtime.context import AppContext, open_context
from proximity_tui.runtime.services import Services
from proximity_tui.screens.view.store_reader import COMPARE_EVERY
from proximity_tui.screens.view.view import View
from proximity_tui.screens.view.view_reader import ViewReader
from tests.core.store.making import ANNA, OWNER, a_container, begun, captured, close, drop_trigger, move, raw
from tests.support.records.figured import write_figures
from tests.support.records.make import guest, inventory
from tests.support.timing.meddling import full_disk, owner_that_died

AT = datetime.now(UTC).replace(microsecond=0)
SETTINGS = """\
database = "sqlite:///{}/proximity.db"
[clusters.prod]
url = "https://prod.invalid:8006"
token_id = "proximity@pve!tui"
token_secret = {{ env = "TOKEN" }}
insecure = true
"""


class MovedClock(SystemClock):
    """A clock that a test moves."""

    moved = 0.0
    stopped_at: datetime | None = None
    """When it stands still; None while it goes on."""

    def now(self) -> datetime:
        return self.stopped_at or super().now()

    def monotonic(self) -> float:
        return super().monotonic() + self.moved


class Scene:
    """A process with a database and a cluster that answers what a test says."""

    def __init__(self, context: AppContext, clock: MovedClock) -> None:
        self.context, self.clock = context, clock
        self.services = Services(context)
        self.reader = ViewReader()
        self.view = View()

    def read(self) -> View:
        """The view that follows the differences."""
        self.view = self.reader.read(self.services, self.view)
        return self.view

    def whole(self) -> View:
        """The view of somebody who knows nothing and reads everything."""
        reader = ViewReader()
        view = reader.read(self.services, View())
        return reader.read(self.services, view) if reader.is_unfinished else view

    def poll(self, *guests: Guest, error: str | None = None, seconds: float = 0) -> None:
        """What the cluster answers now."""
        poller = self.context.pollers["prod"]
        listed = inventory(*guests, taken_at=AT + timedelta(seconds=seconds))
        failed = replace(poller.latest, error=error, brief="does not answer", failure=Failure.UNREACHABLE)
        poller.latest = failed if error else PollResult("prod", listed)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("TOKEN", "not-a-secret")
    path = tmp_path / "proximity-tui.toml"
    path.write_text(SETTINGS.format(tmp_path))
    clock = MovedClock()
    context = replace(open_context(config.load(path)), clock=clock)
    yield Scene(context, clock)
    context.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent to a database which is opened from now on, by whichever connection."""
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return statements


def visible(row: FleetRow) -> FleetRow:
    """The row without what nobody sees: what is in a list is as old as the list, whatever its record remembers."""
    listed = row.listed and row.presence is Presence.PRESENT
    return replace(row, container=None, observed_at=None if listed or row.id is None else row.observed_at)


def shown(view: View) -> View:
    """The view without its history, which somebody who reads everything now cannot know."""
    rows, unmanaged = tuple(map(visible, view.rows)), tuple(map(visible, view.unmanaged))
    return replace(view, rows=rows, unmanaged=unmanaged, trends=CpuTrends(), taken_at=None)


def measured(container: Container, cpu: float) -> None:
    """What another process wrote down of a container until now."""
    write_figures(container, datetime.now(UTC), timedelta(hours=2), lambda age: {"cpu": cpu})


def listed_now(scene: Scene, *guests: Guest) -> datetime:
    """Have the cluster answer after all that was written; return when."""
    seconds = (datetime.now(UTC) - AT).total_seconds() + 1
    scene.poll(*guests, seconds=seconds)
    return AT + timedelta(seconds=seconds)


class History:
    """Random things happen to a few containers, as our processes and other people do them."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.chance, self.seconds = scene, random.Random(seed), 0.0
        self.steps: list[Callable[[], object]] = [
            self.adds, self.adds, self.moves, self.fails, self.closes, self.opens_a_port, self.is_seen, self.is_doubted,
            self.begins, self.finishes, self.is_written_by_hand, self.drifts, self.alarms, self.freezes, self.polls,
            self.polls, self.is_silent, self.renews,
        ]  # fmt: skip

    def happens(self) -> str:
        step = self.chance.choice(self.steps)
        try:
            step()
        except StoreError:
            return f"{step.__name__} was refused"
        return step.__name__

    def one(self) -> int:
        return self.chance.choice([one.id for one in records.active()] or [0])

    def adds(self) -> None:
        a_container(vmid=self.chance.randint(101, 106), cluster=self.chance.choice(("prod", "prod", "old")))

    def moves(self) -> None:
        move(records.get(self.one()), self.chance.choice(list(State)))

    def fails(self) -> None:
        records.set_last_error(self.one(), self.chance.choice((None, "it failed")))

    def closes(self) -> None:
        close(records.get(self.one()))

    def opens_a_port(self) -> None:
        public_ports.allocate(self.one(), 80, range(8100, 8110))

    def is_seen(self) -> None:
        self.seconds += 1
        seen = AT + timedelta(seconds=self.seconds)
        records.observe([StatusUpdate(self.one(), Status.RUNNING, Presence.PRESENT, observed_at=seen)])

    def is_doubted(self) -> None:
        verdict = self.chance.choice((Presence.HIDDEN, Presence.UNKNOWN, Presence.REPLACED))
        records.observe([StatusUpdate(self.one(), Status.UNKNOWN, verdict, "nobody knows", missing_since=AT)])

    def begins(self) -> None:
        # Of a process that is gone: whether one still lives would be a matter of time.
        begun(records.get(self.one()), owner=f"{socket.gethostname()}:{2**22 + 1}:c0ffee")

    def finishes(self) -> None:
        for one in operations.open_operations()[:1]:
            operations.finish(one.id, self.chance.choice((OperationStatus.DONE, OperationStatus.FAILED)))

    def is_written_by_hand(self) -> None:
        raw(f"UPDATE container SET node = 'pve{self.chance.randint(1, 3)}' WHERE id = {self.one()}")

    def drifts(self) -> None:
        revision = clinical_records.add_revision(self.one(), captured(), "again")
        drifts.remember_drift(revision.container, revision.revision, {"rootfs"}, AT)

    def alarms(self) -> None:
        alert = alerts.raise_alert("unreachable", Severity.RED, message="m", cluster=f"c{self.chance.randint(1, 3)}")
        if self.chance.random() < 0.3:
            alerts.resolve(alert.id, "over")

    def freezes(self) -> None:
        safe_modes.lift(None, ANNA) if safe_modes.active_freezes() else safe_modes.freeze(None, ANNA, "at work")

    def polls(self) -> None:
        self.seconds += self.chance.choice((1, 20))
        some = self.chance.sample(range(101, 108), 5)
        guests = [guest(one, status=self.chance.choice(list(Status)), cpu=self.chance.random()) for one in some]
        self.scene.poll(*guests, seconds=self.seconds)

    def is_silent(self) -> None:
        self.scene.poll(error="prod does not answer")

    def renews(self) -> None:
        if lease := leases.acquire("prod", OWNER, timedelta(minutes=1)):
            leases.renew(lease)


@pytest.mark.parametrize("seed", range(2))
def test_differences_show_what_a_whole_reading_shows(scene: Scene, seed: int) -> None:
    history = History(scene, seed)
    happened = []
    for _ in range(60):
        happened.append(history.happens())
        # The first reader of an operation of a dead process writes that down, which is one more change.
        scene.read()
        assert shown(scene.read()) == shown(scene.whole()), happened[-5:]
    refused = [one for one in happened if one.endswith("refused")]
    assert len(refused) < len(happened) / 2, "most of it happened"


def test_an_end_that_cannot_be_written_down_hides_nothing(scene: Scene) -> None:
    """What is read needs no room on the disk."""
    operation = begun(a_container(vmid=101), owner=owner_that_died())
    raised = alerts.raise_alert("test", Severity.RED, cluster="prod", message="look at this")
    scene.poll(guest(101))
    with full_disk():
        view = scene.read()
    assert view.store_error is None
    assert [one.status for one in view.operations] == [OperationStatus.INTERRUPTED]
    assert [one.id for one in view.alerts] == [raised.id]
    assert [row.vmid for row in view.rows] == [101]
    assert operations.get(operation.id).status is OperationStatus.OPEN

    scene.read()
    assert operations.get(operation.id).status is OperationStatus.INTERRUPTED, "written down once there is room"


def test_a_renewal_of_a_lease_and_a_sighting_of_what_is_listed_are_no_news(scene: Scene) -> None:
    web = a_container(vmid=101)
    lease = leases.acquire("prod", OWNER, timedelta(minutes=1))
    assert lease is not None
    scene.poll(guest(101))
    before = scene.read()
    leases.renew(lease)
    records.observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=AT + timedelta(seconds=5))])
    assert scene.read() is before


def test_while_nobody_writes_the_database_is_asked_for_its_version_and_nothing_else(
    sent: list[str], scene: Scene
) -> None:
    a_container(vmid=101)
    lease = leases.acquire("prod", OWNER, timedelta(minutes=1))
    assert lease is not None
    scene.poll(guest(101))
    for _ in range(2):
        scene.read()
    sent.clear()
    scene.read()
    assert sent == ["PRAGMA data_version"]
    leases.renew(lease)
    sent.clear()
    scene.read()
    assert len([sql for sql in sent if sql.startswith("SELECT")]) == 2, "is it there, and did anything change?"


def test_a_question_to_a_cluster_that_has_answered_is_news_once_it_lasts(scene: Scene) -> None:
    poller = scene.context.pollers["prod"]
    now = scene.clock.stopped_at = scene.clock.now()
    poller.latest = replace(poller.latest, asking_since=now)
    assert scene.read().polls["prod"].asking_since == now, "nothing else is known of it yet"
    scene.poll(guest(101))
    scene.read()
    view, answered = scene.read(), poller.latest
    poller.latest = replace(answered, asking_since=now)
    assert scene.read() is view
    for long_ago in (now - timedelta(seconds=4), now + timedelta(hours=1)):
        poller.latest = replace(answered, asking_since=long_ago)
        assert scene.read().polls["prod"].asking_since == long_ago


def test_a_view_needs_no_engine(scene: Scene) -> None:
    def none_yet() -> Engine:
        raise AssertionError("what plans and acts is loaded after the first list")

    scene.services.context = replace(scene.context, engine_of=none_yet)
    a_container(vmid=101)
    scene.poll(guest(101))
    assert [row.listed for row in scene.read().rows] == [True]


def test_the_first_view_does_not_wait_for_the_clinical_records_and_the_next_one_has_them(scene: Scene) -> None:
    web = a_container(vmid=101)
    revision = clinical_records.add_revision(web.id, captured(), "again")
    drifts.remember_drift(web.id, revision.revision, {"rootfs"}, AT)
    scene.poll(guest(101))
    assert scene.read().rows[0].drift is None
    assert scene.reader.is_unfinished
    assert scene.read().rows[0].drift
    assert not scene.reader.is_unfinished


def test_what_a_cluster_answers_comes_before_the_clinical_records(scene: Scene) -> None:
    web = a_container(vmid=101)
    revision = clinical_records.add_revision(web.id, captured(), "again")
    drifts.remember_drift(web.id, revision.revision, {"rootfs"}, AT)
    assert not scene.read().rows[0].listed
    scene.poll(guest(101))
    answered = scene.read().rows[0]
    assert (answered.listed, answered.drift, scene.reader.is_unfinished) == (True, None, True)
    assert scene.read().rows[0].drift


def test_only_the_row_of_what_changed_is_another_object(scene: Scene) -> None:
    containers = [a_container(vmid=vmid) for vmid in range(101, 109)]
    before = scene.read().rows
    records.set_last_error(containers[3].id, "it failed")
    after = scene.read().rows
    assert [row.id for row in after if all(row is not one for one in before)] == [containers[3].id]


def test_of_the_alerts_only_those_that_changed_are_read(sent: list[str], scene: Scene) -> None:
    raised = [
        alerts.raise_alert(f"test{at}", Severity.RED if at % 3 else Severity.AMBER, cluster="prod", message="look")
        for at in range(9)
    ]
    before = scene.read().alerts
    alerts.acknowledge(raised[4].id, by=ANNA, note="seen")
    new = alerts.raise_alert("late", Severity.AMBER, cluster="prod", message="look")
    sent.clear()
    after = scene.read().alerts
    read = [sql for sql in sent if sql.startswith("SELECT") and 'FROM "alert"' in sql]
    assert read, "the two that changed"
    assert all('"id" IN (' in sql for sql in read), read
    assert after == scene.whole().alerts, "in the same order, too"
    assert {one.id for one in after} == {one.id for one in before} - {raised[4].id} | {new.id}
    assert all(any(one is other for other in before) for one in after if one.id != new.id)


def test_an_alert_that_no_difference_told_of_is_found_by_the_comparison(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    raised = alerts.raise_alert("test", Severity.RED, cluster="prod", message="look")
    scene.read()
    drop_trigger("report_alert_alert_updated", "alert")
    alerts.acknowledge(raised.id, by=ANNA, note="seen")
    assert scene.read().alerts == (raised,)
    scene.clock.moved += COMPARE_EVERY + 1
    with caplog.at_level(logging.WARNING):
        assert scene.read().alerts == ()
    assert f"the alerts {raised.id} had changed without a notification" in caplog.text


def test_while_a_cluster_is_silent_its_rows_follow_what_other_processes_see(scene: Scene) -> None:
    web = a_container(vmid=101)
    scene.poll(guest(101))
    scene.read()
    scene.poll(error="prod does not answer")
    shown = scene.read().rows[0]
    assert (shown.observed_at, shown.reason, shown.no_answer) == (
        None,
        "prod does not answer",
        NoAnswer("prod does not answer", "does not answer", "unreachable"),
    )
    seen = AT + timedelta(seconds=30)
    records.observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=seen)])
    assert scene.read().rows[0].observed_at == seen


def test_what_no_difference_told_of_is_found_by_a_comparison_now_and_then(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    web = a_container(vmid=101)
    scene.read()
    drop_trigger("report_container_container_updated", "container")
    records.set_last_error(web.id, "it failed")
    assert scene.read().rows[0].last_error is None
    scene.clock.moved += COMPARE_EVERY + 1
    with caplog.at_level(logging.WARNING):
        assert scene.read().rows[0].last_error == "it failed"
    assert f"the records {web.id} had changed without a notification" in caplog.text


A_DAY = 86_400


def test_after_a_start_the_trend_has_the_hour_that_another_process_measured(scene: Scene) -> None:
    measured(a_container(vmid=101), 0.25)
    at = listed_now(scene, guest(101, name="web101", uptime=A_DAY, cpu=0.5))
    first, second = scene.read(), scene.read()
    assert first.trend(first.rows[0], at) == (None,) * (SLOTS - 1) + (0.5,), "the first list does not wait for it"
    assert second.trend(second.rows[0], at) == (0.25,) * (SLOTS - 1) + (0.5,)
    raw("DELETE FROM figures_minute")
    assert scene.read().trends is second.trends, "it is read once"


def test_what_was_measured_is_not_shown_of_a_guest_that_may_be_another(scene: Scene) -> None:
    sure, doubted, odd, young = (a_container(vmid=vmid) for vmid in (101, 102, 103, 104))
    for one in (sure, doubted, odd, young):
        measured(one, 0.25)
    records.observe([StatusUpdate(doubted.id, Status.UNKNOWN, Presence.REPLACED, "another guest", missing_since=AT)])
    names = {101: "web101", 102: "web102", 103: "db", 104: "web104"}
    guests = [guest(vmid, name=name, uptime=60 if vmid == 104 else A_DAY) for vmid, name in names.items()]
    at = listed_now(scene, *guests)
    scene.read()
    view = scene.read()
    assert {row.vmid for row in view.rows if any(view.trend(row, at))} == {101}


def test_kept_figures_that_cannot_be_read_leave_the_trend_as_it_is(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    a_container(vmid=101)
    at = listed_now(scene, guest(101, name="web101", uptime=A_DAY, cpu=0.5))
    scene.read()
    raw("ALTER TABLE figures_minute RENAME TO figures_lost")
    with caplog.at_level(logging.WARNING):
        view = scene.read()
    assert "the CPU of the last hour of prod could not be read" in caplog.text
    assert view.store_error is None
    assert view.trend(view.rows[0], at) == (None,) * (SLOTS - 1) + (0.5,)


def test_guests_are_counted_by_node_where_no_key_waits_for_it_once_the_first_list_is_shown(scene: Scene) -> None:
    counted = []
    for seconds in (0, 1):
        guests = GuestList[Any]({101: guest(101)})
        listed = inventory(taken_at=AT + timedelta(seconds=seconds))
        scene.context.pollers["prod"].latest = PollResult("prod", replace(listed, guests=guests))
        scene.read()
        counted.append(guests.node_counts is not None)
    assert counted == [False, True]
