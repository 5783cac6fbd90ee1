"""`snapshot`: the snapshots of a container, as a tree for people and as JSON for programs."""

from __future__ import annotations

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

pytestmark = pytest.mark.usefixtures("adopted")


def test_the_snapshots_are_listed_with_the_present_where_it_stands(cli: Cli, lab: Simulator) -> None:
    assert cli("snapshot", "list", "101").err.strip().endswith("CT 101 has no snapshot")
    lab.world.add_snapshot(101, "base", "first", ago=60.0)
    lab.world.add_snapshot(101, "later", ago=30.0)
    found = cli.json("snapshot", "list", "101")
    assert (found["vmid"], found["can_snapshot"], found["parent"], found["gaps"]) == (101, True, "later", [])
    assert [(one["name"], one["note"], one["parent"], one["current"]) for one in found["snapshots"]] == [
        ("base", "first", None, False),
        ("later", "", "base", True),
    ]
    printed = [line.split()[0] for line in cli("snapshot", "list", "101").out.splitlines()]
    assert printed == ["SNAPSHOT", "base", "later", "(now:"]


def test_a_stranger_s_snapshots_are_not_shown_as_ours(cli: Cli, lab: Simulator) -> None:
    lab.world.recreate_outside(101)
    refused = cli("snapshot", "list", "101", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "replaced")


def test_a_list_that_cannot_be_read_is_not_an_empty_one(cli: Cli, lab: Simulator) -> None:
    lab.faults.answer(500, "got timeout", "/lxc/101/snapshot")
    ended = cli("snapshot", "list", "101", "--json")
    assert ended.code == 1
    assert "got timeout" in ended.json["error"]
