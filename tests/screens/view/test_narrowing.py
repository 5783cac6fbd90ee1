"""`:cluster NAME` narrows every screen to one cluster, says so, and never hides a red alert."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from proximity_tui.core.fleet import Fleet
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.view.narrowing import Narrowing
from proximity_tui.screens.view.view import View
from tests.screens.stage import Stage
from tests.support.records.make import container, guest, inventory
from tests.support.timing.until import said, screen_text, until


def view_of(fleet: Fleet) -> View:
    return View(rows=fleet.rows, unmanaged=fleet.unmanaged, vms=fleet.vms, counts=fleet.counts)


def test_what_did_not_change_is_the_same_object_in_a_narrowed_view_too() -> None:
    fleet, narrowing = Fleet(), Narrowing()
    fleet.replace_containers([container(id=1, cluster="prod", vmid=101), container(id=2, cluster="lab", vmid=101)])
    for cluster in ("prod", "lab"):
        fleet.poll(cluster, inventory(guest(101), guest(200, type="qemu"), cluster=cluster), None)
    fleet.refresh()
    whole = view_of(fleet)
    assert narrowing.view(whole) is whole
    narrowing.to("lab")
    shown = narrowing.view(whole)
    assert [row.cluster for row in shown.everything] == ["lab", "lab"]
    assert (shown.counts.containers, shown.counts.vms, dict(shown.counts.clusters)) == (1, 1, {"lab": 2})
    later = narrowing.view(replace(whole, store_version=1))
    assert (later.rows, later.vms, later.counts) == (shown.rows, shown.vms, shown.counts)
    assert later.rows is shown.rows
    assert later.counts is shown.counts
    narrowing.to(None)
    assert narrowing.view(whole) is whole


async def test_a_cluster_is_shown_alone_on_every_screen_until_that_is_lifted(set_up: Callable[..., Stage]) -> None:
    stage = set_up(clusters=("prod", "lab"))
    stage.adopt(101)
    stage.adopt(101, cluster="lab")
    stage.adopt(102, cluster="lab")
    alerts.raise_alert(AlertKind.REPLACED, Severity.RED, cluster="prod", vmid=101, message="another guest is there")
    alerts.raise_alert(AlertKind.STALE_LOCK, Severity.AMBER, cluster="prod", vmid=101, message="web-1 is locked")
    async with stage.shown((200, 60)) as pilot:
        await until(pilot, lambda: "Fleet 3; 3 containers" in said(pilot))
        await pilot.press(":", *"cluster lab", "enter")
        await until(pilot, lambda: "Fleet 2; 2 containers: 2 adopted; 2 running; 21 unmanaged; 2 VMs" in said(pilot))
        assert "ONLY lab" in screen_text(pilot.app)
        assert "another guest is there" in said(pilot), "the banner is never narrowed"
        for key, told in (("0", "Everything 26;"), ("2", "Unmanaged 21;"), ("3", "Alerts 1 open")):
            await pilot.press(key)
            await until(pilot, lambda told=told: told in said(pilot))
            assert "ONLY lab" in screen_text(pilot.app)
        assert "web-1 is locked" not in said(pilot)
        await pilot.press("5")
        await until(pilot, lambda: "adopted web-2" in said(pilot))
        assert said(pilot).count("adopted web-1") == 1, "the audit trail is narrowed, too"
        await pilot.press(":", *"container prod/101", "enter")
        await until(pilot, lambda: "prod/101 is in prod, which is not shown. :cluster all shows it." in said(pilot))
        await pilot.press("1", "/", *"cluster:prod", "enter")
        await until(pilot, lambda: "No match here; 26 in other clusters. enter goes there." in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Everything 26 of 52" in said(pilot))
        assert "ONLY lab" not in screen_text(pilot.app)
        await pilot.press("escape", "1", "escape", ":", *"cluster lab", "enter", ":", *"cluster all", "enter")
        await until(pilot, lambda: "Fleet 3; 3 containers" in said(pilot))


async def test_what_a_filter_finds_elsewhere_follows_the_narrowing(set_up: Callable[..., Stage]) -> None:
    stage = set_up(clusters=("prod", "lab"))
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("1", "/", *"opnsense", "enter")
        await until(pilot, lambda: "No match here; 2 VMs. enter goes there." in said(pilot))
        await pilot.press(":", *"cluster lab", "enter")
        await until(pilot, lambda: "No match here; 1 VM, 1 in other clusters. enter goes there." in said(pilot))


async def test_trouble_of_a_cluster_that_is_not_shown_stays_in_the_header(set_up: Callable[..., Stage]) -> None:
    stage = set_up(clusters=("prod", "lab"))
    async with stage.shown((160, 40)) as pilot:
        await pilot.press(":", *"cluster lab", "enter")
        await until(pilot, lambda: "ONLY lab" in screen_text(pilot.app))
        first = screen_text(pilot.app).splitlines()[0]
        assert re.search(r"^ lab \d+ ●", first), "of several clusters it is said how many guests each has"
        assert "prod" not in first
        stage.simulator.faults.answer(500, "got timeout")
        pilot.app.controller.want()  # type: ignore[attr-defined]
        await until(pilot, lambda: re.search(r"prod \d+ ○", screen_text(pilot.app).splitlines()[0]) is not None)
