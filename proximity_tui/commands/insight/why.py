"""`why CONTAINER`: the ladder, judged for it now, why it needs a person, and what the jobs do next. Writes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.resolve import container_argument, find_optional, find_row
from proximity_tui.commands.printed import output

if TYPE_CHECKING:
    from datetime import datetime

    from proximity_tui.core.doctrine.reconciliation.explanation import RungReport
    from proximity_tui.insight.why_answer import Why
    from proximity_tui.runtime.context import AppContext


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `why`."""
    container_argument(parser)
    json_option(parser)


def run(args: Namespace) -> int:
    """Print the explanation; return the exit code. A silent cluster is part of the answer. Raises CommandEnd where no
    record, or more than one, is meant.
    """
    from proximity_tui.insight.why_answer import why
    from proximity_tui.insight.why_text import why_lines

    with context_of(args, partly=True) as context:
        found = why(context, _record_of(args, context))
    if args.json:
        output.document(why_document(found))
    else:
        for line in why_lines(found, found.asked_at):
            output.print_line(" " * line.indent + line.text)
    return Exit.DONE


def _record_of(args: Namespace, context: AppContext) -> int:
    """Return the id of the record that is meant, open or closed. Raises CommandEnd where there is none: it says what
    the guest is, if a cluster lists one.
    """
    container = find_optional(args.container, args.cluster, closed=True)
    if container is not None:
        return container.id
    from proximity_tui.core.fleet import FleetRow
    from proximity_tui.insight.why_text import guest_lines

    row, _ = find_row(context, args.container, args.cluster)
    if isinstance(row, FleetRow) and row.container is not None:
        return row.container.id
    guest = {name: getattr(row, name) for name in ("cluster", "node", "vmid", "name", "kind", "status")}
    raise CommandEnd(Exit.NOT_FOUND, " ".join(line.text for line in guest_lines(row)), {"guest": guest})


def why_document(found: Why) -> dict[str, Any]:
    """Return the document of an explanation."""
    from proximity_tui.commands.printed.json_documents import event_document, operation_document

    one, row = found.container, found.row
    return {
        "container": {
            "id": one.id,
            "cluster": one.cluster,
            "node": one.node,
            "vmid": one.vmid,
            "name": one.name,
            "kind": one.kind,
            "state": one.state,
            "closed_at": output.utc(one.closed_at),
            "closed_reason": one.closed_reason,
        },
        "asked_at": output.utc(found.asked_at),
        "presence": found.presence,
        "conclusion": found.conclusion,
        "rungs": [_rung_document(rung, found.asked_at) for rung in found.rungs],
        "not_climbed": found.not_judged,
        "attention": [] if row is None else list(row.attention()),
        "last_error": one.last_error,
        "lock": one.lock,
        "drift": None if row is None else row.drift,
        "operation": None if row is None or row.operation is None else operation_document(row.operation),
        "since": None if found.since is None else event_document(found.since),
        "alerts": [{"id": one.id, "severity": one.severity, "message": one.message} for one in found.alerts],
        "jobs": [
            {"job": one.job, "at": output.utc(one.at), "does": one.does, "not_running": one.not_running}
            for one in found.jobs
        ],
    }


def _rung_document(rung: RungReport, asked_at: datetime) -> dict[str, Any]:
    return {
        "rung": rung.rung,
        "question": rung.question,
        "outcome": rung.outcome,
        "evidence": rung.evidence,
        "seen_at": output.utc(rung.seen_at),
        "age_seconds": None if rung.seen_at is None else (asked_at - rung.seen_at).total_seconds(),
        "decides": rung.decides,
    }
