"""`list`: the containers we manage and, on request, the guests that adoption offers. It changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from proximity_tui.commands.base import output
from proximity_tui.commands.base.context import session_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.json_documents import notes_words, ports_words, row_document, status_words
from proximity_tui.commands.base.refresh import hidden_guests, not_checked, refresh_all
from proximity_tui.core.fleet import UNMANAGED, FleetRow, managed_rows, order, unmanaged_rows

_HEADERS = ("KIND", "VMID", "NAME", "CLUSTER", "NODE", "STATE", "STATUS", "PORTS", "NOTES")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `list`."""
    parser.add_argument(
        "--kind",
        choices=("native", "adopted", UNMANAGED, "all"),
        help="show only these (default: native and adopted containers)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: Namespace) -> int:
    """Print one row per container. Returns 0 also when a cluster is silent: the records still answer."""
    from proximity_tui.core.store.records import operations, records

    with session_of(args) as session:
        looks = refresh_all(session)
        containers = records.active(args.cluster)
        silent = {**looks.silent, **not_checked(session, containers)}
        rows = managed_rows(containers, looks.inventories, operations.open_operations(), silent, session.drifts.known())
        rows += unmanaged_rows(looks.inventories, containers)
        hidden = hidden_guests(session, looks) if args.kind in (UNMANAGED, "all") else []
    rows = order(row for row in rows if _wanted(row, args.kind))
    if args.json:
        output.document([row_document(row) for row in rows])
    else:
        _print(rows)
        for reason in looks.silent.values():
            output.note(reason)
    for reason in hidden:
        output.note(reason)
    return Exit.DONE


def _wanted(row: FleetRow, kind: str | None) -> bool:
    if kind is None:
        return row.kind != UNMANAGED
    return kind == "all" or row.kind == kind


def _print(rows: Sequence[FleetRow]) -> None:
    if rows:
        output.table(_HEADERS, [_cells(row) for row in rows])
    else:
        output.note("nothing to list")


def _cells(row: FleetRow) -> list[str | None]:
    return [
        row.kind,
        str(row.vmid) if row.vmid else None,
        row.name,
        row.cluster,
        row.node,
        row.state,
        status_words(row),
        ports_words(row),
        notes_words(row),
    ]
