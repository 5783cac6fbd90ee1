"""`export DIR`: the records of the whole fleet as a directory of files that git can compare. Contacts no cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from proximity_tui.commands.base.command_context import records_of
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.parser import path_of
from proximity_tui.commands.printed import output
from proximity_tui.core.model import Refusal, RefusalCode


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `export`."""
    parser.add_argument("directory", metavar="DIR", type=path_of, help="a new or empty directory, or an earlier export")
    json_option(parser)


def run(args: Namespace) -> int:
    """Write the export, or bring it up to date; return the exit code. Raises CommandRefused for a refusal, and
    CommandEnd for whatever else ends it.
    """
    from proximity_tui.insight.export.directory import NotAnExport
    from proximity_tui.insight.export.fleet_export import export

    if args.cluster is not None:
        raise CommandEnd(Exit.USAGE, "an export is of the whole fleet: leave --cluster out")
    try:
        with records_of(args):
            done = export(args.directory)
    except NotAnExport as error:
        raise CommandRefused(Refusal(RefusalCode.NOT_AN_EXPORT, str(error))) from None
    except OSError as error:
        raise CommandEnd(Exit.FAILED, f"{args.directory} could not be written: {error.strerror}") from error
    if args.json:
        output.document(
            {
                "success": True,
                "directory": str(args.directory),
                "written": list(done.written),
                "unchanged": done.unchanged,
                "removed": list(done.removed),
                "kept": list(done.kept),
            }
        )
        return Exit.DONE
    output.print_line(
        f"{args.directory}: {len(done.written)} files written, {done.unchanged} unchanged, {len(done.removed)} removed"
    )
    for path in done.kept:
        output.note(f"{path} was kept: its record is closed, but somebody changed the file")
    return Exit.DONE
