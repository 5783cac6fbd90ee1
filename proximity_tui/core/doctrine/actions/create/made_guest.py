"""The guest that an operation was to make: whether what is seen at its VMID is certainly that one."""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.create.cloning import differs_from_source
from proximity_tui.core.doctrine.actions.restore.restored_guest import broken_promises, identifies
from proximity_tui.core.doctrine.observation.identity import judge_marker, unsettled_identity
from proximity_tui.core.model import GuestDetail, IdentityCause, Plan
from proximity_tui.core.model.actions.plan_options import CloneOptions, CreateOptions, RestoreOptions


def is_as_planned(plan: Plan, seen: GuestDetail) -> bool:
    """Return whether a guest is the one that a plan was to create, by the evidence that its own step of verifying asks
    for: our marker, which only this plan knew; of a clone also what every copy keeps; of a restore what the backup
    promised, where that tells it from every other guest.
    """
    found, options = seen.fingerprint, plan.options
    if found is None or unsettled_identity(found, seen.lock) is not None:
        return False
    if isinstance(options, RestoreOptions):
        promised, unique = options.fingerprint, options.unique
        return identifies(promised, unique=unique) and not broken_promises(promised, found, unique=unique)
    if not isinstance(options, CreateOptions | CloneOptions):
        return False
    is_marked = judge_marker(options.marker, found, seen.lock).cause is IdentityCause.ONLY_MARKER
    return is_marked and (isinstance(options, CreateOptions) or differs_from_source(plan, found) is None)
