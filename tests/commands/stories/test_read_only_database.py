"""A server that takes no writes, as a standby, still answers; whatever would change something is refused."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


@pytest.fixture
def standby(cli: Cli, adopted: dict[str, Any], ready_postgresql: str) -> str:
    """The URL of a server that holds one adopted container, and refuses every write."""
    assert cli("db", "copy", "--to", ready_postgresql, "--yes").code == 0
    return f"{ready_postgresql}&options=-c%20default_transaction_read_only%3Don"


def test_what_only_reads_answers(cli: Cli, standby: str) -> None:
    assert [row["vmid"] for row in cli.json("list", "--database", standby)] == [101]
    assert cli.json("show", "101", "--database", standby)["live"]["seen"] is True
    assert cli.json("alerts", "--database", standby) == []
    assert cli.json("audit", "verify", "--database", standby)["whole"] is True
    assert cli.json("audit", "--database", standby)
    assert cli("operations", "--database", standby).code == 0
    assert "it is read-only" in cli("doctor", "--database", standby).out


@pytest.mark.parametrize(
    "words",
    [
        ("adopt", "102", "--yes"),
        ("delete", "101", "--soft", "--yes"),
        ("stop", "101", "--yes"),
        ("freeze", "--reason", "moving"),
    ],
    ids=" ".join,
)
def test_what_would_change_something_is_refused_before_anything_is_asked(
    cli: Cli, lab: Simulator, standby: str, words: tuple[str, ...]
) -> None:
    lab.journal.clear()
    outcome = cli(*words, "--json", "--database", standby)
    assert (outcome.code, outcome.json["refused"]["code"]) == (3, "read_only")
    assert "the database is read-only" in outcome.json["refused"]["reason"]
    assert lab.journal.writes() == []


def test_what_the_jobs_would_do_is_only_told(cli: Cli, standby: str) -> None:
    assert cli.json("janitor", "--database", standby)["stuck_marked_error"] == 0
    assert cli.json("reconcile", "--no-wait", "--database", standby)["clusters"][0]["outcome"] == "complete"


def test_an_empty_one_has_nothing_to_read(cli: Cli, postgresql_server: Any) -> None:
    empty = postgresql_server.create_database("empty_standby")
    outcome = cli("list", "--database", f"{empty}?options=-c%20default_transaction_read_only%3Don")
    assert outcome.code == 2
    assert "holds no records, and is read-only" in outcome.err
    postgresql_server.drop_database("empty_standby")
