"""`top [--since 1h] [--by cpu]`: who uses most, who idles, and whose disk fills up. Contacts no cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import records_of, since_option
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.printed import output

if TYPE_CHECKING:
    from proximity_tui.insight.top_answer import Top, TopRow

_ORDERS = ("cpu", "memory", "net", "io", "disk", "growth")
_HEADERS = ("NAME", "VMID", "CLUSTER", "CPU", "PEAK", "MEMORY", "NET", "IO", "DISK", "GROWTH", "NOTES")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `top`."""
    kept = 'how far back, such as "1h" (the default) or "7d"; figures are kept for 90 days'
    since_option(parser, kept, timedelta(hours=1))
    parser.add_argument("--by", choices=_ORDERS, default="cpu", help="what the list is ordered by (default: cpu)")
    json_option(parser)


def run(args: Namespace) -> int:
    """Print a row for each container of which figures are kept; return the exit code."""
    from proximity_tui.insight.top_answer import Order, gather_top, ordered

    now = datetime.now(UTC)
    with records_of(args):
        found = gather_top(now - args.since, now, args.cluster)
    rows = ordered(found.rows, Order(args.by))
    if args.json:
        output.document({"since": output.utc(found.since), "until": output.utc(found.until), **_document(found, rows)})
        return Exit.DONE
    if rows:
        output.table(_HEADERS, [_cells(row) for row in rows])
    elif not found.without:
        output.note("no container is managed")
    if found.without:
        output.note(f"{found.without} without figures in this time: they are kept while a daemon or a screen runs.")
    return Exit.DONE


def _document(found: Top, rows: list[TopRow]) -> dict[str, Any]:
    return {"without_figures": found.without, "containers": [_row(row) for row in rows]}


def _row(row: TopRow) -> dict[str, Any]:
    used, grown = row.usage, row.growth
    return {
        "id": row.container.id,
        "cluster": row.container.cluster,
        "vmid": row.container.vmid,
        "name": row.container.name,
        "known_seconds": used.known.total_seconds(),
        "cpu": used.cpu,
        "cpu_peak": used.peak,
        "memory": used.memory,
        "memory_limit": used.memory_limit,
        "disk": used.disk,
        "disk_limit": used.disk_limit,
        "net_in": used.net_in,
        "net_out": used.net_out,
        "disk_read": used.disk_read,
        "disk_write": used.disk_write,
        "idle": used.is_idle,
        "growth": None
        if grown is None
        else {
            "bytes_per_day": grown.per_day,
            "full_in_days": grown.full_in,
            "known_days": grown.known,
            "of_days": grown.looked_at,
            "fit": grown.straight,
            "estimate": True,
        },
    }


def _cells(row: TopRow) -> list[str | None]:
    from proximity_tui.insight.top_text import amount, growth_words, notes, of_limit, rate, share

    used = row.usage
    return [
        row.container.name,
        str(row.container.vmid or ""),
        row.container.cluster,
        share(used.cpu),
        share(used.peak),
        of_limit(used.memory, used.memory_limit),
        rate(used.network),
        rate(used.disk_rate),
        of_limit(used.disk, used.disk_limit),
        growth_words(row.growth) or amount(None),
        notes(row),
    ]
