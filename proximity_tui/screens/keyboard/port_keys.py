"""The commands of the Ports screen."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import PORTS

PORT_COMMANDS: tuple[ScreenCommand, ...] = (
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
)
