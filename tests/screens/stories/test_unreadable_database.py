"""A database that cannot be read for a while: what is shown stays, under a sentence, and does not seem younger."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.screens.stage import Stage, read_again
from tests.support.timing.until import screen_text, until


async def test_what_is_shown_stays_as_old_as_it_is_until_the_database_can_be_read_again(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        controller = pilot.app.controller  # type: ignore[attr-defined]
        await until(pilot, lambda: "Fleet 2" in screen_text(pilot.app))
        rename(stage, "container", "hidden")
        await until(pilot, lambda: "The database cannot be read, so these values may be old" in screen_text(pilot.app))
        shown = controller.view.polls["prod"].inventory

        await read_again(pilot, lambda: stage.context.pollers["prod"].latest.inventory is not shown)
        stage.simulator.faults.answer(596, "Connection refused")
        await read_again(pilot, lambda: controller.view.polls["prod"].error is not None)
        assert controller.view.polls["prod"].inventory == shown, "the rows were made of this one"
        assert "Fleet 2" in screen_text(pilot.app)

        stage.simulator.faults.clear()
        rename(stage, "hidden", "container")
        await read_again(pilot, lambda: "may be old" not in screen_text(pilot.app))
        await read_again(pilot, lambda: controller.view.polls["prod"].inventory.taken_at > shown.taken_at)


def rename(stage: Stage, table: str, to: str) -> None:
    """Somebody else is at work in the database."""
    with closing(sqlite3.connect(stage.folder / "proximity.db", isolation_level=None)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {to}")
