"""A stage for screens: simulated clusters behind real HTTPS, a real database, a real context, and the App around it.

Nothing is replaced by a double. The simulated clock stands still unless a test moves it, so figures never change.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from textual.pilot import Pilot

from proximity_tui.app import ProximityApp
from proximity_tui.config import load as config
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.model import Container, Kind, State, Status
from proximity_tui.runtime.context import AppContext, open_context
from proximity_tui.screens.app.controller import Controller
from proximity_tui.screens.guest_columns import WITH_DISK
from proximity_tui.screens.pane.backup_ages import BackupAgesScreen
from proximity_tui.simulator import ManualClock, RealClock, Simulator
from tests.support.records.added import add_record
from tests.support.records.adopted import make_adopted
from tests.support.servers.databases import ready_sqlite
from tests.support.servers.free_ports import kept_from_others
from tests.support.timing.patient import LONGER_THAN_A_TEST
from tests.support.timing.until import until
from tests.support.timing.waiting import until as wait_until

Size = tuple[int, int]
BEFORE_THE_READ_IS_GIVEN_UP = LONGER_THAN_A_TEST / 2
"""Seconds. A request to a cluster that hangs is given up after the `read_timeout` of `ClusterSettings`."""

TASK_SECONDS = 0.05
"""The length of a task of a cluster, on its own clock."""


class Stage:
    """Clusters and a context over them; `simulator` and `world` are of the first cluster."""

    def __init__(
        self,
        folder: Path,
        scenario: str = "demo",
        clusters: tuple[str, ...] = ("prod",),
        *,
        running_clock: bool = False,
        extra: str = "",
        top: str = "",
        services: bool = False,
    ) -> None:
        """`extra` is TOML at the end of the configuration, `top` at its beginning. With `running_clock` tasks end.

        Without it our own clock all but stands still, too: what was seen just now stays so on a busy machine.
        """
        self.simulators = {
            name: Simulator(
                scenario,
                clock=RealClock() if running_clock else ManualClock(),
                task_seconds=TASK_SECONDS,
                services=services,
            )
            for name in clusters
        }
        for simulator in self.simulators.values():
            simulator.start()
        self._plugged = list(self.simulators.values())
        self._ports: list[socket] = []
        self.folder = folder
        ready_sqlite(folder / "proximity.db")
        path = folder / "proximity-tui.toml"
        path.write_text("\n".join([f'database = "sqlite:///{folder}/proximity.db"', top, *self._tables(), extra]))
        self.context: AppContext = open_context(config.load(path, environ={}))
        self._clock = patch.object(SystemClock, "now", SystemClock.now if running_clock else crawling())
        self._clock.start()

    @property
    def simulator(self) -> Simulator:
        """The first cluster."""
        return next(iter(self.simulators.values()))

    @property
    def world(self) -> Any:
        """What happens in the first cluster."""
        return self.simulator.world

    def adopt(self, vmid: int, *, port: int | None = None, cluster: str = "prod") -> Container:
        """Have a guest under our care before the screen opens."""
        return make_adopted(self.context.engine, self.simulators, vmid, port=port, cluster=cluster)

    def record(self, name: str, vmid: int | None, *, cluster: str = "prod", **changes: Any) -> Container:
        """A native record, as if we had created its guest."""
        usual: dict[str, Any] = {"node": "pve1", "kind": Kind.NATIVE, "state": State.RUNNING, "status": Status.RUNNING}
        said = {"actor": "anna@jump1", "action": "create", "message": f"created {name}"}
        return add_record(cluster=cluster, vmid=vmid, name=name, **{**usual, **said, **changes})

    def unplug(self) -> None:
        """Nobody listens any more where the clusters were, also no simulator of another test."""
        while self._plugged:
            simulator = self._plugged.pop()
            simulator.stop()
            self._ports.append(kept_from_others(urlsplit(simulator.url).port or 0))

    def close(self) -> None:
        """End the context and the clusters, once nothing that a test began works on the database: what still did would
        write into that of the next test. Tasks that run on a clock that stands still come to their end meanwhile.
        """
        try:
            wait_until(lambda: not _operations_at_work() or self._let_tasks_go_on())
            self.context.close()
            self.unplug()
        finally:
            for port in self._ports:
                port.close()
            self._clock.stop()

    @asynccontextmanager
    async def shown(
        self, size: Size = (100, 30), *, answered: bool = True, jobs: bool = False
    ) -> AsyncIterator[Pilot[Any]]:
        """The App on this stage; with `answered` once every cluster was seen, and nothing is left to be read of that.
        Without `jobs` nothing is concluded.
        """
        app = ProximityApp(self.context, jobs=jobs)
        async with app.run_test(size=size, notifications=True) as pilot:
            if answered:
                await until(pilot, lambda: _was_answered(app.controller))
                # A wide list reads the newest backups, too: what is drawn must not depend on when they come.
                await until(pilot, lambda: size[0] < WITH_DISK or _shows_backups(app))
            yield pilot

    def _let_tasks_go_on(self) -> None:
        for simulator in self.simulators.values():
            if isinstance(simulator.clock, ManualClock):
                simulator.clock.advance(TASK_SECONDS)

    def _tables(self) -> list[str]:
        tables = []
        for name, simulator in self.simulators.items():
            token = self.folder / f"{name}.token"
            token.write_text(simulator.token_secret)
            token.chmod(0o600)
            tables.append(
                f'[clusters.{name}]\nurl = "{simulator.url}"\ntoken_id = "{simulator.token_id}"\n'
                f'token_secret = {{ file = "{token}" }}\nfingerprint = "{simulator.fingerprint}"\n'
            )
        # So seldom that a test decides when there is a look: with `refresh`.
        return [*tables, '[refresh]\ninterval = "1h"\n']


def _operations_at_work() -> list[str]:
    """Return a name for each operation that is executed in this process: each has a thread that beats for it."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("heartbeat-")]


def crawling() -> Callable[[SystemClock], datetime]:
    """Return the `now` of a clock that starts at the right time, and takes minutes for a second."""
    began = datetime.now(UTC)
    return lambda clock: began + (datetime.now(UTC) - began) / 200


def _shows_backups(app: ProximityApp) -> bool:
    screen, view = app.screen, app.controller.view
    shown = isinstance(screen, BackupAgesScreen) and screen.shown_backups is view.backups
    return shown and view.polls.keys() <= view.backups.by_cluster.keys()


def _was_answered(controller: Controller) -> bool:
    """Whether the view has the first lists, what they did not wait for, and what was written down of them: until then
    a record that was never seen is unknown, and its row needs other columns.
    """
    polls = controller.view.polls.values()
    is_whole = not controller._startup._lists_awaited
    return is_whole and all(poll.inventory and poll.to_reconcile is not None for poll in polls)


async def read_again(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Have every cluster looked at, until the condition holds."""
    pilot.app.controller.want()  # type: ignore[attr-defined]
    await until(pilot, condition)
