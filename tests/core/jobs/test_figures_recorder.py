"""The recorder of figures: once a minute, by the holder of the lease alone, and never to the harm of a poll."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from proximity_tui.core import store
from proximity_tui.core.alerting.next_steps import next_steps
from proximity_tui.core.alerting.step_facts import StepFacts
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.jobs.figures_recorder import FiguresRecorder, UsageAlerts
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.lease import LeaseTimes
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.guests.figures import MINUTE, FigurePoint
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.figures.history import series
from proximity_tui.core.store.records.known import KnownRecords
from proximity_tui.core.store.schema.figure_tables import FiguresMinuteRow
from tests.support.house import AheadClock, House
from tests.support.servers.databases import both_databases
from tests.support.timing.waiting import until

RUNNING = 101


@pytest.fixture
def house_clock() -> AheadClock:
    return AheadClock()


@pytest.fixture
def jobs(house: House) -> Iterator[Jobs]:
    """The jobs of a process that has the lease, and keeps it however long the machine stands still."""
    settings = JobSettings(lease=LeaseTimes(ttl=timedelta(minutes=10)))
    jobs = Jobs(house.clients, settings, "jump1:1:first", house.clock)
    jobs.start()
    until(lambda: jobs.ready("lab"))
    yield jobs
    jobs.stop(30.0)


def minutes(of: Container, house: House) -> int:
    """How many minutes are kept of a container, whether or not their hour is over and folded by now."""
    now = house.clock.now()
    kept = series([of.id], ["lab"], now - timedelta(hours=2), now + timedelta(minutes=1), MINUTE, ("cpu",))
    return sum(value is not None for value in kept[of.id].columns["cpu"]) if of.id in kept else 0


def ahead(house: House, seconds: float) -> None:
    assert isinstance(house.clock, AheadClock)
    house.clock.ahead += seconds


@both_databases
def test_a_minute_is_recorded_once_by_whoever_has_the_lease(house: House, jobs: Jobs) -> None:
    adopted = house.adopted(RUNNING)
    known = KnownRecords()
    recorder = FiguresRecorder(jobs, known)
    waiting = Jobs(house.clients, JobSettings(), "jump2:2:second", house.clock)
    looking = Jobs(house.clients, JobSettings(read_only=True), "jump1:1:first", house.clock)
    for _ in range(2):
        result = house.poller()
        for each in (recorder, FiguresRecorder(waiting, known), FiguresRecorder(looking, known)):
            each.polled(result)
            each.polled(result)
        ahead(house, MINUTE)
    until(lambda: minutes(adopted, house) == 2)
    begin = result.inventory.taken_at if result.inventory is not None else house.clock.now()
    now = house.clock.now()
    kept = series([adopted.id], ["lab"], begin, now, MINUTE)[adopted.id]
    assert kept.columns["cpu"][0] is not None
    assert kept.columns["netin"][0] is not None, "the second reading has a rate"
    assert kept.maxmem is not None


@both_databases
def test_a_figure_above_its_threshold_is_one_alert_that_ends_by_itself(house: House, jobs: Jobs) -> None:
    adopted = house.adopted(RUNNING)
    kind, cluster = AlertKind.MEMORY_HIGH, "lab"
    usual = UsageLimits(mem=0.0001, disk=None, after=2, calm=1)

    def poll(recorder: UsageAlerts) -> None:
        known = KnownRecords().of(cluster).records
        point = FigurePoint(house.clock.now(), mem=50, maxmem=100)
        recorder.judge(cluster, known, {adopted.id: point}, store.transaction)

    of_one, of_another = UsageAlerts(usual), UsageAlerts(usual)
    for _ in range(4):
        poll(of_one)
    for _ in range(3):
        poll(of_another)
    (alert,) = alerts.open_of_kind(kind, cluster)
    assert (alert.count, alert.severity, alert.container) == (1, Severity.AMBER, adopted.id)
    assert next_steps(alert, StepFacts("token"), held=False)
    poll(UsageAlerts(UsageLimits(mem=0.9, calm=1)))
    (over,) = alerts.for_container(adopted.id)
    assert over.resolution == "it was below 85% long enough"


def test_law_8_readings_before_and_after_a_pause_are_not_in_a_row(house: House, jobs: Jobs) -> None:
    """The host slept over night: nobody knows of those eight hours whether the memory was full."""
    adopted = house.adopted(RUNNING)
    usage = UsageAlerts(UsageLimits(mem=0.9, disk=None, after=2))
    for pause, begun in ((0, 0), (8 * 3600, 0), (MINUTE, 1)):
        ahead(house, pause)
        point = FigurePoint(house.clock.now(), mem=95, maxmem=100)
        usage.judge("lab", KnownRecords().of("lab").records, {adopted.id: point}, store.transaction)
        assert len(alerts.open_of_kind(AlertKind.MEMORY_HIGH, "lab")) == begun


def test_what_could_not_be_written_is_written_with_the_next_minute(house: House, jobs: Jobs) -> None:
    adopted = house.adopted(RUNNING)
    recorder = FiguresRecorder(jobs, KnownRecords())
    recorder.polled(house.poller())
    until(lambda: minutes(adopted, house) == 1)
    with store.transaction():
        FiguresMinuteRow._meta.database.execute_sql("ALTER TABLE figures_minute RENAME TO away")
    ahead(house, MINUTE)
    polled = house.poller()
    assert polled.healthy
    assert polled.store_error is None
    recorder.polled(polled)
    recorder._thread.submit(lambda: None).result()
    with store.transaction():
        FiguresMinuteRow._meta.database.execute_sql("ALTER TABLE away RENAME TO figures_minute")
    ahead(house, MINUTE)
    recorder.polled(house.poller())
    until(lambda: minutes(adopted, house) == 3)
