"""What a person is told: on every screen first, in Sentry once, and never twice what he has said he knows."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import Alert, AlertKind, DeliveryState, Severity
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import Conflict
from proximity_tui.core.store.jobs import breakers
from tests.support.house import House
from tests.support.records.notifying import ME, RIVAL, delivering, state_of
from tests.support.servers.databases import both_databases
from tests.support.servers.sentry_receiver import SentryReceiver, nobody_listens, sentry_receiver
from tests.support.timing.waiting import until


@pytest.fixture
def receiver() -> Iterator[SentryReceiver]:
    """Sentry, as far as it can be told over loopback HTTP."""
    with sentry_receiver() as listening:
        yield listening


def vanish(house: House, *vmids: int) -> list[Alert]:
    """Adopt containers, let somebody destroy them, and reconcile until it is proved."""
    ours = [house.adopted(vmid, port=80) for vmid in vmids]
    house.reconcile()
    for vmid in vmids:
        house.simulator.world.destroy_outside(vmid, user="mallory@pve")
    house.reconcile_twice()
    return [alert_of(one) for one in ours]


def alert_of(container: Container) -> Alert:
    (found,) = alerts.for_container(container.id)
    return found


def all_delivered(raised: list[Alert]) -> bool:
    return all(state_of(alert) is DeliveryState.DELIVERED for alert in raised)


def test_n59_ten_more_runs_see_the_same_and_it_stays_one_alert(house: House, receiver: SentryReceiver) -> None:
    ours = house.adopted(101)
    house.reconcile()
    house.simulator.world.recreate_outside(101, hostname="intruder")
    house.simulator.world.broadcast()
    with delivering(receiver.dsn):
        house.reconcile()
        first = alert_of(ours)
        for _ in range(10):
            house.reconcile()
        until(lambda: all_delivered([first]))
        again = alert_of(ours)
    assert (again.id, again.count) == (first.id, 11)
    assert again.last_seen_at > first.last_seen_at
    assert len(receiver.events) == 1
    assert len([event for event in events.list_events(container=ours.id) if event.action == "alert"]) == 1


@both_databases
def test_n60_acknowledged_and_then_a_new_anomaly_is_a_new_alert(house: House) -> None:
    ours = house.adopted(101)
    house.reconcile()
    with house.simulator.world.entered() as cluster:
        original = cluster.guests[101]
    house.simulator.world.recreate_outside(101, hostname="intruder")
    house.simulator.world.broadcast()
    house.reconcile()
    first = alert_of(ours)
    alerts.acknowledge(first.id, "anna@jump1", "asking mallory")
    house.reconcile()
    assert alert_of(ours).count == 2, "what she has said she knows is only counted"

    house.simulator.world.destroy_outside(101)
    with house.simulator.world.entered() as cluster:
        cluster.add_guest(original)
    house.simulator.world.broadcast()
    house.reconcile()
    assert alerts.get(first.id).resolution == "the recorded guest is back"
    house.simulator.world.recreate_outside(101, hostname="intruder")
    house.simulator.world.broadcast()
    house.reconcile()
    second, _ = alerts.for_container(ours.id)
    assert second.id != first.id
    assert second.is_open


def test_n60_adopted_again_and_vanished_again_is_a_new_alert(house: House) -> None:
    (first,) = vanish(house, 101)
    alerts.acknowledge(first.id, "anna@jump1", "restoring it")
    house.simulator.world.restore(101)
    house.simulator.world.broadcast()
    (second,) = vanish(house, 101)
    assert second.id != first.id
    assert second.is_open


@pytest.mark.parametrize("sentry", ["off", "unreachable"])
def test_n91_without_sentry_the_alert_is_the_same(house: House, sentry: str) -> None:
    dsn = None if sentry == "off" else nobody_listens()
    with delivering(dsn) as notifier:
        (alert,) = vanish(house, 101)
        notifier.want()
        if dsn is not None:
            until(lambda: state_of(alert) is DeliveryState.FAILED)
    assert (alert.severity, alert.kind, alert.is_open) == (Severity.RED, "anomalous_orphan", True)
    assert alert.message.endswith("by mallory@pve, not by us")
    assert alerts.open_alerts()[0].id == alert.id


def test_n91_a_mute_sentry_holds_no_reconciliation_back(house: House, receiver: SentryReceiver) -> None:
    receiver.mute.set()
    with delivering(receiver.dsn) as notifier:
        (alert,) = vanish(house, 101)
        notifier.want()
        until(lambda: state_of(alert) is DeliveryState.CLAIMED)
        assert house.reconcile().errors == (), "runs go on while Sentry says nothing"
        receiver.closing.set()


def test_n92_exactly_one_event_per_anomaly_although_our_log_is_loud(
    house: House, receiver: SentryReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    with delivering(receiver.dsn), caplog.at_level(logging.INFO):
        raised = vanish(house, 101)
        until(lambda: all_delivered(raised))
    assert len([record for record in caplog.records if record.levelno == logging.CRITICAL]) == 1
    assert len(receiver.events) == 1
    assert receiver.events[0]["event_id"] == raised[0].delivery.event_id


def test_n93_two_orphans_are_two_issues_with_tags_and_evidence(house: House, receiver: SentryReceiver) -> None:
    with delivering(receiver.dsn):
        raised = vanish(house, 101, 102)
        until(lambda: all_delivered(raised))
    first, second = sorted(receiver.events, key=lambda event: event["tags"]["vmid"])
    assert first["fingerprint"] != second["fingerprint"]
    assert (first["level"], second["level"]) == ("error", "error")
    assert first["tags"] == {
        "cluster": "lab", "node": "pve1", "vmid": "101", "kind": "adopted", "anomaly_type": "anomalous_orphan",
    }  # fmt: skip
    evidence = first["contexts"]["evidence"]
    assert (evidence["who"], evidence["last_status"], evidence["state"]) == ("mallory@pve", "running", "running")
    assert evidence["config"]["hostname"] == "web-1"
    assert house.simulator.token_secret.encode() not in b"".join(receiver.requests)


def test_n46_a_crash_before_sentry_delivers_once_and_later(house: House, receiver: SentryReceiver) -> None:
    """The process that concluded it died at once; two others find what it left."""
    raised = vanish(house, 101)
    store.close_store()
    store.open_store(house.database)
    with delivering(receiver.dsn, ME), delivering(receiver.dsn, RIVAL):
        until(lambda: all_delivered(raised))
    assert [event["event_id"] for event in receiver.events] == [raised[0].delivery.event_id]


@both_databases
def test_n94_an_alert_survives_a_restart(house: House) -> None:
    (alert,) = vanish(house, 101)
    store.close_store()
    store.open_store(house.database)
    assert alerts.open_alerts() == (alert,)


@both_databases
def test_n95_acknowledging_keeps_who_when_and_why_and_deletes_nothing(house: House) -> None:
    (alert,) = vanish(house, 101)
    seen = alerts.acknowledge(alert.id, "anna@jump1", "mallory was asked")
    assert seen.acknowledged is not None
    assert (seen.acknowledged.by, seen.acknowledged.note) == ("anna@jump1", "mallory was asked")
    assert seen.acknowledged.at >= alert.opened_at
    assert alerts.open_alerts() == ()
    assert alerts.get(alert.id).evidence == alert.evidence
    with pytest.raises(Conflict, match="anna@jump1"):
        alerts.acknowledge(alert.id, "bert@jump2")
    assert events.verify().whole
    last, *_ = events.list_events(container=alert.container)
    assert (last.action, last.actor) == ("alert-acknowledged", "anna@jump1")


def test_n96_a_storm_is_one_message(house: House, receiver: SentryReceiver) -> None:
    vmids = (101, 102, 103, 104, 110, 111)
    with delivering(receiver.dsn):
        for vmid in vmids:
            house.adopted(vmid)
        house.reconcile()
        for vmid in vmids:
            house.simulator.world.destroy_outside(vmid)
        for _ in range(4):
            house.reconcile()
        (alert,) = alerts.all_alerts()
        until(lambda: all_delivered([alert]))
    assert alert.kind == AlertKind.MASS_DISAPPEARANCE
    assert alert.message.startswith("6 of 6 in lab are missing at once: held")
    assert alert.evidence["missing"] == [
        "web-1", "web-2", "web-3", "proxy", "postgres-primary", "postgres-replica",
    ]  # fmt: skip
    assert len(receiver.events) == 1
    assert breakers.state("lab") is not None
