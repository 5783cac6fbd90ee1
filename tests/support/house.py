"""Our side of the wire against a simulated cluster: gateways, engine, database, for tests of engine and stories.
Everything is real: HTTP over TLS to the simulator, a database of the test's own. Only waiting is short.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from proximity_tui.core import store
from proximity_tui.core.base.clock import Clock, SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.observe.poller import Poller, PollResult
from proximity_tui.core.engine.operations.outcome import EngineSettings, Outcome, Refused
from proximity_tui.core.engine.reconcile import reconciler
from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Action, Actor, Container, CreateRequest, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.core.store import events
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.records.adopted import make_adopted
from tests.support.records.native import make_native
from tests.support.servers.databases import ready_sqlite
from tests.support.timing.waiting import LONGEST

TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
QUICK = Limits(confirm_after=timedelta(0))
"""Limits under which the second list may follow the first at once."""


class AheadClock(SystemClock):
    """The clock of a machine on which more time has passed: a test says how many seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class HurriedClock(SystemClock):
    """Tells the right time, and waits a twentieth of what it is told to: what is waited for takes milliseconds here."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 20)


class TickingClock(AheadClock, HurriedClock):
    """A clock that a test moves, and on which waiting takes no time."""


class WaitingClock(SystemClock):
    """A clock whose seconds pass only while somebody waits: a busy machine uses up nobody's patience. One thread."""

    def __init__(self, hurry: float) -> None:
        """`hurry` of its seconds pass in one of ours."""
        self._waited = 0.0
        self._hurry = hurry

    def monotonic(self) -> float:
        return self._waited

    def sleep(self, seconds: float) -> None:
        self._waited += seconds
        time.sleep(seconds / self._hurry)


def gateway_to(simulator: Simulator, name: str = "lab", clock: Clock | None = None, **changes: Any) -> PveClient:
    """A gateway to a simulated cluster; `changes` are of its ClusterSettings."""
    usual: dict[str, Any] = {
        "name": name,
        "urls": (simulator.url,),
        "token_id": simulator.token_id,
        "token_secret": Secret(simulator.token_secret, "the test"),
        "trust": Trust(fingerprints=(simulator.fingerprint,)),
        "connect_timeout": LONGEST,
        "read_timeout": LONGEST,
        "write_timeout": LONGEST,
    }
    return PveClient(ClusterSettings(**{**usual, **changes}), clock)


class House:
    """One of us at work: an engine on an open database, with what tests ask of it in one word."""

    def __init__(
        self,
        simulators: Mapping[str, Simulator],
        database: str | Path,
        clock: Clock | None = None,
        **settings: Any,
    ) -> None:
        """`database` is the URL of one, or a folder for an SQLite file."""
        self.simulators = simulators
        self.clock = clock or SystemClock()
        self.database = ready_sqlite(database / "proximity.db") if isinstance(database, Path) else database
        store.open_store(self.database)
        self.clients = {name: gateway_to(simulator, name, self.clock) for name, simulator in simulators.items()}
        self.engine = self.hands(**settings)

    def impatient(self, *, hurry: float = 20.0, **changes: Any) -> Engine:
        """Another engine, with a patience of so few seconds of waiting, however busy the machine is. In more of a
        `hurry` nothing that takes its time in the cluster can end meanwhile.
        """
        clock = WaitingClock(hurry)
        clients = {name: gateway_to(simulator, name, clock) for name, simulator in self.simulators.items()}
        return self._engine(clients, clock, "anna", changes)

    def hands(self, user: str = "anna", **changes: Any) -> Engine:
        """Another engine on the same database and clusters: another person, or the same after a restart."""
        return self._engine(dict(self.clients), self.clock, user, changes)

    def _engine(self, clients: dict[str, PveClient], clock: Clock, user: str, changes: dict[str, Any]) -> Engine:
        usual: dict[str, Any] = {
            "confirm_after": timedelta(seconds=0.1),
            "lost_answer": LONGEST,
            "task_timeout": LONGEST,
            "backup_timeout": LONGEST,
            "settle_timeout": LONGEST,
            "heartbeat": 0.5,
        }
        return Engine(clients, EngineSettings(Actor(user, "jump1"), **{**usual, **changes}), clock)

    @property
    def simulator(self) -> Simulator:
        """The only simulated cluster."""
        (one,) = self.simulators.values()
        return one

    @property
    def cluster(self) -> str:
        """The name of the only cluster."""
        (one,) = self.simulators
        return one

    def adopt(self, vmid: int, *, port: int | None = None, cluster: str | None = None, **wish: Any) -> Container:
        """Adopt a guest; it must work."""
        result = self.try_adopt(vmid, port=port, cluster=cluster, **wish)
        assert result.success, result
        assert result.container is not None
        return result.container

    def try_adopt(self, vmid: int, *, port: int | None = None, cluster: str | None = None, **wish: Any) -> Outcome:
        """Adopt a guest, and return how it ended."""
        wanted = AdoptionRequest(port, **wish)
        plan = self.engine.plan_adopt(cluster or self.cluster, vmid, wanted)
        return Refused(plan) if isinstance(plan, Refusal) else self.engine.adopt(plan, wanted)

    def create(self, hostname: str = "web1", *, cluster: str | None = None, **wish: Any) -> Container:
        """Create a native container, running unless told otherwise; it must work."""
        request = CreateRequest(TEMPLATE, hostname, **{"start": True, "node": "pve1", **wish})
        plan = self.engine.plan_create(cluster or self.cluster, request)
        assert isinstance(plan, Plan), plan
        result = self.engine.create(plan)
        assert result.success, result
        assert result.container is not None
        return result.container

    def adopted(self, vmid: int, **given: Any) -> Container:
        """An adopted container, as `adopt` leaves it; `given` as `make_adopted` takes it."""
        return make_adopted(self.engine, self.simulators, vmid, **given)

    def native(self, hostname: str = "web1", *, cluster: str | None = None, **given: Any) -> Container:
        """A running native container, as `create` leaves it; `given` as `make_native` takes it."""
        name = cluster or self.cluster
        return make_native(self.clients[name], self.simulators[name], hostname, **given)

    def plan_hard(self, container: Container, **options: Any) -> Plan | Refusal:
        """The plan for a hard delete, or its refusal."""
        return self.engine.plan_delete(records.get(container.id), Choice.HARD, HardOptions(**options))

    def hard_delete(self, container: Container, **options: Any) -> Outcome:
        """Plan a hard delete and carry it out."""
        return _outcome(container, self.plan_hard(container, **options), self.engine.delete)

    def soft_delete(self, container: Container) -> Outcome:
        """Plan a soft delete and carry it out."""
        plan = self.engine.plan_delete(records.get(container.id), Choice.SOFT)
        return _outcome(container, plan, self.engine.delete)

    def power(self, container: Container, action: Action) -> Outcome:
        """Plan a power action and carry it out."""
        plan = self.engine.plan_power(records.get(container.id), action)
        return _outcome(container, plan, self.engine.carry_out)

    def plan_change(self, container: Container, *growth: DiskGrowth, **settings: str | None) -> Plan | Refusal:
        """The plan to write settings (None: remove it) and to grow disks, or its refusal."""
        changes = [ConfigChange(key, value) for key, value in settings.items()]
        return self.engine.plan_change(records.get(container.id), changes, growth)

    def change(self, container: Container, *growth: DiskGrowth, **settings: str | None) -> Outcome:
        """Plan a change of settings and disks, and carry it out."""
        return _outcome(container, self.plan_change(container, *growth, **settings), self.engine.carry_out)

    def reconcile(self, limits: Limits = QUICK, cluster: str | None = None, **how: Any) -> Report:
        """One run of the reconciler over the cluster."""
        write_scope: Callable[[], AbstractContextManager[None]] = store.transaction
        client = self.clients[cluster or self.cluster]
        return reconciler.run(client, limits, self.clock, write_scope, **how)

    def reconcile_twice(self, limits: Limits = QUICK, cluster: str | None = None) -> Report:
        """Two runs, of which the second may conclude what the first found missing."""
        self.reconcile(limits, cluster)
        return self.reconcile(limits, cluster)

    def poller(self, cluster: str | None = None) -> PollResult:
        """One look of the watch, which writes what it sees into the records."""
        return Poller(self.clients[cluster or self.cluster], 60.0, self.clock).poll_once()

    def again(self, container: Container) -> Container:
        """The record as it is now."""
        return records.get(container.id)

    def wire(self) -> list[str]:
        """Every write that reached Proxmox since the journal was cleared: `DELETE /nodes/pve1/lxc/101`."""
        return [f"{entry.method} {entry.path}" for entry in self.simulator.journal.writes()]

    def destroys(self) -> list[str]:
        """Every deletion that reached Proxmox since the journal was cleared."""
        return [line for line in self.wire() if line.startswith("DELETE")]

    def said(self, container: Container) -> list[str]:
        """What the audit trail says of a record, oldest first: `action: message`."""
        found = events.list_events(container=container.id)
        return [f"{event.action}: {event.message}" for event in reversed(found)]


def _outcome(container: Container, plan: Plan | Refusal, execute: Callable[[Plan, Container], Outcome]) -> Outcome:
    """Execute a plan for a container as its record is now, and return how it ended; or the refusal to make one."""
    if isinstance(plan, Refusal):
        return Refused(plan, container=container)
    return execute(plan, records.get(container.id))


def refusal_of(result: Outcome) -> Refusal:
    """The refusal that a result is; it must be one, and nothing may have begun."""
    assert isinstance(result, Refused), result
    assert result.operation is None
    return result.refusal
