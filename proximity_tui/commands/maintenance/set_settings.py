"""`set`: settings of containers are changed, given as KEY=VALUE."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.batch.selection import containers_argument
from proximity_tui.commands.maintenance.change import run_change
from proximity_tui.core.doctrine.actions.changing.requests import FRIENDLY
from proximity_tui.core.doctrine.actions.changing.settings import Consent

_EPILOG = f"""Settings, as KEY=VALUE: {", ".join(FRIENDLY)}, and every other setting by the name that Proxmox has for
it. An empty value removes a setting or a property. tags+=a,b and tags-=a,b add and remove tags; disk=+4G grows the root
disk. memory and swap are MiB, or have a unit: memory=2G."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.usage = "%(prog)s [CONTAINER ...] KEY=VALUE [KEY=VALUE ...] [--filter TEXT] [--plan] [--yes] [--json]"
    parser.epilog = _EPILOG
    containers_argument(parser)
    parser.add_argument("--disks", action="store_true", help="let a mount point (mp0, ...) be changed or removed")
    parser.add_argument(
        "--hardware-addresses",
        action="store_true",
        help="let a hardware address be changed, by which the container is recognised",
    )
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Plan, ask and change; return the exit code. Only the containers are left in `args`. Raises CommandRefused for a
    refusal, and CommandEnd for whatever else ends it.
    """
    settings = [text for text in args.containers if "=" in text]
    args.containers = [text for text in args.containers if "=" not in text]
    if not settings:
        raise CommandEnd(Exit.USAGE, "say what to set, as KEY=VALUE: memory=1G, tags+=web")
    return run_change(args, settings, Consent(args.disks, args.hardware_addresses))
