"""The commands for backups: the way to their list, and what is done there."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import BACKUPS, OURS

BACKUP_COMMANDS: tuple[ScreenCommand, ...] = (
    ScreenCommand(
        "backups",
        ("b",),
        "backups",
        "The backups of the container on every storage. With marks: back those up.",
        OURS,
        rank=7,
    ),
    ScreenCommand(
        "back_up",
        ("b",),
        "back up now",
        "Back the container up: opens a form with storage, mode and note, and shows the plan.",
        BACKUPS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand("backup_details", ("enter",), "details", "Everything about the backup.", BACKUPS, rank=2),
)
