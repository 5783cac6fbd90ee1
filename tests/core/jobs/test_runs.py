"""Runs of one process: never two of a job at once, and one more where that was asked for meanwhile."""

from __future__ import annotations

from proximity_tui.core.jobs.runs import RunSlots
from tests.support.records.make import NOON


def test_a_slot_takes_one_run_and_says_when_it_is_over_whether_one_more_was_asked_for() -> None:
    slots = RunSlots()
    assert not slots.run_again("reconciler", "lab"), "nothing runs that would have to be made again"
    assert slots.claim("reconciler", "lab", NOON)
    assert not slots.claim("reconciler", "lab", NOON)
    assert slots.claim("reconciler", "prod", NOON)
    assert slots.since("reconciler", "lab") == NOON
    assert slots.run_again("reconciler", "lab")
    assert slots.free("reconciler", "lab")
    assert slots.since("reconciler", "lab") is None
    assert not slots.free("reconciler", "prod")
