"""One janitor run: it diagnoses what is stuck and writes the diagnosis down, nothing else (law 4).

It is given records and operations; no client of Proxmox exists in here, not even one that only reads.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.reconciliation.janitor_diagnosis import Diagnosis, diagnose
from proximity_tui.core.engine.reconcile.report import WriteScope
from proximity_tui.core.model import State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.lifecycle import TRANSIENT
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.db.store_errors import LostLease, LostRace, StoreError
from proximity_tui.core.store.records import operations, records

log = logging.getLogger(__name__)

JANITOR = "janitor"
"""The name of the job, and the actor of its events."""


@value_object
class JanitorReport:
    """The result of a janitor run; its counters are the ones of the command line's JSON."""

    total_transitional: int
    stuck_found: int
    stuck_marked_error: int
    diagnoses: tuple[Diagnosis, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def counters(self) -> dict[str, int]:
        """The counters by their names in the doctrine."""
        names = ("total_transitional", "stuck_found", "stuck_marked_error")
        return {name: getattr(self, name) for name in names}


def run(
    cluster: str | None, thresholds: Mapping[State, timedelta], write_scope: WriteScope, *, dry_run: bool = False
) -> JanitorReport:
    """Search the records of a cluster (or of all) for stuck ones, and mark them as `error` with the reason. Return the
    report.
    """
    now = clock_reading()
    transitional = records.in_states(TRANSIENT, cluster)
    busy = {one.container: one for one in operations.open_operations(cluster)}
    diagnoses = []
    for container in transitional:
        operation = busy.get(container.id)
        alive = operation is not None and operations.is_alive(operation, now)
        found = diagnose(container, operation, alive, now, thresholds)
        if found:
            diagnoses.append(found)
    errors: list[str] = []
    marked = 0 if dry_run else sum(_mark(one, write_scope, errors) for one in diagnoses)
    return JanitorReport(len(transitional), len(diagnoses), marked, tuple(diagnoses), tuple(errors))


def _mark(diagnosis: Diagnosis, write_scope: WriteScope, errors: list[str]) -> int:
    """Mark the very episode that was judged. One that moved on, or that somebody resumed meanwhile, is left alone."""
    log.warning("%s", diagnosis.log_line)
    try:
        with write_scope():
            if operations.is_busy(diagnosis.container.id):
                return 0
            records.transition(
                diagnosis.container,
                State.ERROR,
                actor=JANITOR,
                action=EventAction.DIAGNOSE,
                message=diagnosis.log_line,
                evidence={"stuck_for_s": round(diagnosis.stuck_for.total_seconds()), "cause": diagnosis.cause},
                last_error=diagnosis.reason,
            )
    except LostLease:
        raise
    except LostRace:
        return 0
    except StoreError as error:
        errors.append(f"{diagnosis.container.label}: {error}")
        return 0
    return 1
