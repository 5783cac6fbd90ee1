"""The stories a person tells of an ordinary day: adopt, look, forget; create, use, destroy."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import Simulator
from tests.commands.conftest import TEMPLATE, Cli


def test_adopt_list_and_forget_ask_proxmox_for_no_change_at_all(cli: Cli, lab: Simulator) -> None:
    [result] = cli.json("adopt", "101", "--port", "80", "--yes")["results"]
    assert result["success"]
    [row] = cli.json("list")
    assert (row["vmid"], row["kind"], row["state"], row["status"]) == (101, "adopted", "running", "running")
    assert row["ports"] == [{"public": 8100, "container": 80}]

    deleted = cli.json("delete", "web-1", "--soft", "--yes")
    assert deleted["deletion_type"] == "soft"
    assert deleted["vmid_preserved"] == 101
    assert cli.json("list") == []
    assert 101 in {row["vmid"] for row in cli.json("list", "--kind", "unmanaged")}
    assert not lab.journal.writes()


def test_create_and_destroy_leave_nothing_but_history(cli: Cli, lab: Simulator) -> None:
    created = cli.json("create", "--template", TEMPLATE, "--hostname", "web1", "--port", "80", "--start", "--yes")
    assert (created["kind"], created["state"], created["public_port"]) == ("native", "running", 8100)
    assert lab.world.container(created["vmid"]) is not None

    deleted = cli.json("delete", "web1", "--hard", "--confirm", "web1", "--yes")
    assert deleted["vmid_destroyed"] == created["vmid"]
    assert [step["step"] for step in deleted["steps"]] == ["shutdown", "stop", "destroy", "prove_absent", "release"]
    assert {step["outcome"] for step in deleted["steps"]} <= {"done", "skipped"}
    assert lab.world.container(created["vmid"]) is None
    assert cli.json("list") == []
    said = [event["message"] for event in cli.json("audit", "web1")]
    assert said[-1] == "HARD DELETE: Destroying container and cleaning up resources"


def test_power_is_done_when_the_guest_is_seen_to_be_so(cli: Cli, native: dict[str, Any]) -> None:
    for command, state in (("stop", "stopped"), ("start", "running"), ("reboot", "running"), ("shutdown", "stopped")):
        document = cli.json(command, "web1", "--yes")
        assert (document["success"], document["action"], document["state"]) == (True, command, state)
        assert all(step["outcome"] == "done" for step in document["steps"])


def test_a_freed_port_is_given_to_the_next(cli: Cli) -> None:
    first, second = cli.json("adopt", "101", "102", "--port", "80", "--yes")["results"]
    assert (first["public_port"], second["public_port"]) == (8100, 8101)
    cli.json("delete", "101", "--soft", "--yes")
    [third] = cli.json("adopt", "103", "--port", "80", "--yes")["results"]
    assert third["public_port"] == 8100


def test_what_was_adopted_twice_has_one_history(cli: Cli, adopted: dict[str, Any]) -> None:
    cli.json("delete", "101", "--soft", "--yes")
    cli.json("adopt", "101", "--yes")
    actions = [event["action"] for event in cli.json("audit", "101")]
    assert actions == ["adopt", "adopt", "soft-delete", "adopt", "adopt"]


def test_a_plan_is_shown_and_nothing_is_done(cli: Cli, lab: Simulator, native: dict[str, Any]) -> None:
    lab.journal.clear()
    before = cli.json("audit")
    plan = cli.json("delete", "web1", "--hard", "--plan")["plan"]
    assert plan["action"] == "hard-delete"
    assert all(step["reason"] for step in plan["steps"])
    assert cli.json("adopt", "101", "--plan")["plans"][0]["action"] == "adopt"
    assert cli.json("stop", "web1", "--plan")["plan"]["action"] == "stop"
    assert cli.json("create", "--template", TEMPLATE, "--hostname", "x", "--plan")["plan"]["action"] == "create"
    shown = cli("delete", "web1", "--soft", "--plan")
    assert "1. close record" in shown.out
    assert not lab.journal.writes()
    assert cli.json("audit") == before
