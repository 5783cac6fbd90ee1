"""The groups of the help: commands by what one wants to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from proximity_tui.screens.keyboard.keys import ScreenCommand, in_table
from proximity_tui.screens.keyboard.screen_ids import SCREENS


class Group(StrEnum):
    """What a person wants to do, in the order of the help."""

    LOOK = "Look"
    FIND = "Find"
    ACT = "Act"
    MOVE = "Move and mark"
    SCREENS = "Go to a screen"
    EVERYWHERE = "Everywhere"


FINDING = frozenset(
    {"filter", "attention", "sort", "sort_menu", "sort_reverse"}
    | {"cluster", "container", "why", "node", "view", "palette", "command_line"}
)
ACTING = frozenset({"shell", "run_reconciler", "run_janitor", "dry_run", "reconcile", "janitor", "copy", "save"})
ANYWHERE = frozenset(
    {"refresh", "redraw", "suspend", "theme", "mouse", "connect", "interrupted", "back", "help", "quit"}
)


def group_of(command: ScreenCommand) -> Group:
    """Return the group of a command."""
    if command.id in SCREENS:
        return Group.SCREENS
    if command.id in FINDING or command.means:
        return Group.FIND
    if command.id in ANYWHERE:
        return Group.EVERYWHERE
    if in_table(command):
        return Group.MOVE
    return Group.ACT if command.mutating or command.id in ACTING else Group.LOOK


def grouped(commands: Iterable[ScreenCommand]) -> Mapping[Group, list[ScreenCommand]]:
    """Return the commands by group, each in their order; no group is empty."""
    found: dict[Group, list[ScreenCommand]] = {group: [] for group in Group}
    for command in commands:
        found[group_of(command)].append(command)
    return {group: members for group, members in found.items() if members}
