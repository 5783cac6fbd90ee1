"""A cluster behind a gateway that adds a path, reached by a user of whom Proxmox allows more than one would think."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.simulator import RealClock, Simulator
from proximity_tui.simulator.api import Answer
from proximity_tui.simulator.gate import Gate
from proximity_tui.simulator.server.wire import Message
from tests.commands.conftest import Cli

RIGHTS = {"/": ["VM.Audit", "VM.PowerMgmt", "Sys.Audit", "Datastore.Audit"]}


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """A cluster that only answers below `/pve/lab-1`, as behind a reverse proxy."""
    handle: Any = Gate.handle

    def below(gate: Gate, message: Message) -> Answer:
        prefix, api, rest = message.target.partition("/api2/")
        return handle(gate, replace(message, target=api + rest)) if prefix == "/pve/lab-1" else Answer(404, "not here")

    with Simulator("demo", clock=RealClock(50.0)) as simulator:
        monkeypatch.setattr(Gate, "handle", below)
        yield simulator


@pytest.mark.parametrize("token", ["jane.doe@example.org@entra!tui", "uid=jürgen,ou=ops@ldap!tui"])
def test_a_cluster_behind_a_gateway_is_connected_seen_and_changed(bare: Cli, behind: Simulator, token: str) -> None:
    secret = bare.config.with_name("given.token")
    secret.write_text(behind.add_token(token, RIGHTS))
    secret.chmod(0o600)
    connected = bare(
        "--database", f"sqlite:///{bare.database}", "connect", "--name", "lab", "--url", f"{behind.url}/pve/lab-1/",
        "--token-id", token, "--token-secret-file", str(secret), "--fingerprint", behind.fingerprint, "--yes", "--json",
    )  # fmt: skip
    assert connected.code == 0, connected
    assert bare.configured["lab"]["url"] == f"{behind.url}/pve/lab-1"
    ours = ("--database", f"sqlite:///{bare.database}")
    assert bare(*ours, "adopt", "101", "--yes").code == 0
    stopped = bare(*ours, "stop", "101", "--yes", "--json")
    assert stopped.code == 0, stopped
    assert bare.json(*ours, "list")[0]["status"] == "stopped"
