"""Many guests in one `adopt`: one list for all of them, a few at a time, each with its own end."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.commands.batch.batch import MOST_UNANSWERED, mark_untouched, print_failures
from proximity_tui.commands.containers.adopt import AdoptItem
from proximity_tui.core.base.pace import AT_ONCE
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

MANY = (101, 102, 103, 104, 110, 111, 112, 113, 120, 121, 122, 123)


def test_many_cost_six_requests_each_on_a_few_connections(cli: Cli, lab: Simulator) -> None:
    before = lab.connections
    outcome = cli("adopt", *map(str, MANY), "--yes", "--json")
    assert outcome.code == 0
    assert [result["vmid"] for result in outcome.json["results"]] == list(MANY), "in the order of the words"
    assert lab.journal.count("GET", "/cluster/resources") == 1
    assert max(lab.journal.count("GET", f"/lxc/{vmid}/") for vmid in MANY) <= 6
    assert lab.connections - before <= 2 * AT_ONCE + 1, "one a worker and round, and the first contact"


def test_each_is_told_of_in_both_rounds_and_fails_alone(cli: Cli, lab: Simulator) -> None:
    lab.faults.answer(500, "got timeout", "/lxc/103/config")
    outcome = cli("adopt", "101", "9999", "102", "103", "--yes")
    assert outcome.code == 5
    assert lab.journal.count("GET", "/cluster/resources") == 1
    lines = [line.split(": ") for line in outcome.err.splitlines() if line[:1].isdigit()]
    assert {line[0].split(" ")[0] for line in lines} == {"1/4", "2/4", "3/4", "4/4", "1/2", "2/2"}
    assert {line[0].split("/")[-1] for line in lines} == {"101", "102", "103", "9999"}
    assert sorted(outcome.out.splitlines())[0].startswith("adopted web-1")
    assert "without a clinical record needs your consent" in outcome.err


@pytest.mark.parametrize("named", [("101", "101"), ("101", "lab/101")])
def test_what_is_named_twice_is_adopted_once(cli: Cli, named: tuple[str, ...]) -> None:
    assert [result["vmid"] for result in cli.json("adopt", *named, "--yes")["results"]] == [101]


def test_one_that_raises_something_unforeseen_is_no_end_for_the_others(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from proximity_tui.core.engine.engine import Engine

    adopt = Engine.adopt

    def broken(self: Engine, agreed: object, request: object) -> object:
        if getattr(agreed, "vmid", None) == 102:
            raise ZeroDivisionError
        return adopt(self, agreed, request)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "adopt", broken)
    outcome = cli("adopt", "101", "102", "103", "--yes", "--json")
    assert outcome.code == 1
    assert [result["success"] for result in outcome.json["results"]] == [True, False, True]


def test_a_cluster_that_stopped_answering_is_not_asked_about_the_rest(cli: Cli, lab: Simulator) -> None:
    lab.faults.answer(596, "Connection timed out", "/lxc/")
    lab.faults.answer(596, "Connection timed out", "/cluster/resources")
    outcome = cli("adopt", *map(str, range(1000, 1040)), "--yes", "--json")
    assert outcome.code == 4
    results = outcome.json["results"]
    left = [result for result in results if result.get("untouched")]
    assert 40 - MOST_UNANSWERED - AT_ONCE <= len(left) <= 40 - MOST_UNANSWERED
    assert {result["error"] for result in left} == {"untouched: lab does not answer any more"}
    assert not [result for result in results if result["success"]]


@pytest.mark.parametrize(("left", "lines"), [(2, 2), (300, 2)])
def test_of_many_untouched_only_the_first_is_named(left: int, lines: int, capsys: pytest.CaptureFixture[str]) -> None:
    items = [AdoptItem("lab", 1000 + number) for number in range(left)]
    assert mark_untouched(items, "check")
    print_failures(items)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == lines
    assert told[0].startswith("lab/1000: untouched")
    assert told[-1].startswith("lab/1001: untouched" if left == 2 else "and 299 more are untouched")


def test_a_plan_that_is_refused_says_so_where_every_command_does(cli: Cli, adopted: Any) -> None:
    ended = cli("adopt", "101", "102", "--plan", "--json")
    assert ended.code == 6
    assert (ended.json["success"], ended.json["refused"]["code"]) == (False, "managed")
    assert [plan.get("action") for plan in ended.json["plans"]] == [None, "adopt"]
