"""The reading of the view: what the pollers and the store report goes into the fleet in memory, and a view comes out.

It blocks, so the controller uses it on a thread: always the same one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.actions.safemode import headline
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import Fleet
from proximity_tui.core.model import Operation
from proximity_tui.core.model.alert import Alert
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import data_version
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import operations, records
from proximity_tui.screens.app.view import View

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services


class ViewReader:
    """The fleet in memory, and what else a view shows."""

    def __init__(self) -> None:
        self._fleet = Fleet()
        self._version: int | None = None
        """The version of the database that was read; None before the first time, and after it could not be read."""
        self._operations: tuple[Operation, ...] = ()
        self._alerts: tuple[Alert, ...] = ()

    def read(self, services: Services, before: View) -> View:
        """Return the view now; `before` itself when nothing differs but the time. Never raises a StoreError."""
        session = services.session
        looks = {name: poller.latest for name, poller in session.pollers.items()}
        try:
            version = data_version()
            if version != self._version:
                self._read_all(session)
                self._version = version
            elif self._operations:
                # Whether a process still lives is a matter of time: it writes nothing when it dies.
                self._read_operations(session)
            jobs, safe_mode = services.status(), _safe_mode(session)
        except StoreError as error:
            self._version = None
            fresh = replace(before, looks=_still_shown(looks, before), store_error=str(error))
        else:
            not_checked = _not_checked(session, self._fleet.clusters)
            self._take_over(looks, not_checked)
            fresh = View(
                rows=self._fleet.rows,
                unmanaged=self._fleet.unmanaged,
                looks=looks,
                not_checked=not_checked,
                operations=self._operations,
                alerts=self._alerts,
                jobs=jobs,
                safe_mode=safe_mode,
                store_version=version,
            )
        same = before.taken_at is not None and replace(before, taken_at=None) == replace(fresh, taken_at=None)
        return before if same else replace(fresh, taken_at=session.engine.clock.now())

    def _read_all(self, session: AppContext) -> None:
        self._read_operations(session)
        self._fleet.replace_containers(records.active())
        self._fleet.replace_drift(session.drifts.known())
        self._alerts = alerts.open_alerts()

    def _read_operations(self, session: AppContext) -> None:
        self._operations = _operations(session)
        self._fleet.replace_operations(self._operations)

    def _take_over(self, looks: Mapping[str, PollResult], not_checked: Mapping[str, str]) -> None:
        for name, look in looks.items():
            self._fleet.poll(name, look.inventory, look.error)
        for name, why in not_checked.items():
            self._fleet.poll(name, None, why)
        self._fleet.refresh()


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


def _not_checked(session: AppContext, named: frozenset[str]) -> dict[str, str]:
    """Return the clusters that are disabled or not configured: their records are never judged, and say so."""
    configured = session.settings.clusters
    return {
        name: f"not checked: {name} is {'switched off' if name in configured else 'not in the configuration'}"
        for name in sorted(named.difference(session.pollers))
    }
