"""The rows of each cluster: what cannot be read again stays, with its age and the reason; what is missing is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from proximity_tui.screens.lists.cluster_readings import ClusterReadings

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=4)


def test_what_was_never_read_is_being_read_or_says_why_not() -> None:
    readings: ClusterReadings[str] = ClusterReadings("task")
    assert readings.remark("lab", NOW) == "Reading the tasks of lab."
    assert readings.remark("lab", NOW, "lab does not answer: timeout.") == "lab does not answer: timeout."
    readings.fail("lab", "HTTP 500.")
    assert readings.remark("lab", NOW) == "The tasks of lab cannot be read: HTTP 500."
    assert readings.rows(["lab"]) == []


def test_old_rows_stay_and_have_their_age_until_they_are_read_again() -> None:
    readings: ClusterReadings[str] = ClusterReadings("template")
    readings.take("lab", ["a"], (), NOW)
    assert readings.remark("lab", LATER) is None
    readings.fail("lab", "HTTP 500")
    told = "The templates of lab cannot be read: HTTP 500. Its templates are shown as they were 4m ago."
    assert readings.remark("lab", LATER) == told
    assert readings.rows(["lab"]) == ["a"]
    assert readings.oldest(["lab"]) is None, "the remark has its age"
    readings.take("lab", ["b"], (), LATER)
    assert readings.remark("lab", LATER) is None
    assert readings.oldest(["lab", "prod"]) == LATER


def test_every_gap_is_counted() -> None:
    readings: ClusterReadings[str] = ClusterReadings("task")
    readings.take("lab", [], ["lab: pve1 is offline", "pve2 is offline"], NOW)
    assert readings.remark("lab", NOW) == "Not every task of lab can be read: pve1 is offline and 1 more."
