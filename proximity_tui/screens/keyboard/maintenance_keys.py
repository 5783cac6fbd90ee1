"""The commands for the maintenance of containers: ports, lint, snapshots and backups, and the ways to their screens."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import BACKUPS, LINT, OURS, PORTS, SNAPSHOTS

MAINTENANCE_COMMANDS: tuple[ScreenCommand, ...] = (
    # Ports, and the probe on every list of our containers.
    ScreenCommand(
        "probe",
        ("P",),
        "probe ports",
        "See which ports answer from here: of the marked containers, or the current one.",
        OURS | PORTS,
        mutating=True,
    ),
    ScreenCommand(
        "reserve",
        ("n",),
        "reserve",
        "Reserve a public port for a container, or for nothing yet with a note.",
        PORTS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "move",
        ("m",),
        "move",
        "Move the port under the cursor: another number, another holder, or where it leads to.",
        PORTS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "release", ("ctrl+d", "delete"), "release", "Release the port under the cursor.", PORTS, mutating=True, rank=3
    ),
    # Lint.
    ScreenCommand("remedy", ("f",), "fix", "Open the remedy for the current finding.", LINT, rank=3),
    ScreenCommand(
        "waive",
        ("w",),
        "waive",
        "Waive the current finding with a note, or lift its waiver.",
        LINT,
        mutating=True,
        rank=3,
    ),
    ScreenCommand("finding_details", ("i",), "details", "Everything about the finding.", LINT, rank=3),
    ScreenCommand("all_findings", ("t",), "open/all", "Show or hide waived findings.", LINT, rank=6),
    # Snapshots, and the way there.
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
    # Backups, and the way there.
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
        "back up",
        "Back the container up: opens a form with storage, mode and note, and shows the plan.",
        BACKUPS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "protect",
        ("p",),
        "protect",
        "Protect the backup, so that no retention removes it; or take its protection from it. The plan is shown first.",
        BACKUPS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand("backup_note", ("e",), "note", "Change the note of the backup.", BACKUPS, mutating=True, rank=3),
    ScreenCommand("backup_details", ("enter",), "details", "Everything about the backup.", BACKUPS, rank=2),
)
