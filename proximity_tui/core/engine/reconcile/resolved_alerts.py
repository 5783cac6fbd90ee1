"""The end of alerts about containers: no record, another guest at their VMID, or what they say is over."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.core.doctrine.reconciliation.verdict import Verdict
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Presence
from proximity_tui.core.model.alert import Alert, AlertKind
from proximity_tui.core.store.alerts import alerts

ENDED_BY_VERDICTS = (
    AlertKind.REPLACED,
    AlertKind.HALF_DESTROYED,
    AlertKind.IDENTITY_WEAKENED,
    AlertKind.STALE_LOCK,
)
"""The kinds of alerts about containers that end by a verdict. A container with one is judged in every run."""

WhyOver = Callable[[Verdict, Alert], str | None]
"""From the verdict of a container and an alert about it to the reason why that is over; None while it holds."""


def resolve_over(report: Report, kind: AlertKind, why_over: WhyOver) -> None:
    """Resolve the alerts of a kind that are over by the verdicts of a run."""
    judged = {one.container.id: one for one in report.verdicts}
    for alert in alerts.open_of_kind(kind, report.cluster):
        if alert.container in report.as_recorded:
            # Raised while this run was under way: the next one judges it.
            continue
        why = _why_over(judged.get(alert.container or 0), alert, why_over)
        if why is not None:
            alerts.resolve(alert.id, why)


def _why_over(verdict: Verdict | None, alert: Alert, why_over: WhyOver) -> str | None:
    if verdict is None:
        return "its record is closed"
    if verdict.presence is Presence.REPLACED:
        return "another guest has its VMID"
    return why_over(verdict, alert)
