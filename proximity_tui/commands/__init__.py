"""The subcommands of the command line, one a file, each imported only when it is asked for.

A command is a module with `arguments(parser)` and `run(args) -> int` (an exit code of `exits`), and a line here.
"""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """Where a command lives (a module of this package), and what it does, as `--help` says it."""

    module: str
    help: str


COMMANDS: dict[str, Command] = {
    "list": Command("list", "list containers and, on request, unmanaged guests"),
    "show": Command("show", "show everything that is known of a container"),
    "adopt": Command("adopt", "take containers that are already there under management"),
    "create": Command("create", "create a native container"),
    "clone": Command("clone", "make a native copy of a container"),
    "delete": Command("delete", "forget a container (--soft), or destroy a native one (--hard)"),
    "start": Command("power", "start a container"),
    "shutdown": Command("power", "ask a container to shut down"),
    "stop": Command("power", "stop a container at once, like pulling the plug"),
    "reboot": Command("power", "reboot a container"),
    "reconcile": Command("reconcile", "compare our records with Proxmox and close what is proved gone"),
    "janitor": Command("janitor", "mark what is stuck in a transient state as error, with the reason"),
    "alerts": Command("alerts", "list what a person must look at, acknowledge or answer it"),
    "audit": Command("audit", "show who did what, and verify that the trail is whole"),
    "operations": Command("operations", "list interrupted work, resume it or abandon it"),
    "freeze": Command("freeze", "refuse every change, for everybody, until it is lifted or its time is over"),
    "unfreeze": Command("freeze", "lift a freeze"),
    "arm": Command("arm", "have ten minutes of write mode for a production cluster"),
    "cluster": Command("cluster", "give a cluster another name, for our records and the configuration"),
    "db": Command("db", "copy the database into an empty one, and verify the copy"),
    "daemon": Command("daemon", "run the jobs without a screen, until a signal ends it"),
    "connect": Command("connect", "trust a cluster on first use, and write it into the configuration"),
    "doctor": Command("doctor", "check configuration, clusters, token, database and terminal, and say what to do"),
    "demo": Command("demo", "try the screens on a simulated cluster"),
    "simulate": Command("simulate", "run the simulated cluster alone"),
}
OWN_SIGNALS = frozenset({"daemon", "demo", "simulate"})
"""Commands that run until a signal ends them, and hear it themselves."""
SCREEN = Command("screen", "the screens: what runs without a command")
