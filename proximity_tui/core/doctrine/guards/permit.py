"""The only key to `DELETE …/lxc/{vmid}` (law 1).

A permit is minted only here, from a native record that the audit trail confirms (`provenance`) and whose fingerprint
was just read again and matches. It is for one guest on one node, expires after ten seconds and can be used once. The
client's destroy takes nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from proximity_tui.core.doctrine.guards.checks import check_identity, check_native, check_open, check_stopped
from proximity_tui.core.doctrine.guards.provenance import check_ours
from proximity_tui.core.model import Container, GuestDetail, Provenance, Refusal, RefusalCode

LIFETIME = timedelta(seconds=10)
"""How long after the fingerprint was read the permit may still be used: DELETE takes no digest, so the window in
which a stranger could take over the VMID is kept small."""

_SEAL = object()


class PermitError(Exception):
    """Raised when a permit was forged, has expired, or was already used."""


class OncePermit:
    """The right to do one thing, once, now. Each kind has a seal that only the module of that kind has. `named` is what
    an error calls it.
    """

    __slots__ = ("_spent", "cluster", "minted_at", "named")

    def __init__(self, named: str, cluster: str, minted_at: datetime) -> None:
        self.named = named
        self.cluster = cluster
        self.minted_at = minted_at
        self._spent = False

    def _use_up(self, cluster: str, now: datetime) -> None:
        """Use the permit up. Raise PermitError for another cluster, for a second use, and when its evidence is older
        than LIFETIME.
        """
        if cluster != self.cluster:
            raise PermitError(f"{self.named} is for cluster {self.cluster}, not for {cluster}")
        if self._spent:
            raise PermitError(f"{self.named} was already used")
        if not is_recent(self.minted_at, now):
            raise PermitError(f"{self.named} has expired: what it is about must be inspected again")
        self._spent = True


class Permit(OncePermit):
    """The right to do one thing to one guest, once, now."""

    __slots__ = ("node", "right", "vmid")

    def __init__(self, right: str, cluster: str, node: str, vmid: int, minted_at: datetime) -> None:
        super().__init__(f"the permit to {right} CT {vmid}", cluster, minted_at)
        self.right = right
        self.node = node
        self.vmid = vmid


class DestroyPermit(Permit):
    """The right to destroy one guest, once, now. Use `mint`; nothing else can make one."""

    __slots__ = ("purge",)

    def __init__(self, seal: object, cluster: str, node: str, vmid: int, purge: bool, minted_at: datetime) -> None:
        if seal is not _SEAL:
            raise PermitError("a destroy permit can only be minted from a native record with a matching fingerprint")
        super().__init__("destroy", cluster, node, vmid, minted_at)
        self.purge = purge

    def spend(self, cluster: str, now: datetime) -> None:
        """Use the permit up. Raise PermitError where it does not fit, was used, or is older than LIFETIME."""
        self._use_up(cluster, now)


def mint(
    container: Container,
    seen: GuestDetail,
    now: datetime,
    *,
    provenance: Provenance,
    purge: bool,
    unsure_confirmed: bool = False,
) -> DestroyPermit | Refusal:
    """Return a permit for the guest in `seen`, or the refusal that says why it may not be destroyed.

    `unsure_confirmed` says that a person saw both fingerprints and typed the VMID; it never helps against a different
    guest, an adopted record or an unreadable kind. Every check that matters stands in this one function, so that it
    shows everything that can ever be destroyed.
    """
    refused = (
        check_native(container)
        or check_ours(container, provenance)
        or check_open(container)
        or check_same_place(container, seen)
        or check_stopped(seen)
        or check_identity(container, seen, unsure_confirmed=unsure_confirmed)
        or check_read_now(seen, now)
    )
    if refused:
        return refused
    return DestroyPermit(_SEAL, seen.cluster, seen.node, seen.vmid, purge, seen.fingerprint_at)


def check_same_place(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal when what was read is not at the place of the record, else None."""
    if (container.cluster, container.vmid) == (seen.cluster, seen.vmid):
        return None
    return Refusal(RefusalCode.REPLACED, "the guest that was read is not the one of this record")


def check_read_now(seen: GuestDetail, now: datetime) -> Refusal | None:
    """Return a refusal when the fingerprint was read longer than LIFETIME ago, or in the future; else None."""
    if is_recent(seen.fingerprint_at, now):
        return None
    return Refusal(RefusalCode.IDENTITY_UNSURE, "the fingerprint was not read just now")


def is_recent(read_at: datetime, now: datetime) -> bool:
    """Return whether something read then may still be acted on now."""
    return timedelta(0) <= now - read_at <= LIFETIME
