"""The guards that read our records, freezes and armings: asked before anything is planned, begun or sent that changes
something.

They let the doctrine judge, by the time that all hosts share, and write nothing. Whether anything may be written at all
is the one choke point of writing; the others say who holds a record, and whether the audit trail confirms it.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.doctrine.guards import refusals, safemode
from proximity_tui.core.doctrine.guards.provenance import check_ours, check_provenance
from proximity_tui.core.doctrine.guards.refusals import READ_ONLY, second_name
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.store import clusters, safe_modes
from proximity_tui.core.store.clock_readings import shared_time
from proximity_tui.core.store.journal.liveness import holder_now
from proximity_tui.core.store.records import identity_trail, operations


def refuse_write(settings: EngineSettings, cluster: str, now: datetime) -> Refusal | None:
    """Return the refusal when we may not change anything of `cluster` now; None when we may."""
    if settings.read_only:
        return READ_ONLY
    if other := clusters.other_name_of(cluster):
        return second_name(cluster, other)
    return _refuse_by_safe_modes(settings, cluster, now)


def refuse_closing(settings: EngineSettings, cluster: str, now: datetime) -> Refusal | None:
    """Return the refusal when no record of `cluster` may be closed now; None when it may. That stays possible under a
    second name of a cluster, as the only repair; then the safe modes of both names hold.
    """
    if settings.read_only:
        return READ_ONLY
    other, refused = clusters.other_name_of(cluster), _refuse_by_safe_modes(settings, cluster, now)
    return _refuse_by_safe_modes(settings, other, now) if refused is None and other else refused


def refuse_step(cluster: str, now: datetime) -> Refusal | None:
    """Return the refusal when a running operation may not send its next write because of a freeze; else None.

    Write mode that ran out meanwhile stops nothing that it had begun.
    """
    if other := clusters.other_name_of(cluster):
        return second_name(cluster, other)
    moment = shared_time(now)
    return safemode.check_not_frozen(cluster, safe_modes.active_freezes(moment), moment)


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


def _refuse_by_safe_modes(settings: EngineSettings, cluster: str, now: datetime) -> Refusal | None:
    moment = shared_time(now)
    frozen = safe_modes.active_freezes(moment)
    armed = safe_modes.active_armings(moment) if cluster in settings.production else ()
    return safemode.check_may_write(cluster, settings.actor, frozen, armed, moment, settings.production)
