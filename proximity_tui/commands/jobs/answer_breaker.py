"""`alerts approve|dismiss ID`: the answer to a mass disappearance, from the command line. Contacts no cluster."""

from __future__ import annotations

from argparse import Namespace

from proximity_tui.commands.base import confirm, output
from proximity_tui.commands.base.context import records_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.breaker import BreakerState

APPROVE = "approve"


def answer(args: Namespace) -> int:
    """Show the missing containers, and record the answer about exactly these; return the exit code."""
    from proximity_tui.core.store.alerts import alerts
    from proximity_tui.core.store.jobs import breakers
    from proximity_tui.runtime.context import who_acts

    if args.id is None:
        raise CommandEnd(Exit.USAGE, "name the alert by its number: `alerts` lists them")
    args.plan = False
    with records_of(args) as settings:
        confirm.may_change(args, settings)
        alert = alerts.get(args.id)
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
        output.print_line(f"{_said(given)}; the next run of the reconciler applies it")
    return Exit.DONE


def _show(question: BreakerState) -> None:
    from proximity_tui.core.store.records import records

    known = {one.id: one.label for one in records.active(question.cluster)}
    output.note(f"{len(question.missing)} of {question.total} containers of {question.cluster} vanished at once:")
    for number in sorted(question.missing):
        output.note(f"  {known.get(number, f'record {number}')}")


def _said(given: BreakerState) -> str:
    return f"the mass disappearance in {given.cluster} is {given.answer}"
