"""`reconcile`: one run over every enabled cluster; it waits for the second list that concludes, unless told not to."""

from __future__ import annotations

import re
import time
from argparse import ArgumentParser, Namespace
from functools import partial
from typing import TYPE_CHECKING

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.refresh import PATIENCE, at_once
from proximity_tui.commands.printed import output
from proximity_tui.core.base.daemon_threads import waiting_for
from proximity_tui.core.model import Presence
from proximity_tui.core.model.job import JobOutcome, counter_text

if TYPE_CHECKING:
    from proximity_tui.core.engine.reconcile.report import Report
    from proximity_tui.runtime.context import AppContext

RUN_PATIENCE = 120.0
"""Seconds that one run may take beyond the time between its two lists, however slow the cluster is."""

_NO_ANSWER = "no answer in time"
_AND_MORE = re.compile(r"and \d+ more")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `reconcile`."""
    parser.add_argument("--dry-run", action="store_true", help="show what would be concluded, write nothing")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for the second list")
    json_option(parser)


def run(args: Namespace) -> int:
    """Reconcile, print the counters, and return the exit code of the least certain cluster. Raises CommandEnd for a
    disabled cluster.
    """
    with context_of(args) as context:
        if args.cluster is not None and not context.clients:
            reason = f"cluster {args.cluster} is disabled in {context.settings.path}: nothing was compared"
            raise CommandEnd(Exit.USAGE, reason)
        dry = args.dry_run or context.settings.read_only
        answered = _reports(context, args, dry=dry)
        silent = _silent(context, answered)
        reports = [*answered, *silent]
    if args.json:
        output.document({"clusters": [_document(report) for report in reports]})
    elif not reports:
        output.note("no cluster is enabled: there is nothing to reconcile")
    else:
        for report in answered:
            _print_report(report, dry)
        for report in silent:
            output.print_line(f"{report.cluster}: {report.outcome.words}: {_NO_ANSWER}, nothing was concluded")
    outcomes = {report.outcome for report in reports}
    if JobOutcome.HELD in outcomes:
        return Exit.REFUSED
    return Exit.DONE if outcomes <= {JobOutcome.COMPLETE} else Exit.UNANSWERED


def _reports(context: AppContext, args: Namespace, *, dry: bool) -> list[Report]:
    from proximity_tui.core import store
    from proximity_tui.core.base.clock import SystemClock
    from proximity_tui.core.engine.reconcile import reconciler
    from proximity_tui.runtime.job_settings import limits

    careful = limits(context.settings)

    def both_runs(name: str) -> Report:
        run_once = partial(
            reconciler.run, context.clients[name], careful, SystemClock(), store.transaction, dry_run=dry
        )
        first = run_once()
        if not first.waiting or args.no_wait or dry:
            return first
        with waiting_for(f"{name}: the second list, which confirms what is missing"):
            time.sleep(_wait_for(first))
        return run_once()

    wait = 0.0 if args.no_wait else 2 * careful.confirm_after.total_seconds()
    work = {name: partial(both_runs, name) for name in context.clients}
    done = at_once(context, work, PATIENCE + RUN_PATIENCE + wait)
    return [done[name] for name in context.clients if name in done]


def _wait_for(report: Report) -> float:
    """Return the seconds until the latest candidate of a first list may be concluded."""
    now = time.time()
    moments = [one.confirm_at.timestamp() for one in report.verdicts if one.confirm_at is not None]
    return max(0.0, max(moments, default=now) - now) + 0.05


def _document(report: Report) -> dict[str, object]:
    return {
        "cluster": report.cluster,
        "outcome": report.outcome,
        "reasons": list(report.reasons),
        **report.counters,
        "errors": list(report.errors),
    }


def _silent(context: AppContext, answered: list[Report]) -> list[Report]:
    """Return a report of each cluster whose run did not end in time: nothing was concluded of it."""
    from proximity_tui.core.engine.reconcile.report import Report

    known = {report.cluster for report in answered}
    silent = [name for name in context.clients if name not in known]
    return [Report(name, JobOutcome.FAILED, reasons=(_NO_ANSWER,)) for name in silent]


def _print_report(report: Report, dry: bool) -> None:
    would = " (dry run: nothing was written)" if dry else ""
    counted = counter_text(report.counters)
    output.print_line(f"{report.cluster}: {report.outcome.words}{would}: {counted or 'nothing to do'}")
    unseen = [verdict for verdict in report.verdicts if verdict.presence is not Presence.PRESENT]
    # The first of the containers are among the reasons, for JSON; here each of them has a line below.
    below = {f"{verdict.container.label}: {verdict.reason}" for verdict in unseen}
    for reason in (*report.reasons, *report.errors):
        if reason not in below and not (below and _AND_MORE.fullmatch(reason)):
            output.print_line(f"  {reason}")
    for verdict in unseen:
        output.print_line(f"  {verdict.container.label}: {verdict.presence} [{verdict.decided_by}] {verdict.reason}")
