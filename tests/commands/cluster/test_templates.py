"""`templates`: those on the storages, those that can be downloaded, and the download of one."""

from __future__ import annotations

import signal

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.timing.waiting import LONGEST, until

DEBIAN = "debian-12-standard_12.7-1_amd64.tar.zst"
TRIXIE = "debian-13-standard_13.1-2_amd64.tar.zst"
DOWNLOAD = ("templates", "download", "pve1", "local", TRIXIE)


def test_what_is_there_and_what_can_be_downloaded_is_listed(cli: Cli, lab: Simulator) -> None:
    rows = cli.json("templates", "--node", "pve1")
    by_name = {row["template"]: row for row in rows}
    assert len(by_name) == len(rows), "what is there is not offered for download"
    here, there = by_name[DEBIAN], by_name[TRIXIE]
    assert (here["status"], here["volid"], here["download"]) == ("available", f"local:vztmpl/{DEBIAN}", None)
    assert (there["status"], there["volid"]) == ("downloadable", None)
    assert there["download"] == f"pveam download local {TRIXIE}"
    assert "can be downloaded" in cli("templates").out
    assert list(lab.journal.writes()) == []


def test_what_cannot_be_read_hides_no_template(cli: Cli, lab: Simulator) -> None:
    lab.faults.answer(501, "Method 'GET /nodes/pve1/aplinfo' not implemented", path="aplinfo")
    outcome = cli("templates", "--node", "pve1")
    assert (outcome.code, f"local:vztmpl/{DEBIAN}" in outcome.out) == (0, True), outcome
    assert "lab: what pve1 can download cannot be read" in outcome.err


def test_a_storage_that_a_node_lost_is_named_and_not_taken_for_empty(cli: Cli, lab: Simulator) -> None:
    lab.world.set_storage_reachable("local", "pve1", False)
    outcome = cli("templates", "--node", "pve1")
    assert "storage local is not active on pve1: its templates are not listed" in outcome.err, outcome


def test_an_unknown_node_is_answered_with_those_there_are_each_once(cli: Cli) -> None:
    with Simulator("empty") as other:
        cli.connect("edge", other)
        outcome = cli("templates", "--node", "nosuch")
    assert (outcome.code, "there are: pve1, pve2 and pve3" in outcome.err) == (5, True), outcome


@pytest.mark.parametrize("option", ["--yes", "--plan", "--as-pct"])
def test_a_list_takes_no_consent(cli: Cli, option: str) -> None:
    outcome = cli("templates", option)
    assert (outcome.code, outcome.out) == (2, "")
    assert "templates download" in outcome.err


def test_a_template_is_downloaded_once_and_the_trail_has_it_before_and_after(cli: Cli, lab: Simulator) -> None:
    assert cli.json(*DOWNLOAD, "--plan")["plan"]["pct"] == [f"pveam download local {TRIXIE}"]
    assert cli(*DOWNLOAD, "--as-pct").out.splitlines()[1] == f"pveam download local {TRIXIE}"
    assert list(lab.journal.writes()) == []
    done = cli.json(*DOWNLOAD, "--yes")
    assert (done["success"], done["volid"]) == (True, f"local:vztmpl/{TRIXIE}")
    asked, began, ended = cli.json("audit")
    assert {event["action"] for event in (asked, began, ended)} == {"template-download"}
    assert asked["message"].endswith("asked for")
    assert began["message"].endswith(f"its task is {done['task']}")
    assert ended["message"] == f"downloaded local:vztmpl/{TRIXIE} on pve1"
    assert cli("templates", "--node", "pve1").out.count(f"local:vztmpl/{TRIXIE}") == 1
    again = cli(*DOWNLOAD, "--yes", "--json")
    assert (again.code, again.json["refused"]["code"]) == (3, "unchanged")
    assert len(list(lab.journal.writes())) == 1


def test_a_download_without_an_answer_is_not_repeated_and_one_that_fails_says_why(cli: Cli, lab: Simulator) -> None:
    lab.faults.lose_answer("/aplinfo", method="POST")
    lost = cli(*DOWNLOAD, "--yes")
    assert (lost.code, "look up its task before trying again" in lost.err) == (75, True), lost
    assert len(list(lab.journal.writes())) == 1
    lab.faults.answer(500, "unable to connect", "/aplinfo", method="POST")
    there = ("templates", "download", "pve2", "local", TRIXIE, "--yes", "--json")
    failed = cli(*there)
    assert (failed.code, "unable to connect" in failed.json["error"]) == (1, True), failed
    lab.faults.clear()
    lab.world.fail_next_task("download", None, "write failed: No space left on device")
    failed = cli(*there)
    assert (failed.code, "free some space there, or choose another storage" in failed.json["error"]) == (1, True)
    assert "Then ask for it again" in failed.json["error"]
    assert cli(*there).code == 0


def test_law_5_a_download_that_is_interrupted_is_followed_by_who_asks_again(cli: Cli, lab: Simulator) -> None:
    hung = lab.faults.hang("/tasks/")
    process = cli.start(*DOWNLOAD, "--yes")
    until(lambda: lab.journal.count("POST", "/aplinfo") and lab.journal.count("GET", "/tasks/"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LONGEST)
    lab.faults.remove(hung)
    assert (process.returncode, "may have been asked for, and its task goes on without us" in said) == (75, True), said
    [_, event] = cli.json("audit")
    task = event["evidence"]["task"]
    assert cli.json(*DOWNLOAD, "--plan")["plan"]["steps"][0].endswith(f"follow its task {task}")
    assert cli.json(*DOWNLOAD, "--yes")["task"] == task
    assert cli.json("audit")[-1]["message"] == f"downloaded local:vztmpl/{TRIXIE} on pve1"
    assert len(list(lab.journal.writes())) == 1
    assert cli(*DOWNLOAD, "--yes", "--json").json["refused"]["code"] == "unchanged"
