"""Backups: the list of one container, what it could not see, and the way to another backup."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input

from proximity_tui.screens.backups.backup_many import BackupManyDialog
from proximity_tui.screens.backups.backups_screen import BackupsScreen
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.screens.stage import Stage
from tests.support.timing.until import said, screen_text, until


async def test_the_list_tells_age_size_storage_verification_and_protection(stage: Stage) -> None:
    world = stage.simulator.world
    world.add_storage("vault", "pbs", ("backup",), shared=True)
    world.add_backup(101, storage="vault", ago=30 * 86_400.0, verification="failed", protected=True, notes="web-1")
    async with stage.shown((120, 24)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("enter")
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1)" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: "Backups 3" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, BackupsScreen)
        [line] = [line.split() for line in screen_text(pilot.app).splitlines() if "vault" in line]
        assert line[0].endswith("d")
        assert line[3:] == ["180M", "vault", "FAILED", "yes", "web-1"]
        await pilot.press("G", "enter")
        await until(pilot, lambda: "verification verified: failed" in screen_text(pilot.app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1)" in screen_text(pilot.app))


async def test_what_could_not_be_seen_stands_in_the_list_and_is_never_none(stage: Stage) -> None:
    simulator = stage.simulator
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    async with stage.shown((120, 24)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: screen_text(pilot.app).count("not shown to our token") >= 2)
        assert "There may be more backups: backups on storage backups are not shown" in screen_text(pilot.app)
        assert "There is no backup" not in screen_text(pilot.app)
        with simulator.world.entered() as cluster:
            cluster.storages["backups"].files.clear()
        simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
        await pilot.press("r")
        await until(pilot, lambda: "There is no backup of web-1" in screen_text(pilot.app))


async def test_a_backup_is_made_from_the_list_and_appears_in_it(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.adopt(101)
    async with stage.shown((120, 40)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: "Backups 2" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: "Back up web-1 (adopted, CT 101 on pve1)" in screen_text(pilot.app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "mode snapshot, it keeps running" in screen_text(pilot.app))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "backup web-1: done" in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: "Backups 3" in screen_text(pilot.app))


async def test_a_backup_that_takes_it_down_is_agreed_to_by_the_button_alone(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: "Backups 2" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: "Back up web-1 (adopted, CT 101 on pve1)" in screen_text(pilot.app))
        for mode, by_key in (("suspend", True), ("stop", False)):
            pilot.app.screen.query_one("#backup-mode", Input).value = mode
            await pilot.press("ctrl+s")
            await until(pilot, lambda mode=mode: f"mode {mode}" in said(pilot) and "[ Backup ]" in said(pilot))
            assert ("y agree" in said(pilot)) is by_key, mode
        await pilot.press("y")
        assert stage.simulator.journal.writes() == []


async def test_the_marked_ones_are_backed_up_and_one_that_cannot_be_is_skipped(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    for vmid in (101, 102, 134):
        stage.adopt(vmid)
    async with stage.shown((140, 30)) as pilot:
        await until(pilot, lambda: "loki" in screen_text(pilot.app))
        await pilot.press("*", "b")
        await until(pilot, lambda: isinstance(pilot.app.screen, BackupManyDialog))
        await until(pilot, lambda: "skipped: CT is locked (backup)" in said(pilot))
        await until(pilot, lambda: "s mode snapshot 2 of 3" in said(pilot))
        await pilot.press("s")
        await until(pilot, lambda: "(*) s mode snapshot" in said(pilot))
        await until(pilot, lambda: "web-2 pve2 to backups" in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Backed up 2 of 3: 1 untouched" in said(pilot))
        assert stage.simulator.journal.count("POST", "/vzdump") == 2


async def test_a_backup_is_protected_noted_and_released_from_the_list(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.adopt(101)
    volume = stage.simulator.world.add_backup(101, storage="backups", ago=60.0, notes="web-1")
    async with stage.shown((120, 24)) as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("b")
        await until(pilot, lambda: "Backups 3" in screen_text(pilot.app) and "p protect" in screen_text(pilot.app))
        await pilot.press("g", "p")
        await until(pilot, lambda: "no retention removes it" in said(pilot))
        assert f"Protect: {volume}" in said(pilot)
        assert stage.simulator.journal.writes() == []
        await pilot.press("y")
        await until(pilot, lambda: "Backups 3" in screen_text(pilot.app) and "yes web-1" in said(pilot))
        await pilot.press("e")
        await until(pilot, lambda: "Change the note" in said(pilot))
        await pilot.press(*"for ever", "ctrl+s")
        await until(pilot, lambda: 'note: "web-1" becomes "for ever"' in said(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "yes may be of a former CT 101; for ever" in said(pilot))
        await pilot.press("p")
        await until(pilot, lambda: "no longer protected" in said(pilot) and "[ Unprotect ]" in screen_text(pilot.app))
        await pilot.press("y")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "Backups 3" in screen_text(pilot.app) and "yes may be" not in said(pilot))
    assert stage.simulator.journal.count("PUT", "/content/") == 3
