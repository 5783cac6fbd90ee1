"""`db copy --to URL`: the whole database into an empty one, verified. `db init`: a new one where none is, also where
one is gone. `db stats`: what it holds. Contacts no cluster.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from proximity_tui.commands.base import confirm, interruption
from proximity_tui.commands.base.command_context import records_of, settings_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import json_option, refuse_unused
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import describe

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings
    from proximity_tui.core.store.copying import Copied


_NOT_SUSPENDED = "not suspended: no other process can write to the database while it is copied. Ctrl-C cancels the copy"


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `db`."""
    parser.add_argument(
        "verb",
        choices=("copy", "init", "stats"),
        help="copy: copy every row into an empty database, and compare both. init: make a new, empty database where"
        " there is none, also where one is gone. stats: show rows and bytes of each table, now and in a year",
    )
    parser.add_argument("--to", metavar="URL", help="with copy: an empty database: postgresql://… or sqlite:////…")
    parser.add_argument("--yes", action="store_true", help="with copy and init: do it without asking")
    json_option(parser)
    parser.epilog = (
        "Before `db copy`, stop the other processes: their later changes are not in the copy. Then name the new"
        " database in the configuration. A copy into an SQLite file is a backup."
    )


def run(args: Namespace) -> int:
    """Copy the database, make a new one, or measure it; return the exit code. Raises CommandRefused for a refusal, and
    CommandEnd for whatever else ends it.
    """
    if (args.verb == "copy") != (args.to is not None):
        raise CommandEnd(Exit.USAGE, "`db copy` needs --to URL, and no other command takes it")
    if args.verb == "stats":
        refuse_unused(args, {"yes": "--yes"}, (), "db stats")
        from proximity_tui.commands.setup import db_stats

        return db_stats.run(args)
    return _copy(args) if args.verb == "copy" else _init(args)


def _init(args: Namespace) -> int:
    """Make an empty database where there is none; return the exit code."""
    from proximity_tui.core import store
    from proximity_tui.core.store.db.store_errors import StoreUnavailable

    settings = settings_of(args)
    confirm.may_change(args, settings)
    confirm.ask(args, "Make a new, empty database? The data of a former one is not restored.")
    try:
        store.make_new_store(settings.database)
        label = store.database_url_label()
    except StoreUnavailable as error:
        raise CommandEnd(Exit.USAGE, f"no database was made: {error}") from error
    finally:
        store.close_store()
    if args.json:
        output.document({"success": True, "database": label})
    else:
        output.print_line(f"made a new, empty database: {label}")
    return Exit.DONE


def _copy(args: Namespace) -> int:
    """Copy, open the copy, and verify it there; return the exit code."""
    from proximity_tui.core import store
    from proximity_tui.core.store import copying
    from proximity_tui.runtime.context import who_acts

    target = _target(args.to)
    with records_of(args) as settings:
        confirm.may_change(args, settings)
        label = store.database_url_label()
        if not args.yes:
            output.note(f"everything in {label} is copied; {label} itself is not changed")
        for who in _at_work(settings):
            output.note(f"note: {who} still writes to {label}; its later changes are not in the copy")
        confirm.ask(args, "Copy it?")
        with interruption.not_suspended(_NOT_SUSPENDED):
            made = copying.copy_to(target, who_acts(settings))
        store.open_store(target)
        _verify(made)
    rows = sum(made.rows.values())
    if args.json:
        trail = {"whole": made.trail.whole, "events": made.trail.events, "head": made.trail.head}
        output.document({"success": True, "from": label, "to": made.label, "rows": dict(made.rows), "trail": trail})
        return Exit.DONE
    output.print_line(f"copied {rows} rows of {len(made.rows)} tables to {made.label}, and compared them")
    if made.trail.whole:
        output.print_line(f"the audit trail is whole: {made.trail.events} events, the last is {made.trail.head}")
    else:
        output.print_line(f"the audit trail was copied as it is: NOT WHOLE at event {made.trail.broken_at}")
    output.note("to use it, set `database` in the configuration to its URL")
    return Exit.DONE


def _target(url: str) -> str:
    """Return the URL, if it is a valid one; a password in it is kept out of every message."""
    from urllib.parse import unquote, urlsplit

    from proximity_tui.config.config_errors import Invalid
    from proximity_tui.config.url_values import database_url
    from proximity_tui.core.base.secret import register

    try:
        target = database_url(url)
    except Invalid as error:
        raise CommandEnd(Exit.USAGE, f"--to {error}") from None
    if password := urlsplit(target).password:
        for form in {password, unquote(password)}:
            register(form)
    return target


def _at_work(settings: Settings) -> list[str]:
    """Return the processes that hold a lease or execute an operation."""
    from proximity_tui.core.store.jobs import leases
    from proximity_tui.core.store.records import operations

    held = filter(None, map(leases.holder, settings.clusters))
    jobs = {f"the process that runs the jobs ({lease.owner})" for lease in held}
    hands = {one.owner for one in operations.open_operations() if operations.is_alive(one)}
    return sorted(jobs | {f"an operation ({owner})" for owner in hands})


def _verify(made: Copied) -> None:
    """Verify the copy as every user will see it: through a store that opens it."""
    from proximity_tui.core import store
    from proximity_tui.core.store import events

    if events.verify() != made.trail:
        raise CommandEnd(Exit.FAILED, f"the audit trail of {made.label} is not the one that was copied")
    if damage := store.check_integrity():
        raise CommandEnd(Exit.FAILED, f"{made.label} is damaged: {describe(damage)}")
