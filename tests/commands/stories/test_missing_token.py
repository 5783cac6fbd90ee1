"""A cluster whose token cannot be had is one more that does not answer: what our records know is told, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

REASON = "clusters.lab.token_secret, environment variable LAB_TOKEN is not set"


@pytest.fixture
def attic(cli: Cli, lab: Simulator, adopted: Any) -> Iterator[Cli]:
    """CT 101 of two clusters is adopted, and the token of one, lab, is gone since."""
    with Simulator("demo") as other:
        cli.connect("attic", other)
        cli.json("adopt", "101", "--cluster", "attic", "--yes")
        cli.connect("lab", lab, token_secret='{ env = "LAB_TOKEN" }')
        yield cli


def test_the_list_has_every_record_and_the_reason_of_that_cluster(attic: Cli) -> None:
    listed = attic("list", "--json")
    assert listed.code == 0
    rows = {row["cluster"]: row for row in listed.json}
    assert (rows["attic"]["status"], rows["attic"]["presence"]) == ("running", "present")
    assert (rows["lab"]["status"], rows["lab"]["presence"]) == ("unknown", "unknown")
    assert REASON in rows["lab"]["presence_reason"]
    assert listed.err.count(REASON) == 1
    offered = attic("list", "--kind", "all")
    assert (offered.code, offered.err.count(REASON)) == (0, 1)
    assert "attic" in offered.out


def test_what_is_known_of_one_container_is_told(attic: Cli) -> None:
    shown = attic.json("show", "lab/101")
    assert (shown["status"], shown["live"]) == ("unknown", None)
    assert REASON in shown["live_error"]
    assert shown["clinical_record"]["config"]["hostname"] == "web-1"
    assert attic.json("show", "attic/101")["status"] == "running"
    assert REASON in attic("why", "lab/101").out
    assert attic("drift").code == attic("lint").code == 0


def test_what_contacts_no_cluster_does_not_even_notice(attic: Cli) -> None:
    for words in (("alerts",), ("audit",), ("audit", "lab/101")):
        assert attic(*words, "--json").code == 0


def test_a_guest_that_it_may_have_is_not_said_to_be_missing(attic: Cli) -> None:
    outcome = attic("show", "nobody", "--json")
    assert outcome.code == 4
    assert REASON in outcome.json["error"]


def test_what_changes_something_says_what_is_wrong_with_the_configuration(attic: Cli, lab: Simulator) -> None:
    for words in (("stop", "lab/101"), ("adopt", "102", "--cluster", "lab")):
        outcome = attic(*words, "--yes", "--json")
        assert (outcome.code, REASON in outcome.json["error"]) == (2, True)
    assert attic("shutdown", "attic/101", "--yes").code == 0, "another cluster is asked all the same"
    assert attic("start", "101", "--cluster", "attic", "--yes").code == 0
    assert lab.journal.writes() == []


def test_several_are_done_where_they_can_be(attic: Cli, lab: Simulator) -> None:
    """A CA file that is gone is told as a token is."""
    attic.connect("lab", lab)
    text = attic.config.read_text()
    attic.config.write_text(text.replace(f'fingerprint = "{lab.fingerprint}"', 'ca_file = "gone.pem"'))
    outcome = attic("adopt", "attic/102", "lab/102", "--yes", "--json")
    assert (outcome.code, [one["success"] for one in outcome.json["results"]]) == (2, [True, False])
    assert "clusters.lab.ca_file names" in outcome.json["results"][1]["error"]
    assert attic("reconcile", "--no-wait").code == 4
    assert "clusters.lab.ca_file names" in attic("list").err
