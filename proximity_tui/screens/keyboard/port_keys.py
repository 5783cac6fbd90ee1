"""The commands about ports: on the Ports screen, and the probe on every list of our containers."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import OURS, PORTS

PORT_COMMANDS: tuple[ScreenCommand, ...] = (
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
)
