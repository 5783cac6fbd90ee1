"""`nodes`, `storages` and `tasks`: what stands around the containers, for scripts and for people."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


def test_nodes_say_how_they_are_and_what_is_on_them(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    lab.world.set_node_online("pve1", False)
    lab.world.set_maintenance("pve2", True)
    rows = cli.json("nodes")
    assert [(row["node"], row["status"], row["maintenance"]) for row in rows] == [
        ("pve1", "offline", False),
        ("pve2", "online", True),
        ("pve3", "online", False),
    ]
    assert (rows[0]["managed"], rows[0]["running"], rows[0]["mem"]) == (1, 0, None)
    assert rows[1]["maxmem"] == 128 << 30
    printed = cli("nodes").out
    assert "offline" in printed
    assert "1 unknown" in printed


def test_storages_are_listed_once_where_they_are_shared(cli: Cli, lab: Simulator) -> None:
    lab.world.set_storage_used("backups", 0.95)
    first, *others = cli.json("storages")
    assert (first["storage"], first["shared"], first["nodes"], first["full"]) == (
        "backups", True, ["pve1", "pve2", "pve3"], True,
    )  # fmt: skip
    assert (first["status"], first["content"], round(first["used_fraction"], 2)) == ("available", ["backup"], 0.95)
    assert {tuple(row["nodes"]) for row in others} == {("pve1",), ("pve2",), ("pve3",)}
    assert "nearly full" in cli("storages").out


def test_tasks_say_who_did_what_to_which_guest(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    with lab.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", "101", lab.token_id)
        old = cluster.tasks.note("pve2", "vzdump", "", "root@pam", status="job errors")
        old.starttime -= 7200
        old.endtime = old.starttime + 60
    ours, failed = (row for row in cli.json("tasks") if row["type"] in ("vzstart", "vzdump"))
    assert (ours["vmid"], ours["name"], ours["user"], ours["ours"]) == (101, "web-1", lab.token_id, True)
    assert (failed["vmid"], failed["exitstatus"], failed["status"], failed["ours"]) == (
        None, "job errors", "stopped", False,
    )  # fmt: skip
    assert "job errors" in cli("tasks").out
    assert cli("tasks", "--since", "soon").code == 2


def test_where_every_task_is_older_than_was_asked_for_that_is_said(cli: Cli, lab: Simulator) -> None:
    with lab.world.entered() as cluster:
        old = cluster.tasks.note("pve2", "vzdump", "", "root@pam", status="job errors")
        began = f":{old.starttime:08X}:"
        old.upid = old.upid.replace(began, f":{old.starttime - 86400:08X}:")
    outcome = cli("tasks", "--since", "1h", "--json")
    assert (outcome.code, outcome.json) == (0, [])
    assert "no task runs now, and none began in this time" in outcome.err


@pytest.mark.parametrize("command", ["nodes", "storages", "tasks", "templates"])
def test_where_nobody_can_be_asked_nothing_is_said_to_be_empty(cli: Cli, lab: Simulator, command: str) -> None:
    cli.connect("lab", lab, enabled="false")
    assert "cluster lab is disabled in" in cli(command, "--cluster", "lab", "--json").json["error"]
    outcome = cli(command)
    assert (outcome.code, "no cluster is enabled in" in outcome.err) == (2, True)


@pytest.mark.parametrize("command", ["nodes", "storages", "tasks"])
def test_a_cluster_that_does_not_answer_is_an_error_that_says_so(cli: Cli, lab: Simulator, command: str) -> None:
    lab.faults.answer(500, "got no worker upid")
    outcome = cli(command, "--json")
    assert (outcome.code, outcome.json) == (4, [])
    assert "lab" in outcome.err


@pytest.mark.parametrize(
    ("command", "privilege"), [("storages", "Datastore.Audit on /storage"), ("tasks", "Sys.Audit on /")]
)
def test_an_empty_list_names_the_privilege_that_may_be_missing(
    cli: Cli, lab: Simulator, command: str, privilege: str
) -> None:
    lab.set_acl(lab.token_id, {"/vms": ["VM.Audit"]})
    outcome = cli(command, "--json")
    assert (outcome.code, outcome.json) == (0, [])
    assert privilege in outcome.err
