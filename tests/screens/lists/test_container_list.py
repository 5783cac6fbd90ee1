"""The lists about one container: nothing reads them again by itself, so they say how old they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.screens.backups.backups_screen import BackupsScreen
from proximity_tui.screens.drift.drift_screen import DriftScreen
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.screens.support.later import later
from tests.support.timing.until import said, until


async def test_what_was_read_a_while_ago_says_so_until_it_is_read_again(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        await pilot.app.push_screen(DriftScreen(by_name("web-1").id))
        await until(pilot, lambda: "No drift" in said(pilot))
        assert "Read " not in said(pilot)
        with later(timedelta(minutes=5)):
            await until(pilot, lambda: "Read 5m ago (r reads it again). No drift" in said(pilot))
            await pilot.press("r")
            await until(pilot, lambda: "No drift" in said(pilot) and "Read " not in said(pilot))


async def test_of_a_backup_that_left_the_list_nobody_says_that_the_audit_trail_has_it(stage: Stage) -> None:
    async with stage.shown((160, 24)) as pilot:
        await pilot.app.push_screen(BackupsScreen(by_name("web-1").id))
        await until(pilot, lambda: "2 backups" in said(pilot))
        stage.simulator.faults.answer(596, "Connection refused")
        await pilot.press("r")
        await until(pilot, lambda: "no longer listed: the row stays until the cursor leaves it." in said(pilot))
        assert "Audit (5) shows what happened" not in said(pilot)


@pytest.mark.parametrize("name", ["backups", "templates", "tasks"])
async def test_what_is_saved_says_when_it_was_read_and_not_when_it_was_made(stage: Stage, name: str) -> None:
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", "101", "root@pam")
    async with stage.shown((120, 24)) as pilot:
        if name == "backups":
            pilot.app.routes.open_backups(by_name("web-1").id)  # type: ignore[attr-defined]
        else:
            await pilot.press(":", *name, "enter")
        await until(pilot, lambda: name == pilot.app.screen.SCREEN_ID and "oldest" in exported(pilot))  # type: ignore[attr-defined]
        with later(timedelta(minutes=5)):
            assert "oldest value 5m old" in exported(pilot)


def exported(pilot: Pilot[Any]) -> str:
    """Return the headline of what would be saved now; nothing while there is no list."""
    return str(pilot.app.screen.export().headline) if pilot.app.screen.query(RowTable) else ""  # type: ignore[attr-defined]
