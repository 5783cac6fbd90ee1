"""A person at a real terminal: they see the plan, are asked, and only a yes, or the very name, goes on."""

from __future__ import annotations

import os
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.commands.person import at_terminal


def test_the_plan_comes_before_the_question(cli: Cli) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("Adopt it? [y/N] ")
        assert "adopt web-1 (CT 101 on pve1, running)" in person.seen
        assert "1. capture: " in person.seen
        person.type("y")
        assert person.end() == 0
    assert [row["vmid"] for row in cli.json("list")] == [101]


@pytest.mark.parametrize("answer", ["", "n", "nope", "yess"])
def test_anything_but_yes_is_a_no(cli: Cli, answer: str) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("[y/N] ")
        person.type(answer)
        assert person.end() == 3
        assert "not confirmed: nothing was done" in person.seen
    assert cli.json("list") == []


def test_a_hard_delete_asks_for_the_name(cli: Cli, lab: Simulator, native: Any) -> None:
    for typed, code in (("y", 3), ("web", 3), ("web1", 0)):
        with at_terminal("delete", "web1", "--hard") as person:
            person.read_until("Type web1 to confirm: ")
            assert "3. destroy: inspect it again, quorum and config last" in person.seen
            person.type(typed)
            assert person.end() == code
    assert lab.journal.count("DELETE", "/lxc/") == 1


def test_progress_is_told_step_by_step(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_stubborn(native["vmid"])
    with at_terminal("delete", "web1", "--hard", "--confirm", "web1", "--yes") as person:
        person.read_until("1/5 shutdown: ")
        assert person.end() == 0
        assert "destroyed web1" in person.seen


def test_end_of_input_is_a_no(cli: Cli) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("[y/N] ")
        os.write(person._terminal, b"\x04")
        assert person.end() == 3
