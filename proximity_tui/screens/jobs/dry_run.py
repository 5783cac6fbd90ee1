"""The dry run of a job, as lines to read. It contacts the cluster, reads the records and writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.model import Presence
from proximity_tui.core.model.job import counter_text
from proximity_tui.widgets.table.cells import Cell

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

MOST = 300
"""Lines of containers; more would be a list, and that is the command line's `reconcile --dry-run`."""


def dry_run_lines(context: AppContext, job: str, cluster: str) -> list[Cell]:
    """Return the plan of a run. Blocks like the run itself; raises StoreError."""
    return _reconciler(context, cluster) if job == RECONCILER else _janitor(context, cluster)


def _reconciler(context: AppContext, cluster: str) -> list[Cell]:
    from proximity_tui.core import store
    from proximity_tui.core.engine.reconcile import reconciler
    from proximity_tui.runtime.job_settings import limits

    report = reconciler.run(
        context.clients[cluster],
        limits(context.settings),
        context.clock,
        store.transaction,
        dry_run=True,
        known=context.known,
    )
    lines = [Cell(f"{report.outcome.words}: {counter_text(report.counters, all=True)}", "accent")]
    lines += [Cell(reason, "warn") for reason in (*report.reasons, *report.errors)]
    doubtful = [one for one in report.verdicts if one.presence is not Presence.PRESENT]
    for one in doubtful[:MOST]:
        would = f"would be closed as {one.orphan} orphan: " if one.concluded else ""
        text = f"{one.container.label}: {one.presence}, {would}{one.reason}"
        lines.append(Cell(text, "bad" if one.concluded else "warn"))
    if len(doubtful) > MOST:
        lines.append(Cell(f"and {len(doubtful) - MOST} more", "dim"))
    total = report.total_apps
    listed = f"{total - len(doubtful)} of {total} containers are listed by Proxmox. Their records would not change."
    return [*lines, Cell(listed, "dim")]


def _janitor(context: AppContext, cluster: str) -> list[Cell]:
    from proximity_tui.core import store
    from proximity_tui.core.engine.reconcile import janitor_run

    limits = context.settings.janitor.limits
    found = janitor_run.run(cluster, limits, store.transaction, dry_run=True)
    lines = [Cell(counter_text(found.counters, all=True), "accent")]
    lines += [Cell(f"would be marked as error: {one.container.label}: {one.reason}", "bad") for one in found.diagnoses]
    return (
        lines if found.diagnoses else [*lines, Cell("No operation is stuck. Nothing would be marked as error.", "dim")]
    )
