"""The guards that read our records: who holds one, and whether the audit trail confirms it. They write nothing."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.provenance import check_ours, check_provenance
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.store.journal.liveness import holder_now
from proximity_tui.core.store.records import identity_trail, operations


def refuse_busy(container: Container) -> Refusal | None:
    """Return the refusal that names the operation that holds the record, at work or interrupted, else None."""
    if container.operation is None or container.is_tombstone:
        return None
    return refusals.busy(container, holder_now(operations.get(container.operation)))


def refuse_altered(container: Container) -> Refusal | None:
    """Return the refusal when the audit trail does not confirm the record, else None."""
    return check_provenance(container, identity_trail.provenance(container.id))


def refuse_not_ours(container: Container) -> Refusal | None:
    """Return the refusal when the audit trail does not permit to destroy the guest of a record, else None. A closed
    record is refused anyway.
    """
    return None if container.is_tombstone else check_ours(container, identity_trail.provenance(container.id))
