"""The container that a person means: a name, a VMID or a record id, with `cluster/` in front where that is ambiguous.

It never guesses: two matches are an error that lists them.
"""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.commands.base.exit_codes import CommandEnd, CommandRefused, Exit
from proximity_tui.core.base.text import describe, plain, quoted, whole_number
from proximity_tui.core.doctrine.guards.refusals import closed_record
from proximity_tui.core.model import Container
from proximity_tui.core.model.container import record_number

if TYPE_CHECKING:
    from proximity_tui.commands.base.refresh import RefreshedClusters
    from proximity_tui.core.fleet import GuestRow
    from proximity_tui.runtime.context import AppContext


def row_number(text: str) -> int:
    """Return the number in `text`, for an argument. Raise ArgumentTypeError where there is none."""
    number = whole_number(text)
    if number is None:
        raise ArgumentTypeError(f"{quoted(text)} is not a valid number")
    return number


def container_argument(parser: ArgumentParser, *, optional: bool = False) -> None:
    """Add the CONTAINER argument to a command."""
    parser.add_argument(
        "container",
        metavar="CONTAINER",
        nargs="?" if optional else None,
        help="a name, a VMID or a record id (id:7), with CLUSTER/ in front where that is ambiguous",
    )


def find(text: str, cluster: str | None, *, closed: bool = False) -> Container:
    """Return the one open record that `text` means; with `closed`, the newest closed one where no open one matches.
    Closed ones of two clusters are as ambiguous as open ones.

    Raises CommandEnd: not found, ambiguous with the candidates, or closed.
    """
    found = find_optional(text, cluster, closed=True)
    if found is not None and found.is_tombstone and not closed:
        refusal = closed_record(found)
        raise CommandRefused(refusal, {"error": refusal.reason})
    if found is None:
        advice = f"`proximity-tui show {shlex.quote(text)}` also finds unmanaged guests{_record_of(text, cluster)}"
        raise CommandEnd(Exit.NOT_FOUND, f"no managed container matches {in_words(text, cluster)}; {advice}")
    return found


def _record_of(text: str, cluster: str | None) -> str:
    """Return a note about the open record of which `text` is only the id; nothing where there is none."""
    from proximity_tui.core.store.records import records

    scope, wanted = _scope_of(text, cluster)
    found = fitting(f"id:{wanted}", records.active(scope))
    return f"; id:{wanted} is the record of {found[0].label}" if found else ""


def find_optional(text: str, cluster: str | None, *, closed: bool = False) -> Container | None:
    """Return the same; None where no record matches. Raises CommandEnd where several do."""
    from proximity_tui.core.store.records import records

    refuse_empty(text)
    scope, wanted = _scope_of(text, cluster)
    found = fitting(wanted, records.active(scope))
    if not found and closed:
        called = records.tombstones_called(plain(wanted), whole_number(wanted), record_number(wanted), scope)
        found = _newest_of_each_cluster(fitting(wanted, called))
    if len(found) > 1:
        raise CommandEnd(Exit.USAGE, _ambiguous(wanted, found))
    return found[0] if found else None


def _newest_of_each_cluster(closed: Sequence[Container]) -> Sequence[Container]:
    """Return the first of the closed records, the newest first, of each cluster: of one cluster the newest is meant."""
    from proximity_tui.core.store import clusters

    newest: dict[str, Container] = {}
    for one in closed:
        newest.setdefault(clusters.current_name(one.cluster), one)
    return list(newest.values())


def refuse_empty(text: str) -> None:
    """Raise CommandEnd for a name without a character, such as that of a variable that is not set."""
    if not text.rpartition("/")[2].strip():
        raise CommandEnd(Exit.NOT_FOUND, "the name of the container is empty; nothing was done: is a variable not set?")


def refuse_two_clusters(text: str, place: str | None, cluster: str | None) -> None:
    """Raise CommandEnd where the `place` in front of a name is another cluster than that of `--cluster`."""
    if place and cluster is not None and place != cluster:
        raise CommandEnd(Exit.USAGE, f"{text} is of {place}, but --cluster says {cluster}: nothing was done")


def _scope_of(text: str, cluster: str | None) -> tuple[str | None, str]:
    """Return the cluster in which something is looked for, if one was named, and its name there."""
    place, slash, wanted = text.rpartition("/")
    refuse_two_clusters(text, place, cluster)
    return place if slash else cluster, wanted


def in_words(text: str, cluster: str | None) -> str:
    """Return what was looked for, and where: `web1 of prod`."""
    scope, wanted = _scope_of(text, cluster)
    return f"{wanted} of {scope}" if scope else wanted


def fitting(wanted: str, containers: Sequence[Container]) -> Sequence[Container]:
    """Return the containers that `wanted` names. A record id counts only where neither a name nor a VMID matches."""
    vmid, record = whole_number(wanted), record_number(wanted)
    named = [one for one in containers if one.name == wanted or (one.vmid is not None and one.vmid == vmid)]
    return named or [one for one in containers if one.id == record]


def find_row(context: AppContext, text: str, cluster: str | None) -> tuple[GuestRow, RefreshedClusters]:
    """Return the one guest that `text` means, by name, VMID, address, tag or node, and the polls that list it.

    Raises CommandEnd: not found, or ambiguous with the candidates.
    """
    from proximity_tui.commands.base.refresh import recorded_rows, refresh_all
    from proximity_tui.core.fleet import find_by_place, find_rows, guest_rows, is_address, recorded_addresses
    from proximity_tui.core.store.records import records

    refuse_empty(text)
    scope = _scope_of(text, cluster)[0] or cluster
    polls, containers = refresh_all(context, only=scope), records.active(scope)
    rows: list[GuestRow] = [
        *recorded_rows(context, polls, containers),
        *guest_rows(polls.inventories, containers),
    ]
    found = find_rows(rows, text) or find_by_place(rows, text)
    if not found:
        unread = sum(not any(recorded_addresses(row)) for row in rows) if is_address(text.rpartition("/")[2]) else None
        raise _no_row(in_words(text, cluster), unread, polls, _not_asked(context, scope))
    if len(found) > 1:
        choices = [f"{row.cluster}/{row.vmid} is {row.name} ({row.kind})" for row in found]
        raise CommandEnd(Exit.USAGE, f"{text} is ambiguous: {describe(choices)}")
    return found[0], polls


def _not_asked(context: AppContext, scope: str | None) -> list[str]:
    """Return why clusters that could have what was looked for are not asked."""
    wanted = context.settings.clusters if scope is None else (scope,)
    return [context.settings.why_not_contacted(name) for name in wanted if name not in context.clients]


def _no_row(wanted: str, unread: int | None, polls: RefreshedClusters, not_asked: Sequence[str]) -> CommandEnd:
    """Return the end of a command that found no guest: nothing is missing that a silent cluster may have. `unread` are
    the guests whose address is in no record, where an address was looked for.
    """
    known = "" if unread is None else " with this address in its record"
    more = "" if unread is None else f"; the addresses of {unread} guests are in no record"
    more += "".join(f"; {reason}, so its guests are not known" for reason in (*polls.silent.values(), *not_asked))
    if polls.silent:
        return CommandEnd(Exit.UNANSWERED, f"neither our records nor a list that was read have {wanted}{known}{more}")
    return CommandEnd(Exit.NOT_FOUND, f"there is no container {wanted}, and no other guest{known}{more}")


def _ambiguous(wanted: str, found: Sequence[Container]) -> str:
    choices = [f"{one.cluster}/{one.vmid or f'id:{one.id}'} is {one.label}" for one in found]
    return f"{wanted} is ambiguous: {describe(choices)}"
