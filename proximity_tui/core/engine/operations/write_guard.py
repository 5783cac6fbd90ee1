"""The one choke point of writing: checked before anything is planned, begun or sent that changes something.

It reads the freezes and armings and lets the doctrine judge, by the time that all hosts share; it changes nothing.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.doctrine.guards import safemode
from proximity_tui.core.doctrine.guards.refusals import READ_ONLY, second_name
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.model import Refusal
from proximity_tui.core.store import clusters, safe_modes
from proximity_tui.core.store.clock_readings import shared_time


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
    names = filter(None, (cluster, clusters.other_name_of(cluster)))
    return next(filter(None, (_refuse_by_safe_modes(settings, name, now) for name in names)), None)


def refuse_step(cluster: str, now: datetime) -> Refusal | None:
    """Return the refusal when a running operation may not send its next write because of a freeze; else None.

    Write mode that ran out meanwhile stops nothing that it had begun.
    """
    if other := clusters.other_name_of(cluster):
        return second_name(cluster, other)
    moment = shared_time(now)
    return safemode.check_not_frozen(cluster, safe_modes.active_freezes(moment), moment)


def _refuse_by_safe_modes(settings: EngineSettings, cluster: str, now: datetime) -> Refusal | None:
    moment = shared_time(now)
    frozen = safe_modes.active_freezes(moment)
    armed = safe_modes.active_armings(moment) if cluster in settings.production else ()
    return safemode.check_may_write(cluster, settings.actor, frozen, armed, moment, settings.production)
