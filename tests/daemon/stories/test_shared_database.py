"""A daemon on a PostgreSQL that hangs up, goes dead or is not there yet: nobody has to come and help."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from proximity_tui.core.store.jobs import job_runs
from proximity_tui.simulator import Simulator
from tests.daemon.metrics.test_collector import scraped, the
from tests.daemon.site import Running, Site, held_by
from tests.support.servers.postgresql import Server
from tests.support.servers.tcp_proxy import Wire


@pytest.fixture
def wire(postgresql_server: Server, ready_postgresql: str) -> Iterator[Wire]:
    """A wire to an empty database of ours."""
    made = Wire(postgresql_server.port)
    yield made
    made.close()


@pytest.fixture
def shared(bare: Site, ready_postgresql: str) -> Site:
    """A site whose own end of the database is not the wire that a test cuts."""
    bare.url, bare.patient = ready_postgresql, False
    bare.open()
    return bare


def on(wire: Wire, site: Site, lab: Simulator, *sections: str) -> Running:
    """A daemon that works at the other end of the wire, and reconciles every second."""
    direct, site.url = site.url, f"postgresql://tests@127.0.0.1:{wire.port}/ready"
    site.configure(*sections, every="1s", lab=lab)
    site.url = direct
    daemon = site.working()
    daemon.until(lambda: held_by(daemon))
    return daemon


def works_again(daemon: Running) -> bool:
    """Whether it ran a job after everything that was run before."""
    before = max((run.id for run in job_runs.recent("reconciler", "lab")), default=0)
    daemon.until(lambda: (last := job_runs.last("reconciler", "lab")) and last.id > before)
    return held_by(daemon)


def test_a_database_that_hangs_up_costs_no_lease(
    shared: Site, wire: Wire, lab: Simulator, postgresql_server: Server
) -> None:
    daemon = on(wire, shared, lab)
    assert postgresql_server.close_connections("ready") > 0
    assert works_again(daemon)
    assert daemon.said.count("runs the jobs of lab") == 1


def test_a_dead_wire_keeps_no_signal_waiting(shared: Site, wire: Wire, lab: Simulator) -> None:
    daemon = on(wire, shared, lab)
    wire.die()
    assert daemon.ended_by(signal.SIGTERM) == 0


def test_a_dead_wire_is_told_and_mended_by_itself(shared: Site, wire: Wire, lab: Simulator, port: int) -> None:
    daemon = on(wire, shared, lab, f'[metrics]\nlisten = "127.0.0.1:{port}"')
    daemon.says("metrics are served at")
    daemon.until(lambda: the(scraped(port), "store_up") == 1)
    wire.die()
    daemon.says("could not be acquired", 60)
    assert the(scraped(port), "store_up") == 0
    assert the(scraped(port), "scheduler_alive") == 1
    wire.mend()
    assert works_again(daemon)
    daemon.until(lambda: the(scraped(port), "store_up") == 1)
    assert daemon.process.poll() is None
