"""The commands for a guest: on the lists of guests, and on their pages."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.screen_ids import (
    ALARMS,
    AROUND,
    GUEST_LISTS,
    GUESTS,
    OF_A_TIME,
    OF_NODES,
    OUR_PAGE,
    OURS,
    PAGE,
    PAGES,
    REVISIONS,
    ScreenId,
)

GUEST_COMMANDS: tuple[ScreenCommand, ...] = (
    ScreenCommand(
        "open",
        ("enter",),
        "open",
        "Open the guest, alert, node or storage under the cursor, or the guest of a task or port.",
        GUEST_LISTS | AROUND | {ScreenId.ALERTS, ScreenId.GUEST, ScreenId.LINT},
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
        "edit",
        ("e",),
        "edit",
        "Change settings: name, tags, sizes, network, start at boot. Of several marked ones the same for all.",
        OURS,
        mutating=True,
        rank=7,
    ),
    ScreenCommand("migrate", ("m",), "migrate", "Move the container to another node.", OURS, mutating=True),
    ScreenCommand(
        "raw", ("y",), "raw config", "The config in Proxmox, and its differences from the clinical record.", GUESTS
    ),
    ScreenCommand(
        "undo",
        ("u",),
        "undo",
        "Take back what was done last with it: a soft delete, an adoption, a port, an acknowledgement.",
        OURS | ALARMS | {ScreenId.AUDIT},
        mutating=True,
    ),
    ScreenCommand(
        "drift",
        ("d",),
        "drift",
        "What changed in its config, when, and by whom, if that is known.",
        OURS | REVISIONS | ALARMS,
        rank=10,
    ),
    ScreenCommand(
        "compare",
        ("enter",),
        "compare",
        "What the revision changed, and how it differs from the baseline and from now.",
        REVISIONS,
        rank=2,
    ),
    ScreenCommand(
        "accept",
        ("A",),
        "accept",
        "Make the present config the baseline, with a note.",
        REVISIONS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "revert",
        ("b",),
        "set back",
        "Set the config back to the revision under the cursor, or from baseline and now to the baseline.",
        REVISIONS,
        mutating=True,
        rank=3,
    ),
    ScreenCommand(
        "explain",
        ("x",),
        "explain",
        "Each check of this container, why it needs a person, and what the jobs do next.",
        GUEST_LISTS | PAGES,
    ),
    ScreenCommand("details", ("i",), "details", "Show or hide what is known of the current row.", GUEST_LISTS, rank=12),
    ScreenCommand("next_tab", ("tab",), "next tab", "Show the next tab.", PAGES, rank=3),
    ScreenCommand("previous_tab", ("shift+tab",), "previous tab", "Show the previous tab.", PAGES),
    ScreenCommand(
        "history", ("h",), "history", "Charts of the last hour. Again: day, week, month, year.", PAGE, rank=8
    ),
    ScreenCommand("span", ("h",), "span", "Figures of another time: hour, day, week, month.", OF_A_TIME, rank=5),
    ScreenCommand("watch", ("w",), "watch", "Show the progress of the current operation.", OUR_PAGE, rank=8),
    ScreenCommand("reveal", ("v",), "show secrets", "Show or mask possible secrets.", PAGE),
    ScreenCommand("log", ("l",), "task log", "The log of the task under the cursor.", PAGE | {ScreenId.TASKS}, rank=4),
    ScreenCommand(
        "guest_tasks", ("l",), "tasks", "The tasks of the guest under the cursor, and their logs.", GUEST_LISTS
    ),
    ScreenCommand(
        "copy",
        ("Y",),
        "copy",
        "Copy its VMID, name or address, or the command that shows it.",
        GUEST_LISTS | PAGES,
    ),
    ScreenCommand("shell", ("s",), "shell", "Open a shell in the container.", GUESTS),
    ScreenCommand(
        "download",
        ("enter",),
        "download",
        "Download the template under the cursor: opens a form with node and storage, and shows the plan.",
        frozenset({ScreenId.TEMPLATES}),
        mutating=True,
        rank=2,
    ),
    ScreenCommand("guests", ("f",), "guests", "The guests of the node.", OF_NODES, rank=5),
)
