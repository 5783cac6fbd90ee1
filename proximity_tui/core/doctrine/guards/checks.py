"""The checks that several decisions share: what must be true of a guest before any request is sent to Proxmox.

Each returns None when all is well, else the refusal to show, in the words Proxmox would use where it has some.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, identify
from proximity_tui.core.model import (
    Container,
    GuestDetail,
    Kind,
    Lock,
    Match,
    Quorum,
    Refusal,
    RefusalCode,
    Status,
    Unread,
)

_COMPARE = "compare both fingerprints and type the VMID"


def is_typed(wanted: str, typed: str | None) -> bool:
    """Return whether what was typed confirms: exactly what is wanted, without a blank more. Each confirmation that is
    typed is compared here.
    """
    return typed == wanted


def check_typed(wanted: str, typed: str | None, confirms: str) -> Refusal | None:
    """Return None when exactly the `wanted` name was typed, else the refusal, with what that name `confirms`."""
    return None if is_typed(wanted, typed) else Refusal(RefusalCode.CONFIRMATION, f"confirm {confirms}: {wanted}")


def check_free(container: Container) -> Refusal | None:
    """Return a refusal for a closed record, and while an operation holds an open one; else None."""
    refused = check_open(container)
    if refused is None and container.operation is not None:
        return refusals.busy(container, f"operation {container.operation} holds it")
    return refused


def check_identity(container: Container, seen: GuestDetail, *, unsure_confirmed: bool = False) -> Refusal | None:
    """Return a refusal for another guest than recorded, and for a doubtful one unless a person typed its VMID; else
    None.
    """
    identity = identify(container, seen.fingerprint, seen.lock)
    if identity.match is Match.DIFFERENT:
        return refusals.another_guest(seen, identity)
    if identity.match is Match.UNSURE and not unsure_confirmed:
        # Under such a lock its config is not that of a whole guest, and nothing may be done with it anyway.
        then = "wait until the lock is gone" if seen.lock in UNSETTLED_LOCKS else _COMPARE
        sentence = f"identity of CT {seen.vmid} is not certain: {identity.sentence}; {then}"
        return Refusal(RefusalCode.IDENTITY_UNSURE, sentence)
    return None


def check_same_guest(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal for another guest than recorded, else None. A doubtful guest passes: use it for harmless actions
    only.
    """
    identity = identify(container, seen.fingerprint, seen.lock)
    return refusals.another_guest(seen, identity) if identity.match is Match.DIFFERENT else None


def check_known(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal for another guest than recorded, and for one whose status is not known; else None."""
    return check_same_guest(container, seen) or check_status(seen)


def check_ready(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal for another guest than recorded, for one that Proxmox is at work on, and for a cluster that
    cannot write; else None. What needs no more than that is changed, moved or backed up.
    """
    return check_known(container, seen) or check_lock(seen) or check_part_of_quorum(seen) or check_tasks(seen)


def check_same_name(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal when the guest's config has another name than our record, else None: a person types our name."""
    hostname = seen.fingerprint.hostname if seen.fingerprint is not None else None
    if hostname is None or hostname == container.name:
        return None
    return Refusal(
        RefusalCode.RENAMED,
        f"our record calls CT {seen.vmid} {container.name}, its config says {hostname}: refresh the record"
        " (`proximity-tui list`), then make the plan again by its new name",
    )


def check_server(quorum: Quorum) -> Refusal | None:
    """Return a refusal where the server that answers left the cluster, else None: its guests are copies of ours, or
    ours are copies of them. Nothing that it has is stopped, either.
    """
    return None if quorum.advice is None else Refusal(RefusalCode.NO_QUORUM, f"{quorum.reason}: {quorum.advice}")


def check_quorum(seen: GuestDetail) -> Refusal | None:
    """Return a refusal unless a quorum with the node of the guest is seen, else None: a destroy without it frees the
    disks and keeps the config (observed on Proxmox VE 9.2). A node that left it may still answer through the others.
    """
    if seen.quorum.allows_conclusions:
        return check_part_of_quorum(seen)
    if seen.quorum.quorate is False:
        lost = seen.quorum.reason or "the cluster has no quorum"
        waits = Refusal(RefusalCode.NO_QUORUM, f"{lost}: wait for the other nodes")
        return check_server(seen.quorum) or waits
    unseen = "it is not known whether the cluster is quorate: our token may not see it (needs Sys.Audit on /)"
    return Refusal(RefusalCode.NO_QUORUM, seen.quorum.reason or unseen, unread=True)


def check_visible(seen: GuestDetail) -> Refusal | None:
    """Return a refusal where the guest could not be read or our token may not see it, else None: then lists of jobs and
    tasks may be incomplete without saying so (observed on Proxmox VE 9.2).
    """
    gap = seen.gap(Unread.PERMISSIONS)
    if gap is None:
        return None
    return Refusal(RefusalCode.DENIED, f"what our token may see of CT {seen.vmid} is not certain: {gap}", unread=True)


def check_quorate(quorate: bool | None) -> Refusal | None:
    """Return a refusal for a cluster that is known to have no quorum, else None."""
    return refusals.NOT_READY if quorate is False else None


def check_part_of_quorum(seen: GuestDetail) -> Refusal | None:
    """Return a refusal where the node of the guest is known to be outside the quorum, or there is none; else None. Its
    config cannot be written there: a disk that is grown would not have its size in it.
    """
    return check_node_in_quorum(seen.node, seen.quorum)


def check_node_in_quorum(node: str, quorum: Quorum) -> Refusal | None:
    """Return a refusal where a node is known to be outside the quorum, or there is none; else None. No config can be
    written there.
    """
    if quorum.allows_conclusions and node in quorum.apart:
        return Refusal(RefusalCode.NO_QUORUM, f"the cluster has a quorum without node {node}: wait until it is back")
    return check_server(quorum) or check_quorate(quorum.quorate)


def check_native(container: Container) -> Refusal | None:
    """Return the refusal that no circumstance can lift: we did not create the guest of this record (law 1);
    None where we did.
    """
    if container.kind is Kind.ADOPTED:
        return refusals.ADOPTED
    return None if container.kind is Kind.NATIVE else refusals.KIND_UNKNOWN


def check_open(container: Container) -> Refusal | None:
    """Return a refusal for a record that was closed meanwhile, else None: its guest is to be left alone."""
    return refusals.not_managed(container) if container.is_tombstone else None


def check_status(seen: GuestDetail) -> Refusal | None:
    """Return a refusal when the status is neither running nor stopped, else None."""
    if seen.status is Status.UNKNOWN:
        reason = f"the status of CT {seen.vmid} on {seen.node} is not known"
        return Refusal(RefusalCode.UNKNOWN_STATUS, reason, unread=True)
    return None


def check_stopped(seen: GuestDetail) -> Refusal | None:
    """Return a refusal for a guest that is not stopped, or was started since; else None."""
    if seen.status is Status.STOPPED:
        return None
    return check_status(seen) or Refusal(RefusalCode.CHANGED, f"CT {seen.vmid} is {seen.status}, not stopped")


def check_lock(seen: GuestDetail, allowed: frozenset[str] = frozenset()) -> Refusal | None:
    """Return a refusal for a locked guest, as Proxmox would, unless the lock is one of `allowed`; else None."""
    if seen.lock is None or seen.lock in allowed:
        return None
    if seen.lock in (Lock.CREATE, Lock.DESTROYED):
        hint = f": an interrupted {'create' if seen.lock == Lock.CREATE else 'destroy'}; on {seen.node}, root can run"
        hint += f" `pct unlock {seen.vmid}`"
    else:
        hint = f", busy: {seen.lock}; try again when the lock is gone"
    return Refusal(RefusalCode.LOCKED, f"CT is locked ({seen.lock}){hint}")


def check_template(seen: GuestDetail) -> Refusal | None:
    """Return a refusal for a template, else None."""
    if seen.template:
        return Refusal(RefusalCode.TEMPLATE, f"CT {seen.vmid} is a template: linked clones may use its disks")
    return None


def check_protection(seen: GuestDetail) -> Refusal | None:
    """Return a refusal for a guest with the protection flag, or where the flag is not known; else None."""
    if seen.protection:
        return Refusal(
            RefusalCode.PROTECTED,
            f"can't remove CT {seen.vmid} - protection mode enabled; a delete never clears that flag: a person does, by"
            f" `proximity-tui set {seen.cluster}/{seen.vmid} protection=no`",
        )
    if seen.protection is None:
        return refusals.config_unread(seen)
    return None


def check_high_availability(seen: GuestDetail, *, purge: bool) -> Refusal | None:
    """Return a refusal for a guest that HA manages, unless it is to be purged from there, or where that is not known;
    else None.
    """
    if seen.ha_state is not None and not purge:
        return Refusal(
            RefusalCode.HA_MANAGED,
            f"unable to remove CT {seen.vmid} - used in HA resources and purge parameter not set. Choose purge, or"
            " remove it from HA first",
        )
    if not seen.ha_known:
        return Refusal(RefusalCode.HA_MANAGED, f"could not read whether CT {seen.vmid} is managed by HA", unread=True)
    return None


def check_replication(seen: GuestDetail, *, purge: bool) -> Refusal | None:
    """Return a refusal for a replicated guest, unless that is to be purged, or where that is not known; else None."""
    if seen.replicated and not purge:
        return Refusal(
            RefusalCode.REPLICATED,
            f"There is a replication job for guest '{seen.vmid}' - Please remove that first, or choose purge",
        )
    if seen.replicated is None:
        return Refusal(RefusalCode.REPLICATED, f"could not read whether CT {seen.vmid} is replicated", unread=True)
    return None


def check_tasks(seen: GuestDetail) -> Refusal | None:
    """Return a refusal while a Proxmox task works on the guest, else None: freeing disks and pauses of a backup set no
    lock.
    """
    unread = seen.gap(Unread.TASKS)
    if unread:
        reason = f"the running tasks of CT {seen.vmid} could not be read: {unread}"
        return Refusal(RefusalCode.BUSY, reason, unread=True)
    if seen.busy_tasks:
        return Refusal(RefusalCode.BUSY, f"Proxmox tasks are running on CT {seen.vmid}: {', '.join(seen.busy_tasks)}")
    return None
