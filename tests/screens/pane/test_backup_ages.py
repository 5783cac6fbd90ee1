"""The age of the last backup in the list and its pane: read once where it is shown, and unknown is not none."""

from __future__ import annotations

from datetime import timedelta

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.doctrine.observation.last_backup import LastBackup
from proximity_tui.core.model import Backup, Plan, Verification
from proximity_tui.screens.presentation.backup_cells import last_backup_cell, last_backup_words
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.records.make import NOON
from tests.support.timing.until import screen_text, until

LISTED = "/storage/backups/content"


def line_of(app: object, name: str) -> str:
    return next(line for line in screen_text(app).splitlines() if f" {name} " in line)  # type: ignore[arg-type]


def test_an_age_is_told_none_only_where_it_is_known_and_a_failed_verification_always() -> None:
    made = Backup("vault:backup/a", NOON - timedelta(days=9), vmid=101, verification=Verification.FAILED)
    cells = [last_backup_cell(last, NOON) for last in (LastBackup(made), LastBackup(), LastBackup(unknown="x"), None)]
    assert [(cell.text, cell.tone) for cell in cells] == [
        ("9d", "warn"),
        ("none", "warn"),
        ("?", "dim"),
        ("", "normal"),
    ]
    assert last_backup_words(LastBackup(made), NOON) == ("9d ago on vault, verification FAILED", "bad")
    assert last_backup_words(LastBackup(unknown="tape is offline"), NOON)[0] == "not known: tape is offline"


def test_what_was_read_a_while_ago_says_when_and_its_age_is_dim_once_that_is_long_ago() -> None:
    made = Backup("vault:backup/a", NOON - timedelta(days=9), vmid=101)
    for passed, tone, words in (
        (timedelta(seconds=20), "warn", "9d ago on vault"),
        (timedelta(minutes=5), "warn", "9d ago on vault, read 5m ago"),
        (timedelta(hours=2), "dim", "9d ago on vault, read 2h ago"),
    ):
        known = LastBackup(made, read_at=NOON - passed)
        assert last_backup_cell(known, NOON).tone == tone, passed
        assert last_backup_words(known, NOON)[0] == words
    none = LastBackup(read_at=NOON - timedelta(hours=2))
    assert last_backup_words(none, NOON)[0] == "none, read 2h ago"
    assert (last_backup_cell(none, NOON).text, last_backup_cell(none, NOON).tone) == ("none", "dim")


async def test_a_backup_that_was_made_here_is_read_at_once(live: Stage) -> None:
    app1, engine = by_name("app1"), live.context.engine
    async with live.shown((200, 30)) as pilot:
        await until(pilot, lambda: "backup    none" in screen_text(pilot.app))
        plan = engine.plan_backup(app1, BackupRequest())
        assert isinstance(plan, Plan)
        pilot.app.controller.begin("back up app1", engine.carry_out, plan, app1)  # type: ignore[attr-defined]
        await until(pilot, lambda: "backup    <1" in screen_text(pilot.app))


async def test_a_wide_list_reads_the_backups_once_for_all_containers(stage: Stage) -> None:
    async with stage.shown((200, 30)) as pilot:
        await until(pilot, lambda: "BACKUP" in screen_text(pilot.app))
        await until(pilot, lambda: "none" in line_of(pilot.app, "web-2"))
        assert line_of(pilot.app, "web-1").split("BACKUP")[0].count("d ") >= 1
        before = stage.simulator.journal.count("GET", LISTED)
        assert before == 1
        for _ in range(3):
            pilot.app.controller.changed.publish(pilot.app.controller.view)  # type: ignore[attr-defined]
            await pilot.press("j", "k")
        assert stage.simulator.journal.count("GET", LISTED) == before


async def test_without_the_right_to_see_backups_the_list_says_that_it_does_not_know(stage: Stage) -> None:
    simulator = stage.simulator
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    async with stage.shown((200, 30)) as pilot:
        await until(pilot, lambda: "backup    not known:" in screen_text(pilot.app))
        assert "none" not in line_of(pilot.app, "web-1").split("│")[0]


async def test_a_narrow_list_that_shows_no_backup_asks_for_none(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("j", "k", "r")
        await until(pilot, lambda: "running" in line_of(pilot.app, "web-1"))
        assert stage.simulator.journal.count("GET", LISTED) == 0
