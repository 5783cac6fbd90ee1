"""The alert about drift in settings that the rules name: one for each container, until it is accepted or reverted.

It is raised from what was last seen of each config, and contacts nobody. Nothing is written while nothing changes.
"""

from __future__ import annotations

from proximity_tui.core.base.text import describe
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.model.drift_rules import DriftRules
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.core.store.revisions import drifts


def about_drift(cluster: str, rules: DriftRules, write_scope: WriteScope) -> None:
    """Raise the alert for each container of a cluster with such a change, and resolve it where that is over."""
    waiting = {alert.container: alert for alert in alerts.open_of_kind(AlertKind.DRIFT, cluster)}
    drifted = _drifted(cluster, rules) if rules.alert else {}
    over = [alert for container, alert in waiting.items() if container not in drifted]
    news = [pair for one, pair in drifted.items() if not _is_known(waiting.get(one), pair[1])]
    if not over and not news:
        return
    with write_scope():
        for alert in over:
            alerts.resolve(alert.id, "no setting that the rules name differs from the baseline any more")
        for container, labels in news:
            _raise(container, labels)


def _drifted(cluster: str, rules: DriftRules) -> dict[int, tuple[Container, list[str]]]:
    """Return the open containers with changes that are an alert, and the labels of these."""
    changed = drifts.changed_labels(cluster)
    found = {one: sorted(filter(rules.alerts, labels)) for one, labels in changed.items()}
    wanted = [one for one, labels in found.items() if labels]
    return {one.id: (one, found[one.id]) for one in records.by_ids(wanted)}


def _is_known(alert: Alert | None, labels: list[str]) -> bool:
    return alert is not None and alert.evidence.get("changed") == labels


def _raise(container: Container, labels: list[str]) -> None:
    differ = "differs" if len(labels) == 1 else "differ"
    message = f"{container.name}  CT {container.vmid}: {describe(labels)} {differ} from the baseline"
    evidence = {"changed": labels, "node": container.node}
    alerts.raise_about(container, AlertKind.DRIFT, Severity.AMBER, message, evidence)
