"""The next steps for the alerts about what stands around the containers, and about their figures. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from proximity_tui.core.alerting.step_facts import StepFacts
from proximity_tui.core.model.alert import Alert, AlertKind


def _node_offline(alert: Alert, facts: StepFacts) -> list[str]:
    node = alert.name
    return [
        f"No record of a container on {node} changes. Nothing can be sent to it.",
        f"Is {node} powered on, and does it answer on the cluster network? On another node:  pvecm status",
        f"If it was switched off on purpose: next time  ha-manager crm-command node-maintenance enable {node}",
        f"Containers under HA are started elsewhere by Proxmox. Nodes ({facts.key('nodes')}) lists the others.",
        f"The alert resolves by itself when {node} is online.",
    ]


def _quorum_lost(alert: Alert, facts: StepFacts) -> list[str]:
    if alone := alert.evidence.get("alone"):
        return [
            f"The server that answers ({alone}) left the cluster, or has just started. On it:  pvecm status",
            "If it left: take its URL out of the configuration.",
            f"If {alert.cluster} is only {alone} now, on purpose:  proximity-tui connect --retrust {alert.cluster}",
            "The alert resolves by itself when the cluster answers with a quorum.",
        ]
    return [
        "Proxmox refuses every change until a majority of the nodes is online. Do not force it with `pvecm expected`.",
        f"On a node:  pvecm status  shows which nodes are missing. Nodes ({facts.key('nodes')}) shows their guests.",
        "Bring the missing nodes or their cluster network back.",
        "The alert resolves by itself when the cluster is quorate.",
    ]


def _storage_unavailable(alert: Alert, facts: StepFacts) -> list[str]:
    storage = alert.evidence.get("storage") or alert.name
    return [
        f"On the node:  pvesm status --storage {storage}  and  journalctl -u pvestatd",
        "If it is shared: check its server and the network to it. Containers with disks on it may hang.",
        "Do not start, back up or destroy containers on it before it is back.",
        "The alert resolves by itself when the node can use it.",
    ]


def _storage_full(alert: Alert, facts: StepFacts) -> list[str]:
    storage = alert.evidence.get("storage") or alert.name
    return [
        f"See what is on it:  pvesm list {storage}",
        "Remove what is not needed: old backups, templates, unused disks. Or enlarge it, or move disks elsewhere.",
        "A thin pool that is full corrupts the disks on it.",
        "The threshold is alerts.storage_used in the configuration. The alert resolves by itself below it.",
    ]


def _certificate_expires(alert: Alert, facts: StepFacts) -> list[str]:
    node = alert.evidence.get("node") or "the node"
    return [
        f"As root on {node}, for a certificate of its own:  pvecm updatecerts --force",
        "For one by ACME:  pvenode acme cert renew . Other certificates are renewed where they came from.",
        "A new certificate has another fingerprint: where it is pinned, trust it again with  connect --retrust",
        "The alert resolves by itself once a later certificate is in use.",
    ]


def _usage(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        f"Since when: its charts, {facts.key('history')} on its page. Inside:  pct exec {alert.vmid} -- top -b -n 1",
        "If it needs more: give it more cores or memory. If not: stop the process that uses too much.",
        "The threshold is in [thresholds.alert] of the configuration. The alert resolves by itself below it.",
    ]


def _disk(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        f"See what fills it, on its node:  pct exec {alert.vmid} -- du -xh --max-depth=2 /",
        f"Remove what is not needed, or enlarge it:  proximity-tui resize {alert.cluster}/{alert.vmid} --disk +5G",
        "It cannot be made smaller.",
        "Top (:top) shows how fast it grows. A full disk stops databases first.",
        "The threshold is in [thresholds.alert] of the configuration. The alert resolves by itself below it.",
    ]


def _backup_failed(alert: Alert, facts: StepFacts) -> list[str]:
    node, vmid = alert.evidence.get("node") or "its node", alert.evidence.get("vmid")
    again = f"Make it now, on {node}:  vzdump {vmid}" if vmid else "Run the job again: Datacenter, Backup, Run now."
    log = f"pvenode task log {alert.evidence.get('upid') or 'UPID'}"
    return [
        f"Its log says why. Tasks ({facts.key('tasks')}) shows it with {facts.key('log')}; on {node}:  {log}",
        "The usual reasons are a full storage, a lock, or a storage that cannot be reached.",
        again,
        "The alert resolves by itself when a later backup succeeds.",
    ]


CLUSTER_STEPS: Mapping[str, Callable[[Alert, StepFacts], list[str]]] = {
    AlertKind.NODE_OFFLINE: _node_offline,
    AlertKind.QUORUM_LOST: _quorum_lost,
    AlertKind.STORAGE_UNAVAILABLE: _storage_unavailable,
    AlertKind.STORAGE_FULL: _storage_full,
    AlertKind.CERTIFICATE_EXPIRES: _certificate_expires,
    AlertKind.BACKUP_FAILED: _backup_failed,
    AlertKind.CPU_HIGH: _usage,
    AlertKind.MEMORY_HIGH: _usage,
    AlertKind.DISK_HIGH: _disk,
}
