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


def test_a_snapshot_is_taken_rolled_back_to_and_deleted_each_confirmed_as_it_should(cli: Cli, lab: Simulator) -> None:
    took = cli.json("snapshot", "take", "101", "--name", "base", "--note", "before 1.22", "--yes")
    assert (took["action"], took["snapshot"], took["success"]) == ("snapshot", "base", True)
    assert [step["outcome"] for step in took["steps"]] == ["done", "done"]
    plan = cli.json("snapshot", "rollback", "101", "--name", "base", "--plan")["plan"]
    assert plan["warnings"][0].startswith("everything that was written since base is lost")
    assert cli("snapshot", "rollback", "101", "--name", "base", "--yes", "--confirm", "base").code == 3
    back = cli.json("snapshot", "rollback", "101", "--name", "base", "--yes", "--confirm", "web-1", "--start")
    assert (back["action"], back["state"]) == ("rollback-snapshot", "running")
    wrong = cli("snapshot", "delete", "101", "--name", "base", "--yes", "--json")
    assert (wrong.code, wrong.json["refused"]["code"]) == (3, "confirmation")
    assert cli.json("snapshot", "delete", "101", "--name", "base", "--yes", "--confirm", "base")["success"]
    assert cli.json("snapshot", "list", "101")["snapshots"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("take", "101"), 2),
        (("take", "101", "--name", "current"), 2),
        (("take", "101", "--name", "base"), 6),
        (("rollback", "101", "--name", "nosuch", "--confirm", "web-1"), 5),
        (("delete", "101", "--name", "base", "--note", "x"), 2),
        (("take", "101", "--name", "new", "--start"), 2),
        (("list", "101", "--name", "base"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_has_its_exit_code(cli: Cli, lab: Simulator, words: tuple[str, ...], code: int) -> None:
    lab.world.add_snapshot(101, "base", ago=60.0)
    ended = cli("snapshot", *words, *(() if words[0] == "list" else ("--yes",)), "--json")
    assert ended.code == code, ended
    assert ended.json["success"] is False
    assert not lab.world.container(101).lock  # type: ignore[union-attr]
