"""The banner: a red alert is on every screen, in words, at any size; an amber one is only counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.model.alert import Alert, AlertKind, Delivery, DeliveryState, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.chrome.banner import banner_lines
from proximity_tui.screens.presentation.alert_text import alert_sentence, headline
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage
from tests.screens.support.watched import destroyed_behind_our_back, impatient, shows
from tests.support.timing.until import screen_text, until

LONG = "ALERT  ANOMALOUS ORPHAN  grafana  CT 105 on pve2: destroyed 02:41+0100 by root@pam, not by us"


async def test_a_destroy_behind_our_back_is_a_banner_on_every_screen_and_tells_who(
    set_up: Callable[..., Stage],
) -> None:
    stage = impatient(set_up(running_clock=True))
    stage.adopt(101, port=80)
    stage.adopt(102)
    async with stage.shown((120, 24), jobs=True) as pilot:
        await destroyed_behind_our_back(pilot, stage, 101)
        for key in "12345":
            await pilot.press(key)
            await shows(pilot, "ALERT  ANOMALOUS ORPHAN  web-1", "by root@pam, not by us", "[3] alerts", "ALERTS 1")
        assert [alert.kind for alert in alerts.open_alerts()] == [AlertKind.ANOMALOUS_ORPHAN]


@pytest.mark.parametrize("colour", ["some", "none"])
@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10)])
async def test_it_is_read_at_any_size_and_without_colours(
    stage: Stage, columns: int, lines: int, colour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if colour == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    red(stage, "grafana", 105)
    red(stage, "loki", 106)
    async with stage.shown((columns, lines)) as pilot:
        await shows(pilot, "ALERT  ", "+1 more")
        await until(pilot, lambda: "quorate 3/3" in screen_text(pilot.app))
        await assert_golden(pilot, f"banner-{columns}x{lines}")


async def test_an_amber_alert_is_only_counted(stage: Stage) -> None:
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="prod cannot be asked")
    async with stage.shown() as pilot:
        await shows(pilot, "ALERTS 1")
        assert "ALERT  " not in screen_text(pilot.app)
        assert not pilot.app.screen.query_one("#alert-banner").display


async def test_it_goes_when_the_alert_is_acknowledged_by_somebody_else(stage: Stage) -> None:
    alert = red(stage, "grafana", 105)
    async with stage.shown() as pilot:
        await shows(pilot, "ALERT  ")
        alerts.acknowledge(alert.id, "otto@jump2", "it was me")
        await until(pilot, lambda: "ALERT" not in screen_text(pilot.app))


async def test_what_comes_from_outside_is_never_markup(stage: Stage) -> None:
    red(stage, "[red]x[/][@click=app.quit]y[/]", 105)
    async with stage.shown((140, 24)) as pilot:
        await shows(pilot, "[red]x[/][@click=app.quit]y[/]")


def test_the_hint_stands_at_the_end_of_the_last_line_whatever_the_width() -> None:
    for width in (30, 40, 80, 100, 120, 200):
        lines = banner_lines(LONG, "+2 more  [3] alerts", width)
        assert len(lines) <= 3
        assert {len(line) for line in lines} == {width}
        assert lines[-1].rstrip().endswith("+2 more  [3] alerts")
        assert lines[0].startswith(" ALERT  ")


def test_wide_characters_lose_no_text() -> None:
    """Each takes two cells."""
    name = "データベースの予備系統"
    for width in (30, 40, 80):
        lines = banner_lines(f"ALERT  GONE  {name} is gone", "[3] alerts", width)
        assert {cell_len(line) for line in lines} == {width}
        assert name in "".join(line.strip() for line in lines).replace(" ", "")
        assert "…" not in "".join(lines)


def test_the_time_in_a_sentence_is_that_of_this_host() -> None:
    when = datetime(2026, 11, 23, 1, 41, tzinfo=UTC)
    alert = Alert(
        id=1, severity=Severity.RED, kind="anomalous_orphan", cluster="prod", vmid=105, container=1, name="grafana",
        message="grafana  CT 105 on pve2: destroyed 01:41 UTC by root@pam, not by us", opened_at=when,
        last_seen_at=when, count=1, acknowledged=None, resolved_at=None, resolution=None,
        evidence={"when": "2026-11-23T01:41:00.000000Z"}, delivery=Delivery(DeliveryState.NONE),
    )  # fmt: skip
    assert f"destroyed {time_of_day(when, when)} by root@pam" in alert_sentence(alert, when)


def test_a_headline_is_the_kind_and_the_sentence(stage: Stage) -> None:
    message = "16 of 24 in prod are missing at once: held until a person approves or dismisses it"
    alert = alerts.raise_alert(AlertKind.MASS_DISAPPEARANCE, Severity.RED, cluster="prod", message=message)
    assert headline(alert, alert.opened_at).startswith("MASS DISAPPEARANCE  16 of 24 in prod are missing at once: held")


def red(stage: Stage, name: str, vmid: int) -> Alert:
    """A red alert about a container that is gone."""
    return alerts.raise_alert(
        AlertKind.ANOMALOUS_ORPHAN,
        Severity.RED,
        cluster="prod",
        vmid=vmid,
        name=name,
        message=f"{name}  CT {vmid} on pve2: gone, not by us; the cause is not known",
    )
