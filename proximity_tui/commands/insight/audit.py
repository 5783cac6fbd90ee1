"""`audit`: the author, action, reason and evidence of every change; and whether the trail is whole. Contacts no
cluster.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING

from proximity_tui.commands.base.command_context import records_of, refuse_unseen, reveal_option
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option, refuse_unused
from proximity_tui.commands.base.resolve import container_argument, find, row_number
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import event_document
from proximity_tui.core.model import Container, Event

if TYPE_CHECKING:
    from proximity_tui.core.store.verification import ChainVerdict

_PAGE = 500
"""Events in one query."""
_LAST = 200
"""How many events people see unless they ask for more; a program gets them all."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `audit`."""
    container_argument(parser, optional=True)
    parser.add_argument("--last", type=row_number, metavar="N", help=f"only the last N events (0: all; {_LAST})")
    reveal_option(parser)
    json_option(parser)
    parser.epilog = (
        "`audit verify` checks that no event was changed, removed or inserted, that every record is what the trail"
        " says, and that no trigger was missing meanwhile."
    )


def run(args: Namespace) -> int:
    """Print the trail, oldest first, or the result of its verification; return the exit code. Raises CommandEnd for
    options that go with no such list, and where no record, or more than one, is meant.
    """
    if args.container == "verify":
        refuse_unused(args, {"last": "--last", "reveal": "--reveal"}, (), "audit verify")
    refuse_unseen(args)
    with records_of(args):
        if args.container == "verify":
            return _verify(args)
        last = args.last if args.last is not None else (0 if args.json else _LAST)
        trail = _trail(args, last)
    if args.json:
        output.document([event_document(event) for event in trail], reveal=args.reveal)
        return Exit.DONE
    headers = ("SEQ", "AT", "ACTION", "CONTAINER", "MESSAGE", "ACTOR")
    output.table(headers, [_cells(event) for event in trail], verbatim=True)
    if last and len(trail) == last:
        output.note(f"only the last {last} events; --last 0 shows all")
    return Exit.DONE


def _verify(args: Namespace) -> int:
    from proximity_tui.core.store import verification

    verdict = verification.verify()
    if args.json:
        output.document(_verdict_document(verdict))
    elif verdict.whole:
        output.print_line(f"whole: {verdict.chain.sentence}")
    else:
        for flaw in verdict.flaws:
            output.print_line(f"NOT WHOLE: {flaw}")
        if verdict.without_triggers:
            output.note("compare with a backup; then record what you found: proximity-tui alerts ack ID --note TEXT")
    return Exit.DONE if verdict.whole else Exit.FAILED


def _verdict_document(verdict: ChainVerdict) -> dict[str, object]:
    chain = verdict.chain
    more = {
        "broken_at": chain.broken_at,
        "cut_after_run": verdict.lost_by_run,
        "lost_until": chain.lost,
        "altered_records": [container for container, _ in verdict.altered],
        "unguarded": list(verdict.without_triggers),
        "flaws": list(verdict.flaws),
    }
    found = {key: value for key, value in more.items() if value}
    return {"whole": verdict.whole, "events": chain.events, "head": chain.head, **found}


def _trail(args: Namespace, last: int) -> list[Event]:
    """Return the last events, oldest first; all of them for 0."""
    if args.container is None:
        found = list(_newest(last, cluster=args.cluster))
    else:
        chosen = find(args.container, args.cluster, closed=True)
        found = [event for one in _with_predecessors(chosen) for event in _newest(last, container=one.id)]
    found.sort(key=lambda event: event.seq)
    return found[-last:] if last else found


def _with_predecessors(container: Container) -> Iterator[Container]:
    """Yield the record and the closed ones before it: a container that was adopted twice has one history."""
    from proximity_tui.core.store.records import records

    seen: set[int] = set()
    while container.id not in seen:
        seen.add(container.id)
        yield container
        if container.predecessor is None:
            return
        container = records.get(container.predecessor)


def _newest(last: int, *, cluster: str | None = None, container: int | None = None) -> Iterator[Event]:
    """Yield the newest events first, page by page: `last` of them, or all for 0."""
    from proximity_tui.core.store import events

    left, before = last, None
    while page := events.list_events(
        cluster=cluster, container=container, limit=min(left, _PAGE) if last else _PAGE, before=before
    ):
        yield from page
        left, before = left - len(page), page[-1].seq
        if last and not left:
            return


def _cells(event: Event) -> list[str | None]:
    place = f"{event.cluster}/{event.vmid}" if event.cluster and event.vmid else event.cluster
    return [str(event.seq), output.local(event.at), event.action, place, event.message, event.actor]
