"""`alerts approve|dismiss`: a mass disappearance is answered without a screen, of exactly those who were shown."""

from __future__ import annotations

import json

import pytest

from proximity_tui.core import store
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

VMIDS = ("101", "102", "103", "104", "110")


@pytest.fixture
def question(cli: Cli, lab: Simulator) -> int:
    """Five of five vanished at once; the id of the alert that asks about it."""
    assert cli("adopt", *VMIDS, "--yes").code == 0
    for vmid in VMIDS:
        lab.world.destroy_outside(int(vmid))
    lab.world.broadcast()
    assert cli("reconcile", "--json").code == 3
    [alert] = [one for one in cli.json("alerts") if one["kind"] == "mass_disappearance"]
    return int(alert["id"])


def test_approved_they_are_concluded_by_the_next_run(cli: Cli, question: int) -> None:
    answered = cli.json("alerts", "approve", str(question), "--note", "the rack burnt down", "--yes")
    assert answered == {"success": True, "cluster": "lab", "answer": "approved"}
    [report] = cli.json("reconcile")["clusters"]
    assert (report["outcome"], report["anomalous_orphans"]) == ("complete", 5)
    assert cli.json("list") == []


def test_dismissed_nothing_is_concluded_of_them(cli: Cli, question: int) -> None:
    assert cli.json("alerts", "dismiss", str(question), "--yes")["answer"] == "dismissed"
    done = cli("reconcile", "--json")
    [report] = json.loads(done.out)["clusters"]
    assert (done.code, report["outcome"], report["orphans_found"], report["undecided"]) == (4, "partial", 0, 5)
    assert len(cli.json("list")) == 5


def test_each_that_is_missing_is_one_line_of_the_run(cli: Cli, question: int) -> None:
    said = cli("reconcile", "--no-wait").out
    assert said.count("a person must answer") == len(VMIDS)
    assert "  mass disappearance: 5 of 5\n" in said


def test_an_answer_is_given_once(cli: Cli, question: int) -> None:
    cli.json("alerts", "dismiss", str(question), "--yes")
    assert cli("alerts", "approve", str(question), "--yes").code == 6


def test_without_anybody_to_ask_it_is_refused(cli: Cli, question: int) -> None:
    assert cli("alerts", "approve", str(question)).code == 3
    assert cli("--read-only", "alerts", "approve", str(question), "--yes").code == 3


def test_another_alert_has_no_answer(cli: Cli, lab: Simulator) -> None:
    assert cli("adopt", "101", "--yes").code == 0
    lab.world.destroy_outside(101)
    lab.world.broadcast()
    cli("reconcile")
    [alert] = cli.json("alerts")
    assert cli("alerts", "approve", str(alert["id"]), "--yes").code == 2
    assert cli("alerts", "approve", "4711", "--yes").code == 5
    assert cli("alerts", "approve", "--yes").code == 2


def test_held_by_the_breaker_is_not_frozen_by_a_person(cli: Cli, question: int) -> None:
    assert "held until a person approves or dismisses" in cli("alerts").out
    reconciled = cli("reconcile", "--no-wait")
    assert reconciled.code == 3
    assert "held: " in reconciled.out
    refused = cli("unfreeze", "--cluster", "lab")
    assert refused.code == 5
    assert f"lab is held by the breaker: `proximity-tui alerts approve {question}`" in refused.err
    for said in (cli("alerts"), reconciled, refused):
        assert "frozen" not in (said.out + said.err).replace("nothing is frozen", "")


def test_of_all_alerts_as_many_are_read_as_asked_for(cli: Cli) -> None:
    store.open_store(f"sqlite:///{cli.database}")
    with store.transaction():
        for number in range(505):
            raised = alerts.raise_alert("store", Severity.AMBER, message=f"number {number}", name=f"n{number}")
            if number:
                alerts.resolve(raised.id, "over")
    store.close_store()
    assert [alert["message"] for alert in cli.json("alerts", "--all", "--last", "2")] == ["number 504", "number 503"]
    assert len(cli.json("alerts", "--all")) == 505
    said = cli("alerts", "--all")
    assert len(said.out.splitlines()) == 1 + 200
    assert "only the last 200 alerts; --last 0 shows every one" in said.err
    assert [alert["message"] for alert in cli.json("alerts")] == ["number 0"]
    assert cli("alerts", "--last", "2").code == 2


def test_several_are_acknowledged_with_one_note_and_a_wrong_number_stops_none(cli: Cli) -> None:
    store.open_store(f"sqlite:///{cli.database}")
    ids = [
        alerts.raise_alert("unreachable", Severity.AMBER, cluster=name, message=f"{name} is silent").id
        for name in ("lab", "edge")
    ]
    store.close_store()
    outcome = cli("alerts", "ack", *map(str, ids), "999", "--note", "a switch", "--json")
    assert outcome.code == 5
    assert [(one["id"], one["success"]) for one in outcome.json["results"]] == [
        *((id, True) for id in ids),
        (999, False),
    ]
    assert cli.json("alerts") == []
