"""The check that the audit trail confirms a record, and that its guest was never an adopted one.

Anybody who can write to the database can point a record at another guest. So the record alone is never enough to stop
or destroy a guest: the audit trail has to say the same (law 1).
"""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.refusals import NEVER_DESTROYED
from proximity_tui.core.model import Container, Fingerprint, Kind, Provenance, Refusal, RefusalCode

ADVICE = "see `proximity-tui audit verify`, and compare the database with a backup"


def check_ours(container: Container, provenance: Provenance) -> Refusal | None:
    """Return the refusal to destroy a guest that the audit trail does not confirm, or that was
    adopted once; else None.
    """
    if altered := check_provenance(container, provenance):
        return altered
    if was_adopted(container, provenance):
        message = f"{_adoption(container, provenance)}: {NEVER_DESTROYED}"
        return Refusal(RefusalCode.ADOPTED, message)
    return None


def check_provenance(container: Container, provenance: Provenance) -> Refusal | None:
    """Return the refusal to act on a guest when the audit trail and the record disagree about it, else None."""
    if provenance.container != container.id:
        return Refusal(RefusalCode.RECORD_ALTERED, f"what the audit trail says is not about {container.name}; {ADVICE}")
    if provenance.disagreement is not None:
        message = f"our record of {container.name} was changed outside the audit trail: {provenance.disagreement}"
        return Refusal(RefusalCode.RECORD_ALTERED, f"{message}; {ADVICE}")
    return None


def check_kind_kept(container: Container, provenance: Provenance) -> Refusal | None:
    """Return the refusal to manage a guest again as what its closed record was, else None: the audit trail must confirm
    the record, and what was adopted once never becomes a native container again (law 1).
    """
    if altered := check_provenance(container, provenance):
        return altered
    if container.kind is Kind.NATIVE and was_adopted(container, provenance):
        message = f"{_adoption(container, provenance)}, so it is never native again: adopt it instead"
        return Refusal(RefusalCode.ADOPTED, message)
    return None


def was_adopted(container: Container, provenance: Provenance) -> bool:
    """Return whether the guest of a record was adopted once, by this record or another one. One that was never read
    when it was adopted at the same VMID afterwards counts as the same.
    """
    if provenance.adopted_unread:
        return True
    ours = container.fingerprint
    return ours is not None and any(
        _is_same_guest(ours, theirs, same_vmid=vmid == container.vmid) for vmid, theirs in provenance.adopted
    )


def _adoption(container: Container, provenance: Provenance) -> str:
    if provenance.adopted_unread:
        return f"a guest that may be {container.name} was adopted at CT {container.vmid} without its config"
    return f"the guest of {container.name} was adopted once"


def _is_same_guest(ours: Fingerprint, theirs: Fingerprint, *, same_vmid: bool) -> bool:
    """Return whether two fingerprints are of the same guest. Root volumes are named after the VMID, so they count only
    where neither guest has a marker.
    """
    if ours.hwaddrs & theirs.hwaddrs or (ours.marker is not None and ours.marker == theirs.marker):
        return True
    unmarked = ours.marker is None and theirs.marker is None
    return unmarked and same_vmid and ours.rootfs is not None and ours.rootfs == theirs.rootfs
