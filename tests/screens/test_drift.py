"""`drift 2` in NOTES: what the list itself shows, and what the last look found, on whichever screen that was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from proximity_tui.config import load as config
from proximity_tui.core.store.revisions.drifts import Drifts
from proximity_tui.runtime.context import open_context
from proximity_tui.screens.container.container_page import ContainerScreen
from tests.core.store.making import raw
from tests.screens.stage import Stage, read_again
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, screen_text, until

WIDE = (160, 24)


def row(pilot: Pilot[Any], name: str) -> str:
    return next((line for line in screen_text(pilot.app).splitlines() if f" {name} " in line), "")


def long_ago() -> None:
    """Every look at a whole config was so long ago that the list is younger."""
    raw("UPDATE drift SET compared_at = '2020-01-01T00:00:00.000000Z'")


async def test_the_list_alone_notices_what_it_shows(stage: Stage) -> None:
    long_ago()
    stage.world.set_config(101, memory=4096, cores=7)
    stage.world.broadcast()
    stage.simulator.journal.clear()
    async with stage.shown(WIDE) as pilot:
        await until(pilot, lambda: "drift 2" in row(pilot, "web-1"))
        assert "drift" not in row(pilot, "web-2")
        assert stage.simulator.journal.count("GET", "/config") == 0


async def test_the_raw_config_tells_the_lists_what_it_found(stage: Stage) -> None:
    stage.world.set_config(101, nameserver="9.9.9.9", onboot=0, startup="order=3")
    async with stage.shown(WIDE) as pilot:
        await until(pilot, lambda: row(pilot, "web-1"))
        assert "drift" not in row(pilot, "web-1")
        pilot.app.routes.open_raw("prod", 101, by_name("web-1").id)  # type: ignore[attr-defined]
        await until(pilot, lambda: "settings differ from the clinical record" in said(pilot))
        found = said(pilot).split(" settings differ", 1)[0].split()[-1]
        await pilot.press("escape")
        await until(pilot, lambda: f"drift {found}" in row(pilot, "web-1"))


async def test_the_page_of_a_container_looks_when_it_is_opened_and_when_asked(stage: Stage) -> None:
    stage.world.set_config(101, nameserver="9.9.9.9")
    async with stage.shown(WIDE) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await until(pilot, lambda: "1 setting differs from the clinical record; d shows them" in said(pilot))
        stage.world.set_config(101, searchdomain="example.org")
        await pilot.press("r")
        await until(pilot, lambda: "2 settings differ from the clinical record; d shows them" in said(pilot))
        await until(pilot, lambda: "revision 3, seen first" in said(pilot))


async def test_nothing_is_said_where_nothing_is_known_to_have_changed(stage: Stage) -> None:
    long_ago()
    async with stage.shown(WIDE) as pilot:
        await until(pilot, lambda: row(pilot, "web-1"))
        await read_again(pilot, lambda: all(one.drift == 0 for one in pilot.app.controller.view.rows))  # type: ignore[attr-defined]
        assert not any("drift" in row(pilot, one.name) for one in pilot.app.controller.view.rows)  # type: ignore[attr-defined]


async def test_a_read_only_session_looks_and_leaves_no_trace(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    ours = stage.adopt(101)
    stage.world.set_config(101, nameserver="9.9.9.9")
    stage.context.close()
    stage.context = open_context(config.load(stage.context.settings.path, read_only=True, environ={}))
    async with stage.shown(WIDE) as pilot:
        pilot.app.routes.open_raw("prod", 101, ours.id)  # type: ignore[attr-defined]
        await until(pilot, lambda: "1 setting differs" in said(pilot))
        assert Drifts().known()[ours.id].changed == frozenset()
