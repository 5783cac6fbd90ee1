"""Alerts: one for one anomaly however often it is seen, answered by people, never deleted, never sent twice."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.secret import REDACTED, Secret
from proximity_tui.core.model.alert import BECAME_RED, Alert, AlertKind, DeliveryState, Severity
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts, outbox
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.store_errors import Conflict, RecordNotFound, StoreError
from tests.core.store.making import ANNA, a_container, close, raw

pytestmark = pytest.mark.usefixtures("opened")

ME, RIVAL = "jump1:10:aa", "jump2:20:bb"


def an_alert(**given: Any) -> Alert:
    """An anomalous orphan called web1; anything may be given otherwise."""
    values: dict[str, Any] = {
        "kind": AlertKind.ANOMALOUS_ORPHAN,
        "severity": Severity.RED,
        "cluster": "prod",
        "vmid": 101,
        "name": "web1",
        "message": "web1 was destroyed, not by us",
        "evidence": {"last_seen": "02:41"},
    }
    values.update(given)
    return alerts.raise_alert(values.pop("kind"), values.pop("severity"), **values)


def actions() -> list[str]:
    return [event.action for event in reversed(events.list_events())]


def test_a_repeat_counts_and_is_told_as_it_is_now_and_is_no_second_event() -> None:
    first = an_alert()
    for _ in range(10):
        again = an_alert(message="worded otherwise this time", evidence={"third": "certificate"})
    assert (again.id, again.count, again.message) == (first.id, 11, "worded otherwise this time")
    assert again.evidence == {**first.evidence, "third": "certificate"}
    assert again.last_seen_at > first.last_seen_at
    assert again.opened_at == first.opened_at
    assert actions() == ["alert"]


def test_a_red_alert_is_one_critical_line_of_the_log_for_who_watches_that_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An anomalous orphan has a line with the words of the doctrine already."""
    red = an_alert(kind=AlertKind.REPLACED, message="web1 is another guest now")
    an_alert(kind=AlertKind.REPLACED)
    an_alert(kind=AlertKind.UNREACHABLE, severity=Severity.AMBER)
    an_alert()
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == [f"RED ALERT {red.id} (replaced): web1 is another guest now"]


def test_a_red_alert_that_was_rolled_back_is_no_line(caplog: pytest.LogCaptureFixture) -> None:
    def rolled_back() -> None:
        with store.transaction():
            an_alert(kind=AlertKind.REPLACED)
            raise StoreError("disk full")

    with pytest.raises(StoreError, match="disk full"):
        rolled_back()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_what_becomes_worse_is_a_new_alert_that_waits_for_a_person_and_for_sentry() -> None:
    amber = an_alert(severity=Severity.AMBER, message="the certificate ends in 1d")
    alerts.acknowledge(amber.id, ANNA)
    red = an_alert(notify=True, message="the certificate ended 1h ago")
    assert alerts.get(amber.id).resolution == BECAME_RED
    assert alerts.open_alerts() == (red,)
    assert (red.severity, red.count, red.message) == (Severity.RED, 1, "the certificate ended 1h ago")
    assert alerts.pending_notifications() == (red,)
    assert actions() == ["alert", "alert-acknowledged", "alert-resolved", "alert"]
    again = an_alert(severity=Severity.AMBER)
    assert (again.id, again.severity, again.count) == (red.id, Severity.RED, 2), "red stays red until it is over"


def test_another_kind_record_or_cluster_is_another_alert() -> None:
    container = a_container()
    different = [
        an_alert(),
        an_alert(kind=AlertKind.REPLACED),
        an_alert(cluster="lab"),
        an_alert(vmid=102),
        an_alert(container=container.id),
    ]
    assert len({alert.id for alert in different}) == 5
    assert {alert.id for alert in alerts.open_alerts("prod")} == {alert.id for alert in different} - {different[2].id}


def test_acknowledging_keeps_who_when_and_why_and_closes_without_deleting() -> None:
    alert = an_alert()
    seen = alerts.acknowledge(alert.id, ANNA, "restored from backup")
    assert seen.acknowledged is not None
    assert (seen.acknowledged.by, seen.acknowledged.note) == (ANNA, "restored from backup")
    assert seen.acknowledged.at >= alert.opened_at
    assert not seen.is_open
    assert alerts.open_alerts() == ()
    assert alerts.all_alerts() == (seen,)
    event = events.list_events()[0]
    assert (event.action, event.actor, event.evidence["note"]) == ("alert-acknowledged", ANNA, "restored from backup")


def test_who_acknowledges_second_is_told_who_was_first() -> None:
    alert = an_alert()
    alerts.acknowledge(alert.id, ANNA)
    with pytest.raises(Conflict, match=ANNA):
        alerts.acknowledge(alert.id, "bert@jump2")
    with pytest.raises(RecordNotFound):
        alerts.acknowledge(alert.id + 1, ANNA)


def test_what_a_person_acknowledged_is_not_told_again_while_it_lasts() -> None:
    alert = an_alert(kind=AlertKind.UNREACHABLE, vmid=None, name=None)
    alerts.acknowledge(alert.id, ANNA)
    again = an_alert(kind=AlertKind.UNREACHABLE, vmid=None, name=None)
    assert (again.id, again.count) == (alert.id, 2)
    assert alerts.open_alerts() == ()


def test_n60_the_same_guest_vanishing_anew_is_a_new_alert() -> None:
    first = close(a_container(101))
    old = an_alert(container=first.id)
    alerts.acknowledge(old.id, ANNA)
    adopted_again = close(a_container(101, predecessor=first.id))
    new = an_alert(container=adopted_again.id)
    assert new.id != old.id
    assert (new.count, new.name, new.vmid) == (1, old.name, old.vmid)
    assert alerts.open_alerts() == (new,)


def test_what_was_over_and_begins_again_is_a_new_alert() -> None:
    old = an_alert(kind=AlertKind.REPLACED)
    alerts.acknowledge(old.id, ANNA)
    alerts.resolve(old.id, "the recorded guest is back")
    new = an_alert(kind=AlertKind.REPLACED)
    assert (new.id != old.id, new.count) == (True, 1)


def test_resolving_by_key_ends_what_is_there_and_minds_nothing_that_is_not() -> None:
    key = alerts.key_of(AlertKind.UNREACHABLE, cluster="prod")
    assert alerts.resolve(key, "it answers again") is None
    alert = an_alert(kind=AlertKind.UNREACHABLE, vmid=None, name=None)
    resolved = alerts.resolve(key, "it answers again")
    assert resolved is not None
    assert (resolved.id, resolved.resolution, resolved.is_open) == (alert.id, "it answers again", False)
    assert alerts.resolve(alert.id, "once more") == resolved
    assert actions() == ["alert", "alert-resolved"]


def test_evidence_found_later_is_added() -> None:
    alert = alerts.merge_evidence(an_alert().id, {"destroyed_by": "root@pam"})
    assert alert.evidence == {"last_seen": "02:41", "destroyed_by": "root@pam"}


def test_the_red_ones_come_first() -> None:
    red = an_alert()
    amber = an_alert(kind=AlertKind.UNREACHABLE, severity=Severity.AMBER)
    newer = an_alert(vmid=102)
    assert alerts.open_alerts() == (newer, red, amber)


def test_a_record_knows_its_alerts() -> None:
    container = a_container()
    alert = an_alert(container=container.id)
    an_alert(vmid=300)
    assert alerts.for_container(container.id) == (alert,)


def test_text_from_outside_is_made_plain_and_secrets_are_taken_out() -> None:
    Secret("hunter2-hunter2", "the tests")
    alert = an_alert(name="web\x1b[31m", message="the token hunter2-hunter2 was refused")
    assert alert.name == "web␛[31m"
    assert alert.message == f"the token {REDACTED} was refused"


def test_the_database_refuses_to_delete_an_alert() -> None:
    an_alert()
    with pytest.raises(StoreError, match="never deleted"):
        raw("DELETE FROM alert")


def test_alert_and_event_are_written_together_or_not_at_all() -> None:
    def broken_run() -> None:
        with store.transaction():
            an_alert()
            assert (len(alerts.all_alerts()), actions()) == (1, ["alert"])
            raise RuntimeError("the job fails after the alert")

    with pytest.raises(RuntimeError):
        broken_run()
    assert alerts.all_alerts() == ()
    assert events.list_events() == ()


class TestOutbox:
    """Delivery to Sentry: owed by the row, claimed by one, final once it arrived."""

    @pytest.fixture
    def owed(self) -> Alert:
        return an_alert(notify=True)

    def test_only_what_was_asked_for_is_owed(self, owed: Alert) -> None:
        assert an_alert(vmid=102).delivery.state is DeliveryState.NONE
        assert alerts.pending_notifications() == (owed,)
        assert owed.delivery.event_id is not None

    def test_a_repeat_owes_nothing_more(self, owed: Alert) -> None:
        claimed = alerts.claim_notification(owed.id, ME)
        assert claimed is not None
        alerts.delivered(owed.id, claimed.delivery.event_id or "")
        for _ in range(10):
            an_alert(notify=True)
        assert alerts.pending_notifications() == ()

    def test_of_two_who_claim_it_one_gets_it(self, owed: Alert) -> None:
        won = alerts.claim_notification(owed.id, ME)
        assert won is not None
        assert (won.delivery.state, won.delivery.attempts) == (DeliveryState.CLAIMED, 1)
        assert alerts.claim_notification(owed.id, RIVAL) is None

    def test_the_claim_of_a_dead_process_passes_on_with_the_same_event(self, owed: Alert) -> None:
        alerts.claim_notification(owed.id, ME)
        later = now() + outbox.PATIENCE + timedelta(seconds=1)
        assert [alert.id for alert in alerts.pending_notifications(later)] == [owed.id]
        again = alerts.claim_notification(owed.id, RIVAL, later)
        assert again is not None
        assert (again.delivery.event_id, again.delivery.attempts) == (owed.delivery.event_id, 2)

    def test_a_failure_is_told_and_tried_again_when_it_is_time(self, owed: Alert) -> None:
        alerts.claim_notification(owed.id, ME)
        retry_at = now() + timedelta(seconds=30)
        alerts.failed(owed.id, "connection refused", retry_at, token=ME)
        delivery = alerts.get(owed.id).delivery
        assert (delivery.state, delivery.error, delivery.retry_at) == (
            DeliveryState.FAILED,
            "connection refused",
            retry_at,
        )
        assert alerts.claim_notification(owed.id, ME) is None
        assert alerts.claim_notification(owed.id, ME, retry_at) is not None

    @pytest.mark.parametrize("refused", [True, False], ids=["which was refused", "whose claim died"])
    def test_n68_a_clock_that_is_set_back_delays_no_message(self, owed: Alert, refused: bool) -> None:
        alerts.claim_notification(owed.id, ME)
        if refused:
            alerts.failed(owed.id, "connection refused", now() + timedelta(seconds=30), token=ME)
        assert alerts.claim_notification(owed.id, RIVAL, now() - timedelta(seconds=2)) is None, "clocks differ a little"
        assert alerts.claim_notification(owed.id, RIVAL, now() - timedelta(hours=1)) is not None

    def test_n68_a_clock_that_is_set_back_sends_nothing_twice(self, owed: Alert) -> None:
        alerts.claim_notification(owed.id, ME)
        alerts.delivered(owed.id, owed.delivery.event_id or "")
        assert alerts.claim_notification(owed.id, RIVAL, now() - timedelta(hours=1)) is None

    def test_a_late_failure_spoils_neither_a_delivery_nor_another_claim(self, owed: Alert) -> None:
        alerts.claim_notification(owed.id, ME)
        alerts.failed(owed.id, "late", now(), token=RIVAL)
        assert alerts.get(owed.id).delivery.state is DeliveryState.CLAIMED
        alerts.delivered(owed.id, owed.delivery.event_id or "")
        alerts.failed(owed.id, "late", now(), token=ME)
        assert alerts.get(owed.id).delivery.state is DeliveryState.DELIVERED

    def test_delivery_is_of_this_very_event_and_final(self, owed: Alert) -> None:
        alerts.delivered(owed.id, "f" * 32)
        assert alerts.get(owed.id).delivery.state is DeliveryState.PENDING
        alerts.delivered(owed.id, owed.delivery.event_id or "")
        first = alerts.get(owed.id)
        alerts.delivered(owed.id, owed.delivery.event_id or "")
        assert alerts.get(owed.id) == first
        assert first.delivery.delivered_at is not None

    def test_old_news_is_not_sent(self, owed: Alert) -> None:
        assert alerts.pending_notifications(owed.opened_at + outbox.NEWS) == ()
