"""Reconciling 10,000 records against one inventory, beside parsing that inventory and asking container by container."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.cluster import rows
from bench.measure import median_seconds, report
from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.inspection import inspect_guest
from proximity_tui.core.engine.reconcile import reconciler
from proximity_tui.core.model import Action, Kind, Presence, State, Status
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.support.house import gateway_to

FLEET = 10_000
SAMPLE = 100


def run() -> None:
    """Measure and print."""
    with Simulator("large") as simulator, tempfile.TemporaryDirectory() as folder:
        for number in range(FLEET - len(simulator.world.containers())):
            simulator.world.add_container(node="pve1", hostname=f"more{number}")
        simulator.world.broadcast()
        store.open_store(f"sqlite:///{Path(folder) / 'bench.db'}")
        client = gateway_to(simulator)
        inventory = client.inventory()
        _record_everything(inventory.guests.values())
        limits = Limits(confirm_after=timedelta(0))

        def one_run() -> None:
            reconciler.run(client, limits, SystemClock(), store.transaction)

        simulator.journal.clear()
        one_run()
        requests = len(simulator.journal.entries())
        some = list(inventory.guests.values())[:SAMPLE]

        def one_by_one() -> None:
            for guest in some:
                inspect_guest(client, guest.vmid)

        report(
            f"reconcile {len(inventory.guests)} records ({requests} requests: the list, and the quorum)",
            {
                "the floor: parse the list, read every record": median_seconds(_floor(Path(folder) / "bench.db")),
                "read and parse the inventory": median_seconds(client.inventory),
                "reconcile: read, judge, write what was seen": median_seconds(one_run),
                f"naive loop, one inspection a container (from {SAMPLE})": median_seconds(one_by_one, runs=1)
                * len(inventory.guests)
                / len(some),
            },
        )
        store.close_store()


def _floor(database: Path) -> Callable[[], None]:
    """Return a function that does what no program can do without: parse the list, and read every record."""
    body = json.dumps({"data": rows(FLEET, 0)})

    def floor() -> None:
        json.loads(body)
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT * FROM container WHERE closed_at IS NULL").fetchall()

    return floor


def _record_everything(guests: object) -> None:
    with store.transaction():
        for guest in guests:  # type: ignore[attr-defined]
            records.add(
                records.NewRecord(
                    cluster="lab",
                    vmid=guest.vmid,
                    node=guest.node,
                    name=guest.display_name,
                    kind=Kind.ADOPTED,
                    state=State.RUNNING if guest.status is Status.RUNNING else State.STOPPED,
                    seen=records.FirstSeen(status=guest.status, presence=Presence.PRESENT),
                ),
                actor="bench",
                action=Action.ADOPT,
                message="recorded for the benchmark",
            )
