"""The only key to every write to Proxmox except the destroy, which has a key of its own (`permit`; laws 3 and 5).

It is minted only here, from what was just seen: a guest whose fingerprint was compared with its record, or a VMID that
is free. It is for one action on one guest on one node, expires like a destroy permit and can be used once. The client's
writes take nothing else, so nothing is written without a last inspection.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from proximity_tui.core.doctrine.actions import guards
from proximity_tui.core.doctrine.actions.permit import LIFETIME, PermitError
from proximity_tui.core.doctrine.actions.provenance import check_provenance
from proximity_tui.core.model import Container, GuestDetail, Provenance, Refusal, Vacancy

_SEAL = object()


class Deed(StrEnum):
    """The actions that a permit allows."""

    START = "start"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    REBOOT = "reboot"
    BACK_UP = "back up"
    CLONE = "clone"
    CREATE = "create"


class WritePermit:
    """The right to do one action on one guest, once, now. Only `permit_write` and `permit_create` make it."""

    __slots__ = ("_spent", "cluster", "deed", "minted_at", "node", "vmid")

    def __init__(self, seal: object, deed: Deed, cluster: str, node: str, vmid: int, minted_at: datetime) -> None:
        if seal is not _SEAL:
            raise PermitError("a permit to write can only be minted from what was just seen")
        self.deed = deed
        self.cluster = cluster
        self.node = node
        self.vmid = vmid
        self.minted_at = minted_at
        self._spent = False

    def spend(self, deed: Deed, cluster: str, now: datetime) -> None:
        """Use the permit up. Raise PermitError when it is for something else, was used, or is older than LIFETIME."""
        if (deed, cluster) != (self.deed, self.cluster):
            raise PermitError(
                f"the permit is to {self.deed} CT {self.vmid} of {self.cluster}, not to {deed} on {cluster}"
            )
        if self._spent:
            raise PermitError(f"the permit to {self.deed} CT {self.vmid} was already used")
        if not _young(self.minted_at, now):
            raise PermitError(f"the permit to {self.deed} CT {self.vmid} has expired: it must be looked at again")
        self._spent = True


def permit_write(
    deed: Deed, container: Container, seen: GuestDetail, now: datetime, *, provenance: Provenance
) -> WritePermit | Refusal:
    """Return a permit to do `deed` to the guest in `seen`, or the refusal: the audit trail must confirm the record, and
    the guest must be the one of the record, seen just now.

    The other conditions belong to the rules of the action; this one keeps every request away from other guests.
    """
    altered = check_provenance(container, provenance)
    if altered:
        return altered
    if (container.cluster, container.vmid) != (seen.cluster, seen.vmid):
        return Refusal("replaced", "the guest that was read is not the one of this record")
    stranger = guards.check_stranger(container, seen)
    if stranger:
        return stranger
    if container.fingerprint is not None and seen.fingerprint is None:
        return Refusal("identity_unsure", f"the config of CT {seen.vmid} could not be read: it may be another guest")
    if not _young(seen.taken_at, now):
        return Refusal("identity_unsure", "the fingerprint was not read just now")
    return WritePermit(_SEAL, deed, seen.cluster, seen.node, seen.vmid, seen.taken_at)


def permit_create(vacancy: Vacancy, now: datetime) -> WritePermit | Refusal:
    """Return a permit to create a container at a VMID that was just seen to be free, or the refusal."""
    if not vacancy.free:
        return Refusal("changed", f"VMID {vacancy.vmid} is taken: make the plan again")
    if vacancy.quorum.quorate is False:
        return Refusal("no_quorum", "cluster not ready - no quorum?")
    if not _young(vacancy.taken_at, now):
        return Refusal("changed", f"that VMID {vacancy.vmid} is free was not read just now")
    return WritePermit(_SEAL, Deed.CREATE, vacancy.cluster, vacancy.node, vacancy.vmid, vacancy.taken_at)


def _young(seen_at: datetime, now: datetime) -> bool:
    return timedelta(0) <= now - seen_at <= LIFETIME
