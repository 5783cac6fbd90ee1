"""`janitor`: one run over the records. It asks no cluster anything, because it is given none."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands import output
from proximity_tui.commands.exits import Exit
from proximity_tui.commands.opening import records_of


def arguments(parser: ArgumentParser) -> None:
    """Declare what `janitor` takes."""
    parser.add_argument("--dry-run", action="store_true", help="say what is stuck, mark nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: Namespace) -> int:
    """Diagnose what is stuck, and print the counters."""
    from proximity_tui.core import store
    from proximity_tui.core.engine import checkup
    from proximity_tui.core.store import operations

    with records_of(args) as settings:
        dry = args.dry_run or settings.read_only
        if not dry:
            operations.mark_interrupted_stale()
        found = checkup.run(args.cluster, settings.janitor.limits, store.transaction, dry_run=dry)
    if args.json:
        output.document({"success": not found.errors, **found.counters, "errors": list(found.errors)})
    else:
        counted = ", ".join(f"{name} {number}" for name, number in found.counters.items())
        output.say(f"{'dry run: ' if dry else ''}{counted}")
        for diagnosis in found.diagnoses:
            output.say(f"  {diagnosis.log_line}")
        for error in found.errors:
            output.note(error)
    return Exit.FAILED if found.errors else Exit.DONE
