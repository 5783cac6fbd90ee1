"""`clone`: planned, agreed to, carried out, and told like a creation."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


def test_a_container_is_cloned(cli: Cli, native: dict[str, Any]) -> None:
    assert cli("stop", "web1", "--yes").code == 0
    made = cli.json("clone", "web1", "--hostname", "web2", "--port", "80", "--start", "--yes")
    assert (made["success"], made["name"], made["kind"], made["state"]) == (True, "web2", "native", "running")
    assert made["source"] == native["container"]
    assert made["vmid"] != native["vmid"]
    assert made["public_port"] not in (None, native["public_port"])
    assert [(step["step"], step["outcome"]) for step in made["steps"]] == [
        ("clone", "done"),
        ("verify", "done"),
        ("start", "done"),
        ("settle", "done"),
    ]
    assert made["steps"][0]["task"].startswith("UPID:")
    trail = cli.json("audit", "web2")
    assert [event["action"] for event in trail if event["action"] == "clone"]


def test_a_plan_changes_nothing(cli: Cli, adopted: dict[str, Any], lab: Simulator) -> None:
    lab.world.set_status(101, "stopped")
    lab.journal.clear()
    plan = cli.json("clone", "101", "--hostname", "web2", "--plan")["plan"]
    assert plan["action"] == "clone"
    assert [step["step"] for step in plan["steps"]] == ["clone", "verify", "settle"]
    assert plan["warnings"]
    assert list(lab.journal.writes()) == []


def test_a_clone_gets_a_network_of_its_own_before_it_is_started(
    cli: Cli, adopted: dict[str, Any], lab: Simulator
) -> None:
    lab.world.set_status(101, "stopped")
    lab.world.set_config(101, net0="name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=BC:24:11:00:00:77,ip=10.0.0.5/24")
    options = ("--address", "10.1.0.9/24", "--gateway", "10.1.0.1", "--vlan", "20")
    plan = cli("clone", "101", "--hostname", "web2", *options, "--start", "--plan").out
    assert "change: change net0 of the copy (CT" in plan
    assert "net0.gw 10.0.0.1 → 10.1.0.1, net0.ip 10.0.0.5/24 → 10.1.0.9/24, net0.tag none → 20" in plan
    *_, last = cli("clone", "101", "--hostname", "web2", *options, "--as-pct").out.splitlines()
    assert "pct set " in last
    assert "--net0 name=eth0,bridge=vmbr0,gw=10.1.0.1,ip=10.1.0.9/24,tag=20" in last
    made = cli.json("clone", "101", "--hostname", "web2", *options, "--start", "--yes")
    assert [step["step"] for step in made["steps"]] == ["clone", "verify", "change", "start", "settle"]
    assert made["success"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("101", "--hostname", "web2"), 3, "running container is only possible from a snapshot"),
        (("101", "--hostname", "web2", "--linked"), 3, "a linked clone needs a template"),
        (("101", "--hostname", "not a name"), 2, "is not a host name"),
        (("101", "--hostname", "web2", "--full", "--linked"), 2, "not allowed with"),
        (("101", "--hostname", "web2", "--linked", "--storage", "x"), 2, "omit the storage"),
        (("101", "--hostname", "web2", "--vlan", "4095"), 2, "VLAN: at least 1"),
        (("101", "--hostname", "web2", "--address", "10.0.0.9"), 2, "with its prefix"),
        (("nobody", "--hostname", "web2"), 5, "no managed container matches nobody"),
    ],
)
def test_what_cannot_be_cloned_is_said(
    cli: Cli, adopted: dict[str, Any], lab: Simulator, words: tuple[str, ...], code: int, said: str
) -> None:
    lab.journal.clear()
    outcome = cli("clone", *words, "--yes")
    assert outcome.code == code, outcome
    assert said in outcome.err
    assert list(lab.journal.writes()) == []
