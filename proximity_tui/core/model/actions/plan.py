"""The plan of an action, as data: its steps with their reasons, and what it was made from, one small class for each
kind of plan. A change of that voids it.

The names of the fields of what it is bound to are the keys under which they stand in databases: add, with a default,
and never rename.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.action import Action, Step
from proximity_tui.core.model.actions.plan_options import NO_OPTIONS, Options, UnreadablePlan
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


_OF_A_GUEST = (GuestBound, AdoptionBound, SourceBound)
_OF_A_RECORD = (RecordBound, AbsenceBound, GuestBound, RestoreBound)
_OptionsT = TypeVar("_OptionsT", bound=Options)


@value_object
class Plan:
    """The exact steps an action would take. Data: it can be shown, printed, stored, and compared with the world."""

    action: Action
    cluster: str
    vmid: int | None
    name: str
    steps: tuple[Step, ...]
    summary: str
    node: str | None = None
    bound_to: Bound = UNBOUND
    """What the plan was made from; a change voids it."""
    options: Options = NO_OPTIONS
    """What it carries besides its guest."""
    warnings: tuple[str, ...] = ()

    def carries(self, kind: type[_OptionsT]) -> _OptionsT:
        """Return the options of the plan, which must be of this kind. Raises UnreadablePlan."""
        if not isinstance(self.options, kind):
            raise UnreadablePlan(f"the plan to {self.action} {self.name} does not say what to do")
        return self.options

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The fingerprint of the guest that the plan was made from; None where it was made from none."""
        return self.bound_to.fingerprint if isinstance(self.bound_to, _OF_A_GUEST) else None

    @property
    def digest(self) -> str | None:
        """The digest of the config that the plan was made from; None where it was made from none."""
        return self.bound_to.digest if isinstance(self.bound_to, _OF_A_GUEST) else None

    @property
    def version(self) -> int | None:
        """The version of the record that the plan was made from; None where it was made from none."""
        return self.bound_to.version if isinstance(self.bound_to, _OF_A_RECORD) else None
