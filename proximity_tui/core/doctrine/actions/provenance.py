"""Is a record still what the audit trail says, and was its guest never an adopted one?

A record can be pointed at another guest by whoever can write to the database. What the record says is therefore never
enough to stop or destroy a guest: the trail has to say the same (law 1).
"""

from __future__ import annotations

from proximity_tui.core.model import Container, Fingerprint, Provenance, Refusal

ADVICE = "see `proximity-tui audit verify`, and compare the database with a backup"


def check_ours(container: Container, provenance: Provenance) -> Refusal | None:
    """Return the refusal to destroy a guest that the trail does not vouch for, or that was adopted once."""
    if altered := check_provenance(container, provenance):
        return altered
    if _was_adopted(container, provenance):
        said = f"the guest of {container.name} was adopted once: Proximity never destroys what it did not create"
        return Refusal("adopted", said)
    return None


def check_provenance(container: Container, provenance: Provenance) -> Refusal | None:
    """Return the refusal to ask anything of a guest when the trail does not say the same of it as the record."""
    if provenance.container != container.id:
        return Refusal("record_altered", f"what the audit trail says is not about {container.name}; {ADVICE}")
    if provenance.disagreement is not None:
        said = f"our record of {container.name} was changed past the audit trail: {provenance.disagreement}"
        return Refusal("record_altered", f"{said}; {ADVICE}")
    return None


def _was_adopted(container: Container, provenance: Provenance) -> bool:
    ours = container.fingerprint
    return ours is not None and any(
        _is_same_guest(ours, theirs, same_vmid=vmid == container.vmid) for vmid, theirs in provenance.adopted
    )


def _is_same_guest(ours: Fingerprint, theirs: Fingerprint, *, same_vmid: bool) -> bool:
    """Root volumes are named after the VMID, so one says something only where neither guest has a marker (N43)."""
    if ours.hwaddrs & theirs.hwaddrs or (ours.marker is not None and ours.marker == theirs.marker):
        return True
    unmarked = ours.marker is None and theirs.marker is None
    return unmarked and same_vmid and ours.rootfs is not None and ours.rootfs == theirs.rootfs
