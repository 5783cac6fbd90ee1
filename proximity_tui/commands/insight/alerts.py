"""`alerts`: list alerts, `alerts ack ID`, and `alerts approve|dismiss ID`. Contacts no cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from proximity_tui.commands.base import confirm
from proximity_tui.commands.base.command_context import records_of, refuse_unseen, reveal_option
from proximity_tui.commands.base.exit_codes import CommandEnd, CommandEnding, Exit, ending_of
from proximity_tui.commands.base.options import is_blank, json_option, refuse_unused
from proximity_tui.commands.base.parser import note_of
from proximity_tui.commands.base.resolve import row_number
from proximity_tui.commands.printed import output
from proximity_tui.core.model.alert import Alert, AlertKind
from proximity_tui.core.model.job import BreakerState

APPROVE = "approve"
_LAST = 200
"""How many of all alerts people see unless they ask for more; a program gets them all."""


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `alerts`."""
    parser.add_argument(
        "verb",
        nargs="?",
        choices=("ack", "approve", "dismiss"),
        help="acknowledge an alert, or answer a mass disappearance (default: list)",
    )
    parser.add_argument("ids", nargs="*", type=row_number, metavar="ID", help="number of the alert; ack takes several")
    parser.add_argument("--note", type=note_of, metavar="TEXT", help="the note: what you found or did")
    parser.add_argument("--yes", action="store_true", help="answer without asking")
    parser.add_argument("--all", action="store_true", help="include acknowledged and resolved alerts")
    parser.add_argument(
        "--last", type=row_number, metavar="N", help=f"with --all: only the last N alerts (0: every one; {_LAST})"
    )
    reveal_option(parser)
    json_option(parser)


def run(args: Namespace) -> int:
    """List the alerts, acknowledge one, or answer one; return the exit code. Raises CommandRefused for a refusal, and
    CommandEnd for whatever else ends it.
    """
    if args.verb is not None:
        refuse_unused(args, {"all": "--all", "last": "--last", "reveal": "--reveal"}, (), f"alerts {args.verb}")
        return _acknowledge(args) if args.verb == "ack" else answer(args)
    from proximity_tui.core.store.alerts import alerts

    refuse_unused(args, {"note": "--note", "yes": "--yes"}, (), "alerts")
    refuse_unseen(args)
    if args.last is not None and not args.all:
        raise CommandEnd(Exit.USAGE, "--last needs --all: open alerts are always listed in full")
    last = args.last if args.last is not None else (0 if args.json else _LAST)
    with records_of(args):
        found = alerts.all_alerts(last or None, cluster=args.cluster) if args.all else alerts.open_alerts(args.cluster)
    if args.json:
        output.document([alert_document(alert) for alert in found], reveal=args.reveal)
    elif found:
        output.table(("ID", "SEVERITY", "KIND", "MESSAGE", "SEEN", "LAST SEEN", "STATE"), list(map(_cells, found)))
        if args.all and len(found) == last:
            output.note(f"only the last {last} alerts; --last 0 shows every one")
    else:
        output.note("no alerts" if args.all else "no open alerts")
    return Exit.DONE


def alert_document(alert: Alert) -> dict[str, Any]:
    """Return an alert as the outer contract has it; `resolved` and `resolution` are additions of ours."""
    seen = alert.acknowledged
    return {
        "id": alert.id,
        "severity": alert.severity,
        "kind": alert.kind,
        "cluster": alert.cluster,
        "vmid": alert.vmid,
        "name": alert.name,
        "message": alert.message,
        "opened_at": output.utc(alert.opened_at),
        "last_seen_at": output.utc(alert.last_seen_at),
        "count": alert.count,
        "acknowledged": None if seen is None else {"at": output.utc(seen.at), "by": seen.by, "note": seen.note},
        "evidence": dict(alert.evidence),
        "resolved": output.utc(alert.resolved_at),
        "resolution": alert.resolution,
    }


def _acknowledge(args: Namespace) -> int:
    from proximity_tui.core.store.alerts import alerts
    from proximity_tui.runtime.context import who_acts

    if not args.ids:
        raise CommandEnd(Exit.USAGE, "name the alert by its number: `alerts` lists them")
    if is_blank(args.note):
        raise CommandEnd(Exit.USAGE, "say the note: what you found or did, with --note TEXT")
    with records_of(args) as settings:
        confirm.refuse_read_only(settings)
        actor = who_acts(settings)
        if len(args.ids) > 1:
            return _acknowledge_each(args, lambda number: alerts.acknowledge(number, actor, args.note))
        alert = alerts.acknowledge(args.ids[0], actor, args.note)
    if args.json:
        output.document({"success": True, **alert_document(alert)})
    else:
        _print_acknowledged(alert)
    return Exit.DONE


def _acknowledge_each(args: Namespace, acknowledge: Callable[[int], Alert]) -> int:
    """Acknowledge several alerts; one that fails affects none of the others. Return the exit code of the first that
    failed.
    """
    from proximity_tui.core.store.db.store_errors import StoreError

    code, documents = int(Exit.DONE), list[dict[str, Any]]()
    for number in dict.fromkeys(args.ids):
        try:
            alert = acknowledge(number)
        except StoreError as error:
            ending = ending_of(error) or CommandEnding(Exit.FAILED, str(error))
            code = code or ending.code
            documents.append({"success": False, "id": number, "error": ending.sentence})
            if not args.json:
                output.note(f"{number}: {ending.sentence}")
            continue
        documents.append({"success": True, **alert_document(alert)})
        if not args.json:
            _print_acknowledged(alert)
    if args.json:
        output.document({"success": code == Exit.DONE, "results": documents})
    return code


def _print_acknowledged(alert: Alert) -> None:
    output.print_line(f"acknowledged {alert.id}: {alert.message}")


def _cells(alert: Alert) -> list[str | None]:
    if alert.resolved_at is not None:
        state = f"resolved: {alert.resolution}"
    elif alert.acknowledged is not None:
        state = f"acknowledged by {alert.acknowledged.by}: {alert.acknowledged.note}"
    else:
        state = "open"
    times = f"{alert.count}x"
    return [
        str(alert.id), alert.severity, alert.kind, alert.message, times, output.local(alert.last_seen_at), state,
    ]  # fmt: skip


def answer(args: Namespace) -> int:
    """Show the missing containers, and record the answer about exactly these; return the exit code."""
    from proximity_tui.core.store.alerts import alerts
    from proximity_tui.core.store.jobs import breakers
    from proximity_tui.runtime.context import who_acts

    if len(args.ids) != 1:
        raise CommandEnd(Exit.USAGE, "name one alert by its number: `alerts` lists them")
    with records_of(args) as settings:
        confirm.refuse_read_only(settings)
        alert = alerts.get(args.ids[0])
        confirm.refuse_unasked(args)
        if alert.kind != AlertKind.MASS_DISAPPEARANCE or alert.cluster is None:
            raise CommandEnd(
                Exit.USAGE, f"alert {alert.id} is not a mass disappearance: only those can be approved or dismissed"
            )
        question = breakers.state(alert.cluster)
        if question is None:
            raise CommandEnd(
                Exit.CONFLICT, f"{alert.cluster} is not held by the breaker any more: there is nothing to answer"
            )
        _show(question)
        believed = args.verb == APPROVE
        confirm.ask(
            args,
            "Approve that they are gone, so that their records are closed?"
            if believed
            else "Dismiss it, so that their records stay open?",
        )
        give = breakers.approve if believed else breakers.dismiss
        given = give(alert.cluster, who_acts(settings), args.note or "", seen=question.missing)
    if args.json:
        output.document({"success": True, "cluster": given.cluster, "answer": given.answer})
    else:
        output.print_line(f"{_answer_words(given)}; the next run of the reconciler applies it")
    return Exit.DONE


def _show(question: BreakerState) -> None:
    from proximity_tui.core.store.records import records

    known = {one.id: one.label for one in records.active(question.cluster)}
    output.note(f"{len(question.missing)} of {question.total} containers of {question.cluster} vanished at once:")
    for number in sorted(question.missing):
        output.note(f"  {known.get(number, f'record {number}')}")


def _answer_words(given: BreakerState) -> str:
    return f"the mass disappearance in {given.cluster} is {given.answer}"
