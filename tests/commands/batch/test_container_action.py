"""One command for several containers: each is done alone, and one question is asked for all."""

from __future__ import annotations

import pytest

from proximity_tui.config.load import load
from proximity_tui.runtime.context import open_context
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.records.native import make_native


@pytest.fixture
def web(cli: Cli) -> Cli:
    """Three running web servers that are managed, and a stopped container."""
    cli.json("adopt", "101", "102", "103", "151", "--yes")
    return cli


def test_several_are_shut_down_and_one_that_does_not_run_is_no_failure(web: Cli, lab: Simulator) -> None:
    results = web.json("shutdown", "101", "web-2", "151", "--yes")["results"]
    assert [(one["name"], one["success"]) for one in results] == [("web-1", True), ("web-2", True), ("sandbox", False)]
    assert results[2]["refused"]["code"] == "already_stopped"
    assert [one["state"] for one in results[:2]] == ["stopped", "stopped"]
    assert lab.journal.count("POST", "/status/shutdown") == 2


def test_who_is_to_be_rebooted_and_does_not_run_is_a_failure(web: Cli) -> None:
    """It is not as it was wanted: it does not run afterwards."""
    ended = web("reboot", "101", "151", "--yes", "--json")
    assert [one["success"] for one in ended.json["results"]] == [True, False]
    assert ended.code == web("reboot", "151", "--yes").code == 3


def test_a_filter_chooses_them_as_in_the_lists(web: Cli, lab: Simulator) -> None:
    results = web.json("reboot", "--filter", "tag:prod !name:web-3 status:running", "--yes")["results"]
    assert sorted(one["name"] for one in results) == ["web-1", "web-2"]
    assert lab.journal.count("POST", "/status/reboot") == 2


def test_a_filter_compares_figures(web: Cli) -> None:
    assert [row["name"] for row in web.json("list", "--filter", "vmid:101-102")] == ["web-1", "web-2"]
    assert web.json("list", "--filter", "mem:>900G") == []
    unmanaged = web.json("list", "--kind", "unmanaged", "--filter", "name:postgres*")
    assert [row["vmid"] for row in unmanaged] == [110, 111]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("stop", "--yes"), 2, "name a container"),
        (("stop", "101", "--filter", "web", "--yes"), 2, "not both"),
        (("stop", "--filter", "wbe:1", "--yes"), 2, 'There is no "wbe" to filter by'),
        (("stop", "--filter", "", "--yes"), 2, "nothing was done"),
        (("delete", "--soft", "--filter", ' "" ', "--yes"), 2, "nothing was done"),
        (("stop", "--filter", "no-such-thing", "--yes"), 5, "no container matches no-such-thing"),
        (("stop", "101", "nobody", "--yes"), 5, "no managed container matches nobody"),
        (("stop", "101", "nobody", "--yes"), 5, "nothing was done, also not with the others"),
        (("delete", "101", "102", "--hard", "--confirm-vmid", "101", "--yes"), 2, "only that one"),
    ],
)
def test_bad_input_is_a_clear_error_and_nothing_is_done(
    web: Cli, lab: Simulator, words: tuple[str, ...], code: int, said: str
) -> None:
    before = len(lab.journal.writes())
    outcome = web(*words)
    assert (outcome.code, said in outcome.err) == (code, True), outcome
    assert len(lab.journal.writes()) == before


def test_the_plan_of_each_is_shown_and_nothing_is_done(web: Cli, lab: Simulator) -> None:
    before = len(lab.journal.writes())
    plans = web("stop", "101", "151", "--plan", "--json").json["plans"]
    assert plans[0]["action"] == "stop"
    assert plans[1]["refused"]["code"] == "already_stopped"
    assert len(lab.journal.writes()) == before


def test_records_of_several_are_closed_and_no_container_is_touched(web: Cli, lab: Simulator) -> None:
    before = len(lab.journal.writes())
    results = web.json("delete", "101", "102", "--soft", "--yes")["results"]
    assert [(one["success"], one["deletion_type"]) for one in results] == [(True, "soft"), (True, "soft")]
    assert sorted(row["name"] for row in web.json("list")) == ["sandbox", "web-3"]
    assert len(lab.journal.writes()) == before


def test_several_are_destroyed_only_by_their_number_and_adopted_ones_never(web: Cli, lab: Simulator) -> None:
    context = open_context(load(web.config))
    try:
        made = [make_native(context.clients["lab"], lab, name) for name in ("one", "two")]
    finally:
        context.close()
    words = ("delete", "one", "two", "web-1", "--hard", "--yes", "--json")
    for wrong in ((), ("--confirm", "3"), ("--confirm", "one")):
        refused = web(*words, *wrong)
        assert (refused.code, refused.json["refused"]["code"]) == (3, "confirmation")
    assert lab.journal.count("DELETE", "/lxc/") == 0
    outcome = web(*words, "--confirm", "2")
    assert outcome.code == 3, "one of the three was refused"
    assert [one["success"] for one in outcome.json["results"]] == [True, True, False]
    assert outcome.json["results"][2]["refused"]["code"] == "adopted"
    assert lab.journal.count("DELETE", "/lxc/") == len(made)


def test_a_cluster_that_is_silent_fails_each_of_its_containers(web: Cli, lab: Simulator) -> None:
    lab.faults.html("/cluster/resources")
    outcome = web("stop", "101", "102", "--yes", "--json")
    assert outcome.code == 4
    assert [one["success"] for one in outcome.json["results"]] == [False, False]
