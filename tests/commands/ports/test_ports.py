"""`ports`: the registry and its changes: planned, asked, in the trail with before and after, refused if it changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.house import TEMPLATE
from tests.support.servers.free_ports import REFUSED_PORT


def test_a_port_is_reserved_given_to_a_container_moved_and_released(cli: Cli, lab: Simulator) -> None:
    assert cli("adopt", "101", "--port", "80", "--yes").code == 0
    noted = cli.json("ports", "reserve", "--note", "mail gateway", "--yes")
    assert (noted["success"], noted["port"]["public"], noted["port"]["note"]) == (True, 8101, "mail gateway")
    assert noted["port"]["by"]
    cli.json("ports", "move", "8101", "--for", "101", "--leads-to", "25", "--yes")
    cli.json("ports", "move", "8101", "--to", "8500", "--yes")
    [row] = cli.json("list")
    assert row["ports"] == [{"public": 8100, "container": 80}, {"public": 8500, "container": 25}]
    cli.json("ports", "release", "8500", "--yes")
    listed = cli.json("ports")
    assert (listed["range"], listed["free"], listed["next_free"]) == ("8100-8999", 899, 8101)
    assert [(one["public"], one["conflicts"]) for one in listed["ports"]] == [(8100, [])]
    trail = [one for one in cli.json("audit") if one["action"].startswith("port-")]
    assert [one["action"] for one in trail] == ["port-reserved", "port-moved", "port-moved", "port-released"]
    assert [one["evidence"]["before"] and one["evidence"]["before"]["public"] for one in trail] == [
        None, 8101, 8101, 8500,
    ]  # fmt: skip
    assert trail[-1]["evidence"]["before"]["container_port"] == 25
    assert cli.json("audit", "verify")["whole"] is True


def test_who_gave_a_port_is_told_however_its_container_got_it(cli: Cli, lab: Simulator) -> None:
    cli("adopt", "101", "102", "--port", "80", "--yes")
    cli("create", "--template", TEMPLATE, "--hostname", "web9", "--port", "80", "--yes")
    cli("ports", "reserve", "--for", "101", "--leads-to", "25", "--yes")
    with closing(sqlite3.connect(cli.database)) as database, database:
        for trigger in ("event_unchanged", "container_identity"):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE event SET actor = 'anna@jump1' WHERE container_id = 101 OR action = 'adopt'")
        database.execute("UPDATE event SET actor = 'bert@jump1' WHERE action = 'port-reserved'")
        database.execute("UPDATE event SET actor = 'carl@jump1' WHERE action = 'create'")
    told = {(one["name"], one["container_port"]): one["by"] for one in cli.json("ports")["ports"]}
    assert sorted(told.values()) == ["anna@jump1", "anna@jump1", "bert@jump1", "carl@jump1"]
    assert told["web9", 80] == "carl@jump1"


def test_a_plan_changes_nothing_and_without_anybody_to_ask_it_is_refused(cli: Cli, lab: Simulator) -> None:
    assert cli("ports", "reserve", "--note", "mail").code == 3
    assert cli("--read-only", "ports", "reserve", "--note", "mail", "--yes").code == 3
    planned = cli.json("ports", "reserve", "--note", "mail", "--plan")["plan"]
    assert (planned["before"], planned["after"]["public"]) == (None, 8100)
    assert cli.json("ports")["ports"] == []


def test_what_cannot_be_is_refused_with_its_exit_code(cli: Cli, lab: Simulator) -> None:
    cli.json("ports", "reserve", "8100", "--note", "mail", "--yes")
    assert cli("ports", "reserve", "8100", "--note", "other", "--yes").code == 6
    assert cli("ports", "reserve", "80", "--note", "other", "--yes").code == 3
    assert cli("ports", "release", "8200", "--yes").code == 5
    assert cli("ports", "move", "8100", "--yes").code == 2
    assert cli("ports", "reserve", "--yes").code == 2


def test_a_container_is_never_given_a_reserved_port(cli: Cli, lab: Simulator) -> None:
    cli.json("ports", "reserve", "8100", "--note", "mail", "--yes")
    [adopted] = cli.json("adopt", "101", "--port", "80", "--yes")["results"]
    assert adopted["public_port"] == 8101


def test_what_is_free_is_free_of_the_ports_of_every_cluster(cli: Cli, lab: Simulator) -> None:
    cli.json("adopt", "101", "--port", "80", "--yes")
    cli.connect("far", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    listed = cli.json("ports", "--cluster", "far")
    assert (listed["ports"], listed["free"], listed["next_free"]) == ([], 899, 8101)


def test_a_port_that_two_hold_is_moved_once_one_of_them_released_it(cli: Cli, lab: Simulator) -> None:
    cli.json("adopt", "101", "102", "--port", "80", "--yes")
    with closing(sqlite3.connect(cli.database)) as database, database:
        database.execute("DROP INDEX port_one_holder")
        database.execute("UPDATE port SET public = 8100")
    twice = cli("ports", "move", "8100", "--to", "8500", "--yes")
    assert (twice.code, "ports release 8100 --for CONTAINER" in twice.err) == (2, True)
    cli.json("ports", "release", "8100", "--for", "102", "--yes")
    assert cli.json("ports", "move", "8100", "--to", "8500", "--yes")["after"]["vmid"] == 101


def test_who_holds_a_port_is_listed_for_people(cli: Cli, lab: Simulator) -> None:
    cli("adopt", "101", "--port", "80", "--yes")
    listed = cli("ports")
    assert "8100  80        lab/101 " in listed.out
    assert "899 of 900 ports of 8100-8999 are free, the next is 8101" in listed.err
