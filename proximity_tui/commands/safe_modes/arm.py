"""`arm`: ten minutes of write mode for a production cluster, for the person who asks, with the reason. Contacts no
cluster.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import choose_cluster, records_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import is_blank, json_option
from proximity_tui.commands.base.parser import note_of
from proximity_tui.commands.printed import output

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `arm`."""
    parser.add_argument("--reason", type=note_of, metavar="TEXT", help="the reason, for the audit trail")
    json_option(parser)
    parser.epilog = "Only clusters with `production = true` in the configuration have to be armed."


def run(args: Namespace) -> int:
    """Arm a cluster for the person who asks; return the exit code. Raises CommandRefused for a refusal, and CommandEnd
    for whatever else ends it.
    """
    from proximity_tui.core.store import safe_modes
    from proximity_tui.runtime.context import who_acts

    if is_blank(args.reason):
        raise CommandEnd(Exit.USAGE, "a reason is required: --reason TEXT")
    with records_of(args) as settings:
        confirm.refuse_read_only(settings)
        made = safe_modes.arm(_production(settings), who_acts(settings), args.reason)
    if args.json:
        output.document(
            {
                "success": True,
                "cluster": made.cluster,
                "person": made.person,
                "reason": made.reason,
                "since": output.utc(made.since),
                "until": output.utc(made.until),
            }
        )
    else:
        output.print_line(f"{made.cluster} is armed for {made.person} until {output.local(made.until)}")
    return Exit.DONE


def _production(settings: Settings) -> str:
    """Return the named production cluster, or the only one."""
    known = [name for name, cluster in settings.clusters.items() if cluster.production]
    if len(known) == 1:
        return known[0]
    if known:
        raise choose_cluster(known)
    raise CommandEnd(Exit.USAGE, f"no arming is needed: {_unmarked(tuple(settings.clusters))} `production = true`")


def _unmarked(names: Sequence[str]) -> str:
    """Return that none of these clusters is marked, up to how."""
    return f"{names[0]} is not marked" if len(names) == 1 else "no configured cluster is marked"
