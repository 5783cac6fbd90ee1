"""`handover [--since 8h]`: what the next shift has to know, from our own records. Contacts no cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import records_of, reveal_option, since_option
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.printed import output

if TYPE_CHECKING:
    from proximity_tui.core.model import Operation
    from proximity_tui.insight.handover_answer import Handover, JobSummary

SHIFT = timedelta(hours=8)


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `handover`."""
    since_option(parser, 'how far back, such as "8h" (the default) or "2d"', SHIFT)
    reveal_option(parser)
    json_option(parser)


def run(args: Namespace) -> int:
    """Print the handover; return the exit code."""
    from proximity_tui.insight.handover_answer import gather
    from proximity_tui.insight.handover_text import parts, span

    now = datetime.now(UTC)
    with records_of(args) as settings:
        found = gather(now - args.since, now, tuple(settings.enabled_clusters), args.cluster)
    if args.json:
        output.document(_document(found), reveal=args.reveal)
    else:
        output.print_parts(f"Handover of {span(found)}", parts(found))
    return Exit.DONE


def _document(found: Handover) -> dict[str, Any]:
    from proximity_tui.commands.insight.alerts import alert_document
    from proximity_tui.commands.printed.json_documents import event_document

    return {
        "since": output.utc(found.since),
        "until": output.utc(found.until),
        "fleet": [
            {
                "cluster": one.cluster,
                "total": one.total,
                "states": dict(one.states),
                "statuses": dict(one.statuses),
                "presences": dict(one.presences),
            }
            for one in found.fleet
        ],
        "alerts": {
            "open": list(map(alert_document, found.open_alerts)),
            "acknowledged": list(map(alert_document, found.seen_alerts)),
            "opened": [alert.id for alert in found.opened],
            "resolved": list(map(alert_document, found.over)),
        },
        "jobs": list(map(_job, found.jobs)),
        "operations": list(map(_operation, found.operations)),
        "changes": list(map(event_document, found.changes)),
        "changed_by": dict(found.changed_by),
        "freezes": [one.sentence for one in found.freezes],
        "held": [one.cluster for one in found.breakers if one.is_open],
    }


def _job(job: JobSummary) -> dict[str, Any]:
    last = job.last
    return {
        "job": job.job,
        "cluster": job.cluster,
        "runs": job.runs,
        "outcomes": dict(job.outcomes),
        "paused": job.paused is not None,
        "last": None
        if last is None
        else {"outcome": last.outcome, "finished_at": output.utc(last.finished_at), "reasons": list(last.reasons)},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "action": operation.action,
        "cluster": operation.cluster,
        "vmid": operation.vmid,
        "name": operation.name,
        "status": operation.status,
        "actor": operation.actor,
        "started_at": output.utc(operation.started_at),
        "finished_at": output.utc(operation.finished_at),
        "error": operation.error,
    }
