"""`cluster rename OLD NEW`: another name for a cluster, in our records and the configuration. Contacts no cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import records_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.parser import name_of
from proximity_tui.commands.printed import output

if TYPE_CHECKING:
    from proximity_tui.config.files.edit import Draft
    from proximity_tui.config.schema import Settings
    from proximity_tui.core.store.records.renaming import Renamed


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `cluster`."""
    parser.add_argument("verb", choices=("rename",), help="the action")
    parser.add_argument("old", type=name_of, metavar="OLD", help="the present name")
    parser.add_argument("new", metavar="NEW", help="the new name")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    json_option(parser)
    parser.epilog = (
        "Records, ports, alerts, freezes, leases and operations follow; tombstones and the audit trail keep the old"
        " name. The configuration is changed, too. Stop the daemon and the screens first, and start them again."
    )


def run(args: Namespace) -> int:
    """Rename the cluster, print what changed with it, and return the exit code. Raises CommandEnd, CommandRefused and
    StoreError where it cannot be renamed.
    """
    from proximity_tui.core.store.jobs import leases
    from proximity_tui.core.store.records import renaming

    new = _valid(args.new)
    if new == args.old:
        raise CommandEnd(Exit.USAGE, f"OLD and NEW are both {new}: nothing was renamed")
    with records_of(args) as settings, ExitStack() as stack:
        confirm.refuse_read_only(settings)
        renaming.check(args.old, new)
        confirm.refuse_unasked(args)
        draft, by_hand = _draft(settings, args.old, new, stack)
        if held := leases.holder(args.old):
            output.note(f"note: {held.owner} runs the jobs of {args.old}; start it again afterwards")
        confirm.ask(args, f"Rename the cluster {args.old} to {new}?")
        done = _rename(args.old, new, settings, draft)
    if args.json:
        document = {"success": True, "from": done.old, "to": done.new, "records": done.records, "alerts": done.alerts}
        output.document({**document, "configuration": str(settings.path) if draft is not None else None})
    else:
        output.print_line(
            f"{done.old} is called {done.new} from now on: {done.records} records and {done.alerts} alerts"
        )
    if by_hand is not None:
        output.note(by_hand)
    return Exit.DONE


def _rename(old: str, new: str, settings: Settings, draft: Draft | None) -> Renamed:
    from proximity_tui.core import store
    from proximity_tui.core.store.records import renaming
    from proximity_tui.runtime.context import who_acts

    with store.transaction():
        done = renaming.rename(old, new, who_acts(settings))
        if draft is not None:
            draft.commit()
    return done


def _draft(settings: Settings, old: str, new: str, stack: ExitStack) -> tuple[Draft | None, str | None]:
    """Return the changed configuration, ready to be put in place; or the text to write into it by hand."""
    from proximity_tui.config.config_errors import ConfigError
    from proximity_tui.config.files import edit, toml_edit

    if old not in settings.clusters:
        return None, None
    if new in settings.clusters:
        message = f"{old} and {new} are both in {settings.path}: remove the table [clusters.{old}] from it first"
        raise CommandEnd(Exit.USAGE, message)
    before = edit.current_text(settings.path)
    try:
        after = toml_edit.with_name(before, old, new)
    except ConfigError as error:
        return None, f"{settings.path}: {error}"
    return stack.enter_context(edit.draft(settings.path, after, before)), None


def _valid(name: str) -> str:
    from proximity_tui.config.config_errors import Invalid
    from proximity_tui.config.values import cluster_name

    try:
        return cluster_name(name)
    except Invalid as error:
        raise CommandEnd(Exit.USAGE, f"NEW {error}") from None
