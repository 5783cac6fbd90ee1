"""`nodes`: the nodes of every cluster, those in trouble first. It changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Mapping
from typing import Any

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.refresh import refresh_all
from proximity_tui.commands.cluster.answers import ending, of_total, refuse_no_cluster, share, span_words
from proximity_tui.commands.printed import output
from proximity_tui.core.fleet import NodeRow, managed_rows, node_rows
from proximity_tui.core.fleet.counts import node_key
from proximity_tui.core.model import Inventory, NodeReading

_HEADERS = ("NODE", "CLUSTER", "STATUS", "CPU", "MEMORY", "DISK", "UPTIME", "GUESTS", "OURS", "NOTES")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `nodes`."""
    json_option(parser)


def run(args: Namespace) -> int:
    """Print one row per node of each cluster that answers. Returns 4 when one does not. Raises CommandEnd where no
    cluster is enabled.
    """
    from proximity_tui.core.store.records import records

    with context_of(args) as context:
        refuse_no_cluster(context, args.cluster)
        polls = refresh_all(context, args.cluster)
        ours = managed_rows(records.active(args.cluster), polls.inventories, (), polls.silent)
        rows = node_rows(polls.inventories, {}, Counter(map(node_key, ours)))
    if args.json:
        output.document([_document(row, polls.inventories) for row in rows])
    elif rows:
        output.table(_HEADERS, [_cells(row, _reading(row, polls.inventories)) for row in rows])
    return ending(polls.silent.values())


def _reading(row: NodeRow, inventories: Mapping[str, Inventory]) -> NodeReading:
    return inventories[row.cluster].nodes[row.name]


def _document(row: NodeRow, inventories: Mapping[str, Inventory]) -> dict[str, Any]:
    node = _reading(row, inventories)
    return {
        "cluster": row.cluster,
        "node": row.name,
        "status": row.status,
        "reason": row.reason,
        "hastate": row.hastate,
        "maintenance": node.in_maintenance,
        "cpu": node.cpu,
        "maxcpu": node.maxcpu,
        "mem": node.mem,
        "maxmem": node.maxmem,
        "disk": node.disk,
        "maxdisk": node.maxdisk,
        "uptime": node.uptime,
        "guests": row.guests,
        "running": row.running,
        "managed": row.managed,
        "observed_at": inventories[row.cluster].taken_at,
    }


def _cells(row: NodeRow, node: NodeReading) -> list[str | None]:
    status = "maintenance" if node.in_maintenance and not row.needs_a_person else row.status.value
    return [
        row.name,
        row.cluster,
        status,
        share(node.cpu),
        of_total(node.mem, node.maxmem),
        of_total(node.disk, node.maxdisk),
        span_words(node.uptime),
        f"{row.running}/{row.guests}",
        str(row.managed),
        _notes(row),
    ]


def _notes(row: NodeRow) -> str | None:
    if row.reason is not None:
        return row.reason
    return f"{row.managed} unknown" if row.needs_a_person and row.managed else None
