"""The commands of the Lint screen."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import LINT

LINT_COMMANDS: tuple[ScreenCommand, ...] = (
    ScreenCommand("remedy", ("f",), "fix", "Open what does something about the current finding.", LINT, rank=3),
    ScreenCommand(
        "waive",
        ("w",),
        "waive",
        "Waive the current finding with a note, or lift its waiver.",
        LINT,
        mutating=True,
        rank=3,
    ),
    ScreenCommand("all_findings", ("t",), "open/all", "Show what was waived, too, or only what was not.", LINT, rank=6),
)
