"""The alerts about locks that outlived their tasks: raised once a lock lasts, resolved when it goes.

Tasks are read only for guests whose lock lasts, so a fleet without such locks costs no request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from proximity_tui.core.doctrine.observation.lived_time import lived
from proximity_tui.core.doctrine.reconciliation import stale_lock
from proximity_tui.core.doctrine.reconciliation.stale_lock import watched_lock
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, Verdict
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.random_sample import draw
from proximity_tui.core.engine.reconcile.report import Report, WriteScope
from proximity_tui.core.engine.reconcile.resolved_alerts import resolve_over
from proximity_tui.core.model import ClockReading, Container, Guest, Inventory, NodeStatus, Task
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.model.privilege import Privilege
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.clock_readings import clock_reading
from proximity_tui.core.store.records import guest_locks

MOST_ASKED = 20
"""Of how many lasting locks the tasks are read in one run."""


def about_locks(
    reader: Reader, report: Report, snapshot: ClusterSnapshot, inventory: Inventory, write_scope: WriteScope
) -> None:
    """Raise an alert for each lock that lasts while no task runs on its guest, and resolve those that are over."""
    locked = _locked(report, snapshot, inventory)
    now = clock_reading()
    with write_scope():
        since = guest_locks.follow_locks(
            report.cluster, {one: guest.lock or "" for one, (_, guest) in locked.items()}, now
        )
    lasting = [one for one, began in since.items() if lived(began, now) >= stale_lock.LASTS]
    lasting = draw(lasting, MOST_ASKED)
    running = _RunningTasks(reader, inventory)
    working = {one: running.hold(locked[one][1]) for one in lasting}
    hidden = {one: running.may_be_hidden(locked[one][1]) for one in lasting if working[one] is False}
    with write_scope():
        for one, tasks_hidden in hidden.items():
            _raise(*locked[one], since[one], now, tasks_hidden=tasks_hidden)
        _resolve(report, inventory, working)


def _locked(report: Report, snapshot: ClusterSnapshot, inventory: Inventory) -> dict[int, tuple[Container, Guest]]:
    """Return the containers whose guest has a lock that may grow stale. An offline node reports old locks, and an
    operation of ours handles its own lock.
    """
    seen: dict[int, tuple[Container, Guest]] = {}
    for verdict in report.verdicts:
        container = verdict.container
        guest = inventory.guests.get(container.vmid or 0)
        if guest is None or watched_lock(container, guest, verdict.presence) is None or container.id in snapshot.busy:
            continue
        if inventory.node_status(guest.node) == NodeStatus.ONLINE:
            seen[container.id] = container, guest
    return seen


class _RunningTasks:
    """The tasks that run on the nodes of a cluster, read once a run and only of the nodes that are asked about."""

    def __init__(self, reader: Reader, inventory: Inventory) -> None:
        self._reader = reader
        self._online = [name for name, status in inventory.node_statuses.items() if status == NodeStatus.ONLINE]
        self._read: dict[str, tuple[Task, ...] | None] = {}
        self._hidden: dict[str, bool] = {}

    def hold(self, guest: Guest) -> bool | None:
        """Return whether one of them may hold the lock of a guest; None where none does, and not all could be read."""
        found = [self._on(node) for node in self._nodes_of(guest)]
        if any(stale_lock.may_hold(task, guest) for tasks in found for task in tasks or ()):
            return True
        return None if None in found else False

    def may_be_hidden(self, guest: Guest) -> bool:
        """Return whether the tasks of others are not shown to our token on one of the nodes that were asked about."""
        return any(self._hides(node) for node in self._nodes_of(guest))

    def _nodes_of(self, guest: Guest) -> Iterable[str]:
        others = self._online if stale_lock.is_of_other_nodes(guest.lock or "") else []
        return dict.fromkeys((guest.node, *others))

    def _hides(self, node: str) -> bool:
        if node not in self._hidden:
            self._hidden[node] = _hides_tasks(self._reader, node)
        return self._hidden[node]

    def _on(self, node: str) -> tuple[Task, ...] | None:
        if node not in self._read:
            try:
                self._read[node] = self._reader.find_tasks(node, source="active")
            except ProxmoxError:
                self._read[node] = None
        return self._read[node]


def _hides_tasks(reader: Reader, node: str) -> bool:
    path = f"/nodes/{node}"
    try:
        return Privilege.SYS_AUDIT not in reader.permissions(path).get(path, ())
    except ProxmoxError:
        return True


def _raise(container: Container, guest: Guest, since: ClockReading, now: ClockReading, *, tasks_hidden: bool) -> None:
    lock = guest.lock or ""
    message = stale_lock.sentence(container, guest, lived(since, now), tasks_hidden=tasks_hidden)
    evidence = {
        "lock": lock,
        "since": since.at,
        "node": guest.node,
        "tasks_hidden": tasks_hidden,
        "commands": [stale_lock.command(container.vmid, lock)],
        "warning": stale_lock.warning(container.vmid, lock),
    }
    alerts.raise_about(container, AlertKind.STALE_LOCK, Severity.AMBER, message, evidence)


def _resolve(report: Report, inventory: Inventory, working: Mapping[int, bool | None]) -> None:
    """Close the alerts that are over. A guest that is not listed now, or is on an offline node, ends nothing."""

    def why_over(verdict: Verdict, alert: Alert) -> str | None:
        guest = inventory.guests.get(verdict.container.vmid or 0)
        if guest is None or inventory.node_status(guest.node) != NodeStatus.ONLINE:
            return None
        if guest.lock != alert.evidence.get("lock"):
            return "the lock is gone"
        return "a task runs on it" if working.get(verdict.container.id) else None

    resolve_over(report, AlertKind.STALE_LOCK, why_over)
