"""`freeze`, `unfreeze` and `arm` on the command line: refused changes end with 3 and say why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.conftest import Cli


def test_a_freeze_refuses_every_change_until_it_is_lifted(cli: Cli, adopted: dict[str, Any]) -> None:
    made = cli.json("freeze", "--reason", "storage moves")
    assert (made["cluster"], made["reason"], made["until"]) == (None, "storage moves", None)

    for words in (("adopt", "102"), ("start", "101"), ("delete", "101", "--soft")):
        outcome = cli(*words, "--yes", "--json")
        assert outcome.code == 3, outcome
    assert outcome.json["refused"]["code"] == "frozen"
    assert "storage moves" in outcome.json["refused"]["reason"]

    lifted = cli.json("unfreeze", "--reason", "moved")
    assert [one["id"] for one in lifted["lifted"]] == [made["id"]]
    assert lifted["left"] == []
    assert cli("adopt", "102", "--yes").code == 0
    assert [event["action"] for event in cli.json("audit") if "freeze" in event["action"]] == ["freeze", "unfreeze"]


def test_a_freeze_may_have_an_end_and_be_of_one_cluster(cli: Cli) -> None:
    made = cli.json("freeze", "--cluster", "lab", "--for", "2h", "--reason", "storage moves")
    assert made["cluster"] == "lab"
    assert made["until"] > made["since"]
    outcome = cli("unfreeze")
    assert outcome.code == 5
    assert "lab is frozen by" in outcome.err, "what there is to lift is said"
    assert cli("unfreeze", "--cluster", "lab").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("freeze",), "--reason"),
        (("freeze", "--reason", "x", "--for", "soon"), "--for"),
        (("freeze", "--reason", "x", "--cluster", "nowhere"), "there is no cluster nowhere"),
        (("unfreeze", "--for", "2h"), "--for works only with freeze"),
        (("arm",), "--reason"),
        (("arm", "--reason", "x"), "lab is not marked `production = true`"),
    ],
)
def test_what_cannot_be_meant_is_an_error_of_usage(cli: Cli, words: tuple[str, ...], said: str) -> None:
    outcome = cli(*words)
    assert outcome.code == 2
    assert said in outcome.err


def test_read_only_orders_nothing(cli: Cli) -> None:
    for words in (("freeze", "--reason", "x"), ("unfreeze",), ("arm", "--reason", "x")):
        assert cli(*words, "--read-only").code == 3


def test_a_production_cluster_is_changed_only_after_it_was_armed(bare: Cli, lab: Any) -> None:
    bare.connect("lab", lab, production="true")
    outcome = bare("adopt", "101", "--yes", "--json")
    assert outcome.code == 3
    assert "disarmed" in outcome.out

    armed = bare.json("arm", "--reason", "ticket 42")
    assert armed["cluster"] == "lab"
    assert armed["until"] > armed["since"]
    assert bare("adopt", "101", "--yes").code == 0
