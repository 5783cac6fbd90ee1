"""The containers that a command is about: named one by one, or by the filter that the lists have, too."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.parser import text_or_blank
from proximity_tui.commands.base.refresh import RefreshedClusters, recorded_rows, refresh_all
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.printed import output
from proximity_tui.core.fleet import GuestRow
from proximity_tui.core.model import Container

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.widgets.table.filter import Filter

R = TypeVar("R", bound=GuestRow)


def containers_argument(parser: ArgumentParser) -> None:
    """Add the CONTAINER arguments and `--filter` to a command that takes several."""
    parser.add_argument(
        "containers",
        metavar="CONTAINER",
        nargs="*",
        help="names, VMIDs or record ids (id:7), with CLUSTER/ in front where that is ambiguous",
    )
    filter_argument(parser)


def filter_argument(parser: ArgumentParser) -> None:
    """Add `--filter` to a command."""
    parser.add_argument(
        "--filter",
        type=text_or_blank,
        metavar="TEXT",
        help="only those that match, as in the lists of the screens: 'tag:dev node:pve3 !status:stopped mem:>1G'",
    )


def selected(args: Namespace, context: AppContext) -> list[Container]:
    """Return the containers of a command, each once, in the order in which they were named or are listed.

    Raises CommandEnd where none was named, one is not found or ambiguous, or the filter is empty or matches none.
    """
    if args.filter is None:
        if not args.containers:
            raise CommandEnd(Exit.USAGE, "name a container (a name, a VMID or id:7), or choose several with --filter")
        found = [_named(text, args) for text in args.containers]
        return list({container.id: container for container in found}.values())
    if args.containers:
        raise CommandEnd(Exit.USAGE, "name containers, or choose them with --filter, not both")
    return _matching(args, context)


def _named(text: str, args: Namespace) -> Container:
    try:
        return find(text, args.cluster)
    except CommandEnd as end:
        if len(args.containers) > 1 and "nothing was done" not in end.reason:
            end.reason += "; nothing was done, also not with the others"
        raise


def _matching(args: Namespace, context: AppContext) -> list[Container]:
    from proximity_tui.core.store.records import records

    if not _understood(args.filter).chooses:
        reason = "--filter is empty and would choose every container: nothing was done. Where all are meant: vmid:>0"
        raise CommandEnd(Exit.USAGE, reason)
    polls = refresh_all(context, args.cluster)
    containers = records.active(args.cluster)
    rows = recorded_rows(context, polls, containers)
    found = [row.container for row in accepted(args.filter, rows, polls, context) if row.container is not None]
    for reason in polls.silent.values():
        output.note(reason)
    if not found:
        raise CommandEnd(Exit.NOT_FOUND, f"no container matches {args.filter}")
    return found


def accepted(text: str, rows: Iterable[R], polls: RefreshedClusters, context: AppContext) -> Sequence[R]:
    """Return the rows that a filter accepts. Raises CommandEnd for one that cannot be understood."""
    # What the lists of the screens filter by; a command without a filter need not load it.
    from proximity_tui.screens.lists.guest_entry import FIGURES, entry_of
    from proximity_tui.screens.lists.list_entry import Moment
    from proximity_tui.screens.view.view import View

    wanted = _understood(text)
    at = Moment(View(polls=polls.polls), context.clock.now())
    found = []
    for row in rows:
        entry = entry_of(row, context)
        figures = {key: entry.field(key, at) for key in FIGURES}
        if wanted.matches({**entry.fields(at), **figures}):
            found.append(row)
    return found


def _understood(text: str) -> Filter:
    """Return the filter in `text`. Raises CommandEnd for one that cannot be understood."""
    from proximity_tui.screens.lists.guest_entry import FIELDS, FIGURES
    from proximity_tui.widgets.table.filter import BadFilter, parse

    wanted = parse(text, frozenset((*FIELDS, *FIGURES)))
    if isinstance(wanted, BadFilter):
        raise CommandEnd(Exit.USAGE, f"--filter {text}: {wanted.reason}")
    return wanted
