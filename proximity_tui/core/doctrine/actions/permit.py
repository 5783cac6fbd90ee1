"""The only key to `DELETE …/lxc/{vmid}` (law 1).

A permit is minted only here, from a native record that the audit trail confirms (`provenance`) and whose fingerprint
was just read again and matches. It is for one guest on one node, expires after ten seconds and can be used once. The
client's destroy takes nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.doctrine.actions.provenance import check_ours
from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.model import Container, GuestDetail, Kind, Match, Provenance, Refusal, Status

LIFETIME = timedelta(seconds=10)
"""How long after the fingerprint was read the permit may still be used: DELETE takes no digest, so the window in
which a stranger could take over the VMID is kept small."""

_SEAL = object()


class PermitError(Exception):
    """Raised when a permit was forged, has expired, or was already used."""


class DestroyPermit:
    """The right to destroy one guest, once, now. Use `mint`; nothing else can make one."""

    __slots__ = ("_spent", "cluster", "minted_at", "node", "purge", "vmid")

    def __init__(self, seal: object, cluster: str, node: str, vmid: int, purge: bool, minted_at: datetime) -> None:
        if seal is not _SEAL:
            raise PermitError("a destroy permit can only be minted from a native record with a matching fingerprint")
        self.cluster = cluster
        self.node = node
        self.vmid = vmid
        self.purge = purge
        self.minted_at = minted_at
        self._spent = False

    def spend(self, now: datetime) -> None:
        """Use the permit up. Raise PermitError when it was used before or its evidence is older than LIFETIME."""
        if self._spent:
            raise PermitError(f"the permit for CT {self.vmid} was already used")
        if not timedelta(0) <= now - self.minted_at <= LIFETIME:
            raise PermitError(f"the permit for CT {self.vmid} has expired: its fingerprint must be read again")
        self._spent = True


def mint(
    container: Container,
    observation: GuestDetail,
    now: datetime,
    *,
    provenance: Provenance,
    purge: bool,
    unsure_confirmed: bool = False,
) -> DestroyPermit | Refusal:
    """Return a permit for the guest in `observation`, or the refusal that says why it may not be destroyed.

    `unsure_confirmed` says that a person saw both fingerprints and typed the VMID; it never helps against a different
    guest, an adopted record or an unreadable kind. The checks of other guards are repeated here in their own words, so
    this one function shows everything that can ever be destroyed.
    """
    if container.kind is Kind.ADOPTED:
        return Refusal("adopted", "adopted: Proximity never destroys what it did not create")
    if container.kind is not Kind.NATIVE:
        return Refusal("kind_unknown", "its kind cannot be read, so it counts as not ours: it is never destroyed")
    altered = check_ours(container, provenance)
    if altered:
        return altered
    if container.is_tombstone:
        return Refusal("closed", f"{container.name} is closed: what we no longer look after is not ours to destroy")
    if (container.cluster, container.vmid) != (observation.cluster, observation.vmid):
        return Refusal("replaced", "the guest that was read is not the one of this record")
    if observation.status is not Status.STOPPED:
        return Refusal("unknown_status", f"CT {observation.vmid} is {observation.status}, not stopped")
    identity = compare(container.fingerprint, observation.fingerprint, observation.lock)
    if identity.match is Match.DIFFERENT:
        return Refusal(
            "replaced", f"the guest at CT {observation.vmid} is not the one we recorded: {identity.sentence}"
        )
    if identity.match is Match.UNSURE and not unsure_confirmed:
        return Refusal("identity_unsure", f"identity of CT {observation.vmid} is not certain: {identity.sentence}")
    if not timedelta(0) <= now - observation.taken_at <= LIFETIME:
        return Refusal("identity_unsure", "the fingerprint was not read just now")
    return DestroyPermit(_SEAL, observation.cluster, observation.node, observation.vmid, purge, observation.taken_at)
