"""The subcommands of the command line, each imported only when it is used.

A command is a module with `arguments(parser)` and `run(args) -> int` (an exit code of `base.exit_codes`), and a
line here.
"""

from __future__ import annotations

from typing import NamedTuple

PROG = "proximity-tui"


class Command(NamedTuple):
    """One command: its module below this package, and its line in `--help`."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "list": Command("containers.list", "list containers and, on request, unmanaged guests"),
    "show": Command("containers.show", "show everything that is known of a container"),
    "stats": Command("insight.stats", "print the figures of the fleet: growth, adoptions, orphans, states, uptime"),
    "top": Command("insight.top", "list who uses most, who idles, and whose disk fills up"),
    "why": Command("insight.why", "explain what is concluded of a container, rung by rung, and what the jobs do next"),
    "nodes": Command("cluster.nodes", "list the nodes of every cluster, with what is on them"),
    "templates": Command(
        "cluster.templates", "list the container templates and those that can be downloaded, or download one"
    ),
    "storages": Command("cluster.storages", "list the storages of every cluster, with how much of them is used"),
    "tasks": Command("cluster.tasks", "list the tasks of every cluster, by anybody"),
    "adopt": Command("containers.adopt", "adopt existing containers: manage them from now on"),
    "create": Command("containers.create", "create a native container"),
    "clone": Command("containers.clone", "make a native copy of a container"),
    "delete": Command("containers.delete", "stop managing a container (--soft), or destroy a native one (--hard)"),
    "start": Command("containers.power", "start a container"),
    "shutdown": Command("containers.power", "shut down a container cleanly"),
    "stop": Command("containers.power", "stop a container immediately, without a clean shutdown"),
    "reboot": Command("containers.power", "reboot a container"),
    "set": Command("maintenance.set_settings", "change settings of containers: name, tags, memory, network and others"),
    "migrate": Command("maintenance.migrate", "move containers to another node, with a restart where they run"),
    "resize": Command("maintenance.resize", "change the cores, memory, swap or disk of containers"),
    "drift": Command("maintenance.drift", "show what differs from the baseline and how it came; accept or revert it"),
    "rollback": Command("maintenance.rollback", "set the config of a container back to a revision of it"),
    "restore": Command("maintenance.restore", "bring a lost container back from a backup"),
    "snapshot": Command(
        "maintenance.snapshot", "list the snapshots of a container, take or delete one, or roll back to one"
    ),
    "backup": Command("maintenance.backup", "back up a container, or several"),
    "backups": Command("maintenance.backups", "list the backups of a container on every storage"),
    "ports": Command("ports.ports", "list the public ports, or reserve, move, release, probe or accept one"),
    "export": Command("insight.export", "write the records of the whole fleet as files that git can compare"),
    "lint": Command("insight.lint", "list what will hurt: no backup, protection off, drift; or waive a finding"),
    "undo": Command("insight.undo", "take back a soft delete, an adoption, an acknowledgement, a baseline or a port"),
    "reconcile": Command(
        "jobs.reconcile", "compare our records with Proxmox; close the records of containers that are gone"
    ),
    "janitor": Command("jobs.janitor", "mark containers stuck in a transient state as error, with the reason"),
    "alerts": Command("insight.alerts", "list, acknowledge or answer alerts"),
    "notify": Command("setup.notify", "list the channels that alerts are sent on, or send a test message"),
    "handover": Command("insight.handover", "say what the next shift has to know: alerts, jobs, operations, changes"),
    "audit": Command("insight.audit", "show the audit trail, or verify that it is whole"),
    "operations": Command("containers.operations", "list interrupted operations, resume or abandon them"),
    "freeze": Command("safe_modes.freeze", "block all changes by everybody, until lifted or for a time"),
    "unfreeze": Command("safe_modes.freeze", "lift a freeze"),
    "arm": Command("safe_modes.arm", "allow yourself changes on a production cluster for ten minutes"),
    "cluster": Command("setup.cluster", "rename a cluster in our records and the configuration"),
    "db": Command("setup.db", "copy the database into an empty one, make a new one, or show its size"),
    "daemon": Command("jobs.daemon", "run the jobs without a screen, until a signal stops it"),
    "connect": Command("setup.connect", "trust a cluster on first use, and write it into the configuration"),
    "doctor": Command(
        "setup.doctor", "check configuration, clusters, token, database and terminal, and say what to do"
    ),
    "completion": Command("completion.completion", "print the completion for bash, zsh or fish, or the manual page"),
    "demo": Command("setup.demo", "try the screens on a simulated cluster"),
    "simulate": Command("setup.simulate", "run the simulated cluster alone"),
}
OWN_SIGNALS = frozenset({"daemon", "demo", "simulate"})
"""Commands that run until a signal ends them, and hear it themselves."""
SCREEN = Command("setup.tui", "show the screens (the default without a command)")
