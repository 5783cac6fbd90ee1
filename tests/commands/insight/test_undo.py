"""`undo`: a soft delete, an adoption and an acknowledgement are taken back, and nothing that is not true."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


def test_a_soft_delete_comes_back_with_history_and_ports_and_goes_again(
    cli: Cli, lab: Simulator, native: dict[str, Any]
) -> None:
    cli("delete", "web1", "--soft", "--yes")
    plan = cli.json("undo", "web1", "--plan")["plan"]
    assert (plan["undo"], plan["steps"][0]["step"]) == ("reattach", "look")
    back = cli.json("undo", "--yes")
    assert (back["undo"], back["success"], back["name"]) == ("reattach", True, "web1")
    again = cli.json("show", "web1")
    assert (again["record"]["predecessor"], again["kind"]) == (native["container"], "native")
    assert again["ports"] == [{"public": native["public_port"], "container": 80}]
    assert cli.json("undo", "web1", "--yes")["undo"] == "stop_managing"
    assert cli.json("list") == []


def vanished(cli: Cli, lab: Simulator) -> dict[str, Any]:
    """The one alert, about CT 101 that somebody destroyed."""
    lab.world.destroy_outside(101)
    cli("reconcile")
    cli("reconcile")
    alert: dict[str, Any]
    [alert] = cli.json("alerts")
    return alert


def acknowledge(cli: Cli, alert: dict[str, Any], note: str) -> None:
    cli("alerts", "ack", str(alert["id"]), "--note", note)


def test_an_adoption_is_taken_back_once(cli: Cli, adopted: dict[str, Any]) -> None:
    event = cli.json("audit", "101")[0]["seq"]
    assert cli.json("undo", f"event:{event}", "--yes")["undo"] == "stop_managing"
    refused = cli("undo", f"event:{event}", "--yes", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (5, "closed")


def test_an_acknowledgement_is_taken_back_and_what_vanished_is_refused(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    acknowledge(cli, vanished(cli, lab), "seen")
    assert cli.json("undo", "--yes")["undo"] == "reopen"
    assert [one["acknowledged"] for one in cli.json("alerts")] == [None]
    gone = cli.json("audit", "101")
    closing = next(one["seq"] for one in gone if one["action"] == "anomalous-orphan")
    refused = cli("undo", f"event:{closing}", "--yes", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "not_undoable")
    assert cli.json("audit", "verify")["whole"]


def test_of_two_acknowledgements_by_one_person_only_the_present_one_is_taken_back(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    alert = vanished(cli, lab)
    acknowledge(cli, alert, "mine")
    cli("undo", "--yes")
    acknowledge(cli, alert, "mine")
    first, second = (one["seq"] for one in cli.json("audit") if one["action"] == "alert-acknowledged")
    refused = cli("undo", f"event:{first}", "--yes", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (6, "changed")
    assert cli.json("undo", f"event:{second}", "--yes")["undo"] == "reopen"


def test_a_guest_that_is_another_one_now_is_never_taken_back(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    cli("delete", "101", "--soft", "--yes")
    lab.world.destroy_outside(101)
    lab.world.add_container(101, node="pve1", hostname="stranger")
    refused = cli("undo", "101", "--yes", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "identity_unsure")
    assert cli.json("list") == []


def test_an_accepted_config_and_a_port_become_what_they_were(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    lab.world.set_config(101, nameserver="9.9.9.9")
    cli.json("drift", "accept", "101", "--note", "more memory", "--yes")
    assert cli.json("show", "101")["drift"] == 0
    assert cli.json("undo", "101", "--yes")["undo"] == "baseline"
    assert cli.json("show", "101")["drift"] == 1
    port = cli.json("ports", "reserve", "--for", "101", "--leads-to", "80", "--yes")["after"]["public"]
    assert cli.json("undo", "101", "--yes")["undo"] == "port"
    assert [one["public"] for one in cli.json("ports")["ports"]] == []
    assert cli.json("undo", "--yes")["undo"] == "port", "the release is taken back"
    assert [one["public"] for one in cli.json("ports")["ports"]] == [port]
