"""`restore`: the newest backup proposed, the plan shown, the container back with its history and its port."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


@pytest.fixture
def lost(cli: Cli, adopted: dict[str, Any], lab: Simulator) -> dict[str, Any]:
    """The adopted web-1 (CT 101), destroyed by somebody, with its record closed and a red alert."""
    lab.world.destroy_outside(101)
    lab.world.broadcast()
    cli("reconcile", "--json")
    return adopted


@pytest.mark.parametrize("named", ["web-1", "101", "alert:1"])
def test_a_lost_container_is_restored_by_any_of_its_names(cli: Cli, lost: dict[str, Any], named: str) -> None:
    back = cli.json("restore", named, "--yes")
    assert (back["success"], back["vmid"], back["name"], back["kind"]) == (True, 101, "web-1", "adopted")
    assert back["restored_from_record"] == lost["container"]
    assert [(step["step"], step["outcome"]) for step in back["steps"]] == [
        ("restore", "done"),
        ("verify", "done"),
        ("start", "done"),
        ("settle", "done"),
    ]
    assert cli.json("alerts") == []
    assert cli("restore", named, "--yes").code == 6, "it is there"


def test_the_plan_and_the_list_change_nothing(cli: Cli, lost: dict[str, Any], lab: Simulator) -> None:
    lab.journal.clear()
    listed = cli.json("restore", "web-1", "--list")
    volids = [one["volid"] for one in listed["backups"]]
    assert len(volids) == 2
    assert volids == sorted(volids, reverse=True), "the newest first"
    assert (listed["backups"][0]["nodes"], listed["unseen"]) == (["pve1", "pve2", "pve3"], [])
    plan = cli.json("restore", "web-1", "--plan")["plan"]
    assert plan["summary"].startswith(f"restore web-1 (adopted, CT 101 on pve1) from {volids[0]}, made ")
    chosen = cli.json("restore", "web-1", "--plan", "--backup", volids[1], "--vmid", "777", "--no-start")["plan"]
    assert (chosen["vmid"], [step["step"] for step in chosen["steps"]]) == (777, ["restore", "verify", "settle"])
    assert "BACKUP" in cli("restore", "web-1", "--list").out
    assert list(lab.journal.writes()) == []


def without_backups(lab: Simulator) -> None:
    with lab.world.entered() as cluster:
        for storage in cluster.storages.values():
            for place, volumes in storage.files.items():
                storage.files[place] = [one for one in volumes if one.content != "backup"]


def test_nobody_is_led_to_an_empty_container_in_place_of_one_that_is_there(
    cli: Cli, adopted: dict[str, Any], lab: Simulator
) -> None:
    without_backups(lab)
    listed = cli("restore", "web-1", "--list")
    assert "no backup of web-1 is listed; CT 101 is there (running): a restore never overwrites it" in listed.err
    empty = cli("restore", "web-1", "--empty", "--plan")
    assert (empty.code, "CT 101 is there" in empty.err, "delete" in empty.err) == (6, True, False)


@pytest.mark.parametrize(("status", "reason"), [(595, "No route to host"), (403, "Permission check failed (/, X)")])
def test_an_advice_that_cannot_be_read_does_not_hide_what_was_read(
    cli: Cli, lost: dict[str, Any], lab: Simulator, status: int, reason: str
) -> None:
    without_backups(lab)
    lab.faults.answer(status, reason, "/cluster/nextid")
    listed = cli("restore", "web-1", "--list")
    assert listed.code == 0
    assert "no backup of web-1 is listed; whether --empty is possible is not known: " in listed.err


def test_what_the_task_says_is_printed_while_it_runs(cli: Cli, lost: dict[str, Any]) -> None:
    outcome = cli("restore", "web-1", "--yes")
    assert outcome.code == 0, outcome
    assert "      recovering backed-up configuration from 'backups:backup/vzdump-lxc-101-" in outcome.err
    assert outcome.out.startswith("restored web-1 (adopted, CT 101 on pve1), running")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("web-1", "--backup", "backups:backup/nosuch.tar.zst"), 5),
        (("nobody",), 5),
        (("alert:99",), 5),
        (("alert:x",), 2),
        (("web-1", "--backup", "nonsense"), 2),
        (("web-1", "--vmid", "102"), 6),
        (("web-1", "--storage", "nosuch"), 5),
    ],
)
def test_what_cannot_be_restored_has_its_exit_code(
    cli: Cli, lost: dict[str, Any], words: tuple[str, ...], code: int
) -> None:
    assert cli("restore", *words, "--yes").code == code


def test_without_a_backup_an_empty_container_is_made_as_recorded(cli: Cli, lab: Simulator) -> None:
    lab.world.set_config(102, description="login: admin, password: hunter2-admin")
    cli.json("adopt", "102", "--yes")
    lab.world.destroy_outside(102)
    lab.world.broadcast()
    cli("reconcile", "--json")
    refused = cli("restore", "web-2", "--yes")
    assert refused.code == 5, "there is no backup of it"
    assert "--empty makes an empty container" in refused.err
    plan = cli.json("restore", "web-2", "--empty", "--plan")["plan"]
    assert (plan["action"], plan["vmid"], plan["name"]) == ("create", 102, "web-2")
    assert plan["warnings"][0].startswith("it is EMPTY: everything that was on rootfs (16 GiB) is lost")
    assert any("as root on pve2: pct create 102 local:vztmpl/debian-12-" in one for one in plan["warnings"])
    told = cli("restore", "web-2", "--empty", "--plan").out
    assert "--description" in told
    assert "hunter2" not in told, "a plan is printed and kept"
    made = cli.json("restore", "web-2", "--empty", "--no-start", "--yes")
    assert (made["success"], made["kind"], made["vmid"], made["state"]) == (True, "native", 102, "stopped")
    seen = lab.world.container(102)
    assert seen is not None
    assert (seen.conf["memory"], seen.conf["tags"], "16G" in str(seen.conf["rootfs"])) == (2048, "prod;web", True)
    assert cli("restore", "web-2", "--template", "local:vztmpl/x", "--yes").code == 2
    assert cli("restore", "web-2", "--empty", "--unique", "--yes").code == 2


def test_a_restore_that_fails_says_that_its_record_is_closed(cli: Cli, lost: dict[str, Any], lab: Simulator) -> None:
    lab.world.fail_next_task("vzrestore", 101)
    outcome = cli("restore", "web-1", "--yes", "--json")
    assert (outcome.code, outcome.json["state"], outcome.json["closed"]) == (1, None, "never created")


def test_an_empty_container_is_made_once_for_a_lost_one(cli: Cli, lost: dict[str, Any], lab: Simulator) -> None:
    assert cli.json("restore", "web-1", "--empty", "--yes")["vmid"] == 101
    again = cli("restore", f"id:{lost['container']}", "--empty", "--yes", "--json")
    assert (again.code, again.json["refused"]["code"]) == (6, "managed")
    assert "web-1 is back already: web-1 (native, CT 101 on pve1)" in again.json["refused"]["reason"]
    assert len(cli.json("list")) == 1
