"""The one table of commands: bindings, footer, `?` help, palette, `:` line and the manual all derive from it.

It has the name and the screens of each command; the work is a method `do_<id>` of a screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.binding import Binding

from proximity_tui.screens.keyboard.alert_keys import ALERT_COMMANDS
from proximity_tui.screens.keyboard.command import ScreenCommand as ScreenCommand
from proximity_tui.screens.keyboard.guest_keys import GUEST_COMMANDS
from proximity_tui.screens.keyboard.key_names import shown as shown
from proximity_tui.screens.keyboard.key_names import shown_all as shown_all
from proximity_tui.screens.keyboard.maintenance_keys import MAINTENANCE_COMMANDS
from proximity_tui.screens.keyboard.screen_ids import AROUND, GUEST_LISTS, MARKABLE, READABLE, ROWS, ScreenId

OF_AN_OPEN_RECORD = frozenset({"delete", "power", "clone", "edit", "migrate", "watch"})
"""The ids of commands that a closed record has no use for."""

SCREEN_COMMANDS: tuple[ScreenCommand, ...] = (
    # Its name is the value of its `ScreenId`; `MAIN` (`screens/main_screens.py`) has what opens it.
    ScreenCommand("everything", ("0",), "Everything", "Every guest: managed, unmanaged, VMs and templates."),
    ScreenCommand("fleet", ("1",), "Fleet", "All managed containers."),
    ScreenCommand("unmanaged", ("2",), "Unmanaged", "Containers without a record, which can be adopted."),
    ScreenCommand("alerts", ("3",), "Alerts", "Alerts that need attention, red first."),
    ScreenCommand("jobs", ("4",), "Jobs", "Reconciler and janitor: last runs, results, and which process runs them."),
    ScreenCommand("audit", ("5",), "Audit", "The audit trail, and whether its hash chain is intact."),
    ScreenCommand("nodes", ("6",), "Nodes", "The nodes of every cluster: status, load, and the guests on them."),
    ScreenCommand("storage", ("7",), "Storage", "The storages of every cluster: status, use, and what they may hold."),
    ScreenCommand("tasks", ("8",), "Tasks", "The tasks of every cluster, by anybody: running ones first."),
    ScreenCommand(
        "pulse", ("9",), "Pulse", "The last shift on one page: what is open, what happened, who changed what."
    ),
    # Screens without a number: they are typed by name.
    ScreenCommand(
        "lint", (), "Lint", "What will hurt: no backup, protection off, drift, full disks; each with its remedy."
    ),
    ScreenCommand("ports", (), "Ports", "The public ports: which are held, by whom, and what conflicts."),
    ScreenCommand("stats", (), "Stats", "The figures of the fleet: growth, adoptions, orphans, states, uptime."),
    ScreenCommand("templates", (), "Templates", "The container templates: which are there, which can be downloaded."),
    ScreenCommand("top", (), "Top", "Who uses most, who idles, and whose disk fills up."),
)
"""Those that lead to the main screens."""


class SortKey(NamedTuple):
    """The key of one column, what a person calls the column, and the lists that have it."""

    key: str
    words: str
    where: frozenset[ScreenId]


SORTED_BY: Mapping[str, SortKey] = {
    "name": SortKey("alt+n", "name", GUEST_LISTS | {ScreenId.ALERTS, ScreenId.LINT, ScreenId.TOP, ScreenId.SNAPSHOTS}),
    "vmid": SortKey("alt+v", "VMID", GUEST_LISTS | {ScreenId.LINT, ScreenId.TOP}),
    "node": SortKey("alt+o", "node", GUEST_LISTS | {ScreenId.NODES, ScreenId.TASKS, ScreenId.TEMPLATES}),
    "status": SortKey("alt+s", "status", GUEST_LISTS | {ScreenId.NODES, ScreenId.STORAGE, ScreenId.TEMPLATES}),
    "cpu": SortKey("alt+c", "CPU", GUEST_LISTS | {ScreenId.NODES, ScreenId.TOP}),
    "mem": SortKey("alt+m", "memory", GUEST_LISTS | {ScreenId.NODES, ScreenId.TOP}),
    "disk": SortKey("alt+d", "disk", GUEST_LISTS | {ScreenId.NODES, ScreenId.TOP}),
    "uptime": SortKey("alt+u", "uptime", GUEST_LISTS | {ScreenId.NODES}),
    "age": SortKey("alt+a", "age", frozenset({ScreenId.ALERTS, ScreenId.SNAPSHOTS, ScreenId.BACKUPS})),
}
"""The columns that have a key of their own. `S` and `:sort` take any."""

COMMANDS: tuple[ScreenCommand, ...] = (
    *SCREEN_COMMANDS,
    *GUEST_COMMANDS,
    *ALERT_COMMANDS,
    *MAINTENANCE_COMMANDS,
    # Lists.
    ScreenCommand(
        "filter",
        ("slash",),
        "filter",
        "Show only what matches: text, node:pve2, tag:prod, mem:>1G, cpu:>80, uptime:<1h, !, ~regex.",
        ROWS,
        rank=4,
    ),
    ScreenCommand(
        "attention",
        ("exclamation_mark",),
        "attention",
        "Show only what needs attention, or everything again.",
        AROUND | {ScreenId.FLEET, ScreenId.EVERYTHING},
        rank=10,
    ),
    ScreenCommand(
        "sort", ("o",), "sort", "Sort by the next column, or the one named.", ROWS, argument="COLUMN", optional=True
    ),
    ScreenCommand("sort_menu", ("S",), "sort by", "Choose the column to sort by from a list.", ROWS),
    ScreenCommand("sort_reverse", ("O",), "reverse", "Reverse the sort.", ROWS),
    *(
        ScreenCommand(
            f"sort_{one}",
            (sort.key,),
            f"by {sort.words}",
            f"Sort by {sort.words}; again: reversed.",
            sort.where,
            means=f"sort {one}",
        )
        for one, sort in SORTED_BY.items()
    ),
    ScreenCommand(
        "save", ("ctrl+s",), "save", "Save the shown rows to a file (text, JSON or CSV), with their age.", ROWS
    ),
    ScreenCommand("table.up", ("up", "k"), "up", "One row up.", READABLE),
    ScreenCommand("table.down", ("down", "j"), "down", "One row down.", READABLE),
    ScreenCommand("table.page_up", ("pageup",), "page up", "One page up.", READABLE),
    ScreenCommand("table.page_down", ("pagedown",), "page down", "One page down.", READABLE),
    ScreenCommand("table.first", ("home", "g"), "first", "To the first row.", READABLE),
    ScreenCommand("table.last", ("end", "G"), "last", "To the last row.", READABLE),
    ScreenCommand("table.mark", ("space",), "mark", "Mark the row or clear its mark, and go to the next.", MARKABLE),
    ScreenCommand("table.mark_shown", ("asterisk",), "mark all", "Mark all shown rows.", MARKABLE),
    ScreenCommand("table.clear_marks", ("backslash",), "clear marks", "Clear all marks.", MARKABLE),
    # Everywhere.
    ScreenCommand("refresh", ("r",), "refresh", "Refresh every cluster now."),
    ScreenCommand("redraw", ("ctrl+l",), "redraw", "Draw the whole screen again, after another program wrote over it."),
    ScreenCommand("suspend", ("ctrl+z",), "suspend", "Suspend the program to the shell; fg continues it."),
    ScreenCommand("command_line", ("colon",), "command", "Type a command, with completion."),
    ScreenCommand("palette", ("ctrl+p",), "palette", "Choose a command from a list."),
    ScreenCommand(
        "cluster", (), "cluster", "Show only one cluster on every screen; all shows every one again.", argument="NAME"
    ),
    ScreenCommand(
        "container",
        (),
        "container",
        "Open a guest by name, VMID or cluster/VMID; else filter Everything.",
        argument="CONTAINER",
    ),
    ScreenCommand(
        "why",
        (),
        "why",
        "Explain what is concluded of a guest, by name or VMID, or of the current one.",
        argument="CONTAINER",
        optional=True,
    ),
    ScreenCommand(
        "theme", (), "theme", "Choose the colours: auto, dark, light, contrast or terminal.", argument="NAME"
    ),
    ScreenCommand(
        "view",
        (),
        "view",
        "Open a view. save NAME keeps this list as one, delete NAME deletes it.",
        argument="NAME",
        optional=True,
    ),
    ScreenCommand("node", (), "node", "Show every guest of one node.", argument="NODE"),
    ScreenCommand("mouse", (), "mouse", "Use the mouse here, or leave it to the terminal again."),
    ScreenCommand("connect", (), "connect", "Connect another cluster: its certificate is shown first.", mutating=True),
    ScreenCommand("interrupted", (), "interrupted", "Resume or abandon interrupted operations.", mutating=True),
    ScreenCommand("back", ("escape",), "back", "Clear the filter, or go back."),
    ScreenCommand("help", ("question_mark",), "help", "Show these keys.", rank=1),
    ScreenCommand("quit", ("q",), "quit", "Quit. Asks first while an operation is in progress.", rank=6),
)
"""In the order of the help."""

TYPED = frozenset({"filter", "command_line"})
"""What opens the line to type into. Their keys act before the next key is looked at, so that of `/web` that arrives at
once, as pasted or over a slow line, nothing but the `/` is taken for a command."""

OF_A_ROW = frozenset(
    {"open", "delete", "power", "clone", "raw", "details", "copy", "shell", "guests", "log", "guest_tasks", "download"}
    | {"edit", "migrate", "drift", "explain"}
    | {"acknowledge", "breaker", "reattach", "restore", "retrust", "run_reconciler", "run_janitor", "dry_run", "pause"}
    | {"move", "release", "probe", "snapshots", "roll_back", "delete_snapshot", "backups", "backup_details"}
    | {"compare", "revert", "remedy", "waive", "finding_details"}
)
"""What is done with a row of a list, and so has no use on an empty one."""

BY_ID = {command.id: command for command in COMMANDS}


def commands_for(screen_id: ScreenId) -> tuple[ScreenCommand, ...]:
    """Return the commands that apply on a screen, in the order of the table."""
    return tuple(command for command in COMMANDS if screen_id in command.where)


def bindings_for(screen_id: ScreenId) -> list[Binding]:
    """Return the bindings of a screen. Those of tables are made by the table itself, under the same ids."""
    return [_binding(command) for command in commands_for(screen_id) if command.keys and not in_table(command)]


def in_table(command: ScreenCommand) -> bool:
    """Return whether the table itself runs the command."""
    return command.id.startswith("table.")


def _binding(command: ScreenCommand) -> Binding:
    return Binding(
        ",".join(command.keys),
        f"run('{command.id}')",
        command.words,
        id=command.id,
        tooltip=command.help,
        priority=command.id in TYPED,
    )
