"""What the service manager is told, on a real socket, and that the unit which asks for it is a hardened one."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.config import load as config
from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.jobs.job_work import JobSettings
from proximity_tui.core.jobs.runner import Jobs
from proximity_tui.core.jobs.scheduler import PULSE
from proximity_tui.core.store.jobs import leases
from proximity_tui.daemon.status_log import StatusLog
from proximity_tui.daemon.systemd import SystemdNotifier
from proximity_tui.runtime.context import AppContext, build_context
from proximity_tui.simulator import Simulator
from tests.daemon.site import Site
from tests.support.timing.meddling import full_disk

UNIT = Path(__file__).parents[2] / "packaging" / "proximity-tui.service"


class Manager:
    """The other end of `$NOTIFY_SOCKET`: keeps each datagram that comes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.told: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))

    def heard(self, words: str) -> bool:
        """Whether anything that begins so was told until now."""
        self._listen()
        return any(one.startswith(words) for one in self.told)

    def states(self) -> list[str]:
        """The changes of state in their order: the first line of each datagram that is not a mere status."""
        self._listen()
        return [one.splitlines()[0] for one in self.told if not one.startswith(("STATUS=", "WATCHDOG="))]

    def close(self) -> None:
        self._socket.close()

    def _listen(self) -> None:
        while select.select([self._socket], [], [], 0)[0]:
            self.told.append(self._socket.recv(4096).decode())


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """A manager at a path."""
    listening = Manager(str(tmp_path / "notify"))
    yield listening
    listening.close()


def context_of(site: Site) -> AppContext:
    """The context of a daemon there, in the process of the test."""
    return build_context(config.load(site.config))


def test_a_daemon_tells_when_it_is_ready_reloads_and_stops(site: Site, manager: Manager) -> None:
    daemon = site.start(NOTIFY_SOCKET=manager.address)
    daemon.until(lambda: manager.heard("READY=1"))
    daemon.until(lambda: manager.heard("STATUS=running the jobs of lab"))
    daemon.send(signal.SIGHUP)
    daemon.until(lambda: manager.states() == ["READY=1", "RELOADING=1", "READY=1"])
    assert any(one.startswith("RELOADING=1\nMONOTONIC_USEC=") for one in manager.told)
    site.config.write_text("[clusters")
    daemon.send(signal.SIGHUP)
    daemon.until(lambda: manager.states()[3:] == ["RELOADING=1", "READY=1"])
    daemon.ended_by(signal.SIGTERM)
    assert manager.states()[5:] == ["STOPPING=1"]
    assert not manager.heard("WATCHDOG=1")


def test_a_manager_that_takes_nothing_for_a_moment_is_told_later(manager: Manager) -> None:
    """A service whose READY=1 is lost is killed for not starting, as at the boot of a busy host."""
    service = SystemdNotifier({"NOTIFY_SOCKET": manager.address})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as crowd:
        with suppress(BlockingIOError):
            while True:
                crowd.sendto(b"STATUS=somebody else", manager.address)
        service.ready()
        service.status("running the jobs of lab")
        assert not manager.heard("READY=1")
    service.status("running the jobs of lab")
    assert manager.heard("STATUS=running the jobs of lab")
    assert manager.states() == ["READY=1"]


def test_a_daemon_that_may_not_start_is_never_ready(bare: Site, manager: Manager) -> None:
    bare.configure()
    assert bare.start(NOTIFY_SOCKET=manager.address).ended() == 2
    assert manager.states() == ["STOPPING=1"]


def test_the_watchdog_hears_of_a_daemon_whose_jobs_are_started(site: Site, manager: Manager) -> None:
    daemon = site.start(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="2000000")
    daemon.until(lambda: manager.heard("WATCHDOG=1"))
    before = manager.told.count("WATCHDOG=1")
    daemon.until(lambda: manager.heard("WATCHDOG=1") and manager.told.count("WATCHDOG=1") > before + 1)


def test_without_the_database_nobody_is_said_to_run_the_jobs(site: Site, lab: Simulator, manager: Manager) -> None:
    """For hours, perhaps: whoever asks systemctl must not read that the jobs are run."""
    context = context_of(site)
    status = StatusLog(context)
    store.open_store(site.url, make_new=True)
    leases.acquire("lab", context.owner, timedelta(minutes=5))
    status.look()
    assert status.line == "running the jobs of lab"
    store.close_store()
    status.look()
    assert status.line == "the database cannot be read: who runs the jobs is not known"
    store.open_store(site.url)
    status.look()
    assert status.line == "running the jobs of lab"


def test_n74_a_database_that_takes_nothing_is_told_with_its_reason(site: Site, lab: Simulator) -> None:
    context = context_of(site)
    status, (poller,) = StatusLog(context), context.pollers.values()
    poller.subscribe(status.polled)
    store.open_store(site.url, make_new=True)
    poller.poll_once()
    with full_disk():
        poller.poll_once()
        status.look()
        assert status.line.startswith("no job can begin: the disk that holds the database is full")
    poller.poll_once()
    assert status.line == "waiting for the leases"


def test_who_waits_says_who_runs_the_jobs(site: Site, manager: Manager) -> None:
    first = site.working()
    second = site.start(NOTIFY_SOCKET=manager.address)
    second.until(lambda: manager.heard(f"STATUS=jobs of lab are run by {socket.gethostname()}:{first.pid} (daemon)"))


class Hurried(SystemClock):
    """A clock that a test can put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


def test_jobs_without_a_beat_are_not_alive() -> None:
    clock = Hurried()
    jobs = Jobs({}, JobSettings(), "jump1:1:aa", clock)
    assert jobs.alive
    clock.ahead = 6 * PULSE
    assert not jobs.alive


def test_a_name_in_the_abstract_namespace_is_understood() -> None:
    manager = Manager(f"@proximity-{uuid.uuid4().hex}")
    service = SystemdNotifier({"NOTIFY_SOCKET": manager.address})
    service.status("all is well")
    service.status("all is well")
    service.ready()
    assert manager.heard("READY=1")
    assert manager.told == ["STATUS=all is well", "READY=1"]
    manager.close()


def test_without_a_manager_nobody_is_told() -> None:
    service = SystemdNotifier({"WATCHDOG_USEC": "1000000"})
    service.ready()
    assert service.watchdog_interval is None


def test_a_manager_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    SystemdNotifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_only_told_if_it_asks_us(environ: dict[str, str], seconds: float | None) -> None:
    assert SystemdNotifier({"NOTIFY_SOCKET": "/run/notify", **environ}).watchdog_interval == seconds


@pytest.fixture
def analyze() -> str:
    """The program that judges units."""
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed")
    return found


def test_the_unit_is_understood_by_systemd(analyze: str, tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/proximity-tui/bin/proximity-tui", sys.executable))
    judged = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (judged.returncode, judged.stderr) == (0, "")


def test_the_unit_is_hardened(analyze: str) -> None:
    command = [analyze, "security", "--offline=true", "--threshold=20", str(UNIT)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout
