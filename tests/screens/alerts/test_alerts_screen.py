"""Alerts: the list, the whole story of one, and what a person can do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.model.alert import AlertKind, Occasion, Severity
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import records
from proximity_tui.screens.alerts import alert_page, alerts_screen
from proximity_tui.screens.alerts.alert_detail import AlertDetail
from proximity_tui.screens.alerts.alert_lines import alert_lines
from proximity_tui.screens.alerts.alert_page import AlertScreen
from proximity_tui.screens.alerts.dialogs import AcknowledgeDialog, BreakerDialog
from proximity_tui.screens.drift.drift_screen import DriftScreen
from proximity_tui.screens.presentation.alert_text import HOURLY, full_time, look_age
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.screens.text.scroll_text import ScrollText, broken
from proximity_tui.widgets.dialogs.confirm_dialog import Confirm
from tests.core.store.making import raw
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage, read_again
from tests.screens.support.deleting import by_name
from tests.screens.support.watched import destroyed_behind_our_back, impatient, runs, shows, told
from tests.support.timing.until import screen_text, until
from tests.support.timing.waiting import LONGEST

MANY = (101, 102, 103, 104, 110)


@pytest.fixture
def watched(set_up: Callable[..., Stage]) -> Stage:
    """A stage with running clocks, whose jobs prove an absence after a blink."""
    return impatient(set_up(running_clock=True))


async def test_red_comes_first_and_each_says_what_it_is(stage: Stage) -> None:
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    alerts.raise_alert(
        AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=104, name="db-1", message="db-1 is another"
    )
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "RED", "amber", "quorate 3/3", "replaced", "unreachable")
        await assert_golden(pilot, "alerts-80x24")


async def test_only_the_keys_that_the_current_alert_has_a_use_for_are_offered(stage: Stage) -> None:
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    alerts.raise_alert(AlertKind.CERTIFICATE_CHANGED, Severity.RED, cluster="prod", message="another certificate")
    async with stage.shown((120, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "another certificate", "f trust again")
        assert "b breaker" not in screen_text(pilot.app)
        await pilot.press("down")
        await until(pilot, lambda: "f trust again" not in screen_text(pilot.app))
        await pilot.press("up", "enter")
        await shows(pilot, "esc back", "f trust again")
        assert "a re-attach" not in screen_text(pilot.app)
        assert "d drift" not in screen_text(pilot.app)


async def test_what_is_done_about_one_alert_is_done_about_the_one_that_is_marked(stage: Stage) -> None:
    for name in ("web-1", "web-2"):
        alerts.raise_about(by_name(name), AlertKind.RETURNED, Severity.AMBER, f"{name} came back", {})
    async with stage.shown((120, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "web-1 came back", "web-2 came back")
        screen = pilot.app.screen
        assert isinstance(screen, alerts_screen.AlertsScreen)
        first = screen.current_alert()
        assert first is not None
        await pilot.press("space")
        assert screen.current_alert() != first
        await pilot.press("a")
        await shows(pilot, f"Re-attach {first.name}?")
        await pilot.press("escape", "space", "a")
        await shows(pilot, "one alert at a time")
        assert isinstance(pilot.app.screen, alerts_screen.AlertsScreen)


async def test_an_alert_about_drift_leads_to_what_changed(stage: Stage) -> None:
    container = by_name("web-1")
    alerts.raise_about(container, AlertKind.DRIFT, Severity.AMBER, "memory differs from the baseline", {})
    async with stage.shown((120, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "memory differs", "d drift")
        await pilot.press("enter")
        await shows(pilot, "esc back", "d drift", "Press d on the alert")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DriftScreen))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(360, "(6m ago)"), (-0.4, "(<15s ago)"), (-49, "(49s ahead of this host's clock)")],
)
def test_what_proxmox_dates_into_our_future_is_said_so(seconds: float, said: str) -> None:
    now = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
    assert full_time(now - timedelta(seconds=seconds), now).endswith(said)


async def test_when_none_is_open_it_says_how_to_see_the_others(stage: Stage) -> None:
    alert = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    alerts.resolve(alert.id, "it answers again")
    async with stage.shown() as pilot:
        await pilot.press("3")
        await shows(pilot, "No alert is open. t shows acknowledged and resolved alerts.")
        await pilot.press("t")
        await shows(pilot, "resolved: it answers again", "Alerts 1 in all")
        await pilot.press("t")
        await shows(pilot, "No alert is open.")


async def test_an_open_alert_is_among_all_however_old_it_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts_screen, "NEWEST", 2)
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    for number in range(3):
        again = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.RED, cluster=f"lab{number}", message=f"lab {number}")
        alerts.resolve(again.id, "it answers again")
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "prod cannot be asked", "Alerts 1 open")
        await pilot.press("t")
        await shows(pilot, "prod cannot be asked", "lab 2", "lab 1", "Alerts 3 (the newest 2 and the open ones)")


async def test_the_detail_tells_who_what_it_was_and_what_to_do(watched: Stage) -> None:
    gone = watched.adopt(101, port=80)
    watched.adopt(102)
    async with watched.shown((120, 60), jobs=True) as pilot:
        await destroyed_behind_our_back(pilot, watched, 101)
        await shows(pilot, "ALERT  ANOMALOUS ORPHAN")
        await pilot.press("3")
        await shows(pilot, "RED")
        await pilot.press("enter")
        await shows(pilot, "What to do now")
        story = pilot.app.screen.query_one(ScrollText).text
        questions = ["What vanished", "Last seen", "Who did it", "What it was", "Ports free", "Backups", "What to do"]
        assert sorted(questions, key=story.index) == questions
        assert "root@pam by vzdestroy on pve1" in story
        assert "task UPID:pve1:" in story
        assert "web-1 (adopted, CT 101 on pve1)" in story
        assert f"Ports free     {gone.ports[0].public}" in story
        assert "pct restore 101 backups:backup/vzdump-lxc-101-" in story
        assert "hostname: web-1" in story, "its whole config, to build it again"


async def test_what_could_not_be_read_names_the_privilege(watched: Stage) -> None:
    alert = alerts.raise_alert(
        AlertKind.ANOMALOUS_ORPHAN,
        Severity.RED,
        cluster="prod",
        vmid=105,
        name="grafana",
        message="grafana  CT 105 on pve2: gone; the cause is not known",
        evidence={"not_known": ["tasks of pve2: forbidden (needs Sys.Audit on /nodes/pve2)"]},
    )
    async with watched.shown() as pilot:
        await opened(pilot, alert.id)
        await shows(pilot, "Who did it     not known", "Not known", "needs Sys.Audit on /nodes/pve2")


async def test_acknowledging_wants_a_note_and_stores_who_and_when(watched: Stage) -> None:
    watched.adopt(101)
    alert = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.RED, cluster="prod", message="prod cannot be asked")
    async with watched.shown() as pilot:
        await pilot.press("3")
        await shows(pilot, "RED")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, AcknowledgeDialog))
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, AcknowledgeDialog), "without a note there is nothing to record"
        await pilot.press(*"switch", "enter")
        await told(pilot, "Acknowledged: prod cannot be asked")
        await shows(pilot, "No alert is open.")
        seen = alerts.get(alert.id).acknowledged
        assert seen is not None
        assert seen.note == "switch"
        assert seen.by == str(watched.context.engine.settings.actor)


async def test_whoever_was_first_is_named_to_the_second(stage: Stage) -> None:
    alert = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    async with stage.shown() as pilot:
        await opened(pilot, alert.id)
        await shows(pilot, "What to do now")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, AcknowledgeDialog))
        alerts.acknowledge(alert.id, "otto@jump2", "mine")
        await pilot.press(*"late", "enter")
        await shows(pilot, "already acknowledged: otto@jump2")


async def asked_about_a_mass_disappearance(pilot: Pilot[Any], watched: Stage) -> BreakerDialog:
    await destroyed_behind_our_back(pilot, watched, *MANY)
    await shows(pilot, "ALERT  MASS DISAPPEARANCE")
    await pilot.press("3")
    await shows(pilot, "RED")
    await pilot.press("b")
    await until(pilot, lambda: isinstance(pilot.app.screen, BreakerDialog))
    dialog = pilot.app.screen
    assert isinstance(dialog, BreakerDialog)
    return dialog


async def test_a_mass_disappearance_is_approved_by_typing_how_many(watched: Stage) -> None:
    ids = {watched.adopt(vmid).id for vmid in MANY}
    async with watched.shown((120, 40), jobs=True) as pilot:
        dialog = await asked_about_a_mass_disappearance(pilot, watched)
        await shows(pilot, "5 of 5 containers of prod are missing at once", "web-1 (adopted, CT 101 on pve1)")
        assert dialog.button("approve").disabled
        assert dialog.focused is dialog.button("cancel")
        await pilot.press("4")
        await until(pilot, lambda: dialog.query_one(Input).value == "4")
        assert dialog.button("approve").disabled
        await pilot.press("backspace", "5")
        await until(pilot, lambda: not dialog.button("approve").disabled)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: breakers.state("prod") is None)
        await until(pilot, lambda: all(records.get(one).is_tombstone for one in ids))
        assert len(alerts.open_alerts()) == len(MANY), "each has its own red alert now"


async def test_dismissed_nothing_is_concluded(watched: Stage) -> None:
    ids = {watched.adopt(vmid).id for vmid in MANY}
    async with watched.shown((120, 40), jobs=True) as pilot:
        dialog = await asked_about_a_mass_disappearance(pilot, watched)
        dialog.button("dismiss").action_press()
        await until(pilot, lambda: breakers.dismissed_ids("prod") == ids)
        await told(pilot, "The mass disappearance in prod is dismissed.")
        await shows(pilot, "No alert is open.")
        assert not any(records.get(one).is_tombstone for one in ids)


async def test_what_came_back_is_re_attached_after_a_yes(watched: Stage) -> None:
    gone = watched.adopt(101, port=80)
    watched.adopt(102)
    async with watched.shown((120, 40), jobs=True) as pilot:
        await destroyed_behind_our_back(pilot, watched, 101)
        await shows(pilot, "ALERT  ANOMALOUS ORPHAN")
        watched.world.restore(101)
        await pilot.press("4")
        await until(pilot, lambda: kinds() >= {AlertKind.ANOMALOUS_ORPHAN} and not runs(pilot))
        await pilot.press("R")
        await until(pilot, lambda: AlertKind.RETURNED in kinds())
        returned = next(one for one in alerts.open_alerts() if one.kind == AlertKind.RETURNED)
        await opened(pilot, returned.id)
        await shows(pilot, "Press a to re-attach it")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert records.find_active("prod", 101) is None, "never silently"
        question = pilot.app.screen
        assert isinstance(question, Confirm)
        question.button("reattach").action_press()
        await shows(pilot, "re-attach web-1: done")
        again = records.find_active("prod", 101)
        assert again is not None
        assert again.predecessor == gone.id


async def test_read_only_shows_everything_and_acknowledges_nothing(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    alert = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    settings = replace(stage.context.settings, read_only=True)
    stage.context = replace(stage.context, settings=settings)
    async with stage.shown() as pilot:
        await opened(pilot, alert.id)
        await shows(pilot, "What to do now")
        await pilot.press("x")
        await shows(pilot, "read-only mode: changes are disabled")
        assert alerts.get(alert.id).acknowledged is None


def test_it_says_on_which_channels_somebody_was_told(stage: Stage) -> None:
    alert = alerts.raise_alert("test", Severity.RED, cluster="prod", message="grafana is odd")
    for channel in ("mail", "oncall", "team"):
        notifications.claim(alert.id, channel, "jump1:1:aa")
    notifications.delivered(alert.id, "mail")
    notifications.failed(alert.id, "oncall", "it answered 500", alert.opened_at, token="jump1:1:aa")
    alerts.resolve(alert.id, "it came back")
    notifications.claim(alert.id, "mail", "jump1:1:aa", occasion=Occasion.RESOLVED)
    detail = AlertDetail(alert, sent=notifications.all_deliveries(alert.id))
    told = [line for line in map(_text, alert_lines(detail, alert.opened_at)) if line.startswith("Sent to")]
    again = time_of_day(alert.opened_at, alert.opened_at)
    assert [
        line.partition("Sent to")[2].strip().partition(f" {alert.opened_at.astimezone():%Y-%m}")[0] for line in told
    ] == [
        "mail,",
        f"oncall: not taken: it answered 500; again at {again}",
        "team: on its way since",
        "mail (resolved): on its way since",
    ]


def _text(line: TextLine) -> str:
    return "".join(text for text, _ in line)


@pytest.mark.parametrize("kind", AlertKind)
def test_every_kind_says_what_to_do_now(stage: Stage, kind: AlertKind) -> None:
    alert = alerts.raise_alert(kind, Severity.RED, cluster="prod", vmid=105, name="grafana", message="grafana is odd")
    lines = ["".join(text for text, _ in line) for line in alert_lines(AlertDetail(alert), alert.opened_at)]
    steps = lines[lines.index("What to do now") + 1 :]
    assert steps[0].startswith(" 1. ")
    assert any("Press x to acknowledge" in step for step in steps)
    assert not any("None" in line for line in lines), "what is not known is not called None"
    looked = [line for line in lines if "read once an hour" in line]
    assert len(looked) == (kind in HOURLY), "how old the reading is stands where it may be an hour"
    assert look_age(alert, alert.opened_at + timedelta(minutes=34)) == ("checked 34m ago" if looked else "")


def test_a_long_line_goes_on_below_itself_and_loses_nothing() -> None:
    line = [("Backups   ", "accent"), ("one " * 20 + "x" * 100, "normal")]
    parts = broken(line, 40, 10)  # type: ignore[arg-type]
    texts = ["".join(text for text, _ in part) for part in parts]
    assert all(len(text) <= 40 for text in texts)
    assert all(text.startswith(" " * 10) for text in texts[1:])
    said = "".join(texts).replace(" ", "")
    assert said == "Backups" + "one" * 20 + "x" * 100


async def opened(pilot: Pilot[Any], alert_id: int) -> None:
    """The screen of an alert."""
    pilot.app.push_screen(AlertScreen(alert_id))
    await until(pilot, lambda: isinstance(pilot.app.screen, AlertScreen))


def kinds() -> set[str]:
    """The kinds of the open alerts."""
    return {alert.kind for alert in alerts.open_alerts()}


async def test_the_marked_alerts_are_acknowledged_together_with_one_note(stage: Stage) -> None:
    for vmid in (104, 110):
        alerts.raise_alert(
            AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=vmid, name=f"ct{vmid}", message=f"{vmid} is another"
        )
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("3")
        await shows(pilot, "110 is another", "prod cannot be asked")
        await pilot.press("space", "space")
        await shows(pilot, "Alerts 3 open, 2 marked")
        await pilot.press("x")
        await until(pilot, lambda: isinstance(pilot.app.screen, AcknowledgeDialog))
        await shows(pilot, "Acknowledge 2 alerts", "ct104", "ct110")
        await pilot.press(*"disk", "enter")
        await shows(pilot, "2 of 2 alerts acknowledged")
        noted = {one.vmid: one.acknowledged.note for one in alerts.all_alerts(9) if one.acknowledged is not None}
        assert noted == {104: "disk", 110: "disk"}


async def test_all_that_is_being_read_is_not_shown_to_who_wants_the_open_ones_again(stage: Stage) -> None:
    for number in range(2):
        again = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.RED, cluster=f"lab{number}", message=f"lab {number}")
        alerts.resolve(again.id, "it answers again")
    async with stage.shown((140, 24)) as pilot:
        await pilot.press("3")
        await shows(pilot, "No alert is open.")
        with threads_at_work(pilot):
            await pilot.press("t", "t")
        await read_by_now(pilot)
        await shows(pilot, "No alert is open.", "Alerts 0 open")


@contextmanager
def threads_at_work(pilot: Pilot[Any]) -> Iterator[None]:
    """Keep every thread that answers a question of the screens at work until the block is over."""
    over, ask = Event(), pilot.app.controller.ask  # type: ignore[attr-defined]
    kept = [asyncio.ensure_future(ask(over.wait, LONGEST)) for _ in range(6)]
    try:
        yield
    finally:
        over.set()
    assert kept


async def read_by_now(pilot: Pilot[Any]) -> None:
    """Wait until whatever was asked before was answered."""
    await asyncio.gather(*(pilot.app.controller.ask(alerts.open_alerts) for _ in range(12)))  # type: ignore[attr-defined]
    await pilot.pause()


async def test_that_it_cannot_be_read_again_stays_said_beside_what_is_known(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_page, "IDLE_TICKS", 1)
    raised = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    async with stage.shown((100, 30)) as pilot:
        await opened(pilot, raised.id)
        await until(pilot, lambda: "What to do now" in screen_text(pilot.app))
        raw("ALTER TABLE alert RENAME TO elsewhere")
        await read_again(pilot, lambda: "The alert cannot be read: " in screen_text(pilot.app))
        # Some seconds that pass on the page.
        await pilot.pause(2.5)
        assert "The alert cannot be read: " in screen_text(pilot.app)
        assert "What to do now" in screen_text(pilot.app)
        raw("ALTER TABLE elsewhere RENAME TO alert")
        await read_again(pilot, lambda: "The alert cannot be read: " not in screen_text(pilot.app))
