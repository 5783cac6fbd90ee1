"""The commands of the Snapshots screen, and the one that leads there."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import OURS, SNAPSHOTS

SNAPSHOT_COMMANDS: tuple[ScreenCommand, ...] = (
    ScreenCommand(
        "snapshots",
        ("t",),
        "snapshots",
        "The snapshots of the container: take one, roll back, delete.",
        OURS | SNAPSHOTS,
        rank=10,
    ),
    ScreenCommand(
        "take_snapshot",
        ("n",),
        "take",
        "Take a snapshot, with a name and a note.",
        SNAPSHOTS,
        mutating=True,
        rank=2,
    ),
    ScreenCommand(
        "roll_back",
        ("enter",),
        "roll back",
        "Roll the container back to the snapshot under the cursor: the plan says first what is lost.",
        SNAPSHOTS,
        mutating=True,
        rank=2,
    ),
    ScreenCommand(
        "delete_snapshot",
        ("ctrl+d", "delete"),
        "delete",
        "Delete the snapshot under the cursor.",
        SNAPSHOTS,
        mutating=True,
        rank=3,
    ),
)
