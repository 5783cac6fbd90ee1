"""When a job is due whose last run somebody else had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.jobs import next_run
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.store.jobs import job_runs

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
