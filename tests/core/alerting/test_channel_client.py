"""The channels of the people on call, over real HTTP and SMTP: each alert once a channel, whatever another one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from proximity_tui.core.alerting import attempt
from proximity_tui.core.alerting.channel_target import NotifyChannel
from proximity_tui.core.alerting.notifier import LEFT_TO_THE_HOLDER, Notifier
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.model.alert import Alert, AlertKind, DeliveryState, Occasion, Severity
from proximity_tui.core.model.channel_rules import ChannelRules, QuietHours
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.alerts.outbox import PATIENCE
from proximity_tui.core.store.db.fields import now
from proximity_tui.simulator import Simulator
from tests.support.records.notifying import ME, RIVAL, an_alert
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.servers.http_receiver import HttpReceiver, http_receiver
from tests.support.servers.smtp_receiver import smtp_receiver
from tests.support.servers.trickle import trickle
from tests.support.timing.waiting import LONGEST, until

TOPIC = "hunter-topic-42"
GOTIFY = "Ahunter-gotify1"


@pytest.fixture
def web() -> Iterator[HttpReceiver]:
    with http_receiver() as listening:
        yield listening


def a_channel(url: str, name: str = "oncall", **rules: Any) -> NotifyChannel:
    return NotifyChannel(ChannelRules(name, **rules), Secret(url, "the tests"))


@contextmanager
def telling(*channels: NotifyChannel, owner: str = ME, **given: Any) -> Iterator[Notifier]:
    options: dict[str, Any] = {"poll": 0.02, "retry": timedelta(milliseconds=50), **given}
    notifier = Notifier(None, owner=owner, channels=channels, **options)
    notifier.start()
    try:
        yield notifier
    finally:
        notifier.stop(timeout=LONGEST)


def is_delivered(alert: Alert, channel: str = "oncall") -> bool:
    found = notifications.deliveries(alert.id).get(channel)
    return found is not None and found.state is DeliveryState.DELIVERED


def error_of(alert: Alert, channel: str = "oncall") -> str | None:
    """Why the last attempt to send it failed; None where there was none."""
    found = notifications.deliveries(alert.id).get(channel)
    return None if found is None else found.error


def attempts_at(alert: Alert, channel: str) -> int:
    found = notifications.deliveries(alert.id).get(channel)
    return 0 if found is None else found.attempts


def is_end_delivered(alert: Alert, channel: str = "oncall") -> bool:
    found = notifications.deliveries(alert.id, Occasion.RESOLVED).get(channel)
    return found is not None and found.state is DeliveryState.DELIVERED


def failed_channels() -> list[str | None]:
    return [alert.name for alert in alerts.open_alerts() if alert.kind == AlertKind.CHANNEL_FAILED]


def nobody() -> str:
    """A webhook whose port refuses connections."""
    return f"json://127.0.0.1:{REFUSED_PORT}/{TOPIC}"


def test_a_webhook_ntfy_gotify_and_a_mail_server_are_told_in_full(web: HttpReceiver) -> None:
    alert = an_alert()
    with smtp_receiver() as mail:
        channels = (
            a_channel(f"json://127.0.0.1:{web.port}/hook", "webhook"),
            a_channel(f"ntfy://127.0.0.1:{web.port}/{TOPIC}", "ntfy"),
            a_channel(f"gotify://127.0.0.1:{web.port}/{GOTIFY}", "gotify"),
            a_channel(
                f"mailto://127.0.0.1:{mail.port}/?from=fleet@example.com&to=oncall@example.com&mode=insecure", "mail"
            ),
        )
        with telling(*channels):
            until(lambda: all(is_delivered(alert, one.rules.name) for one in channels))
    (webhook,) = (post.json for post in web.taken if post.path == "/hook")
    assert (webhook["title"], webhook["type"]) == ("[RED] prod: anomalous orphan: grafana", "failure")
    for told in (
        "What happened: grafana was destroyed, not by us",
        "To what: grafana, CT 105 on pve2, cluster prod",
        "Left untouched: nothing was sent to Proxmox VE.",
        "What to do now:\n 1. Find out who did it.",
        f"proximity-tui alerts ack {alert.id}",
        "Runbook: docs/runbooks.md#anomalous_orphan",
    ):
        assert told in webhook["message"]
    assert sum(TOPIC in post.path or TOPIC.encode() in post.body for post in web.taken) == 1
    assert sum(GOTIFY in post.path or GOTIFY in str(post.headers) for post in web.taken) == 1
    assert [str(one["subject"]) for one in mail.mails] == [webhook["title"]]
    assert mail.recipients == ["oncall@example.com"]


def test_two_processes_and_ten_repeats_are_one_message_a_channel(web: HttpReceiver) -> None:
    channels = [a_channel(f"json://127.0.0.1:{web.port}/{name}", name) for name in ("first", "second")]
    raised = [an_alert(vmid) for vmid in range(101, 106)]
    with telling(*channels), telling(*channels, owner=RIVAL):
        until(lambda: all(is_delivered(alert, one.rules.name) for alert in raised for one in channels))
        for _ in range(10):
            an_alert(101)
        marker = an_alert(999)
        until(lambda: all(is_delivered(marker, one.rules.name) for one in channels))
    titles = [(post.path, post.json["message"].splitlines()[1]) for post in web.taken]
    assert len(titles) == len(set(titles)) == 2 * 6


def test_a_channel_that_fails_or_hangs_holds_up_no_other_and_is_tried_again(web: HttpReceiver) -> None:
    with http_receiver() as hanging:
        hanging.mute.set()
        channels = (
            a_channel(nobody(), "dead"),
            a_channel(f"json://127.0.0.1:{hanging.port}/hook", "mute"),
            a_channel(f"json://127.0.0.1:{web.port}/hook", "well"),
        )
        alert = an_alert()
        with telling(*channels):
            hanging.wait_for(1)
            until(lambda: is_delivered(alert, "well"))
            until(lambda: attempts_at(alert, "dead") >= 2)
            assert not is_delivered(alert, "mute")
            hanging.closing.set()
        assert error_of(alert, "dead") in ("it could not be reached", None)
        # Whether it is told that the dead one failed, too, depends on how long all that takes.
        assert sum(f"Alert {alert.id}," in post.json["message"] for post in web.taken) == 1


@pytest.mark.parametrize("status", [403, 500])
def test_a_refusal_is_told_without_a_secret_and_tried_again(
    web: HttpReceiver, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    web.status = status
    alert = an_alert()
    with telling(a_channel(f"gotify://127.0.0.1:{web.port}/{GOTIFY}")) as notifier:
        until(lambda: error_of(alert))
        until(lambda: notifier.problem)
        assert notifier.problem == f"channel oncall did not take alert {alert.id}: it answered {status}"
        web.status = 200
        until(lambda: is_delivered(alert))
    assert "hunter" not in caplog.text
    assert len(web.taken) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_who_sends_elsewhere_has_not_taken_the_message(web: HttpReceiver, status: int) -> None:
    """A browser goes on and asks for the page, as of a login: it is there, and nobody was told of the alert."""
    web.status, web.headers = status, {"Location": "/login"}
    alert = an_alert()
    with telling(a_channel(f"json://127.0.0.1:{web.port}/hook")):
        until(lambda: error_of(alert))
        assert not is_delivered(alert)
        error = notifications.deliveries(alert.id)["oncall"].error
        assert error == f"it answered {status}, so it is elsewhere: its URL has to name the new place"
        web.status = 200
        until(lambda: is_delivered(alert))
    assert {post.path for post in web.posts} == {"/hook"}


def test_what_was_not_answered_is_sent_again_and_says_that_it_may_be_a_repeat(web: HttpReceiver) -> None:
    web.mute.set()
    alert = an_alert()
    with telling(a_channel(f"json://127.0.0.1:{web.port}/hook")):
        web.wait_for(1)
        web.mute.clear()
        web.closing.set()
        until(lambda: is_delivered(alert))
    assert "This may be a repeat" in web.taken[0].json["message"]


def test_what_one_of_several_receivers_did_not_take_may_be_a_repeat_for_the_others(web: HttpReceiver) -> None:
    web.status = 500
    alert = an_alert()
    with telling(a_channel(f"ntfy://127.0.0.1:{web.port}/one/two")):
        until(lambda: error_of(alert))
        web.status = 200
        until(lambda: is_delivered(alert))
    assert {b"This may be a repeat" in post.body for post in web.taken} == {True}


def test_what_was_refused_after_it_may_have_arrived_still_says_that_it_may_be_a_repeat(web: HttpReceiver) -> None:
    web.mute.set()
    web.status = 500
    alert = an_alert()
    with telling(a_channel(f"json://127.0.0.1:{web.port}/hook")):
        web.wait_for(1)
        web.mute.clear()
        web.closing.set()
        until(lambda: error_of(alert) == "it answered 500")
        web.status = 200
        until(lambda: is_delivered(alert))
    assert "This may be a repeat" in web.taken[0].json["message"]


def test_what_did_not_leave_is_no_repeat(web: HttpReceiver) -> None:
    alert = an_alert()
    with telling(a_channel(nobody())):
        until(lambda: error_of(alert))
    with telling(a_channel(f"json://127.0.0.1:{web.port}/hook")):
        until(lambda: is_delivered(alert))
    assert "repeat" not in web.taken[0].json["message"]


def test_a_channel_that_never_ends_its_answer_costs_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "LIMIT", 0.05)
    alert = an_alert()
    with trickle() as endless, telling(a_channel(f"json://127.0.0.1:{endless.port}/hook")):
        until(lambda: attempts_at(alert, "oncall") > 3)
        until(lambda: endless.requests)
        assert endless.requests == 1
        assert [thread.name for thread in threading.enumerate()].count("attempt at channel oncall") == 1
        error = notifications.deliveries(alert.id)["oncall"].error
        assert error == "it did not answer: the message before is still on its way"
        endless.closing.set()
        until(lambda: "attempt at channel oncall" not in [thread.name for thread in threading.enumerate()])


def test_a_clock_that_is_set_back_silences_no_channel(web: HttpReceiver) -> None:
    """A service that is sent a message every few seconds at most counts from the last one by the local time of the
    host, which goes back by an hour each autumn.
    """
    channel = a_channel(f"ntfy://127.0.0.1:{web.port}/{TOPIC}")
    first = an_alert(101)
    with telling(channel):
        until(lambda: is_delivered(first))
        with time_machine.travel(now() - timedelta(hours=1), tick=True):
            second = an_alert(102)
            until(lambda: is_delivered(second))
    assert len(web.taken) == 2


def test_a_certificate_that_is_not_trusted_is_told_as_one(simulator: Simulator) -> None:
    """Who reads that a channel cannot be reached looks at the network."""
    alert = an_alert()
    with telling(a_channel(simulator.url.replace("https:", "jsons:"))):
        until(lambda: error_of(alert))
    assert notifications.deliveries(alert.id)["oncall"].error == "its certificate is not trusted here"


def test_a_channel_that_may_go_unverified_writes_no_line_of_its_own(
    simulator: Simulator, recwarn: pytest.WarningsRecorder
) -> None:
    """A warning of a library is a line on stderr without time or priority, also over a table that is printed."""
    alert = an_alert()
    with telling(a_channel(f"{simulator.url.replace('https:', 'jsons:')}/?verify=no")):
        until(lambda: error_of(alert))
    assert notifications.deliveries(alert.id)["oncall"].error == "it answered 404"
    assert [str(one.message) for one in recwarn] == []


def test_a_red_alert_does_not_wait_behind_amber_ones(web: HttpReceiver) -> None:
    """A thousand alerts at once take a channel a while, and what is raised meanwhile may be worse."""
    for vmid in range(201, 206):
        alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=vmid, message="locked")
    web.mute.set()
    channel = a_channel(f"json://127.0.0.1:{web.port}/hook")
    with telling(channel, poll=LONGEST, retry=timedelta(hours=1)) as notifier:
        web.wait_for(1)
        red = an_alert()
        notifier.want()
        web.mute.clear()
        web.closing.set()
        until(lambda: is_delivered(red))
    assert [post.json["type"] for post in web.posts[:2]] == ["warning", "failure"]


def test_quiet_hours_that_begin_while_many_are_sent_hold_the_rest_back(web: HttpReceiver) -> None:
    here = now().astimezone()
    quiet = QuietHours((here + timedelta(hours=1)).time(), (here + timedelta(hours=3)).time())
    channel = a_channel(f"json://127.0.0.1:{web.port}/hook", quiet_hours=quiet)
    amber = [
        alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=vmid, message="locked")
        for vmid in range(201, 204)
    ]
    web.mute.set()
    with telling(channel, poll=0.0):
        web.wait_for(1)
        with time_machine.travel(now() + timedelta(hours=2), tick=True):
            web.mute.clear()
            web.closing.set()
            red = an_alert()
            until(lambda: is_delivered(red))
            until(lambda: error_of(amber[0]))
            assert [notifications.deliveries(one.id) for one in amber[1:]] == [{}, {}]


def test_a_channel_that_refuses_again_and_again_is_an_alert_for_the_others(web: HttpReceiver) -> None:
    alert = an_alert()
    with http_receiver() as broken:
        broken.status = 500
        broken_one = a_channel(f"json://127.0.0.1:{broken.port}/{TOPIC}", "broken")
        well = a_channel(f"json://127.0.0.1:{web.port}/hook", "well")
        with telling(broken_one, well):
            until(lambda: failed_channels())
            until(lambda: "[AMBER] channel failed: broken" in [post.json["title"] for post in web.taken])
            broken.status = 200
            until(lambda: is_delivered(alert, "broken"))
            until(lambda: not failed_channels())
        assert {post.json["title"] for post in broken.taken} == {"[RED] prod: anomalous orphan: grafana"}
    told = next(post.json["message"] for post in web.taken if "channel failed" in post.json["title"])
    assert "the on-call channel broken does not take messages: it answered 500" in told
    assert TOPIC not in told


def test_a_channel_that_can_never_work_is_a_problem_to_show(web: HttpReceiver) -> None:
    alert = an_alert()
    with telling(a_channel("hunter-nonsense"), a_channel(f"json://127.0.0.1:{web.port}/", "well")) as notifier:
        until(lambda: is_delivered(alert, "well"))
        until(lambda: notifier.problem)
        assert "hunter" not in (notifier.problem or "")


def test_what_a_killed_process_was_sending_is_sent_once_more_and_says_so(web: HttpReceiver, url: str) -> None:
    web.mute.set()
    alert = an_alert()
    send = (
        "import sys, time; from proximity_tui.core import store;"
        "from tests.core.alerting import test_channel_client as t;"
        "store.open_store(sys.argv[1]);"
        "\nwith t.telling(t.a_channel(sys.argv[2])): time.sleep(600)"
    )
    hook = f"json://127.0.0.1:{web.port}/hook"
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    with subprocess.Popen([sys.executable, "-c", send, url, hook], env=environment) as sending:
        try:
            web.wait_for(1)
        finally:
            sending.send_signal(signal.SIGKILL)
    web.mute.clear()
    claimed = notifications.deliveries(alert.id)["oncall"].claimed_at
    just_before = claimed + PATIENCE - timedelta(seconds=1)
    assert notifications.due("oncall", frozenset(Severity), just_before) == (), "it may still be on its way"
    with time_machine.travel(claimed + PATIENCE, tick=True), telling(a_channel(hook)):
        until(lambda: is_delivered(alert))
    assert [len(web.posts), len(web.taken)] == [2, 1]
    assert "This may be a repeat" in web.taken[0].json["message"]


def test_in_quiet_hours_amber_waits_and_red_passes(web: HttpReceiver) -> None:
    here = now().astimezone()
    quiet = QuietHours((here - timedelta(hours=1)).time(), (here + timedelta(hours=1)).time())
    channel = a_channel(f"json://127.0.0.1:{web.port}/hook", quiet_hours=quiet)
    amber = alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=107, message="locked")
    red = an_alert()
    with telling(channel):
        until(lambda: is_delivered(red))
    assert notifications.deliveries(amber.id) == {}
    with time_machine.travel(now() + timedelta(hours=2), tick=True), telling(channel):
        until(lambda: is_delivered(amber))
    assert [post.json["type"] for post in web.taken] == ["failure", "warning"]


def test_what_nobody_waits_for_any_more_is_not_sent(web: HttpReceiver) -> None:
    answered, over = an_alert(101), an_alert(102)
    alerts.acknowledge(answered.id, "anna@jump1", "seen")
    alerts.resolve(over.id, "it came back")
    marker = an_alert(103)
    with telling(a_channel(f"json://127.0.0.1:{web.port}/hook")):
        until(lambda: is_delivered(marker))
    assert [post.json["message"].count("CT 103") for post in web.taken] == [1]


def test_the_end_of_an_alert_is_told_once_where_the_alert_was_told(web: HttpReceiver) -> None:
    channels = [
        a_channel(f"json://127.0.0.1:{web.port}/{name}", name, resolved=resolved)
        for name, resolved in (("oncall", True), ("silent", False))
    ]
    ended = an_alert(101)
    untold = an_alert(102)
    alerts.resolve(untold.id, "it came back before anybody was told")
    with telling(*channels), telling(*channels, owner=RIVAL):
        until(lambda: all(is_delivered(ended, one.rules.name) for one in channels))
        alerts.resolve(ended.id, "it came back")
        until(lambda: is_end_delivered(ended))
        marker = an_alert(999)
        until(lambda: all(is_delivered(marker, one.rules.name) for one in channels))
    (end,) = (post for post in web.taken if post.json["title"].startswith("[RESOLVED]"))
    assert (end.path, end.json["type"]) == ("/oncall", "success")
    assert end.json["title"] == "[RESOLVED] prod: anomalous orphan: grafana"
    for told in ("What is over: grafana was", "To what: grafana, CT 101", "How it ended: it came back", ", resolved "):
        assert told in end.json["message"]
    assert len(web.taken) == 2 * 2 + 1


def test_in_quiet_hours_the_end_of_an_amber_alert_waits(web: HttpReceiver) -> None:
    here = now().astimezone()
    quiet = QuietHours((here - timedelta(hours=1)).time(), (here + timedelta(hours=1)).time())
    channel = a_channel(f"json://127.0.0.1:{web.port}/hook", quiet_hours=quiet)
    amber = alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=107, message="locked")
    notifications.claim(amber.id, "oncall", RIVAL)
    notifications.delivered(amber.id, "oncall")
    alerts.resolve(amber.id, "the lock is gone")
    red = an_alert()
    with telling(channel):
        until(lambda: is_delivered(red))
    assert notifications.deliveries(amber.id, Occasion.RESOLVED) == {}
    with time_machine.travel(now() + timedelta(hours=2), tick=True), telling(channel):
        until(lambda: is_end_delivered(amber))
    assert [post.json["type"] for post in web.taken] == ["failure", "success"]


def test_an_alert_that_its_holder_does_not_send_is_sent_by_another_process(web: HttpReceiver) -> None:
    alert = an_alert()
    channel = a_channel(f"json://127.0.0.1:{web.port}/hook")
    with telling(channel, may_send=lambda alert: alert.cluster == "lab"):
        marker = alerts.raise_alert("test", Severity.RED, cluster="lab", message="ours")
        until(lambda: is_delivered(marker))
        assert notifications.deliveries(alert.id) == {}
    with time_machine.travel(now() + LEFT_TO_THE_HOLDER, tick=True), telling(channel, may_send=lambda alert: False):
        until(lambda: is_delivered(alert))


def test_an_alert_from_before_the_clock_was_set_back_is_not_left_to_its_holder_for_hours(web: HttpReceiver) -> None:
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        alert = an_alert()
    channel = a_channel(f"json://127.0.0.1:{web.port}/hook")
    with telling(channel, may_send=lambda alert: False):
        until(lambda: is_delivered(alert))


def test_without_channels_there_is_no_thread() -> None:
    before = set(threading.enumerate())
    with telling():
        assert set(threading.enumerate()) <= before
