"""`janitor`: one run over the records. It contacts no cluster, because it is given none."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base.command_context import records_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.printed import output


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `janitor`."""
    parser.add_argument("--dry-run", action="store_true", help="show stuck containers, change nothing")
    json_option(parser)


def run(args: Namespace) -> int:
    """Diagnose what is stuck, print the counters, and return the exit code."""
    from proximity_tui.core import store
    from proximity_tui.core.engine.reconcile import janitor_run
    from proximity_tui.core.model.job import counter_text
    from proximity_tui.core.store.records import operations

    with records_of(args) as settings:
        dry = args.dry_run or settings.read_only
        if not dry:
            operations.mark_interrupted_stale()
        found = janitor_run.run(args.cluster, settings.janitor.limits, store.transaction, dry_run=dry)
    if args.json:
        output.document({"success": not found.errors, **found.counters, "errors": list(found.errors)})
    else:
        counted = counter_text(found.counters, all=True)
        output.print_line(f"{'dry run: ' if dry else ''}{counted}")
        for diagnosis in found.diagnoses:
            output.print_line(f"  {diagnosis.log_line}")
        for error in found.errors:
            output.note(error)
    return Exit.FAILED if found.errors else Exit.DONE
