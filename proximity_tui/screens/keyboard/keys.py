"""The one table of commands: bindings, footer, `?` help, palette, `:` line and the manual all derive from it.

It has the name and the screens of each command; the work is a method `do_<id>` of a screen.
"""

from __future__ import annotations

from textual.binding import Binding

from proximity_tui.screens.keyboard.command import ScreenCommand as ScreenCommand
from proximity_tui.screens.keyboard.key_names import shown as shown
from proximity_tui.screens.keyboard.key_names import shown_all as shown_all
from proximity_tui.screens.keyboard.screen_ids import (
    ALARMS,
    AROUND,
    GUEST_LISTS,
    GUESTS,
    JOBS,
    LISTS,
    MARKABLE,
    OF_NODES,
    OUR_PAGE,
    OURS,
    PAGE,
    PAGES,
    READABLE,
    ScreenId,
)
from proximity_tui.screens.keyboard.sort_keys import SORTED_BY

_SHOWN = {"vmid": "VMID", "cpu": "CPU", "mem": "memory"}
"""The columns whose name is not what a person calls them."""

COMMANDS: tuple[ScreenCommand, ...] = (
    # Screens: one row here and one in `routes.MAIN` make a new one.
    ScreenCommand("everything", ("0",), "Everything", "Every guest: managed, unmanaged, VMs and templates."),
    ScreenCommand("fleet", ("1",), "Fleet", "All managed containers."),
    ScreenCommand("unmanaged", ("2",), "Unmanaged", "Containers without a record, which can be adopted."),
    ScreenCommand("alerts", ("3",), "Alerts", "Alerts that need attention, red first."),
    ScreenCommand("jobs", ("4",), "Jobs", "Reconciler and janitor: last runs, results, and which process runs them."),
    ScreenCommand("audit", ("5",), "Audit", "The audit log, and whether its hash chain is intact."),
    ScreenCommand("nodes", ("6",), "Nodes", "The nodes of every cluster: status, load, and the guests on them."),
    ScreenCommand("storage", ("7",), "Storage", "The storages of every cluster: status, use, and what they may hold."),
    ScreenCommand("tasks", ("8",), "Tasks", "The tasks of every cluster, by anybody: running ones first."),
    ScreenCommand(
        "pulse", ("9",), "Pulse", "The last shift on one page: what is open, what happened, who changed what."
    ),
    # Screens without a number: they are typed by name.
    ScreenCommand("ports", (), "Ports", "The public ports: which are held, by whom, and what conflicts."),
    # What can be done with a container.
    ScreenCommand(
        "open",
        ("enter",),
        "open",
        "Open the guest, alert, node or storage under the cursor, or the guest of a task or port.",
        GUEST_LISTS | AROUND | {ScreenId.ALERTS, ScreenId.GUEST},
        rank=2,
    ),
    ScreenCommand(
        "adopt",
        ("a",),
        "adopt",
        "Adopt the marked containers, or the current one. On Fleet it opens Unmanaged.",
        GUEST_LISTS | {ScreenId.GUEST},
        mutating=True,
        rank=4,
    ),
    ScreenCommand(
        "delete",
        ("ctrl+d", "delete"),
        "delete",
        "Stop managing or destroy: opens a dialog with both choices and their steps.",
        OURS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "power",
        ("p",),
        "power",
        "Start, shut down, stop or reboot those marked, or the current one.",
        OURS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "create", ("n",), "new", "Create a native container.", frozenset({ScreenId.FLEET}), mutating=True, rank=9
    ),
    ScreenCommand("clone", ("c",), "clone", "Clone the container.", OURS, mutating=True, rank=11),
    ScreenCommand(
        "raw", ("y",), "raw config", "The config in Proxmox, and its differences from the clinical record.", GUESTS
    ),
    ScreenCommand(
        "explain",
        ("x",),
        "explain",
        "The ladder climbed for it now, why it needs a person, and what the jobs do next.",
        GUEST_LISTS | PAGES,
    ),
    ScreenCommand("details", ("i",), "details", "Show or hide what is known of the current row.", GUEST_LISTS, rank=9),
    ScreenCommand("next_tab", ("tab",), "next tab", "Show the next tab.", PAGES, rank=3),
    ScreenCommand("previous_tab", ("shift+tab",), "previous tab", "Show the previous tab.", PAGES),
    ScreenCommand(
        "history", ("h",), "history", "Charts of the last hour. Again: day, week, month, year.", PAGE, rank=8
    ),
    ScreenCommand("watch", ("w",), "watch", "Show the progress of the current operation.", OUR_PAGE, rank=8),
    ScreenCommand("reveal", ("v",), "show secrets", "Show or mask possible secrets.", PAGE),
    ScreenCommand("log", ("l",), "task log", "The log of the task under the cursor.", PAGE | {ScreenId.TASKS}),
    ScreenCommand(
        "copy",
        ("Y",),
        "copy",
        "Copy its VMID, name or address, or the command that shows it.",
        GUEST_LISTS | PAGES,
    ),
    ScreenCommand("shell", ("s",), "shell", "Open a shell in the container.", GUESTS),
    ScreenCommand("guests", ("f",), "guests", "The guests of the node.", OF_NODES, rank=5),
    # Alerts and jobs.
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
    # Lists.
    ScreenCommand(
        "filter",
        ("slash",),
        "filter",
        "Show only what matches: text, node:pve2, tag:prod, mem:>1G, cpu:>80, uptime:<1h, !, ~regex.",
        LISTS,
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
        "sort", ("o",), "sort", "Sort by the next column, or the one named.", LISTS, argument="COLUMN", optional=True
    ),
    ScreenCommand("sort_reverse", ("O",), "reverse", "Reverse the sort.", LISTS),
    *(
        ScreenCommand(
            f"sort_{one}",
            (key,),
            f"by {_SHOWN.get(one, one)}",
            f"Sort by {_SHOWN.get(one, one)}; again: reversed.",
            GUEST_LISTS,
            means=f"sort {one}",
        )
        for one, key in SORTED_BY.items()
    ),
    ScreenCommand(
        "save", ("ctrl+s",), "save", "Save the shown rows to a file (text, JSON or CSV), with their age.", LISTS
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

BY_ID = {command.id: command for command in COMMANDS}


def commands_for(place: ScreenId) -> tuple[ScreenCommand, ...]:
    """Return the commands that apply on a screen, in the order of the table."""
    return tuple(command for command in COMMANDS if place in command.where)


def bindings_for(place: ScreenId) -> list[Binding]:
    """Return the bindings of a screen. Those of tables are made by the table itself, under the same ids."""
    return [_binding(command) for command in commands_for(place) if command.keys and not in_table(command)]


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
