"""Nodes: which there are, those in trouble first, and the page of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from proximity_tui.core.fleet import NodeRow
from proximity_tui.screens.cluster.nodes_screen import NodesScreen
from tests.screens.stage import Stage, read_again
from tests.screens.support.later import later
from tests.support.timing.until import said, screen_text, until


async def show_nodes(pilot: Pilot[Any]) -> NodesScreen:
    """Go to the screen, and wait for its first rows."""
    await pilot.press("6")
    await until(pilot, lambda: isinstance(pilot.app.screen, NodesScreen) and pilot.app.screen.table.total)
    assert isinstance(pilot.app.screen, NodesScreen)
    return pilot.app.screen


def rows(screen: NodesScreen) -> dict[str, NodeRow]:
    """The rows by node, in their order."""
    return {row.name: row for row in screen.items(screen.view)}


async def test_a_node_leads_to_its_page_and_to_its_guests(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await show_nodes(pilot)
        await until(pilot, lambda: "1 unknown if it fails" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "pve-manager/9.2.11" in screen_text(pilot.app))
        await until(pilot, lambda: "not used on this node" in screen_text(pilot.app))
        await until(pilot, lambda: "pve-ssl.pem: valid for" in screen_text(pilot.app))
        await pilot.press("G")
        await until(pilot, lambda: "1 container unknown until it is back: web-1" in screen_text(pilot.app))
        await pilot.press("f")
        await until(pilot, lambda: "node:pve1 cluster:prod" in screen_text(pilot.app))


async def test_a_dead_node_comes_first_and_says_what_is_unknown(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        screen = await show_nodes(pilot)
        assert list(rows(screen)) == ["pve1", "pve2", "pve3"]
        stage.world.set_node_online("pve1", False)
        stage.world.set_maintenance("pve2", True)
        await read_again(
            pilot, lambda: list(rows(screen)) == ["pve1", "pve2", "pve3"] and rows(screen)["pve1"].running == 0
        )
        await until(pilot, lambda: "✖ offline" in screen_text(pilot.app))
        await until(pilot, lambda: "the status of 1 container is unknown" in screen_text(pilot.app))
        await until(pilot, lambda: "◐ maintenance" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "pve1 is offline, so it was not asked" in screen_text(pilot.app))
        assert "not reachable from this node" in screen_text(pilot.app)
        assert "available" not in screen_text(pilot.app)


async def test_what_was_read_of_a_node_has_an_age_and_is_not_shown_once_it_is_dead(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await show_nodes(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "details" in said(pilot) and "read <15s ago" in said(pilot))
        assert "load" in screen_text(pilot.app)
        stage.world.set_node_online("pve1", False)
        await read_again(pilot, lambda: "✖ offline" in screen_text(pilot.app))
        assert "not known: pve1 is offline since they were read" in said(pilot)
        assert "load" not in screen_text(pilot.app)


async def test_each_answer_of_a_node_or_a_storage_has_its_age(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await show_nodes(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "not used on this node" in said(pilot) and "valid for" in said(pilot))
        with later(timedelta(minutes=5)):
            await until(pilot, lambda: "not used on this node read 5m ago" in said(pilot))
            assert re.search(r"valid for \S+( \S+)? read 5m ago", said(pilot))
            await pilot.press("r")
            await until(pilot, lambda: "read 5m ago" not in said(pilot))
        await pilot.press("7", "enter")
        await until(pilot, lambda: "active, " in said(pilot))
        assert "read " not in said(pilot)
        with later(timedelta(minutes=5)):
            await until(pilot, lambda: re.search(r"pve1 active, \S+ read 5m ago", said(pilot)))


async def test_a_container_under_ha_is_not_said_to_run_elsewhere_already(stage: Stage) -> None:
    stage.world.set_ha(101, "started")
    async with stage.shown((80, 24)) as pilot:
        await show_nodes(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "manages 1 guest on this node" in screen_text(pilot.app))
        await pilot.press("G")
        await until(pilot, lambda: "1 container under HA, to be started elsewhere: web-1" in screen_text(pilot.app))


async def test_what_did_not_change_is_the_same_row(stage: Stage) -> None:
    async with stage.shown() as pilot:
        screen = await show_nodes(pilot)
        before = screen.items(screen.view)
        taken_at = screen.view.polls["prod"].inventory.taken_at  # type: ignore[union-attr]
        await read_again(pilot, lambda: screen.view.polls["prod"].inventory.taken_at > taken_at)  # type: ignore[union-attr]
        assert screen.items(screen.view) is before


async def test_what_our_token_may_not_see_of_a_node_is_forbidden(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    stage.simulator.set_acl(stage.simulator.token_id, {"/vms": ["VM.Audit"]})
    async with stage.shown((120, 30)) as pilot:
        await show_nodes(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "forbidden" in screen_text(pilot.app))
        await until(pilot, lambda: "the token lacks Sys.Audit on /nodes/pve1" in screen_text(pilot.app))
        await until(pilot, lambda: "pve-ssl.pem: valid for" in screen_text(pilot.app))
