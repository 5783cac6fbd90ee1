"""A channel that was taken out of the configuration: its alert and its figures end, and never those of one in use."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from proximity_tui.core.alerting.removed_channels import UNTRIED, end_removed, stuck_channels
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.db.fields import now
from tests.support.records.notifying import an_alert

BEFORE = "jump1:10:daemon-aaaa"
"""The daemon that had the channel."""
AFTER = "jump1:20:daemon-bbbb"
"""The daemon of the same host after its restart."""


def refused(token: str = BEFORE) -> Alert:
    """A message that the channel did not take, and the alert about that."""
    told = an_alert()
    assert notifications.claim(told.id, "oncall", token) is not None
    notifications.failed(told.id, "oncall", "it answered 404", now() + timedelta(hours=1), token=token)
    return alerts.raise_alert(
        AlertKind.CHANNEL_FAILED, Severity.AMBER, name="oncall", message="it takes no messages", actor="notifier"
    )


def is_open(alert: Alert) -> bool:
    return alerts.get(alert.id).resolved_at is None


def test_the_daemon_of_the_host_that_starts_without_it_ends_it_with_an_event() -> None:
    failed = refused()
    end_removed({"chat"}, AFTER)
    assert alerts.get(failed.id).resolution == "the channel oncall was removed: no process uses it any more"
    [event] = [one for one in events.list_events() if one.action == EventAction.ALERT_RESOLVED]
    assert event.evidence["alert"] == failed.id
    assert stuck_channels({"chat"}, AFTER) == {}


@pytest.mark.parametrize(
    ("known", "owner"),
    [({"oncall"}, AFTER), (set(), "jump2:20:daemon-bbbb"), (set(), "jump1:20:bbbb")],
    ids=["it has the channel", "the daemon of another host", "screens on the same host"],
)
def test_who_may_have_another_configuration_ends_nothing(known: set[str], owner: str) -> None:
    failed = refused()
    end_removed(known, owner)
    assert is_open(failed)
    assert stuck_channels(known, owner) == {"oncall": 1}


def test_what_nobody_has_tried_for_long_is_used_by_nobody() -> None:
    failed = refused("jump1:10:aaaa")
    with time_machine.travel(now() + UNTRIED - timedelta(hours=1), tick=False):
        end_removed((), "jump2:30:cccc")
        assert is_open(failed)
    with time_machine.travel(now() + UNTRIED + timedelta(hours=1), tick=False):
        assert stuck_channels({"oncall"}, "jump2:30:cccc") == {"oncall": 1}
        end_removed((), "jump2:30:cccc")
        assert not is_open(failed)
        assert stuck_channels((), "jump2:30:cccc") == {}


def test_a_channel_with_nothing_to_send_is_not_untried() -> None:
    failed = refused("jump1:10:aaaa")
    for alert in alerts.open_alerts():
        alerts.acknowledge(alert.id, "anna@jump1", "seen")
    with time_machine.travel(now() + UNTRIED + timedelta(hours=1), tick=False):
        end_removed((), "jump2:30:cccc")
        assert is_open(failed), "nothing was due on it, so it may be used, and broken"
