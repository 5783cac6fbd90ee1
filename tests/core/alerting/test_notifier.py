"""Sentry: told once of each alert, in full but without a secret, and never waited for."""

import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.alerting import attempt
from proximity_tui.core.alerting.notifier import LEFT_TO_THE_HOLDER, Notifier
from proximity_tui.core.alerting.sentry_target import SentryProject
from proximity_tui.core.base.secret import REDACTED, Secret
from proximity_tui.core.model.alert import Alert, DeliveryState, Severity
from proximity_tui.core.store.alerts import alerts, outbox
from proximity_tui.core.store.db.fields import now
from tests.support.records.notifying import EVIDENCE, ME, RIVAL, an_alert, delivering, state_of
from tests.support.servers.sentry_receiver import SentryReceiver, nobody_listens, sentry_receiver
from tests.support.servers.trickle import trickle
from tests.support.timing.meddling import full_disk
from tests.support.timing.waiting import LONGEST, until


@pytest.fixture
def receiver() -> Iterator[SentryReceiver]:
    with sentry_receiver() as listening:
        yield listening


def sent(receiver: SentryReceiver, *raised: Alert) -> list[dict[str, Any]]:
    """Deliver the alerts and return what came."""
    with delivering(receiver.dsn):
        until(lambda: all(state_of(alert) is DeliveryState.DELIVERED for alert in raised))
    return receiver.events


def test_an_alert_arrives_with_all_that_tells_it_apart(receiver: SentryReceiver) -> None:
    alert = an_alert()
    (event,) = sent(receiver, alert)
    assert event["event_id"] == alert.delivery.event_id
    assert event["level"] == "error"
    assert event["message"] == "grafana was destroyed, not by us"
    assert event["fingerprint"] == ["anomalous_orphan", "prod", "105"]
    assert event["tags"] == {
        "cluster": "prod",
        "node": "pve2",
        "vmid": "105",
        "kind": "adopted",
        "anomaly_type": "anomalous_orphan",
    }
    assert event["contexts"]["evidence"] == EVIDENCE
    assert (event["contexts"]["alert"]["id"], event["environment"]) == (alert.id, "production")


def test_nothing_is_in_the_event_that_was_not_put_there(receiver: SentryReceiver) -> None:
    (event,) = sent(receiver, an_alert())
    assert set(event) == {
        "contexts", "environment", "event_id", "fingerprint", "level", "logger", "message", "platform", "release",
        "sdk", "server_name", "tags", "timestamp",
    }  # fmt: skip
    assert event["server_name"] == ""
    assert set(event["contexts"]) == {"alert", "evidence"}


def test_two_anomalies_are_two_issues(receiver: SentryReceiver) -> None:
    first, second = sent(receiver, an_alert(105), an_alert(106))
    assert first["fingerprint"] != second["fingerprint"]
    assert first["event_id"] != second["event_id"]


def test_ten_repeats_are_still_one_event(receiver: SentryReceiver) -> None:
    with delivering(receiver.dsn) as notifier:
        alert = an_alert()
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)
        for _ in range(10):
            an_alert()
            notifier.want()
        marker = an_alert(999)
        until(lambda: state_of(marker) is DeliveryState.DELIVERED)
    assert [event["tags"]["vmid"] for event in receiver.events] == ["105", "999"]


def test_want_delivers_at_once(receiver: SentryReceiver) -> None:
    with delivering(receiver.dsn, poll=3600.0) as notifier:
        alert = an_alert()
        notifier.want()
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)


def test_our_own_critical_line_is_no_second_event(receiver: SentryReceiver) -> None:
    import sentry_sdk

    before = sentry_sdk.get_client().is_active()
    with delivering(receiver.dsn) as notifier:
        alert = an_alert()
        logging.getLogger("proximity_tui.core.jobs.runner").critical(alert.message)
        notifier.want()
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)
        marker = an_alert(999)
        until(lambda: state_of(marker) is DeliveryState.DELIVERED)
        # The client of the process stays what it was: there is nothing that a log line could reach.
        assert sentry_sdk.get_client().is_active() == before
    assert len(receiver.events) == len(receiver.bodies) == 2


def test_no_secret_is_in_the_bytes(receiver: SentryReceiver) -> None:
    Secret("our-own-token-secret", "the tests")
    config = {
        "description": "admin login: hunter-description",
        "env": "DB_PASSWORD=hunter-env",
        "lxc": [["lxc.environment", "KEY=hunter-lxc"], ["lxc.mount.entry", "//nas/x mnt cifs password=hunter-entry"]],
        "mp0": "/srv/data,mp=/data,mountoptions=hunter-option",
        "hostname": "grafana",
        "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:05",
    }
    evidence = {
        **EVIDENCE,
        "config": config,
        "changed": [{"key": "description", "old": "hunter-old", "new": "hunter-new"}],
        "log": [
            "GET https://bob:hunter-url@pbs.example/ failed",
            "Authorization: PVEAPIToken=proximity@pve!tui=hunter-token",
            "Authorization: Bearer hunter-bearer-12",
            "using 9f1c2d3e-0000-4444-8888-123456789abc as the secret",
        ],
        "nested": {"deep": [{"api_key": "hunter-key"}]},
    }
    (event,) = sent(receiver, an_alert(message="refused: our-own-token-secret", evidence=evidence))
    wire = b"".join(receiver.requests)
    for secret in (b"hunter", b"our-own-token-secret", b"9f1c2d3e-0000-4444-8888-123456789abc"):
        assert secret not in wire
    shown = event["contexts"]["evidence"]["config"]
    assert shown["hostname"] == "grafana"
    assert shown["net0"] == config["net0"]
    assert shown["mp0"] == f"/srv/data,mp=/data,mountoptions={REDACTED}"
    assert alerts.get(1).evidence["config"]["description"] == config["description"]


def test_our_host_is_not_named_unless_that_is_allowed(receiver: SentryReceiver) -> None:
    host = socket.gethostname()
    evidence = {**EVIDENCE, "run_by": f"{host}:4711:c0ffee", "asked_by": f"anna@{host} via proximity@pve!tui"}
    (event,) = sent(receiver, an_alert(evidence=evidence))
    assert event["contexts"]["evidence"]["run_by"] == f"{REDACTED}:4711:c0ffee"
    assert event["contexts"]["evidence"]["asked_by"] == f"anna@{REDACTED} via proximity@pve!tui"
    allowed = an_alert(106, evidence=evidence)
    with delivering(receiver.dsn, include_hostname=True):
        until(lambda: state_of(allowed) is DeliveryState.DELIVERED)
    named = receiver.events[1]
    assert (named["server_name"], named["contexts"]["evidence"]["run_by"]) == (host, evidence["run_by"])


def test_much_evidence_is_cut_and_says_so(receiver: SentryReceiver) -> None:
    (event,) = sent(receiver, an_alert(evidence={"log": [f"line {n}" for n in range(500)], "text": "word " * 1800}))
    evidence = event["contexts"]["evidence"]
    assert (len(evidence["log"]), evidence["log"][-1]) == (101, "… 400 more")
    assert len(evidence["text"]) == 2001


def test_without_a_dsn_there_is_no_thread_and_nothing_is_lost() -> None:
    before = set(threading.enumerate())
    alert = an_alert()
    with delivering(None) as notifier:
        notifier.want()
        assert set(threading.enumerate()) <= before
    assert state_of(alert) is DeliveryState.PENDING


def test_a_dsn_that_is_none_is_a_problem_to_show_and_not_a_crash() -> None:
    with delivering("not-a-dsn-but-a-key") as notifier:
        until(lambda: notifier.problem)
        assert notifier.problem is not None
        assert "not-a-dsn" not in notifier.problem


@pytest.mark.parametrize("dsn", ["https://key@sentry.example:https/1", "https://key@[sentry.example/1"])
def test_a_dsn_whose_port_or_host_cannot_be_read_is_a_problem_to_show_too(dsn: str) -> None:
    with delivering(dsn) as notifier:
        until(lambda: notifier.problem is not None)
        assert notifier.problem == "the Sentry DSN is not valid (a DSN looks like https://key@host/number)"


def test_a_proxy_that_cannot_be_used_is_a_problem_to_show_and_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    with delivering("https://key@sentry.example/1") as notifier:
        until(lambda: notifier.problem is not None)
        assert notifier.problem == "Sentry cannot be used: ProxySchemeUnknown"


def test_a_dead_dsn_delays_nobody_and_is_tried_again(receiver: SentryReceiver) -> None:
    with delivering(nobody_listens()) as notifier:
        alert = an_alert()
        notifier.want()
        until(lambda: alerts.get(alert.id).delivery.attempts >= 2)
        assert "could not be reached" in (alerts.get(alert.id).delivery.error or notifier.problem or "")
    with delivering(receiver.dsn, retry=timedelta(0)):
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)
    assert len(receiver.events) == 1


def test_a_mute_dsn_delays_neither_the_alert_nor_the_end(receiver: SentryReceiver) -> None:
    receiver.mute.set()
    notifier = Notifier(SentryProject(Secret(receiver.dsn, "the tests")), owner=ME, timeout=LONGEST)
    notifier.start()
    alert = an_alert()
    notifier.want()
    receiver.wait_for(1)
    alerts.acknowledge(alert.id, "anna@jump1")
    notifier.stop(timeout=0.1)
    # The receiver is still mute: neither waited for it.
    assert state_of(alert) is DeliveryState.CLAIMED
    receiver.closing.set()
    notifier.stop(timeout=LONGEST)


def test_a_store_that_is_closed_while_something_is_sent_is_no_crash(receiver: SentryReceiver, url: str) -> None:
    receiver.mute.set()
    alert = an_alert()
    with delivering(receiver.dsn, timeout=LONGEST):
        receiver.wait_for(1)
        store.close_store()
        receiver.closing.set()
    store.open_store(url)
    assert state_of(alert) is DeliveryState.CLAIMED


def test_a_receiver_that_does_not_answer_in_time_has_failed(receiver: SentryReceiver) -> None:
    receiver.mute.set()
    alert = an_alert()
    with delivering(receiver.dsn, timeout=0.2, retry=timedelta(hours=1)):
        until(lambda: state_of(alert) is DeliveryState.FAILED)
    assert alerts.get(alert.id).delivery.error == "it could not be reached: ReadTimeoutError"


def test_a_receiver_that_never_ends_its_answer_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "LIMIT", 0.05)
    alert = an_alert()
    with trickle() as endless:
        dsn = f"http://0123456789abcdef0123456789abcdef@127.0.0.1:{endless.port}/7"
        with delivering(dsn):
            until(lambda: alerts.get(alert.id).delivery.attempts > 3)
            assert endless.requests == 1
            assert (alerts.get(alert.id).delivery.error or "").startswith("it did not answer")


@pytest.mark.parametrize("status", [400, 403, 413, 500, 503])
def test_a_refusal_is_told_and_tried_again(receiver: SentryReceiver, status: int) -> None:
    receiver.status = status
    alert = an_alert()
    with delivering(receiver.dsn):
        receiver.wait_for(2)
        until(lambda: alerts.get(alert.id).delivery.error == f"it answered {status}")
        receiver.status = 200
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)
    assert len(receiver.events) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"<html>Please log in to the hotel's network</html>", "not as Sentry does"),
        (b"{}", "not as Sentry does"),
        (b"[]", "not as Sentry does"),
        (b"[" * 100_000, "not as Sentry does"),
        (b'{"id": null}', "not as Sentry does"),
        (b'{"id": "00000000000000000000000000000000"}', "named another event"),
    ],
)
def test_a_good_status_without_the_events_own_id_is_no_receipt(
    receiver: SentryReceiver, answer: bytes, why: str
) -> None:
    receiver.answer = answer
    alert = an_alert()
    with delivering(receiver.dsn):
        until(lambda: why in (alerts.get(alert.id).delivery.error or ""))
        receiver.answer = None
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)


def test_a_request_to_wait_is_obeyed(receiver: SentryReceiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "60"}
    alert = an_alert()
    with delivering(receiver.dsn):
        until(lambda: alerts.get(alert.id).delivery.error == "it asked to wait")
    assert len(receiver.bodies) == 1


def test_a_request_to_wait_ends_where_the_clock_was_set_back(receiver: SentryReceiver) -> None:
    """It is kept as a time of the day: a minute would become an hour and a minute."""
    receiver.status, receiver.headers = 429, {"Retry-After": "60"}
    alert = an_alert()
    with delivering(receiver.dsn):
        until(lambda: alerts.get(alert.id).delivery.error == "it asked to wait")
        receiver.status, receiver.headers = 200, {}
        with time_machine.travel(now() - timedelta(hours=1), tick=True):
            until(lambda: state_of(alert) is DeliveryState.DELIVERED)


def test_an_alert_of_a_cluster_that_is_not_ours_is_left_to_its_holder(receiver: SentryReceiver) -> None:
    alert = an_alert()
    marker = alerts.raise_alert("test", Severity.RED, cluster="lab", message="ours", notify=True)
    with delivering(receiver.dsn, may_send=lambda alert: alert.cluster == "lab"):
        until(lambda: state_of(marker) is DeliveryState.DELIVERED)
    assert state_of(alert) is DeliveryState.PENDING


def test_an_alert_that_its_holder_does_not_send_is_sent_by_another_process(receiver: SentryReceiver) -> None:
    """The jobs may run in a process that has no DSN: a screen on the laptop of somebody who has only the database."""
    alert = an_alert()
    later = now() + LEFT_TO_THE_HOLDER
    with time_machine.travel(later, tick=True), delivering(receiver.dsn, may_send=lambda alert: False):
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)
    assert len(receiver.events) == 1


def test_two_processes_that_both_want_to_send_are_one_event_each(receiver: SentryReceiver) -> None:
    raised = [an_alert(vmid) for vmid in range(101, 111)]
    with delivering(receiver.dsn, ME), delivering(receiver.dsn, RIVAL):
        until(lambda: all(state_of(alert) is DeliveryState.DELIVERED for alert in raised))
    assert sorted(event["tags"]["vmid"] for event in receiver.events) == sorted(str(alert.vmid) for alert in raised)


def test_n46_an_alert_whose_process_died_before_sending_is_sent_by_the_next(receiver: SentryReceiver, url: str) -> None:
    raise_and_die = (
        "import os, signal, sys; from proximity_tui.core import store;"
        "from proximity_tui.core.model.alert import Severity; from proximity_tui.core.store.alerts import alerts;"
        "store.open_store(sys.argv[1]);"
        "alerts.raise_alert('anomalous_orphan', Severity.RED, cluster='prod', vmid=105, message='', notify=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run([sys.executable, "-c", raise_and_die, url], env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert died.returncode == -signal.SIGKILL
    (alert,) = alerts.open_alerts()
    (event,) = sent(receiver, alert)
    assert event["event_id"] == alert.delivery.event_id


def test_an_alert_whose_process_died_while_sending_is_the_same_event_again(receiver: SentryReceiver) -> None:
    alert = an_alert()
    alerts.claim_notification(alert.id, RIVAL)
    with time_machine.travel(now() + outbox.PATIENCE, tick=True):
        (event,) = sent(receiver, alert)
    assert event["event_id"] == alert.delivery.event_id


def test_a_database_that_fails_does_not_end_the_thread(receiver: SentryReceiver, url: str) -> None:
    with delivering(receiver.dsn) as notifier:
        store.close_store()
        notifier.want()
        store.open_store(url)
        alert = an_alert()
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)


def test_an_alert_that_is_stored_is_sent_on_a_full_disk_and_recorded_once_there_is_room(
    receiver: SentryReceiver,
) -> None:
    alert, looks = an_alert(), list[Alert]()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def may_send(one: Alert) -> bool:
        looks.append(one)
        return True

    with full_disk(), delivering(receiver.dsn, may_send=may_send):
        until(lambda: receiver.events)
        seen = len(looks)
        until(lambda: len(looks) > seen + 2)
        assert state_of(alert) is DeliveryState.PENDING
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        until(lambda: state_of(alert) is DeliveryState.DELIVERED)
    assert len(receiver.events) == 1


@pytest.mark.parametrize(("retry", "again"), [(timedelta(hours=1), False), (timedelta(0), True)])
def test_on_a_full_disk_what_was_not_taken_is_tried_again_once_that_is_due(
    receiver: SentryReceiver, retry: timedelta, again: bool
) -> None:
    an_alert()
    looks = list[Alert]()

    def may_send(one: Alert) -> bool:
        looks.append(one)
        return True

    receiver.status = 500
    with full_disk(), delivering(receiver.dsn, may_send=may_send, retry=retry):
        receiver.wait_for(1)
        seen = len(looks)
        until(lambda: len(looks) > seen + 2)
        assert (len(receiver.bodies) > 1) is again
        receiver.status = 200
        if again:
            until(lambda: receiver.events)
    assert len(receiver.events) == again


def test_a_host_whose_clock_is_behind_that_of_the_server_waits_before_it_tries_again(ready_postgresql: str) -> None:
    store.close_store()
    store.open_store(ready_postgresql)
    with time_machine.travel(now() - timedelta(hours=1), tick=True):
        alert = an_alert()
        with delivering(nobody_listens(), retry=timedelta(minutes=1)):
            until(lambda: state_of(alert) is DeliveryState.FAILED)
        assert alerts.pending_notifications() == ()
