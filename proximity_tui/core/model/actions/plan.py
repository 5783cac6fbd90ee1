"""The plan of an action, as data: its steps with their reasons."""

from __future__ import annotations

from typing import TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.action import Action, Step
from proximity_tui.core.model.actions.plan_bounds import (
    UNBOUND,
    AbsenceBound,
    AdoptionBound,
    Bound,
    GuestBound,
    RecordBound,
    RestoreBound,
    SourceBound,
)
from proximity_tui.core.model.actions.plan_options import NO_OPTIONS, Options, UnreadablePlan
from proximity_tui.core.model.guests.guest import Fingerprint

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
