"""The subcommands of the command line, each imported only when it is used.

A command is a module with `arguments(parser)` and `run(args) -> int` (an exit code of `base.exit_codes`), and a
line here.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """One command: its module below this package, and its line in `--help`."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "list": Command("containers.list", "list containers and, on request, unmanaged guests"),
    "show": Command("containers.show", "show everything that is known of a container"),
    "adopt": Command("containers.adopt", "take containers that are already there under management"),
    "create": Command("containers.create", "create a native container"),
    "clone": Command("containers.clone", "make a native copy of a container"),
    "delete": Command("containers.delete", "forget a container (--soft), or destroy a native one (--hard)"),
    "start": Command("containers.power", "start a container"),
    "shutdown": Command("containers.power", "ask a container to shut down"),
    "stop": Command("containers.power", "stop a container at once, like pulling the plug"),
    "reboot": Command("containers.power", "reboot a container"),
    "reconcile": Command("jobs.reconcile", "compare our records with Proxmox and close what is proved gone"),
    "janitor": Command("jobs.janitor", "mark what is stuck in a transient state as error, with the reason"),
    "alerts": Command("jobs.alerts", "list what a person must look at, acknowledge or answer it"),
    "audit": Command("jobs.audit", "show who did what, and verify that the trail is whole"),
    "operations": Command("containers.operations", "list interrupted work, resume it or abandon it"),
    "freeze": Command("jobs.freeze", "refuse every change, for everybody, until it is lifted or its time is over"),
    "unfreeze": Command("jobs.freeze", "lift a freeze"),
    "arm": Command("jobs.arm", "have ten minutes of write mode for a production cluster"),
    "cluster": Command("setup.cluster", "give a cluster another name, for our records and the configuration"),
    "db": Command("setup.db", "copy the database into an empty one, and verify the copy"),
    "daemon": Command("jobs.daemon", "run the jobs without a screen, until a signal ends it"),
    "connect": Command("setup.connect", "trust a cluster on first use, and write it into the configuration"),
    "doctor": Command(
        "setup.doctor", "check configuration, clusters, token, database and terminal, and say what to do"
    ),
    "demo": Command("setup.demo", "try the screens on a simulated cluster"),
    "simulate": Command("setup.simulate", "run the simulated cluster alone"),
}
OWN_SIGNALS = frozenset({"daemon", "demo", "simulate"})
"""Commands that run until a signal ends them, and hear it themselves."""
SCREEN = Command("setup.tui", "the screens: what runs without a command")
