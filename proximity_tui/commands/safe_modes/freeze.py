"""`freeze` and `unfreeze`: no changes by anybody, until a person lifts the freeze or its time is over. Contacts no
cluster.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import records_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import is_blank, json_option
from proximity_tui.commands.base.parser import note_of
from proximity_tui.commands.printed import output
from proximity_tui.core.doctrine.guards.safemode import Freeze


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of both; `--for` belongs to `freeze` alone."""
    parser.add_argument(
        "--for", dest="span", metavar="TIME", help="freeze: duration, such as 2h or 1h30m (default: until lifted)"
    )
    shown = "the reason, shown to everybody who is refused, and for the audit trail"
    parser.add_argument("--reason", type=note_of, metavar="TEXT", help=shown)
    json_option(parser)
    parser.epilog = "Without --cluster it applies to every cluster. The jobs continue: they change nothing at Proxmox."


def run(args: Namespace) -> int:
    """Order a freeze, or lift one; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for
    whatever else ends it.
    """
    return _freeze(args) if args.command == "freeze" else _unfreeze(args)


def freeze_document(freeze: Freeze) -> dict[str, Any]:
    """Return a freeze in JSON."""
    return {
        "id": freeze.id,
        "cluster": freeze.cluster,
        "by": freeze.by,
        "reason": freeze.reason,
        "since": output.utc(freeze.since),
        "until": output.utc(freeze.until),
    }


def _freeze(args: Namespace) -> int:
    from proximity_tui.core.store import safe_modes
    from proximity_tui.runtime.context import who_acts

    if is_blank(args.reason):
        raise CommandEnd(Exit.USAGE, "a reason is required: --reason TEXT; everybody who is refused will read it")
    span = _length_of(args.span)
    with records_of(args) as settings:
        confirm.refuse_read_only(settings)
        made = safe_modes.freeze(args.cluster, who_acts(settings), args.reason, _end_of(span))
    if args.json:
        output.document({"success": True, **freeze_document(made)})
    else:
        output.print_line(made.sentence)
        output.note(
            "operations in progress stop before their next step; the jobs continue: they change nothing at Proxmox"
        )
    return Exit.DONE


def _unfreeze(args: Namespace) -> int:
    from proximity_tui.core.store import safe_modes
    from proximity_tui.runtime.context import who_acts

    if args.span is not None:
        raise CommandEnd(Exit.USAGE, "--for works only with freeze")
    with records_of(args) as settings:
        confirm.refuse_read_only(settings)
        lifted = safe_modes.lift(args.cluster, who_acts(settings), args.reason)
        left = safe_modes.active_freezes()
    if args.json:
        documents = {"lifted": lifted, "left": left}
        output.document({"success": True, **{key: list(map(freeze_document, of)) for key, of in documents.items()}})
        return Exit.DONE
    for one in lifted:
        output.print_line(f"lifted: {one.sentence}")
    for one in left:
        output.note(f"still: {one.sentence}")
    return Exit.DONE


def _length_of(span: str | None) -> timedelta | None:
    from proximity_tui.config.config_errors import Invalid
    from proximity_tui.config.values import interval

    if span is None:
        return None
    try:
        return interval(span)
    except Invalid as error:
        raise CommandEnd(Exit.USAGE, f"--for {error}") from None


def _end_of(span: timedelta | None) -> datetime | None:
    """Return the end of a freeze that begins now, by the time that all hosts share."""
    from proximity_tui.core.store.clock_readings import shared_time

    try:
        return None if span is None else shared_time() + span
    except OverflowError as error:
        raise CommandEnd(Exit.USAGE, f"--for {error}") from None
