"""The alerts about privileges that our token lost: VM.Audit on our guests, and Sys.Audit on `/`.

A guest that is missing from one list proves no lost privilege: the privilege itself was read, or no alert is raised
(law 7).
"""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.base.text import describe, first_of
from proximity_tui.core.doctrine.observation import privileges
from proximity_tui.core.doctrine.reconciliation.preconditions import check_cluster_quorum
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, ExistenceAnswer, VerdictReason
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Container, Presence
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts

_NAMED = 10
"""How many hidden containers the message names; the evidence has them all."""


def about_rights(report: Report, snapshot: ClusterSnapshot) -> None:
    """Raise or resolve both alerts by the answers of one run."""
    _about_audit(report, snapshot)
    _about_quorum(report, snapshot)


def _about_audit(report: Report, snapshot: ClusterSnapshot) -> None:
    hidden = [one.container for one in report.verdicts if one.presence is Presence.HIDDEN]
    lacking = {vmid for vmid, answer in snapshot.existence.items() if answer.audit is False}
    lost = [one for one in hidden if one.vmid in lacking]
    if lost or _lacks_all_privileges(snapshot):
        _raise_permission_lost(report.cluster, snapshot, lost)
        return
    is_complete = snapshot.inventory is not None and snapshot.inventory.complete
    if is_complete and not hidden and not _undecided(report, snapshot):
        key = alerts.key_of(AlertKind.PERMISSION_LOST, cluster=report.cluster)
        alerts.resolve(key, "our token has VM.Audit there again, or nothing is hidden any more")


def _undecided(report: Report, snapshot: ClusterSnapshot) -> bool:
    """Return whether a container that was hidden may be so still: this run could not tell."""
    waiting = alerts.unresolved(alerts.key_of(AlertKind.PERMISSION_LOST, cluster=report.cluster))
    named = () if waiting is None else waiting.evidence.get("hidden", ())
    unknown = (one.container for one in report.verdicts if one.presence is Presence.UNKNOWN)
    return any(_may_be_hidden(one.vmid, snapshot) for one in unknown if one.id in named)


def _may_be_hidden(vmid: int | None, snapshot: ClusterSnapshot) -> bool:
    """Return whether our token may lack the right to see a VMID: not where it is listed, where Proxmox says that we
    have the right, or where a cluster with a quorum says that it is free.
    """
    if vmid is None or snapshot.inventory is None or vmid in snapshot.inventory.guests:
        return False
    answer = snapshot.existence.get(vmid, ExistenceAnswer(None))
    is_gone = answer.free is True and check_cluster_quorum(snapshot.inventory.quorum) is None
    return not is_gone and answer.audit is not True


def _lacks_all_privileges(snapshot: ClusterSnapshot) -> bool:
    """Return whether the privileges were read, and are why nothing may be concluded."""
    blocked = snapshot.blocked
    return snapshot.privileges is not None and blocked is not None and blocked.decided_by is VerdictReason.PRIVILEGES


def _raise_permission_lost(cluster: str, snapshot: ClusterSnapshot, lost: Sequence[Container]) -> None:
    vmids = [one.vmid for one in lost if one.vmid is not None]
    names = first_of([one.name for one in lost], _NAMED)
    where = first_of([f"/vms/{vmid}" for vmid in vmids], _NAMED) or "/vms"
    alerts.raise_alert(
        AlertKind.PERMISSION_LOST,
        Severity.AMBER,
        cluster=cluster,
        message=f"permission lost in {cluster}: {len(lost)} hidden ({names}); needs VM.Audit on {where}",
        evidence={
            "hidden": [one.id for one in lost],
            "vmids": vmids,
            "privilege": privileges.AUDIT,
            "commands": list(privileges.restore_audit(vmids, snapshot.token_id, snapshot.privileges or {})),
        },
    )


def _about_quorum(report: Report, snapshot: ClusterSnapshot) -> None:
    if snapshot.inventory is None:
        return
    quorum = snapshot.inventory.quorum
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
                "commands": list(privileges.restore_quorum(snapshot.token_id)),
            },
        )
    elif quorum.standalone or quorum.quorate is not None:
        key = alerts.key_of(AlertKind.QUORUM_HIDDEN, cluster=report.cluster)
        alerts.resolve(key, "the quorum is shown to our token again")
