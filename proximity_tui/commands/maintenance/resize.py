"""`resize`: cores, memory, swap or the root disk of containers are changed."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.parser import name_of
from proximity_tui.commands.batch.selection import containers_argument
from proximity_tui.commands.maintenance.change import run_change
from proximity_tui.core.doctrine.actions.changing.settings import NO_CONSENT

_SIZES = ("cores", "memory", "swap", "disk")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    containers_argument(parser)
    parser.add_argument("--cores", type=name_of, metavar="N", help="the number of cores")
    parser.add_argument("--memory", type=name_of, metavar="MIB", help="in MiB, or with a unit: 2G")
    parser.add_argument("--swap", type=name_of, metavar="MIB", help="in MiB, or with a unit: 1G")
    parser.add_argument(
        "--disk", type=name_of, metavar="SIZE", help="the size of the root disk, or so much more: 12G, +4G"
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and change; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for whatever else
    ends it.
    """
    sizes = [f"{name}={value}" for name in _SIZES if (value := getattr(args, name)) is not None]
    if not sizes:
        raise CommandEnd(Exit.USAGE, "say what to resize: --cores, --memory, --swap or --disk")
    return run_change(args, sizes, NO_CONSENT)
