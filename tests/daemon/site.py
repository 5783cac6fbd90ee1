"""A place where daemons run: a configuration, real processes of the command line, and what they say on stderr."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from proximity_tui.core import store
from proximity_tui.core.base import process_id
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store.jobs import leases
from proximity_tui.simulator import Simulator
from tests.support.timing.waiting import LONGEST, until

PATIENT = """
import sys
from proximity_tui.__main__ import main
from proximity_tui.daemon import daemon_process, log

daemon_process.STOP_WITHIN = 60.0
log.WRITTEN_WITHIN = 60.0
sys.exit(main())
"""
"""A daemon that gives its leases back, and says all that it has to say, however busy the machine is."""


class Running:
    """One process, from its start to its end; every line that it says is kept."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *, patient: bool) -> None:
        program = ("-c", PATIENT) if patient else ("-m", "proximity_tui")
        command = [sys.executable, *program, "--config", str(folder / "proximity-tui.toml"), "daemon"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **environ}
        )
        self.pid = self.process.pid
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        """Everything it said until now."""
        return "\n".join(self.lines)

    def says(self, words: str, timeout: float = LONGEST) -> None:
        """Wait until it has said that."""
        self.until(lambda: words in self.said, timeout)

    def until(self, condition: object, timeout: float = LONGEST) -> None:
        """Wait for a condition; on failure the reason is what the daemon said."""
        assert callable(condition)
        try:
            until(condition, timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}; the daemon said:\n{self.said}") from None

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def ended(self, timeout: float = LONGEST) -> int:
        """Wait for the end, and return the exit code; by then everything it said was read."""
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        return code

    def ended_by(self, number: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        self.send(number)
        return self.ended()

    def kill(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.ended()
        assert self.process.stderr is not None
        self.process.stderr.close()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))


class Site:
    """A folder with a configuration, and the daemons that were started with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "proximity-tui.toml"
        self.url = f"sqlite:///{folder / 'proximity.db'}"
        self.patient = True
        """Whether daemons end only once their leases are given back. Else what hangs is left behind."""
        self._daemons: list[Running] = []

    def configure(self, *sections: str, every: str = "5m", **clusters: Simulator | str) -> None:
        """Write the configuration: how often is reconciled, more sections, and clusters, each a simulator or its
        whole table as text."""
        lines = [f'database = "{self.url}"']
        for name, cluster in clusters.items():
            lines.append(cluster if isinstance(cluster, str) else self.table(name, cluster))
        lines += ["[reconciler]", 'confirm_after = "0s"', f'interval = "{every}"']
        self.config.write_text("\n".join([*lines, *sections]))

    def table(self, name: str, simulator: Simulator, **changes: str) -> str:
        """The table of a simulated cluster, its secret in a file of its own, with some keys changed."""
        secret = self.folder / f"{name}.token"
        secret.write_text(simulator.token_secret)
        secret.chmod(0o600)
        keys = {
            "url": f'"{simulator.url}"',
            "token_id": f'"{simulator.token_id}"',
            "token_secret": f'{{ file = "{secret.name}" }}',
            "fingerprint": f'"{simulator.fingerprint}"',
            **changes,
        }
        return "\n".join([f"[clusters.{name}]", *(f"{key} = {value}" for key, value in keys.items())])

    def start(self, **environ: str) -> Running:
        """Start a daemon."""
        daemon = Running(self.folder, environ, patient=self.patient)
        self._daemons.append(daemon)
        return daemon

    def working(self, cluster: str = "lab", **environ: str) -> Running:
        """Start a daemon, and wait until it runs the jobs of a cluster."""
        daemon = self.start(**environ)
        daemon.says(f"runs the jobs of {cluster}")
        return daemon

    def open(self) -> None:
        """Open the database in the process of the test, next to the daemons."""
        store.open_store(self.url)

    def close(self) -> None:
        """End every daemon that still runs."""
        store.close_store()
        for daemon in self._daemons:
            daemon.kill()


def holder(cluster: str = "lab") -> Lease | None:
    """Who runs the jobs of a cluster; the database must be open."""
    return leases.holder(cluster)


def held_by(daemon: Running, cluster: str = "lab") -> bool:
    """Whether that daemon holds the lease of a cluster."""
    lease = holder(cluster)
    return lease is not None and process_id.read(lease.owner).pid == daemon.pid
