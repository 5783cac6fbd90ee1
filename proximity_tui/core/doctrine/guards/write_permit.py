"""The only key to every write on a guest except the destroy (laws 3 and 5): that has a key of its own (`permit`), as a
write to a storage has (`storage_permits`).

It is minted only here, from what was just seen: a guest whose fingerprint was compared with its record, or a VMID that
is free. It is for one action on one guest on one node, expires like a destroy permit and can be used once. The client's
writes take nothing else, so nothing is written without a last inspection.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.doctrine.guards.permit import Permit, PermitError, check_read_now, check_same_place, is_recent
from proximity_tui.core.doctrine.guards.provenance import check_provenance
from proximity_tui.core.model import Container, GuestDetail, Provenance, Refusal, RefusalCode, Vacancy

_SEAL = object()


class WriteAction(StrEnum):
    """The actions that a permit allows."""

    START = "start"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    REBOOT = "reboot"
    BACK_UP = "back up"
    CLONE = "clone"
    CREATE = "create"
    CHANGE = "change"
    GROW = "grow a disk of"
    MIGRATE = "migrate"
    SNAPSHOT = "take a snapshot of"
    DELETE_SNAPSHOT = "delete a snapshot of"
    ROLL_BACK = "roll back"


class WritePermit(Permit):
    """The right to do one action on one guest, once, now. Only `permit_write` and `permit_create` make it."""

    __slots__ = ("config", "digest")

    def __init__(
        self,
        seal: object,
        action: WriteAction,
        cluster: str,
        node: str,
        vmid: int,
        minted_at: datetime,
        seen: GuestDetail | None = None,
    ) -> None:
        """`seen` is the guest that it is for, None where it is to be made: its config and the digest of that are what
        the write may count on.
        """
        if seal is not _SEAL:
            raise PermitError("a permit to write can only be minted from what was just seen")
        super().__init__(action, cluster, node, vmid, minted_at)
        self.config: Mapping[str, Any] = (seen.config if seen is not None else None) or {}
        self.digest = str(seen.digest if seen is not None else None)

    def spend(self, action: WriteAction, cluster: str, now: datetime) -> None:
        """Use the permit up. Raise PermitError when it is for something else, was used, or is older than LIFETIME."""
        if action != self.right:
            raise PermitError(f"the permit to {self.right} CT {self.vmid} is not one to {action}")
        self._use_up(cluster, now)


def permit_write(
    action: WriteAction, container: Container, seen: GuestDetail, now: datetime, *, provenance: Provenance
) -> WritePermit | Refusal:
    """Return a permit to do `action` to the guest in `seen`, or the refusal: the audit trail must confirm the record,
    and the guest must be the one of the record, seen just now.

    The other conditions belong to the rules of the action; this one keeps every request away from other guests.
    """
    refused = (
        check_provenance(container, provenance)
        or check_same_place(container, seen)
        or checks.check_same_guest(container, seen)
        or checks.check_server(seen.quorum)
        or _check_read(container, seen)
        or check_read_now(seen, now)
    )
    if refused:
        return refused
    return WritePermit(_SEAL, action, seen.cluster, seen.node, seen.vmid, seen.fingerprint_at, seen)


def permit_create(vacancy: Vacancy, now: datetime) -> WritePermit | Refusal:
    """Return a permit to create a container at a VMID that was just seen to be free, or the refusal."""
    if not vacancy.free:
        return refusals.vmid_taken(vacancy.vmid)
    refused = checks.check_node_in_quorum(vacancy.node, vacancy.quorum)
    if refused:
        return refused
    if not is_recent(vacancy.taken_at, now):
        return Refusal(RefusalCode.CHANGED, f"that VMID {vacancy.vmid} is free was not read just now")
    return WritePermit(_SEAL, WriteAction.CREATE, vacancy.cluster, vacancy.node, vacancy.vmid, vacancy.taken_at)


def _check_read(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal where the record has a fingerprint, or our marker, and none of the guest could be read; else
    None.
    """
    comparable = container.fingerprint is not None or container.marker is not None
    unread = comparable and seen.fingerprint is None
    return refusals.config_unread(seen) if unread else None
