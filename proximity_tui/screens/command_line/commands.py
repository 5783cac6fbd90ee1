"""The `:` line: a typed command is understood, or it is said why not. It carries out nothing."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.base.text import did_you_mean
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import GuestRow
from proximity_tui.screens.keyboard.aliases import ON_COMMAND_LINE, Aliases
from proximity_tui.screens.keyboard.keys import BY_ID, ScreenCommand, commands_for, in_table
from proximity_tui.screens.keyboard.screen_ids import LISTS, ScreenId
from proximity_tui.screens.keyboard.unused import where_it_is


@value_object
class TypedCommand:
    """A command that was understood."""

    command: ScreenCommand
    argument: str = ""


def understand(text: str, screen_id: ScreenId, aliases: Aliases) -> TypedCommand | str:
    """Return the command in `text` (without the colon), or a sentence that says why there is none."""
    known_as, _, argument = aliases.expand(text).partition(" ")
    argument = argument.strip()
    known = {command.id: command for command in offered(screen_id)}
    command = known.get(known_as)
    # What was typed is told, and not what it stands for.
    name = text.strip().lstrip(":").partition(" ")[0]
    if command is None:
        if name in ON_COMMAND_LINE:
            return f":{name} is not done on the screens. On a command line: proximity-tui {name}"
        elsewhere = BY_ID.get(known_as)
        if elsewhere is not None and not in_table(elsewhere):
            return f":{name} is not a command of this screen. {where_it_is(elsewhere)}"
        advice = did_you_mean(name, known, "tab lists the commands.", ":{}".format)
        return f":{name} is not a command of this screen; {advice}"
    if command.argument and not command.optional and not argument:
        return f":{name} needs an argument: :{name} {command.argument}"
    if argument and not takes_argument(command):
        return f":{name} takes no argument."
    return TypedCommand(command, argument)


def takes_argument(command: ScreenCommand) -> bool:
    """Return whether something may follow the command; behind the name of a list it is a filter."""
    return bool(command.argument) or command.id in LISTS


def offered(screen_id: ScreenId) -> list[ScreenCommand]:
    """Return the commands that can be typed on a screen."""
    return [command for command in commands_for(screen_id) if not in_table(command) and command.id != "command_line"]


def names_of(rows: Sequence[GuestRow]) -> list[str]:
    """Return the names that mean one guest; the others by cluster and VMID."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.name] = counts.get(row.name, 0) + 1
    return sorted(row.name if counts[row.name] == 1 else f"{row.cluster}/{row.vmid}" for row in rows)


def names_with_cluster(rows: Sequence[GuestRow], begun: str) -> list[str]:
    """Return `cluster/VMID` of the guests of the cluster in `begun`, or `cluster/name`, whichever begins so."""
    cluster, _, rest = begun.partition("/")
    among = [row for row in rows if row.cluster == cluster]
    vmids = sorted(row.vmid for row in among if row.vmid is not None and str(row.vmid).startswith(rest))
    names = sorted({row.name for row in among if rest and row.name.startswith(rest)})
    return [f"{cluster}/{one}" for one in (*vmids, *names)]
