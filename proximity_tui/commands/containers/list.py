"""`list`: the containers we manage and, on request, everything else that is there. It changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.refresh import (
    RefreshedClusters,
    hidden_guests,
    name_missing_rights,
    recorded_rows,
    refresh_all,
)
from proximity_tui.commands.batch.selection import accepted, filter_argument
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.row_documents import notes_words, ports_words, row_document, status_words
from proximity_tui.core.fleet import (
    FleetRow,
    GuestKind,
    GuestRow,
    ReappearedGuests,
    guest_rows,
    order,
    reappeared_guests,
)

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

_HEADERS = ("KIND", "VMID", "NAME", "CLUSTER", "NODE", "STATE", "STATUS", "PORTS", "NOTES")

ALL = "all"
"""Every container, managed or not, but no templates."""
EVERYTHING = "everything"
"""Every guest, virtual machines and templates among them."""
_UNMANAGED = (*GuestKind, ALL, EVERYTHING)
"""What may list guests without a record."""
_NOTHING_MANAGED = "no container is managed yet: `proximity-tui list --kind unmanaged` lists those that can be adopted"


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `list`."""
    parser.add_argument(
        "--kind",
        choices=("native", "adopted", *GuestKind, ALL, EVERYTHING),
        help="show only these (default: native and adopted containers; all: unmanaged ones too; everything: also VMs "
        "and templates)",
    )
    filter_argument(parser)
    json_option(parser)


def run(args: Namespace) -> int:
    """Print one row per container. Returns 0 also when a cluster is silent: the records still answer. Raises CommandEnd
    for a filter that cannot be used.
    """
    from proximity_tui.core.store.records import records

    with context_of(args, partly=True) as context:
        polls = refresh_all(context)
        containers = records.active(args.cluster)
        rows: list[GuestRow] = [
            *name_missing_rights(context, polls, recorded_rows(context, polls, containers)),
            *guest_rows(polls.inventories, containers),
        ]
        rows = [row for row in rows if _wanted(row, args.kind)]
        if args.filter is not None:
            rows = list(accepted(args.filter, rows, polls, context))
        enabled = context.settings.enabled_clusters
        nowhere = [] if enabled else [f"no cluster is enabled in {context.settings.path}: none was asked"]
        shows_unmanaged = args.kind in _UNMANAGED
        unseen = _unseen(context, polls) if shows_unmanaged else []
        reappeared = _reappeared(args.cluster) if shows_unmanaged and not args.json else {}
    rows = order(rows)
    if args.json:
        output.document([row_document(row) for row in rows])
    else:
        advised = args.kind is None and not args.filter and not nowhere
        _print(rows, reappeared, _NOTHING_MANAGED if advised else "nothing to list")
    # Also beside JSON: what a silent cluster has is in no row.
    for reason in (*nowhere, *polls.silent.values(), *unseen):
        output.note(reason)
    return Exit.DONE


def _reappeared(cluster: str | None) -> ReappearedGuests:
    from proximity_tui.core.store.alerts import alerts

    return reappeared_guests(alerts.open_alerts(cluster))


def _unseen(context: AppContext, polls: RefreshedClusters) -> list[str]:
    """Return why guests without a record may be missing: their cluster is not asked, or our token may not see them."""
    settings = context.settings
    disabled = settings.clusters.keys() - settings.enabled_clusters.keys()
    return [f"not checked: {settings.why_not_contacted(one)}" for one in sorted(disabled)] + hidden_guests(
        context, polls
    )


def _wanted(row: GuestRow, kind: str | None) -> bool:
    if kind is None:
        return row.id is not None
    if kind == ALL:
        return isinstance(row, FleetRow)
    return kind == EVERYTHING or row.kind == kind


def _print(rows: Sequence[GuestRow], reappeared: ReappearedGuests, nothing: str) -> None:
    if rows:
        output.table(_HEADERS, [_cells(row, reappeared) for row in rows])
    else:
        output.note(nothing)


def _cells(row: GuestRow, reappeared: ReappearedGuests) -> list[str | None]:
    former = reappeared.get(row.cluster, {}).get(row.vmid or 0) if row.id is None else None
    return [
        row.kind,
        str(row.vmid) if row.vmid else None,
        row.name,
        row.cluster,
        row.node,
        row.state,
        status_words(row),
        ports_words(row),
        "; ".join(filter(None, (former, notes_words(row)))) or None,
    ]
