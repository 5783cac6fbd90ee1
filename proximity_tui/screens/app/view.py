"""The data of all screens, read at once: rows, polls, operations. Reading it blocks, so the controller does it on a
thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.safemode import headline
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import FleetRow, managed_rows, order, unmanaged_rows
from proximity_tui.core.model import Operation, OperationStatus
from proximity_tui.core.model.alert import Alert, Severity
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import data_version
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import operations, records

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services


@value_object
class View:
    """Everything that is known at one moment. `taken_at` is None until the first reading."""

    rows: tuple[FleetRow, ...] = ()
    """Every container, what needs a person first."""
    unmanaged: tuple[FleetRow, ...] = ()
    looks: Mapping[str, PollResult] = field(default_factory=dict)
    """By cluster, of those that we speak to."""
    not_checked: Mapping[str, str] = field(default_factory=dict)
    """Clusters that have records but are not looked at, and why."""
    operations: tuple[Operation, ...] = ()
    """Those under way, of any process, and the interrupted ones."""
    alerts: tuple[Alert, ...] = ()
    """The open ones, red first, then the newest."""
    jobs: tuple[JobStatus, ...] = ()
    """How every job of this process stands; empty until they have started."""
    safe_mode: str | None = None
    """What keeps hands off, or lets them on for a while: `FROZEN: ...`, `ARMED: prod for 9 min`."""
    store_error: str | None = None
    """Why the database could not be read; everything else is then older than `taken_at`."""
    store_version: int | None = None
    """Differs whenever anybody wrote anything, also what is not part of a view, such as an event."""
    taken_at: datetime | None = None

    @property
    def interrupted(self) -> tuple[Operation, ...]:
        """The operations without an end that no process executes."""
        return tuple(one for one in self.operations if one.status is OperationStatus.INTERRUPTED)

    @property
    def under_way(self) -> tuple[Operation, ...]:
        """The operations that some process executes right now."""
        return tuple(one for one in self.operations if one.status is OperationStatus.OPEN)

    @property
    def red_alerts(self) -> tuple[Alert, ...]:
        """The open alerts that are on every screen."""
        return tuple(one for one in self.alerts if one.severity is Severity.RED)

    def row(self, container_id: int) -> FleetRow | None:
        """Return the row of a container, or None when its record is closed or does not exist."""
        return next((row for row in self.rows if row.id == container_id), None)


def read_view(services: Services, before: View) -> View:
    """Return the view now; `before` itself when nothing differs but the time. Never raises a StoreError."""
    session = services.session
    looks = {name: poller.latest for name, poller in session.pollers.items()}
    try:
        version = data_version()
        containers, found, compared = records.active(), _operations(session), session.drifts.known()
        waiting, jobs = alerts.open_alerts(), services.status()
        safe_mode = _safe_mode(session)
    except StoreError as error:
        fresh = replace(before, looks=_still_shown(looks, before), store_error=str(error))
    else:
        inventories = {name: look.inventory for name, look in looks.items() if look.inventory is not None}
        not_checked = _not_checked(session, {container.cluster for container in containers})
        silent = {name: look.error for name, look in looks.items() if look.error is not None}
        rows = managed_rows(containers, inventories, found, {**silent, **not_checked}, compared)
        fresh = View(
            rows=tuple(order(rows)),
            unmanaged=tuple(order(unmanaged_rows(inventories, containers))),
            looks=looks,
            not_checked=not_checked,
            operations=found,
            alerts=waiting,
            jobs=jobs,
            safe_mode=safe_mode,
            store_version=version,
        )
    same = before.taken_at is not None and replace(before, taken_at=None) == replace(fresh, taken_at=None)
    return before if same else replace(fresh, taken_at=session.engine.clock.now())


def _still_shown(looks: Mapping[str, PollResult], before: View) -> dict[str, PollResult]:
    """Return the polls with the inventories of the rows: a newer one would make them seem younger (law 7)."""
    was = before.looks
    return {name: replace(look, inventory=was[name].inventory) if name in was else look for name, look in looks.items()}


def _operations(session: AppContext) -> tuple[Operation, ...]:
    """Return the operations without an end. One that lost its process is interrupted; that is written down where this
    process may write.
    """
    found = operations.open_operations()
    standing = operations.without_dead_owners(found)
    if standing == found or session.engine.settings.read_only:
        return standing
    session.engine.interrupted()
    return operations.open_operations()


def _safe_mode(session: AppContext) -> str | None:
    engine = session.engine
    found = safe_modes.active_freezes(), safe_modes.active_armings()
    return headline(engine.settings.actor, *found, engine.clock.now(), session.clients) if any(found) else None


def _not_checked(session: AppContext, named: set[str]) -> dict[str, str]:
    """Return the clusters that are disabled or not configured: their records are never judged, and say so."""
    configured = session.settings.clusters
    return {
        name: f"not checked: {name} is {'switched off' if name in configured else 'not in the configuration'}"
        for name in sorted(named.difference(session.pollers))
    }
