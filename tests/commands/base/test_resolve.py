"""Which container a person means, and that nobody guesses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from proximity_tui.commands.base.resolve import fitting
from proximity_tui.core import store
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.core.store.making import close_many
from tests.support.records.make import container


@pytest.mark.parametrize("words", ["web-1", "101", "1", "id:1", "lab/web-1", "lab/101", "lab/id:1"])
def test_a_container_is_found_by_name_vmid_or_record(cli: Cli, adopted: Any, words: str) -> None:
    assert cli.json("show", words)["id"] == adopted["container"]


@pytest.mark.parametrize("words", ["web-9", "109", "WEB-1", "elsewhere/web-1", "id:7"])
def test_what_fits_nothing_is_not_found(cli: Cli, adopted: Any, words: str) -> None:
    assert cli("show", words).code == 5


def test_an_address_in_no_record_is_not_said_to_be_nobodys(cli: Cli, adopted: Any) -> None:
    told = cli("show", "203.0.113.7").err
    assert "no other guest with this address in its record; the addresses of 2" in told, told


@pytest.fixture
def twins(cli: Cli, lab: Simulator) -> Iterator[Cli]:
    """Two guests of one name and VMID, in two clusters."""
    with Simulator("demo", seed=2) as far:
        cli.connect("far", far)
        cli.json("adopt", "lab/101", "far/101", "--yes")
        yield cli


@pytest.mark.parametrize("words", ["show", "why", "audit", "stop --plan", "delete --soft --plan", "restore --plan"])
@pytest.mark.parametrize("name", ["", " ", "lab/"])
def test_an_empty_name_names_nothing_and_is_said_to_be_empty(cli: Cli, adopted: Any, words: str, name: str) -> None:
    outcome = cli(*words.split(), name)
    assert (outcome.code, "is empty" in outcome.err) == (5, True), outcome


@pytest.mark.parametrize("words", ["web-1", "101"])
def test_what_fits_two_is_an_error_that_lists_them(twins: Cli, words: str) -> None:
    outcome = twins("delete", words, "--soft", "--yes")
    assert outcome.code == 2
    assert "ambiguous" in outcome.err
    assert "far/101" in outcome.err
    assert "lab/101" in outcome.err


@pytest.mark.parametrize("words", ["show", "audit", "undo --plan", "restore --plan", "start --yes"])
@pytest.mark.parametrize("name", ["web-1", "101"])
def test_what_two_clusters_lost_is_not_guessed_either(twins: Cli, words: str, name: str) -> None:
    twins.json("delete", "lab/101", "far/101", "--soft", "--yes")
    outcome = twins(*words.split(), name)
    assert outcome.code == 2, outcome
    assert "ambiguous" in outcome.err
    assert "far/101" in outcome.err
    assert "lab/101" in outcome.err
    assert twins.json("show", f"lab/{name}")["record"]["closed_reason"]


def test_of_two_of_one_name_the_named_cluster_decides(twins: Cli) -> None:
    assert twins.json("show", "far/101")["cluster"] == "far"
    assert twins.json("--cluster", "lab", "show", "web-1")["cluster"] == "lab"
    assert [row["cluster"] for row in twins.json("list", "--cluster", "far")] == ["far"]


def test_a_number_is_a_vmid_before_it_is_a_record() -> None:
    first, second = container(id=101, vmid=205), container(id=2, vmid=101)
    assert fitting("101", [first, second]) == [second]
    assert fitting("id:101", [first, second]) == [first]


def test_the_number_of_a_guest_that_is_not_managed_is_never_a_record() -> None:
    early, late = container(id=7, vmid=205), container(id=110, vmid=206)
    assert fitting("110", [early, late]) == [], "CT 110 is gone, or was never managed: nobody means CT 206"
    assert fitting("id:110", [early, late]) == [late]
    assert fitting("7", [early, late]) == [early], "no guest has such a VMID"


@pytest.mark.parametrize("words", ["stop", "delete --soft", "backup"])
def test_a_command_about_an_unmanaged_guest_meets_no_record_of_that_number(
    cli: Cli, lab: Simulator, words: str
) -> None:
    cli.json("adopt", "101", "--yes")
    with closing(sqlite3.connect(cli.database)) as by_hand, by_hand:
        by_hand.execute("UPDATE sqlite_sequence SET seq = 109 WHERE name = 'container'")
    assert cli.json("adopt", "102", "--yes")["results"][0]["container"] == 110
    lab.journal.clear()

    verb, *options = words.split()
    outcome = cli(verb, "110", *options, "--yes")

    assert outcome.code == 5
    assert "id:110 is the record of web-2 (adopted, CT 102 on pve2)" in outcome.err
    assert lab.journal.writes() == []
    assert [one["vmid"] for one in cli.json("list")] == [101, 102]


def test_a_name_that_looks_like_a_number_is_as_good_as_the_number() -> None:
    first, second = container(id=1, vmid=205, name="101"), container(id=2, vmid=101)
    assert fitting("101", [first, second]) == [first, second]


def test_history_is_found_where_nothing_open_fits(cli: Cli, adopted: Any) -> None:
    cli.json("delete", "101", "--soft", "--yes")
    assert cli.json("show", "web-1")["record"]["closed_reason"]


def test_history_is_found_however_many_were_closed_since(cli: Cli, adopted: Any) -> None:
    cli.json("delete", "101", "--soft", "--yes")
    store.open_store(f"sqlite:///{cli.database}")
    close_many(501, cluster="lab")
    store.close_store()
    for words in ("web-1", "101", "id:1", "1", "lab/web-1"):
        assert cli.json("show", words)["record"]["id"] == 1


def test_a_name_that_cannot_be_one_is_not_looked_for_in_vain(cli: Cli, adopted: Any) -> None:
    cli.json("delete", "101", "--soft", "--yes")
    for words in ("web\udc80", "web\x00", str(2**70), "id:"):
        assert cli("show", words).code == 5, words


@pytest.mark.parametrize("words", ["id:1", "web-1", "101"])
def test_a_closed_record_is_said_to_be_closed_and_what_can_be_done(cli: Cli, adopted: Any, words: str) -> None:
    cli.json("delete", "101", "--soft", "--yes")
    outcome = cli("start", words, "--yes", "--json")
    refused = outcome.json["refused"]
    assert (outcome.code, refused["code"], outcome.json["error"]) == (5, "closed", refused["reason"])
    assert "record id:1 of web-1 (adopted, CT 101 on pve1) is closed since 20" in refused["reason"]
    assert "UTC: management was stopped; `proximity-tui audit id:1`" in refused["reason"]
    assert "`proximity-tui adopt lab/101` manages the guest again" in refused["reason"]
    stored = cli.json("show", "id:1")["record"]["closed_reason"]
    assert stored == "forgotten by choice", "the stored value is a contract; only its words are others"


def test_the_way_on_can_be_typed_as_it_is_written(cli: Cli) -> None:
    assert "`proximity-tui show 'my web'` also finds unmanaged guests" in cli("start", "my web", "--yes").err
