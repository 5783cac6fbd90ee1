"""A simulated cluster called `lab`, and the command line with a configuration that points at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.cli import main
from proximity_tui.commands.base import refresh
from proximity_tui.commands.cluster import tasks, templates
from proximity_tui.commands.containers import show, show_guest
from proximity_tui.commands.jobs import reconcile
from proximity_tui.commands.maintenance import drift
from proximity_tui.config.load import load
from proximity_tui.runtime.context import open_context
from proximity_tui.simulator import RealClock, Simulator
from tests.support.records.adopted import make_adopted
from tests.support.records.native import make_native
from tests.support.servers.databases import ready_sqlite
from tests.support.timing.patient import LONGER_THAN_A_TEST

for _command in (drift, reconcile, refresh, show, show_guest, tasks, templates):
    _command.PATIENCE = LONGER_THAN_A_TEST  # type: ignore[attr-defined]

TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
OTHER = ":".join(["AB"] * 32)
"""The fingerprint of a certificate that nobody has."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


class Cli:
    """The command line of a person whose configuration is at `config`."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.config = folder / "proximity-tui.toml"
        self.database = folder / "proximity.db"
        self._capture = capture
        self._clusters: dict[str, dict[str, str]] = {}

    def connect(self, name: str, simulator: Simulator, **changes: str) -> None:
        """Configure a cluster, with some of its settings changed; again replaces it."""
        token = self.config.with_name(f"{name}.token")
        token.write_text(simulator.token_secret)
        token.chmod(0o600)
        self._clusters[name] = {
            "url": f'"{simulator.url}"',
            "token_id": f'"{simulator.token_id}"',
            "token_secret": f'{{ file = "{token.name}" }}',
            "fingerprint": f'"{simulator.fingerprint}"',
            **changes,
        }
        self._write()

    @property
    def configured(self) -> Any:
        """The clusters in the configuration file, as it is now."""
        return tomllib.loads(self.config.read_text())["clusters"]

    def disconnect(self, name: str) -> None:
        """Take a cluster out of the configuration."""
        del self._clusters[name]
        self._write()

    def _write(self) -> None:
        lines = [f'database = "sqlite:///{self.database}"', "[reconciler]", 'confirm_after = "0s"']
        for name, values in self._clusters.items():
            lines += [f"[clusters.{name}]", *(f"{key} = {value}" for key, value in values.items())]
        self.config.write_text("\n".join(lines))

    def __call__(self, *words: str) -> Outcome:
        """Run a command in this process; nobody is at its terminal."""
        self._capture.readouterr()
        code = main(words)
        written = self._capture.readouterr()
        return Outcome(code, written.out, written.err)

    def json(self, *words: str) -> Any:
        """The document of a command that must succeed."""
        outcome = self(*words, "--json")
        assert outcome.code == 0, outcome
        return outcome.json

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([sys.executable, "-m", "proximity_tui", *words], **{**pipes, **options})


@pytest.fixture
def lab() -> Iterator[Simulator]:
    """The demo's cluster, with a clock so fast that no task is worth waiting for."""
    with Simulator("demo", clock=RealClock(50.0)) as simulator:
        yield simulator


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """A command line whose configuration file does not exist yet."""
    cli = Cli(tmp_path, capsys)
    monkeypatch.setenv("PROXIMITY_TUI_CONFIG", str(cli.config))
    monkeypatch.chdir(tmp_path)
    return cli


@pytest.fixture
def cli(bare: Cli, lab: Simulator) -> Cli:
    """A command line with one cluster, `lab`, and a database of the present schema."""
    ready_sqlite(bare.database)
    bare.connect("lab", lab)
    return bare


@pytest.fixture
def native(cli: Cli, lab: Simulator) -> dict[str, Any]:
    """A native container called `web1`, running, its port 80 published: what `create --json` says of it."""
    context = open_context(load(cli.config))
    try:
        made = make_native(context.clients["lab"], lab, "web1", port=80)
    finally:
        context.close()
    return {"container": made.id, "vmid": made.vmid, "public_port": made.ports[0].public}


@pytest.fixture
def adopted(cli: Cli, lab: Simulator) -> dict[str, Any]:
    """CT 101 of the lab, adopted: of what `adopt --json` says of it, the id of its record."""
    context = open_context(load(cli.config))
    try:
        made = make_adopted(context.engine, {"lab": lab}, 101)
    finally:
        context.close()
    return {"container": made.id}


def environment(**changes: str) -> dict[str, str]:
    """The environment of the test, for a process of its own."""
    return {**os.environ, **changes}
