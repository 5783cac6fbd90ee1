"""Several daemons of one cluster: one runs the jobs, the others say who does, wait, and take over."""

from __future__ import annotations

import os
import signal
import socket

from proximity_tui.core.jobs.lease import LeaseKeeper
from proximity_tui.core.store.jobs import job_runs
from proximity_tui.simulator import Simulator
from tests.daemon.site import Site, held_by, holder
from tests.support.timing.leases import keep_for_minutes
from tests.support.timing.unhurried import UNHURRIED
from tests.support.timing.waiting import LONGEST, until


def test_a_daemon_that_was_killed_is_replaced_when_its_lease_has_run_out(site: Site, lab: Simulator) -> None:
    site.configure(every="3s", lab=lab)
    first = site.working()
    second = site.start()
    second.says(f"jobs of lab are run by {socket.gethostname()}:{first.pid} (daemon)")
    site.open()
    assert held_by(first)
    first.send(signal.SIGKILL)
    first.ended()
    left = holder()
    assert left is not None, "killed, it could not give its lease back"
    second.says("runs the jobs of lab")
    assert held_by(second)
    lease = holder()
    assert lease is not None
    assert lease.token == 2
    assert lease.acquired_at >= left.expires_at
    second.until(lambda: any(run.run_by == lease.owner for run in job_runs.recent("reconciler", "lab")))
    assert second.ended_by(signal.SIGTERM) == 0
    assert holder() is None


def test_a_daemon_that_ends_in_order_is_replaced_within_moments(site: Site) -> None:
    first = site.working()
    second = site.start()
    second.says("jobs of lab are run by")
    site.open()
    keep_for_minutes("lab")
    first.send(signal.SIGTERM)
    second.until(lambda: held_by(second))


def test_a_screen_that_runs_the_jobs_is_waited_for(site: Site) -> None:
    site.open()
    screen = LeaseKeeper("lab", f"{socket.gethostname()}:{os.getpid()}:0000aaaa", times=UNHURRIED)
    screen.start()
    try:
        until(lambda: screen.held is not None)
        daemon = site.start()
        daemon.says(f"jobs of lab are run by {socket.gethostname()}:{os.getpid()}")
        assert job_runs.recent("reconciler", "lab") == ()
    finally:
        screen.stop(timeout=LONGEST)
    daemon.until(lambda: held_by(daemon))
