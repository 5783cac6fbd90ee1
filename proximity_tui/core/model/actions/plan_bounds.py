"""The facts that a plan is bound to: what it was made from, one small class for each kind of plan. A change voids it.

The names of the fields are the keys under which they stand in databases: add, with a default, and never rename.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest import Fingerprint, Match, Status


@value_object
class Unbound:
    """A plan that nothing of the world can void: a creation, whose VMID and template are asked for again."""


@value_object
class RecordBound:
    """A plan that only the record can void: a soft delete, or a hard one of a record without a VMID."""

    version: int


@value_object
class AbsenceBound:
    """A hard delete of what was seen to be absent already."""

    version: int
    already_absent: bool = True


@value_object
class GuestBound:
    """A power action: the version of the record, and the guest as it was shown."""

    version: int
    status: Status
    node: str
    digest: str | None = None
    fingerprint: Fingerprint | None = None


@value_object
class DestroyBound(GuestBound):
    """A hard delete: as a power action, and how sure the identity was."""

    identity: Match = Match.UNSURE


@value_object
class AdoptionBound:
    """An adoption: the guest as it was shown, and the id of the latest tombstone of its VMID."""

    status: Status
    digest: str | None = None
    fingerprint: Fingerprint | None = None
    predecessor: int | None = None


@value_object
class SourceBound:
    """A clone: the VMID of its source, and the source as it was shown."""

    source: int
    digest: str | None = None
    fingerprint: Fingerprint | None = None


@value_object
class RestoreBound:
    """A restore: the record of the container that is gone, its version, and the backup as it was listed."""

    record: int
    version: int
    former_vmid: int
    backup_size: int | None = None


@value_object
class OperationBound:
    """A resume or an abandoning: the operation, and who carried it last and when."""

    operation: int
    owner: str
    heartbeat_at: datetime


UNBOUND = Unbound()

Bound = Unbound | RecordBound | AbsenceBound | GuestBound | AdoptionBound | SourceBound | RestoreBound | OperationBound
