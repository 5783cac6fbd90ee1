"""When a job is due whose last run somebody else had, and when a second list that the silence of a cluster prevented is
taken once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.doctrine.reconciliation.verdict import Verdict, VerdictReason
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.jobs import next_run
from proximity_tui.core.model import Action, Container, Kind, Presence, State
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.observations import StatusUpdate

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
INTERVAL = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def opened(tmp_path: Path) -> Iterator[None]:
    store.open_store(f"sqlite:///{tmp_path}/proximity.db")
    yield
    store.close_store()


@pytest.mark.parametrize(
    ("minutes_ago", "due_in"),
    [(5, 10), (20, 0), (-120, 15)],
    ids=["not yet", "long ago", "in the future: the clock was set back since"],
)
def test_it_is_due_by_its_interval_and_never_later(minutes_ago: int, due_in: int) -> None:
    with time_machine.travel(NOON - timedelta(minutes=minutes_ago), tick=False):
        job_runs.finish(job_runs.start("janitor", "prod", "jump1:1:x", JobTrigger.SCHEDULE), JobOutcome.COMPLETE)
    found = next_run.after_takeover("janitor", "prod", NOON, interval=INTERVAL, confirm_after=timedelta(seconds=30))
    assert found == NOON + timedelta(minutes=due_in)


AGAIN = next_run.READ_AGAIN
MISSING, HALF = {"missing_since": NOON}, {"half_destroyed_since": NOON}


def recorded(**doubt: datetime) -> Container:
    """A container that we know, with its first look."""
    made = records.add(
        records.NewRecord(cluster="prod", vmid=101, node="pve1", name="web1", kind=Kind.ADOPTED, state=State.ADOPTING),
        actor="anna",
        action=Action.ADOPT,
        message="adopting",
    )
    return replace(made, **doubt)  # type: ignore[arg-type]


def tell(ours: Container) -> Alert:
    """Tell a person that it is half destroyed."""
    return alerts.raise_alert(
        AlertKind.HALF_DESTROYED, Severity.AMBER, cluster="prod", container=ours.id, message="half", evidence={}
    )


def silent(*containers: Container, decided_by: VerdictReason = VerdictReason.API) -> Report:
    """The report of a run to which a cluster said nothing."""
    verdicts = [Verdict(one, Presence.UNKNOWN, decided_by, "no answer") for one in containers]
    return Report("prod", JobOutcome.PARTIAL, (), tuple(verdicts))


@pytest.mark.parametrize(
    ("doubt", "told", "again"),
    [
        ({}, False, None),
        (MISSING, False, NOON + AGAIN),
        (HALF, False, NOON + AGAIN),
        (HALF, True, None),
        ({**HALF, **MISSING}, True, NOON + AGAIN),
    ],
    ids=["no doubt", "missing", "half destroyed", "half destroyed, and a person knows", "both"],
)
def test_a_second_list_without_an_answer_is_repeated_until_it_was_taken(
    doubt: dict[str, datetime], told: bool, again: datetime | None
) -> None:
    """What is known for days to be half destroyed does not make a run every half minute of an outage."""
    ours = recorded(**doubt)
    if told:
        tell(ours)
    assert next_run.after(silent(ours), NOON) == again
    assert next_run.after(silent(ours, decided_by=VerdictReason.PRESENT), NOON) is None


@pytest.mark.parametrize("acknowledged", [False, True])
def test_an_alert_that_somebody_acknowledged_is_known_all_the_same(acknowledged: bool) -> None:
    ours = recorded(**HALF)
    alert = tell(ours)
    if acknowledged:
        alerts.acknowledge(alert.id, "anna", "tomorrow")
    assert next_run.after(silent(ours), NOON) is None
    alerts.resolve(alert.id, "it is whole again")
    assert next_run.after(silent(ours), NOON) == NOON + AGAIN


def test_the_second_list_that_a_dead_process_missed_is_taken_at_once_by_who_takes_over() -> None:
    with time_machine.travel(NOON, tick=False):
        job_runs.finish(job_runs.start("reconciler", "prod", "jump1:1:x", JobTrigger.SCHEDULE), JobOutcome.COMPLETE)
        ours = recorded()
        records.observe([StatusUpdate(ours.id, None, Presence.UNKNOWN, half_destroyed_since=NOON)])
    now = NOON + timedelta(seconds=10)
    found = next_run.after_takeover("reconciler", "prod", now, interval=INTERVAL, confirm_after=AGAIN)
    assert found == NOON + AGAIN + next_run.CONFIRM_SLACK
