"""The commands that lead to the main screens, in the order of the help."""

from __future__ import annotations

from proximity_tui.screens.keyboard.command import ScreenCommand

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
