"""The next steps for each kind of alert, one by one, for a tired operator at night.

Pure. Commands are given as they are typed on a node; nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from proximity_tui.core.doctrine.observation.privileges import restore_audit, restore_quorum
from proximity_tui.core.model import Kind
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.screens.alerts.detail import AlertCase


def steps(case: AlertCase, token: str) -> Sequence[str]:
    """Return the steps; `token` is the id of our token on the cluster."""
    found = _STEPS.get(case.alert.kind)
    asked = found(case, token) if found is not None else []
    return [*asked, *([] if case.alert.acknowledged else ["Press x to acknowledge it with what you found out or did."])]


def _vanished(case: AlertCase, token: str) -> list[str]:
    alert, evidence = case.alert, case.alert.evidence
    who, ports, backups = evidence.get("who"), evidence.get("ports_freed"), evidence.get("backups")
    users = [who] if who else [one.get("user") for one in evidence.get("candidates") or () if isinstance(one, Mapping)]
    asked = " or ".join(dict.fromkeys(str(user) for user in users))
    lines = [
        f"Ask {asked} whether it was meant."
        if asked
        else "Find out who did it: the task log of each node is in /var/log/pve."
    ]
    if backups:
        lines.append(
            f"If it was not: on {evidence.get('node') or 'a node'} type  pct restore {alert.vmid} {_newest(backups)}"
        )
        lines.append("Once restored it is recognised by its fingerprint, and offered here for re-attachment.")
    elif evidence.get("backups_perhaps"):
        oldest = _newest(evidence["backups_perhaps"])
        lines.append(f"Look into {oldest} before you restore it: it is older than our record of {alert.name}.")
    else:
        lines.append("No backup of it is known here: look on other storages and on Proxmox Backup Server.")
        if evidence.get("backups_unlisted"):
            lines.append("There may be backups that our token is not shown: see above which right would show them.")
    if not backups:
        lines.append("Without one, its clinical record below says how it was built.")
    if ports:
        lines.append(f"Take whatever still forwards to port {_list(ports)} away: the next container may get it.")
    lines.append("If it was meant: next time delete it here, and it is expected and no alarm.")
    return lines


def _mass(case: AlertCase, token: str) -> list[str]:
    if case.breaker is None:
        return ["The question was answered: nothing is held any more."]
    return [
        "Make sure that the right cluster answers, that its nodes and storages are up, and that our token "
        f"({token}) still has its privileges: an empty list is how a lost permission looks.",
        "Press b to answer. Dismiss when in doubt: nothing is concluded then, and nothing is lost.",
    ]


def _replaced(case: AlertCase, token: str) -> list[str]:
    vmid = case.alert.vmid
    return [
        "Nothing of ours is done to that VMID until this is settled: every change is blocked.",
        f"If the new guest is meant: forget our record (ctrl+d on Fleet, Soft), then adopt CT {vmid} (2).",
        f"If ours should come back: move the new guest away, then restore ours as {vmid} from a backup.",
        "If you know neither guest: look at it with y on Fleet before you do anything.",
    ]


def _weakened(case: AlertCase, token: str) -> list[str]:
    vmid = case.alert.vmid
    return [
        "It is taken for ours still, but a part of its fingerprint changed: somebody edited it, or made it anew.",
        f"Compare both with y on Fleet, and look who did it: the tasks of CT {vmid} are on its page.",
        "If it is ours: nothing has to be done; a hard delete will ask for its VMID, too.",
        f"If it is not: forget our record (ctrl+d on Fleet, Soft). CT {vmid} stays as it is on Proxmox.",
    ]


def _permission(case: AlertCase, token: str) -> list[str]:
    return [
        "Nothing is gone as far as anybody can tell: our token sees less than before.",
        *_given_back(case, restore_audit((), token, {})),
        "The lines give it to the user and to the token: a token with privilege separation has what both have.",
        "It resolves by itself as soon as everything is visible again.",
    ]


def _quorum_hidden(case: AlertCase, token: str) -> list[str]:
    return [
        "Nothing is wrong with the cluster as far as anybody can tell: our token sees less than it should.",
        *_given_back(case, restore_quorum(token)),
        "It resolves by itself as soon as the quorum can be seen.",
    ]


def _given_back(case: AlertCase, otherwise: Sequence[str]) -> list[str]:
    """Return every command that restores a privilege, each as a step: the ones that the alert carries."""
    commands = case.alert.evidence.get("commands") or otherwise
    return [f"As root on a node:  {command}" for command in commands]


def _unreachable(case: AlertCase, token: str) -> list[str]:
    return [
        "Nothing is concluded while the cluster is silent, and no record changes.",
        f"Ask it again without the screen:  proximity-tui list --cluster {case.alert.cluster}",
        "On the node:  systemctl status pveproxy pvedaemon  and  pvecm status",
        "It resolves by itself as soon as the cluster answers.",
    ]


def _certificate(case: AlertCase, token: str) -> list[str]:
    return [
        "Somebody renewed the certificate, or somebody sits in between. Nothing was sent, not even the token.",
        "On the node, not over this network:  pvenode cert info  and compare the fingerprint.",
        f"Only if it agrees: press f and type {case.alert.cluster}; it shows the old and the new one.",
        "If it does not: find out who answers there before anything else.",
    ]


def _another_cluster(case: AlertCase, token: str) -> list[str]:
    name = case.alert.cluster
    return [
        f"Whatever answers as {name} has another root CA than {name} had: every call to it is refused.",
        f"A wrong URL or address: correct clusters.{name} in the configuration, and start again.",
        "Compare the root CA on the node, not over this network:  openssl x509 -noout -fingerprint -sha256 "
        "-in /etc/pve/pve-root-ca.pem",
        f"Only if {name} was made anew: press f and type {name}; it shows the old and the new root CA.",
    ]


def _half_destroyed(case: AlertCase, token: str) -> list[str]:
    vmid, node = case.alert.vmid, case.alert.evidence.get("node") or "its node"
    lines = [
        "Nothing is concluded: the record stays open, and its state is what it was before.",
        f"The task log of {node} says who began the destroy, and why it died.",
        f"If it was meant: on {node} type, as root,  pct unlock {vmid} && pct destroy {vmid}",
    ]
    if case.alert.evidence.get("kind") == Kind.NATIVE:
        lines.append("Or only unlock it there, and delete it hard again here (ctrl+d).")
    lines.append("If it was not meant: its volumes are gone. Finish the destroy, then restore it from a backup.")
    return [*lines, "It resolves by itself when the container is whole again, or proved gone."]


def _stale_lock(case: AlertCase, token: str) -> list[str]:
    evidence = case.alert.evidence
    node = evidence.get("node") or "its node"
    return [
        f"Make sure that nothing works on it: on {node}, look at the task log and type  pct status {case.alert.vmid}",
        f"Know before you unlock it: {evidence.get('warning') or 'what set its lock was cut off'}.",
        *(f"Only then, as root on {node}:  {command}" for command in evidence.get("commands") or ()),
        "No API token may take a lock away. It resolves by itself when the lock is gone.",
    ]


def _lost_in_error(case: AlertCase, token: str) -> list[str]:
    return [
        "We had given it up as error, and now its guest is gone without anybody asking us for that.",
        "The task log of its node says who destroyed it; restore it from a backup if it was needed.",
    ]


def _returned(case: AlertCase, token: str) -> list[str]:
    if case.alert.resolved_at is not None:
        return []
    return [
        "Press a to re-attach it: a new record follows the old one, as the same kind, after one more look.",
        "Or leave it: it stays among the unmanaged (2), and nothing happens to it.",
    ]


def _newest(backups: Sequence[object]) -> str:
    """Return the last backup by name: Proxmox puts the time into it."""
    return max(str(one) for one in backups)


def _list(items: Sequence[object]) -> str:
    return ", ".join(str(one) for one in items)


_STEPS: Mapping[str, Callable[[AlertCase, str], list[str]]] = {
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
}
