"""The next steps for each kind of alert, one by one, for a tired operator at night.

Pure. Commands are given as they are typed on a node; nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from proximity_tui.core.alerting.cluster_steps import CLUSTER_STEPS
from proximity_tui.core.alerting.step_facts import StepFacts
from proximity_tui.core.doctrine.observation.privileges import restore_audit, restore_quorum
from proximity_tui.core.model import Kind
from proximity_tui.core.model.alert import Alert, AlertKind


def next_steps(alert: Alert, facts: StepFacts, *, held: bool) -> Sequence[str]:
    """Return the steps, without the last one: to acknowledge it. `held` says whether the breaker holds the cluster for
    an answer.
    """
    if alert.kind == AlertKind.MASS_DISAPPEARANCE and not held:
        return ["The question is answered. The breaker no longer holds the cluster."]
    found = _STEPS.get(alert.kind)
    return found(alert, facts) if found is not None else []


def _vanished(alert: Alert, facts: StepFacts) -> list[str]:
    evidence = alert.evidence
    who, ports, backups = evidence.get("who"), evidence.get("ports_freed"), evidence.get("backups")
    users = [who] if who else [one.get("user") for one in evidence.get("candidates") or () if isinstance(one, Mapping)]
    asked = " or ".join(dict.fromkeys(str(user) for user in users))
    lines = [
        f"Ask {asked} whether this was intended."
        if asked
        else "Find out who did it. The task logs of each node are in /var/log/pve."
    ]
    if backups:
        node = evidence.get("node") or "a node"
        lines.append(
            f"If not, press {facts.key('restore')} on this alert, or run:  proximity-tui restore alert:{alert.id}"
        )
        lines.append("It comes back with its history and its ports, as far as these are free.")
        lines.append(f"Or without us, on {node}:  pct restore {alert.vmid} {_newest(backups)}")
        lines.append("After the restore it is recognised by its fingerprint, and this page offers to re-attach it.")
    elif evidence.get("backups_perhaps"):
        oldest = _newest(evidence["backups_perhaps"])
        lines.append(f"Check {oldest} before you restore it: it is older than our record of {alert.name}.")
    else:
        lines.append("No backup was found. Check other storages and Proxmox Backup Server.")
        if evidence.get("backups_unlisted"):
            lines.append("Our API token may not see every backup. The missing privilege is listed above.")
    if not backups:
        lines.append("Without a backup, use its clinical record to rebuild it.")
    if ports:
        lines.append(f"Remove everything that still forwards to port {_list(ports)}: the next container may get it.")
    lines.append("If it was intended: delete containers here next time, then no alert is raised.")
    return lines


def _mass(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        "Check that the right cluster answers, that its nodes and storages are online, and that our API token "
        f"({facts.token}) still has its privileges. A lost privilege looks like an empty list.",
        f"Press {facts.key('breaker')} to answer. If you are not sure, dismiss: no record is closed.",
    ]


def _replaced(alert: Alert, facts: StepFacts) -> list[str]:
    vmid, key = alert.vmid, facts.key
    adopted = f"adopt CT {vmid} ({key('unmanaged')})"
    return [
        "Every change to this VMID is blocked until this is resolved.",
        f"To keep the new guest: stop managing ours ({key('delete')} on Fleet, Soft), then {adopted}.",
        f"To get ours back: move the new guest to another VMID, then restore ours as {vmid} from a backup.",
        f"If you do not know the new guest: check its config with {key('raw')} on Fleet first.",
    ]


def _weakened(alert: Alert, facts: StepFacts) -> list[str]:
    vmid = alert.vmid
    return [
        "It still counts as ours, but part of its fingerprint changed: somebody edited or recreated it.",
        f"Compare both with {facts.key('raw')} on Fleet. The tasks of CT {vmid} on its page show who changed it.",
        "If it is ours: nothing to do. A hard delete will also ask for its VMID.",
        f"If it is not ours: stop managing it ({facts.key('delete')} on Fleet, Soft). CT {vmid} is not touched.",
    ]


def _permission(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        "No container is known to be gone. Our API token sees less than before.",
        *_given_back(alert, restore_audit((), facts.token, {})),
        "The commands grant it to the user and to the token. A token with privilege separation needs both.",
        "The alert resolves by itself when everything is visible again.",
    ]


def _quorum_hidden(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        "The cluster itself shows no fault. Our API token lacks a privilege.",
        *_given_back(alert, restore_quorum(facts.token)),
        "The alert resolves by itself when the quorum is visible.",
    ]


def _given_back(alert: Alert, otherwise: Sequence[str]) -> list[str]:
    """Return every command that restores a privilege, each as a step: the ones that the alert carries."""
    commands = alert.evidence.get("commands") or otherwise
    return [f"As root on a node:  {command}" for command in commands]


def _unreachable(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        "No record changes while the cluster does not answer.",
        f"Try again on the command line:  proximity-tui list --cluster {alert.cluster}",
        "On the node:  systemctl status pveproxy pvedaemon  and  pvecm status",
        "The alert resolves by itself when the cluster answers.",
    ]


def _certificate(alert: Alert, facts: StepFacts) -> list[str]:
    key = facts.key("retrust")
    return [
        "The certificate was renewed, or somebody intercepts the connection. Nothing was sent, not even the token.",
        "Compare the fingerprint on the node, not over this network:  pvenode cert info",
        f"Only if it matches: press {key} and type {alert.cluster}. The dialog shows both certificates.",
        "If it does not match: find out which server answers before you do anything else.",
    ]


def _another_cluster(alert: Alert, facts: StepFacts) -> list[str]:
    name, key = alert.cluster, facts.key("retrust")
    return [
        f"The server that answers as {name} has another root CA than {name}.",
        "Nothing that it answers is believed, and nothing is changed there.",
        f"If the URL is wrong: correct clusters.{name} in the configuration, and start again.",
        "Compare the root CA on the node, not over this network:  openssl x509 -noout -fingerprint -sha256 "
        "-in /etc/pve/pve-root-ca.pem",
        f"Only if {name} was reinstalled: press {key} and type {name}. The dialog shows both root CAs.",
    ]


def _half_destroyed(alert: Alert, facts: StepFacts) -> list[str]:
    vmid, node = alert.vmid, alert.evidence.get("node") or "its node"
    lines = [
        "The record stays open with its previous state.",
        f"The task log of {node} shows who started the destroy, and why it ended.",
        f"If it was intended, as root on {node}:  pct unlock {vmid} && pct destroy {vmid}",
    ]
    if alert.evidence.get("kind") == Kind.NATIVE:
        lines.append(f"Or unlock it there, then repeat the hard delete here ({facts.key('delete')}).")
    lines.append("If it was not intended: its volumes are gone. Finish the destroy, then restore it from a backup.")
    return [*lines, "The alert resolves by itself when the container is complete again, or is proved absent."]


def _stale_lock(alert: Alert, facts: StepFacts) -> list[str]:
    evidence = alert.evidence
    node = evidence.get("node") or "its node"
    return [
        f"Check that no task is working on it. On {node}, read the task log and run  pct status {alert.vmid}",
        f"Before you unlock it: {evidence.get('warning') or 'the task that set the lock was interrupted'}.",
        *(f"Then, as root on {node}:  {command}" for command in evidence.get("commands") or ()),
        "An API token cannot remove a lock. The alert resolves by itself when the lock is gone.",
    ]


def _lost_in_error(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        "Its record was in state error, and now its guest is gone. proximity-tui did not delete it.",
        "The task log of its node shows who destroyed it. Restore it from a backup if you need it.",
    ]


def _returned(alert: Alert, facts: StepFacts) -> list[str]:
    if alert.resolved_at is not None:
        return []
    return [
        f"Press {facts.key('reattach')} to re-attach it: it is inspected again and gets a new record of the same kind.",
        f"Or leave it unmanaged ({facts.key('unmanaged')}). Nothing happens to it.",
    ]


def _channel(alert: Alert, facts: StepFacts) -> list[str]:
    return [
        "The people on call may not have been told of other alerts. Look at the open ones, and tell them.",
        f"Try it:  proximity-tui notify test {alert.name}",
        "Its address is in a [[notify]] table of the configuration. After a change the daemon needs a reload.",
        "The alert resolves by itself when the channel takes a message.",
    ]


def _drift(alert: Alert, facts: StepFacts) -> list[str]:
    key = facts.key
    return [
        f"Press {key('drift')} on the alert or on the page of the container: it shows what changed, when, and by whom, "
        "if that is known.",
        f"If it is right, accept it there ({key('accept')}): then it is the baseline.",
        f"If it is not, set it back there ({key('revert')}).",
        "The alert resolves by itself when it is accepted or reverted.",
    ]


def _newest(backups: Sequence[object]) -> str:
    """Return the last backup by name: Proxmox puts the time into it."""
    return max(str(one) for one in backups)


def _list(items: Sequence[object]) -> str:
    return ", ".join(str(one) for one in items)


_STEPS: Mapping[str, Callable[[Alert, StepFacts], list[str]]] = {
    AlertKind.ANOMALOUS_ORPHAN: _vanished,
    AlertKind.MASS_DISAPPEARANCE: _mass,
    AlertKind.REPLACED: _replaced,
    AlertKind.IDENTITY_WEAKENED: _weakened,
    AlertKind.PERMISSION_LOST: _permission,
    AlertKind.QUORUM_HIDDEN: _quorum_hidden,
    AlertKind.UNREACHABLE: _unreachable,
    AlertKind.CERTIFICATE_CHANGED: _certificate,
    AlertKind.CLUSTER_CHANGED: _another_cluster,
    AlertKind.HALF_DESTROYED: _half_destroyed,
    AlertKind.STALE_LOCK: _stale_lock,
    AlertKind.LOST_IN_ERROR: _lost_in_error,
    AlertKind.RETURNED: _returned,
    AlertKind.CHANNEL_FAILED: _channel,
    AlertKind.DRIFT: _drift,
    **CLUSTER_STEPS,
}
