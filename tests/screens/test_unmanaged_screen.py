"""Unmanaged: what adoption offers, and the sentences where there is nothing to offer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage, read_again
from tests.screens.support.later import later
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, screen_text, until


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50)])
async def test_it_lists_what_has_no_record(stage: Stage, columns: int, lines: int) -> None:
    async with stage.shown((columns, lines)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "quorate 3/3" in screen_text(pilot.app))
        await until(pilot, lambda: "web-3" in screen_text(pilot.app))
        assert "web-1" not in screen_text(pilot.app)
        await assert_golden(pilot, f"unmanaged-{columns}x{lines}")


async def test_n27_one_that_looks_like_a_container_which_vanished_is_flagged(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "web-3" in screen_text(pilot.app))
        assert "looks like" not in screen_text(pilot.app)
        flag = alerts.raise_alert(
            AlertKind.REAPPEARED, Severity.AMBER, cluster="prod", vmid=103, name="shop", message="it is back",
            evidence={"former_vmid": 42},
        )  # fmt: skip
        await read_again(pilot, lambda: "looks like" in screen_text(pilot.app))
        await pilot.press("j", "j")
        told = f"web-3, running: looks like the former shop (CT 42): alert {flag.id}"
        await until(pilot, lambda: told in said(pilot))
        await pilot.press(":", *"cluster prod", "enter")
        await until(pilot, lambda: "looks like" in screen_text(pilot.app))


async def test_a_token_that_may_see_nothing_is_told_from_a_cluster_that_has_nothing(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up()
    async with stage.shown() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "web-3" in screen_text(pilot.app))
        stage.simulator.set_acl(stage.simulator.token_id, {"/": ["Sys.Audit"]})
        await read_again(pilot, lambda: "what happened. prod shows no guests" in said(pilot))
        await pilot.press("j")
        await until(pilot, lambda: "prod shows no guests: our token has VM.Audit on no path" in screen_text(pilot.app))


async def test_an_empty_cluster_is_empty_and_says_so(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    async with stage.shown() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "prod has no LXC container." in screen_text(pilot.app))


async def test_a_forbidden_list_names_privilege_and_path(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    stage.simulator.faults.answer(403, "Permission check failed (/vms, VM.Audit)")
    async with stage.shown(answered=False) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "prod refuses access" in screen_text(pilot.app))
        await until(pilot, lambda: "VM.Audit" in screen_text(pilot.app))
        await until(pilot, lambda: "/vms" in screen_text(pilot.app))
        await until(pilot, lambda: "○ forbidden" in screen_text(pilot.app))


async def test_an_unreachable_cluster_is_not_an_empty_one(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    stage.unplug()
    async with stage.shown(answered=False) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "prod cannot be asked" in screen_text(pilot.app))
        assert "no LXC container" not in screen_text(pilot.app)


async def test_two_clusters_with_the_same_vmid_are_two_rows(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", clusters=("prod", "lab"))
    async with stage.shown((120, 60)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: screen_text(pilot.app).count("web-1 ") == 2)
        await pilot.press(":", *"cluster lab", "enter")
        await until(pilot, lambda: screen_text(pilot.app).count("web-1 ") == 1)


@pytest.mark.parametrize("key", ["space", "enter", "a"])
async def test_a_key_for_a_row_of_a_list_that_is_not_filled_yet_says_so(stage: Stage, key: str) -> None:
    stage.simulator.faults.hang()
    async with stage.shown(answered=False) as pilot:
        await pilot.press("2")
        # Before our records are read, that is what is waited for.
        await until(pilot, lambda: "Waiting for prod" in said(pilot))
        await pilot.press(key)
        await until(pilot, lambda: "No row is selected. Nothing was done. Waiting for prod" in said(pilot))


async def test_rights_that_were_given_are_seen_after_the_clock_was_put_back(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up()
    stage.simulator.set_acl(stage.simulator.token_id, {"/": ["Sys.Audit"]})
    async with stage.shown() as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "prod shows no guests: our token has VM.Audit on no path" in screen_text(pilot.app))
        stage.simulator.set_acl(stage.simulator.token_id, {"/": sorted(PRIVILEGES)})
        for vmid in [one.vmid for one in stage.world.containers()]:
            stage.world.destroy_outside(vmid)
        stage.world.broadcast()
        with later(-timedelta(hours=1)):
            await read_again(pilot, lambda: "prod shows no guests" not in screen_text(pilot.app))


async def test_a_late_answer_about_rights_is_not_said_of_a_cluster_that_shows_its_guests_by_now(
    set_up: Callable[..., Stage],
) -> None:
    stage = set_up()
    stage.simulator.set_acl(stage.simulator.token_id, {"/": ["Sys.Audit"]})
    async with stage.shown() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, FleetScreen)
        with held_back(stage.simulator, asked("GET", "/access/permissions")) as reached:
            screen._asked.clear()
            await read_again(pilot, reached.is_set)
            stage.simulator.set_acl(stage.simulator.token_id, {"/": sorted(PRIVILEGES)})
            await read_again(pilot, lambda: "Press 2 for 23 guests that can be adopted." in said(pilot))
            assert "prod shows" not in said(pilot), "that was true of the list before"
        await until(pilot, lambda: all(one.is_finished for one in pilot.app.workers))
        assert "prod shows" not in said(pilot)


async def test_the_disk_of_what_does_not_run_is_used_to_an_unknown_part(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("2", "/", *"disk:<100% vmid:150-152", "enter")
        await until(pilot, lambda: "Unmanaged 1 of" in screen_text(pilot.app))
        assert "staging-a" in screen_text(pilot.app)
        assert "sandbox" not in screen_text(pilot.app), "Proxmox says 0 of what is stopped"
