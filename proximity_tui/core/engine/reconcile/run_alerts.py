"""The alerts of a reconciliation run that are not about one orphan: about the cluster, and about replaced guests.

Each is raised while it is true and resolved when it is over.
"""

from __future__ import annotations

from typing import Any

from proximity_tui.core.doctrine.reconciliation.breaker import Breaker, BreakerAnswers, is_in_question
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, Verdict, VerdictReason
from proximity_tui.core.engine.reconcile import cluster_identity, rights
from proximity_tui.core.engine.reconcile.report import Report, open_ids, present_ids
from proximity_tui.core.engine.reconcile.resolved_alerts import resolve_over
from proximity_tui.core.model import Kind, Presence
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.jobs import breakers
from proximity_tui.core.store.records import records


def about_cluster(report: Report, snapshot: ClusterSnapshot, asked: BreakerAnswers, breaker: Breaker | None) -> None:
    """Raise or resolve the alerts about the whole cluster, and open or withdraw its breaker."""
    _about_unreachable(report, snapshot)
    _about_root_ca(report, snapshot)
    rights.about_rights(report, snapshot)
    _about_breaker(report, asked, breaker)
    _about_replaced(report, snapshot)
    _about_half_destroyed(report)
    _about_weakened(report, snapshot)


def _about_unreachable(report: Report, snapshot: ClusterSnapshot) -> None:
    unreached = snapshot.inventory is None and snapshot.identity is None
    reason = snapshot.blocked.why if snapshot.blocked is not None else "no answer"
    if snapshot.blocked is not None and snapshot.blocked.decided_by is VerdictReason.CERTIFICATE:
        message = f"{report.cluster} shows another certificate: {reason}"
        _raise(AlertKind.CERTIFICATE_CHANGED, Severity.RED, report.cluster, message, notify=True)
    elif unreached:
        message = f"{report.cluster} cannot be read: {reason}; {_last_good(report)}"
        _raise(AlertKind.UNREACHABLE, Severity.AMBER, report.cluster, message)
    else:
        _resolve(AlertKind.UNREACHABLE, report.cluster, "it answers again")
        _resolve(AlertKind.CERTIFICATE_CHANGED, report.cluster, "it shows the trusted certificate again")


def _about_root_ca(report: Report, snapshot: ClusterSnapshot) -> None:
    if snapshot.identity is None:
        return
    if snapshot.inventory is None:
        cluster_identity.raise_changed(
            report.cluster, snapshot.identity, snapshot.blocked.why if snapshot.blocked else "another root CA"
        )
    else:
        cluster_identity.learn(report.cluster, snapshot.identity)
        cluster_identity.resolve_changed(report.cluster)


def _last_good(report: Report) -> str:
    seen = [one.container.observed_at for one in report.verdicts if one.container.observed_at is not None]
    if not seen:
        return "no container of it was ever seen"
    return f"last good answer {max(seen):%Y-%m-%d %H:%M} UTC"


def _about_breaker(report: Report, asked: BreakerAnswers, breaker: Breaker | None) -> None:
    missing = frozenset(one.container.id for one in report.verdicts if is_in_question(one, asked))
    if breaker is not None:
        breakers.open_breaker(report.cluster, missing, breaker.total)
        names = [one.container.name for one in report.verdicts if one.container.id in missing]
        _raise(
            AlertKind.MASS_DISAPPEARANCE,
            Severity.RED,
            report.cluster,
            f"{breaker.missing} of {breaker.total} in {report.cluster} are missing at once:"
            " held until a person approves or dismisses it",
            {"missing": names, "total": breaker.total},
            notify=True,
        )
    elif asked.waiting is not None and not (asked.open & open_ids(report)) - present_ids(report):
        closed = ", or its record is closed" if asked.waiting - open_ids(report) else ""
        breakers.withdraw(report.cluster, f"everything that was missing is listed again{closed}")


def _about_replaced(report: Report, snapshot: ClusterSnapshot) -> None:
    open_ones = {one.container for one in alerts.open_of_kind(AlertKind.REPLACED, report.cluster)}
    for verdict in report.verdicts:
        container = verdict.container
        if verdict.presence is Presence.REPLACED:
            alerts.raise_about(
                container,
                AlertKind.REPLACED,
                Severity.RED,
                f"{container.name}  CT {container.vmid} is another guest now, changes are blocked: {verdict.reason}",
                {"reason": verdict.reason, "fingerprint": container.fingerprint, "last_seen": container.observed_at},
            )
        elif container.id in open_ones and _is_back(verdict, snapshot):
            alerts.resolve(alerts.key_of(AlertKind.REPLACED, container=container.id), "the recorded guest is back")
    for forgotten in open_ones - {one.container.id for one in report.verdicts}:
        if forgotten is not None and records.get(forgotten).is_tombstone:
            alerts.resolve(alerts.key_of(AlertKind.REPLACED, container=forgotten), "its record was closed")


def _is_back(verdict: Verdict, snapshot: ClusterSnapshot) -> bool:
    return verdict.presence is Presence.PRESENT and verdict.container.vmid not in snapshot.unread


def _about_weakened(report: Report, snapshot: ClusterSnapshot) -> None:
    for verdict in report.verdicts:
        container = verdict.container
        if container.vmid in snapshot.weakened and verdict.presence is Presence.PRESENT:
            why = snapshot.weakened[container.vmid or 0]
            message = f"{container.name}  CT {container.vmid}: identity weakened: {why}; compare it with our record"
            evidence = {"reason": why, "fingerprint": container.fingerprint}
            alerts.raise_about(container, AlertKind.IDENTITY_WEAKENED, Severity.AMBER, message, evidence)

    def why_over(verdict: Verdict, alert: Alert) -> str | None:
        return "its fingerprint agrees again" if verdict.container.vmid in snapshot.confirmed else None

    resolve_over(report, AlertKind.IDENTITY_WEAKENED, why_over)


def _about_half_destroyed(report: Report) -> None:
    """Raise or resolve the alerts about half destroyed guests: a guest that is neither whole nor proved gone, nor
    another one, keeps its alert.
    """
    for verdict in report.verdicts:
        if verdict.half_destroyed:
            alerts.raise_about(
                verdict.container,
                AlertKind.HALF_DESTROYED,
                Severity.AMBER,
                half_destroyed_message(verdict),
                {
                    "seen": verdict.remains,
                    "since": verdict.half_destroyed_since,
                    "node": verdict.container.node,
                    "kind": verdict.container.kind,
                    "last_seen": verdict.container.observed_at,
                },
            )

    def why_over(verdict: Verdict, alert: Alert) -> str | None:
        return "it is whole again" if verdict.presence is Presence.PRESENT else None

    resolve_over(report, AlertKind.HALF_DESTROYED, why_over)


def half_destroyed_message(verdict: Verdict) -> str:
    """Return the message: the observation, that nothing is concluded from it, and the advice."""
    container = verdict.container
    what = f"{container.name}  CT {container.vmid} on {container.node} is half destroyed: {verdict.remains}"
    finish = f"finish it on {container.node} as root: pct unlock {container.vmid} && pct destroy {container.vmid}"
    again = ", or unlock it and delete it hard again" if container.kind is Kind.NATIVE else ""
    return f"{what}; nothing is concluded. To do: {finish}{again}"


def _raise(
    kind: AlertKind,
    severity: Severity,
    cluster: str,
    message: str,
    evidence: dict[str, Any] | None = None,
    *,
    notify: bool = False,
) -> None:
    alerts.raise_alert(kind, severity, cluster=cluster, message=message, evidence=evidence or {}, notify=notify)


def _resolve(kind: AlertKind, cluster: str, resolution: str) -> None:
    alerts.resolve(alerts.key_of(kind, cluster=cluster), resolution)
