"""`storages`: the storages of every cluster, a shared one once, those in trouble first. It changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.refresh import refresh_all
from proximity_tui.commands.cluster.answers import ending, of_total, refuse_no_cluster, share
from proximity_tui.commands.printed import output
from proximity_tui.core.doctrine.observation.surroundings import best_reading
from proximity_tui.core.fleet import StorageRow, storage_rows
from proximity_tui.core.fleet.cluster_rows import why_no_storage
from proximity_tui.core.model import Inventory, StorageReading

_HEADERS = ("STORAGE", "CLUSTER", "NODES", "TYPE", "STATUS", "USED", "SIZE", "MAY HOLD", "NOTES")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `storages`."""
    json_option(parser)


def run(args: Namespace) -> int:
    """Print one row per storage of each cluster that answers. Returns 4 when one does not. Raises CommandEnd where no
    cluster is enabled.
    """
    with context_of(args) as context:
        refuse_no_cluster(context, args.cluster)
        polls = refresh_all(context, args.cluster)
        rows = storage_rows(polls.inventories, {}, context.settings.alerts.storage_used)
    if args.json:
        output.document([_document(row, _reading(row, polls.inventories)) for row in rows])
    elif rows:
        output.table(_HEADERS, [_cells(row, _reading(row, polls.inventories)) for row in rows])
    for name in polls.inventories.keys() - {row.cluster for row in rows}:
        output.note(why_no_storage(name))
    return ending(polls.silent.values())


def _reading(row: StorageRow, inventories: Mapping[str, Inventory]) -> StorageReading | None:
    return best_reading(inventories[row.cluster], row.storage, row.nodes)


def _document(row: StorageRow, reading: StorageReading | None) -> dict[str, Any]:
    return {
        "cluster": row.cluster,
        "storage": row.storage,
        "nodes": row.nodes,
        "shared": row.shared,
        "type": row.type,
        "status": row.status,
        "reason": row.reason,
        "content": row.content,
        "used": reading.disk if reading is not None else None,
        "total": reading.maxdisk if reading is not None else None,
        "used_fraction": reading.used if reading is not None else None,
        "full": row.full,
    }


def _cells(row: StorageRow, reading: StorageReading | None) -> list[str | None]:
    return [
        row.storage,
        row.cluster,
        f"shared: {', '.join(row.nodes)}" if row.shared else row.nodes[0],
        row.type,
        row.status.value,
        share(reading.used) if reading is not None else None,
        of_total(reading.disk, reading.maxdisk) if reading is not None else None,
        ", ".join(row.content),
        row.reason or ("nearly full" if row.full else None),
    ]
