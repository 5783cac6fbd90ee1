"""The messages about alerts: claimed by one process, once a channel, and due only while somebody waits for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from proximity_tui.core.model.alert import DeliveryState, Occasion, Severity
from proximity_tui.core.model.database_changes import ChangeKind
from proximity_tui.core.store import changes
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.alerts.outbox import NEWS, PATIENCE
from proximity_tui.core.store.db.fields import now
from tests.core.store.alerts.test_alerts import ME, RIVAL, an_alert

pytestmark = pytest.mark.usefixtures("opened")

BOTH = frozenset(Severity)
RED = frozenset({Severity.RED})


def due(channel: str = "oncall", severities: frozenset[Severity] = BOTH) -> list[int]:
    return [alert.id for alert in notifications.due(channel, severities)]


def test_an_alert_is_due_on_every_channel_that_takes_its_severity() -> None:
    red, amber = an_alert(), an_alert(vmid=102, severity=Severity.AMBER)
    assert (due(), due("team", RED)) == ([red.id, amber.id], [red.id])


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("wrong", [timedelta(minutes=5), -timedelta(minutes=5)], ids=["ahead", "behind"])
def test_hosts_whose_clocks_differ_send_nothing_twice(wrong: timedelta) -> None:
    """To one that is ahead the claim of another looks left behind, to one that is behind as one of the future."""
    alert = an_alert(notify=True)
    assert notifications.claim(alert.id, "oncall", ME)
    assert alerts.claim_notification(alert.id, ME)
    with time_machine.travel(now() + wrong, tick=True):
        assert due() == []
        assert notifications.claim(alert.id, "oncall", RIVAL) is None
        assert alerts.pending_notifications() == ()
        assert alerts.claim_notification(alert.id, RIVAL) is None


def test_a_message_is_claimed_once_and_is_settled_on_its_own_channel_alone() -> None:
    alert = an_alert()
    assert notifications.claim(alert.id, "oncall", ME)
    assert notifications.claim(alert.id, "oncall", RIVAL) is None
    notifications.delivered(alert.id, "oncall")
    assert (due("oncall"), due("team")) == ([], [alert.id])
    assert notifications.claim(alert.id, "oncall", ME, now() + timedelta(days=1)) is None
    notifications.claim(alert.id, "team", ME)
    assert notifications.stuck() == {"oncall": 0, "team": 1}
    delivery, _ = notifications.deliveries(alert.id).values()
    assert (delivery.state, delivery.attempts, delivery.error) == (DeliveryState.DELIVERED, 1, None)


def test_a_failure_is_due_again_when_its_time_comes_and_counts() -> None:
    alert = an_alert()
    notifications.claim(alert.id, "oncall", ME)
    notifications.failed(alert.id, "oncall", "it answered 500", now() + timedelta(minutes=1), token=RIVAL)
    assert notifications.deliveries(alert.id)["oncall"].state is DeliveryState.CLAIMED, "it is not the rival's claim"
    notifications.failed(alert.id, "oncall", "it answered 500", now() + timedelta(minutes=1), token=ME)
    assert due() == []
    later = now() + timedelta(minutes=2)
    assert [one.id for one in notifications.due("oncall", BOTH, later)] == [alert.id]
    again = notifications.claim(alert.id, "oncall", RIVAL, later)
    assert again is not None
    assert (again.attempts, again.error) == (2, "it answered 500")
    assert notifications.last_delivery("oncall") == again


@pytest.mark.parametrize("ends", ["unanswered", "killed"])
def test_law_5_a_message_that_may_have_arrived_is_one_whatever_its_later_attempts_say(ends: str) -> None:
    """It is known by a time of its own, and not by the words of an error: the next attempt has others."""
    alert, moment = an_alert(), now()
    first = notifications.claim(alert.id, "oncall", ME, moment)
    assert first is not None
    assert first.unanswered_at is None
    if ends == "unanswered":
        notifications.failed(alert.id, "oncall", "silence", moment, token=ME, unanswered=True)
    for number in range(1, 3):
        again = notifications.claim(alert.id, "oncall", RIVAL, moment + number * PATIENCE)
        assert again is not None
        assert again.unanswered_at == first.claimed_at
        notifications.failed(alert.id, "oncall", "it answered 500", moment, token=RIVAL)


def test_what_was_refused_for_certain_has_not_arrived() -> None:
    alert, moment = an_alert(), now()
    notifications.claim(alert.id, "oncall", ME, moment)
    notifications.failed(alert.id, "oncall", "it did not answer: so it says", moment, token=ME)
    again = notifications.claim(alert.id, "oncall", ME, moment)
    assert again is not None
    assert again.unanswered_at is None


def test_what_is_tried_again_later_has_not_arrived_yet() -> None:
    """Nothing of it may be sent now, and who asks what waits must not hear that nothing does."""
    alert = an_alert(notify=True)
    an_alert(vmid=102, severity=Severity.AMBER)
    alerts.claim_notification(alert.id, ME)
    notifications.claim(alert.id, "oncall", ME)
    for later in (None, now() + timedelta(hours=1)):
        if later is not None:
            alerts.failed(alert.id, "it answered 500", later, token=ME)
            notifications.failed(alert.id, "oncall", "it answered 500", later, token=ME)
        assert (alerts.pending_notifications(), due()) == ((), [2])
        assert alerts.undelivered_notifications() == 1
        assert (notifications.undelivered("oncall", BOTH), notifications.undelivered("oncall", RED)) == (2, 1)
    alerts.delivered(alert.id, alert.delivery.event_id or "")
    notifications.delivered(alert.id, "oncall")
    assert alerts.undelivered_notifications() == 0
    assert (notifications.undelivered("oncall", BOTH), notifications.undelivered("oncall", RED)) == (1, 0)


def test_a_claim_that_was_left_behind_is_due_after_a_minute_and_so_is_one_of_the_future() -> None:
    left, ahead = an_alert(), an_alert(vmid=102)
    notifications.claim(left.id, "oncall", ME)
    notifications.claim(ahead.id, "oncall", ME, now() + timedelta(hours=1))
    assert due() == [ahead.id]
    assert [one.id for one in notifications.due("oncall", BOTH, now() + PATIENCE)] == [left.id, ahead.id]


def test_nobody_is_told_of_what_is_acknowledged_over_or_old() -> None:
    seen, over, old = an_alert(), an_alert(vmid=102), an_alert(vmid=103)
    alerts.acknowledge(seen.id, "anna@jump1")
    alerts.resolve(over.id, "it came back")
    assert due() == [old.id]
    assert notifications.due("oncall", BOTH, now() + NEWS) == ()
    assert notifications.claim(seen.id, "oncall", ME) is None
    assert notifications.claim(over.id, "oncall", ME) is None


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_an_alert_that_a_host_raised_whose_clock_is_far_behind_is_sent_all_the_same() -> None:
    with time_machine.travel(now() - timedelta(days=30), tick=True):
        alert = an_alert(notify=True)
    assert due() == [alert.id]
    assert [one.id for one in alerts.pending_notifications()] == [alert.id]
    notifications.claim(alert.id, "oncall", ME)
    notifications.delivered(alert.id, "oncall")
    with time_machine.travel(now() - timedelta(days=30), tick=True):
        alerts.resolve(alert.id, "it came back")
    assert [one.id for one in notifications.ended("oncall", BOTH)] == [alert.id]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_alert_that_was_raised_before_the_clock_was_set_right_is_sent_all_the_same() -> None:
    """It follows one that is younger by its time: so its own time is wrong, and how old it is is not known."""
    with time_machine.travel(now() - timedelta(days=20), tick=True):
        old = an_alert(notify=True)
    with time_machine.travel(now() - timedelta(days=9000), tick=True):
        alert = an_alert(notify=True, vmid=102)
    assert due() == [alert.id]
    assert [one.id for one in alerts.pending_notifications()] == [alert.id]
    assert alerts.undelivered_notifications() == 1
    assert alerts.claim_notification(alert.id, ME)
    assert alerts.claim_notification(old.id, ME) is None


def test_what_becomes_of_a_message_is_a_change_of_its_alert() -> None:
    alert = an_alert()
    before = changes.latest()
    notifications.claim(alert.id, "oncall", ME)
    changed = changes.since(before)
    assert changed.complete
    assert changed.numbers(ChangeKind.ALERT) == {alert.id}


def test_nobody_is_told_that_an_alert_is_over_that_became_red() -> None:
    amber = an_alert(severity=Severity.AMBER)
    notifications.claim(amber.id, "oncall", ME)
    notifications.delivered(amber.id, "oncall")
    red = an_alert()
    assert (due(), notifications.ended("oncall", BOTH)) == ([red.id], ())
    assert notifications.claim(amber.id, "oncall", ME, occasion=Occasion.RESOLVED) is None
    notifications.claim(red.id, "oncall", ME)
    notifications.delivered(red.id, "oncall")
    alerts.resolve(red.id, "it came back")
    assert [one.id for one in notifications.ended("oncall", BOTH)] == [red.id]


@pytest.mark.parametrize("ends", ["unanswered", "killed"])
def test_law_5_the_end_of_an_alert_whose_message_may_have_arrived_is_due(ends: str) -> None:
    """Who may have been woken by it is told that it is over; but not while it is on its way."""
    alert, moment = an_alert(), now()
    notifications.claim(alert.id, "oncall", ME, moment)
    alerts.resolve(alert.id, "it came back")
    assert notifications.ended("oncall", BOTH, moment) == ()
    assert notifications.claim(alert.id, "oncall", RIVAL, moment, occasion=Occasion.RESOLVED) is None

    if ends == "unanswered":
        notifications.failed(alert.id, "oncall", "silence", moment + PATIENCE, token=ME, unanswered=True)
    later = moment if ends == "unanswered" else moment + PATIENCE
    assert [one.id for one in notifications.ended("oncall", BOTH, later)] == [alert.id]
    assert notifications.claim(alert.id, "oncall", RIVAL, later, occasion=Occasion.RESOLVED)
    assert notifications.due("oncall", BOTH, later + PATIENCE) == ()


def test_the_end_of_an_alert_whose_message_was_refused_for_certain_is_not_due() -> None:
    alert, moment = an_alert(), now()
    notifications.claim(alert.id, "oncall", ME, moment)
    notifications.failed(alert.id, "oncall", "it answered 500", moment, token=ME)
    alerts.resolve(alert.id, "it came back")
    assert notifications.ended("oncall", BOTH, moment + PATIENCE) == ()
    assert notifications.claim(alert.id, "oncall", ME, moment + PATIENCE, occasion=Occasion.RESOLVED) is None


def test_an_end_is_due_only_where_the_alert_was_delivered_once_and_for_a_day() -> None:
    alert = an_alert()
    for channel in ("told", "tried"):
        notifications.claim(alert.id, channel, ME)
    notifications.delivered(alert.id, "told")
    assert notifications.ended("told", BOTH) == ()
    assert notifications.claim(alert.id, "told", ME, occasion=Occasion.RESOLVED) is None, "it is not over"
    alerts.acknowledge(alert.id, "anna@jump1")
    alerts.resolve(alert.id, "it came back")

    assert [one.id for one in notifications.ended("told", BOTH)] == [alert.id]
    assert notifications.ended("told", frozenset({Severity.AMBER})) == ()
    assert notifications.ended("told", BOTH, now() + notifications.NEWS_OF_AN_END) == ()
    for channel in ("tried", "never"):
        assert notifications.ended(channel, BOTH) == ()
        assert notifications.claim(alert.id, channel, ME, occasion=Occasion.RESOLVED) is None

    assert notifications.claim(alert.id, "told", ME, occasion=Occasion.RESOLVED)
    assert notifications.claim(alert.id, "told", RIVAL, occasion=Occasion.RESOLVED) is None
    notifications.delivered(alert.id, "told", Occasion.RESOLVED)
    assert notifications.ended("told", BOTH) == ()
    assert notifications.stuck() == {"told": 0, "tried": 0}
    last = notifications.last_delivery("told")
    assert last is not None
    assert (last.channel, last.occasion, last.state) == ("told", Occasion.RESOLVED, DeliveryState.DELIVERED)
