"""`stats [--since 30d] [--json | --csv]`: the figures of the fleet, from the audit trail. Contacts no cluster."""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import records_of, since_option
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.printed import output
from proximity_tui.core.base.text import plain

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.analytics.fleet_stats import Delay
    from proximity_tui.insight.stats_answer import Analytics


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `stats`."""
    since_option(parser, 'how far back, such as "30d" (the default) or "12h"', timedelta(days=30))
    form = parser.add_mutually_exclusive_group()
    json_option(form)
    form.add_argument("--csv", action="store_true", help="print one line a figure: section, name, detail, value")


def run(args: Namespace) -> int:
    """Print the figures; return the exit code."""
    from proximity_tui.insight.stats_answer import gather_stats
    from proximity_tui.insight.stats_text import headline, stats_parts

    now = datetime.now(UTC)
    with records_of(args):
        found = gather_stats(now - args.since, now, args.cluster)
    if args.json:
        output.document(_document(found))
    elif args.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("section", "name", "detail", "value"))
        writer.writerows((section, plain(name), plain(detail), value) for section, name, detail, value in _lines(found))
    else:
        output.print_parts(f"Figures of {headline(found.stats)}", stats_parts(found))
    return Exit.DONE


def _document(found: Analytics) -> dict[str, Any]:
    stats = found.stats
    return {
        "since": output.utc(stats.since),
        "until": output.utc(stats.until),
        "before": {"adopted": stats.before.adopted, "native": stats.before.native},
        "fleet": [{"day": day.day.isoformat(), "adopted": day.adopted, "native": day.native} for day in stats.fleet],
        "growth": stats.growth,
        "adoptions": stats.adoptions,
        "snapshots_captured": stats.configs_captured,
        "created": stats.made,
        "deletions": [
            {"deletion_type": how, "kind": kind, "count": number}
            for (how, kind), number in sorted(stats.deletions.items())
        ],
        "orphans": {"expected": stats.orphans.get("expected", 0), "anomalous": stats.orphans.get("anomalous", 0)},
        "stuck": [
            {"state": state, "cause": cause, "count": number} for (state, cause), number in sorted(stats.stuck.items())
        ],
        "state_seconds": {state: seconds for state, seconds in stats.state_seconds.items() if seconds},
        "missing_to_alert": _delay(stats.to_alert),
        "alert_to_acknowledgement": _delay(stats.to_acknowledge),
        "uptime": [
            {
                "id": one.container,
                "cluster": one.cluster,
                "vmid": one.vmid,
                "name": one.name,
                "seen_running_seconds": one.seen,
                "stopped_seconds": one.stopped,
                "unknown_seconds": one.unknown,
                "uptime": one.share,
            }
            for one in found.uptimes
        ],
    }


def _delay(delay: Delay) -> dict[str, Any]:
    return {"count": delay.count, "mean_seconds": delay.mean}


def _lines(found: Analytics) -> Iterator[tuple[str, str, str, object]]:
    """Yield the figures as lines of a table; what is not known is empty."""
    stats = found.stats
    for day in stats.fleet:
        yield "fleet", day.day.isoformat(), "adopted", day.adopted
        yield "fleet", day.day.isoformat(), "native", day.native
    yield "adopted", "adoptions", "", stats.adoptions
    yield "adopted", "snapshots_captured", "", stats.configs_captured
    yield "adopted", "created", "", stats.made
    for (how, kind), number in sorted(stats.deletions.items()):
        yield "deleted", how, kind, number
    for name in ("expected", "anomalous"):
        yield "orphans", name, "", stats.orphans.get(name, 0)
    yield "orphans", "missing_to_alert", "seconds", _shown(stats.to_alert.mean)
    yield "orphans", "alert_to_acknowledgement", "seconds", _shown(stats.to_acknowledge.mean)
    for (state, cause), number in sorted(stats.stuck.items()):
        yield "stuck", state, cause, number
    for state, seconds in stats.state_seconds.items():
        yield "states", state, "seconds", seconds
    for one in found.uptimes:
        yield "uptime", f"{one.cluster}/{one.vmid}", one.name, _shown(one.share)


def _shown(value: float | None) -> object:
    return "" if value is None else value
