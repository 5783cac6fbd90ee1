"""The commands for alerts and jobs."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import ALARMS, BACKUPS, JOBS, OUR_PAGE, ScreenId

ALERT_COMMANDS: tuple[ScreenCommand, ...] = (
    ScreenCommand(
        "acknowledge",
        ("x",),
        "acknowledge",
        "Acknowledge those marked, or the current one, with a note.",
        ALARMS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "breaker",
        ("b",),
        "breaker",
        "Approve or dismiss a mass disappearance, so that the breaker releases the cluster.",
        ALARMS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "reattach",
        ("a",),
        "re-attach",
        "Manage a container that came back again, as the same kind.",
        ALARMS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "restore",
        ("R",),
        "restore",
        "Restore a lost container from a backup, with its history and ports.",
        ALARMS | OUR_PAGE | BACKUPS,
        mutating=True,
        typed_first=True,
        rank=2,
    ),
    ScreenCommand(
        "retrust",
        ("f",),
        "trust again",
        "Compare a changed certificate or cluster, and trust it by typing its name.",
        ALARMS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "all_alerts",
        ("t",),
        "open/all",
        "Show acknowledged and resolved alerts too, or only open ones.",
        frozenset({ScreenId.ALERTS}),
        rank=6,
    ),
    ScreenCommand("run_reconciler", ("R",), "reconcile", "Run the reconciler of this cluster now.", JOBS, rank=3),
    ScreenCommand("run_janitor", ("J",), "janitor", "Run the janitor of this cluster now.", JOBS, rank=3),
    ScreenCommand("dry_run", ("d",), "dry run", "Show what the job would do now; nothing is written.", JOBS, rank=5),
    ScreenCommand("pause", ("p",), "pause", "Pause the job for everybody, or resume it.", JOBS, mutating=True, rank=5),
    ScreenCommand("reconcile", (), "reconcile", "Run the reconciler of every cluster now."),
    ScreenCommand("janitor", (), "janitor", "Run the janitor of every cluster now."),
)
