"""The alerts about privileges that our token lost: VM.Audit on our guests, and Sys.Audit on `/`.

A guest that is missing from one list proves no lost privilege: the privilege itself was read, or no alert is raised
(law 7).
"""

from __future__ import annotations

from proximity_tui.core.base.text import describe, first_of
from proximity_tui.core.doctrine.observation import privileges
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, VerdictReason
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Presence
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts

_NAMED = 10
"""How many hidden containers the message names; the evidence has them all."""


def about_rights(report: Report, found: ClusterSnapshot) -> None:
    """Raise or resolve both alerts by the answers of one run."""
    _about_audit(report, found)
    _about_quorum(report, found)


def _about_audit(report: Report, found: ClusterSnapshot) -> None:
    hidden = [one.container for one in report.verdicts if one.presence is Presence.HIDDEN]
    lacking = {vmid for vmid, answer in found.existence.items() if answer.audit is False}
    lost = [one for one in hidden if one.vmid in lacking]
    nowhere = (
        found.privileges is not None
        and found.blocked is not None
        and found.blocked.decided_by is VerdictReason.PRIVILEGES
    )
    if lost or nowhere:
        vmids = [one.vmid for one in lost if one.vmid is not None]
        names = first_of([one.name for one in lost], _NAMED)
        where = first_of([f"/vms/{vmid}" for vmid in vmids], _NAMED) or "/vms"
        alerts.raise_alert(
            AlertKind.PERMISSION_LOST,
            Severity.AMBER,
            cluster=report.cluster,
            message=f"permission lost in {report.cluster}: {len(lost)} hidden ({names}); needs VM.Audit on {where}",
            evidence={
                "hidden": [one.id for one in lost],
                "vmids": vmids,
                "privilege": privileges.AUDIT,
                "commands": list(privileges.restore_audit(vmids, found.token_id, found.privileges or {})),
            },
        )
    elif found.inventory is not None and found.inventory.complete and not hidden:
        key = alerts.key_of(AlertKind.PERMISSION_LOST, cluster=report.cluster)
        alerts.resolve(key, "our token has VM.Audit there again, or nothing is hidden any more")


def _about_quorum(report: Report, found: ClusterSnapshot) -> None:
    if found.inventory is None:
        return
    quorum = found.inventory.quorum
    if quorum.denied:
        refused = describe(["nothing missing is called gone", "destroying and rebooting are refused"])
        alerts.raise_alert(
            AlertKind.QUORUM_HIDDEN,
            Severity.AMBER,
            cluster=report.cluster,
            message=f"the quorum of {report.cluster} cannot be seen: our token lacks Sys.Audit on /; {refused}",
            evidence={
                "privilege": privileges.QUORUM,
                "path": "/",
                "commands": list(privileges.restore_quorum(found.token_id)),
            },
        )
    elif quorum.standalone or quorum.quorate is not None:
        key = alerts.key_of(AlertKind.QUORUM_HIDDEN, cluster=report.cluster)
        alerts.resolve(key, "the quorum is shown to our token again")
