"""What is kept for the next start: only what changed, no secret, and nothing by a demo or a look."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.core.fleet import STALE_AFTER
from proximity_tui.core.store.records import records
from proximity_tui.last_list import completion_names, file
from proximity_tui.last_list.content import LastList
from proximity_tui.screens.app.last_list_keeper import oldest_without_age
from tests.screens.stage import Stage
from tests.support.timing.until import until


async def keep(pilot: Pilot[Any]) -> None:
    """Have a last list kept if there is a reason to, and wait until it is."""
    pilot.app.last_lists.keep_changed()  # type: ignore[attr-defined]
    await until(pilot, lambda: not any(one.name == "last_list" for one in threading.enumerate()))


def kept(stage: Stage) -> LastList | None:
    return file.read(stage.context.settings.database)


def place(stage: Stage) -> Path:
    found = file.place_of(stage.context.settings.database)
    assert found is not None
    return found


async def test_what_the_list_shows_is_kept_again_only_when_it_changed(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await keep(pilot)
        first = kept(stage)
        assert first is not None
        assert [row[2].text for row in first.rows] == ["web-1", "web-2"]
        listed = completion_names.read(stage.context.settings.database)["prod"]
        assert ({"101", "102", "103"} <= {*listed.guests}, "pve1" in listed.nodes) == (True, True)
        written = place(stage).stat().st_ino, place(stage).stat().st_mtime_ns
        await keep(pilot)
        assert (place(stage).stat().st_ino, place(stage).stat().st_mtime_ns) == written
        stage.record("db", 99)
        await until(pilot, lambda: len(pilot.app.controller.view.rows) == 3)  # type: ignore[attr-defined]
        await keep(pilot)
        later = kept(stage)
        assert later is not None
        assert later.total == 3


@pytest.mark.parametrize(
    ("ages", "expected"),
    [((), 0.0), ((4.0, 12.0), 12.0), ((4.0, STALE_AFTER + 1), 4.0), ((-3.0, 2.0), 2.0)],
    ids=["none", "oldest", "one with its own age", "one of the future"],
)
def test_it_is_as_old_as_the_oldest_value_that_is_shown_without_its_age(
    ages: tuple[float, ...], expected: float
) -> None:
    now = datetime(2026, 11, 28, 2, 14, tzinfo=UTC)
    assert oldest_without_age([now - timedelta(seconds=age) for age in ages], now) == expected


async def test_a_secret_in_an_error_is_not_kept(stage: Stage) -> None:
    web = next(one for one in records.active() if one.vmid == 101)
    records.set_last_error(web.id, "the hook failed: password=hunter22")
    async with stage.shown((200, 30)) as pilot:
        await keep(pilot)
    assert "the hook failed" in place(stage).read_text()
    assert "hunter22" not in place(stage).read_text()


@pytest.mark.parametrize("kind", ["demo", "read-only"])
async def test_neither_a_demo_nor_a_read_only_look_leaves_anything(stage: Stage, kind: str) -> None:
    context = stage.context
    settings = replace(context.settings, read_only=kind == "read-only")
    stage.context = replace(context, settings=settings, simulated=kind == "demo")
    async with stage.shown() as pilot:
        await keep(pilot)
    assert not place(stage).exists()
