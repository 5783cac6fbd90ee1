"""`backup` and `backups`: one container or several, the plan, what the storages list, and what they do not."""

from __future__ import annotations

import pytest

from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.commands.conftest import Cli
from tests.commands.person import at_terminal

pytestmark = pytest.mark.usefixtures("adopted")

TO = ("--storage", "backups")


def test_the_plan_is_shown_and_nothing_is_done(cli: Cli, lab: Simulator) -> None:
    lab.journal.clear()
    plan = cli.json("backup", "101", *TO, "--mode", "stop", "--plan")["plan"]
    assert [step["step"] for step in plan["steps"]] == ["back_up", "prove_backup"]
    assert "mode stop" in plan["steps"][0]["reason"]
    assert lab.journal.writes() == []


def test_it_is_made_and_listed(cli: Cli) -> None:
    before = cli.json("backups", "101")["backups"]
    ended = cli("backup", "101", *TO, "--note", "by hand", "--protect", "--yes", "--json")
    made = ended.json
    assert ended.err == "", "a program reads no progress"
    assert (made["success"], made["action"], made["vmid"]) == (True, "backup", 101)
    listed, *kept = cli.json("backups", "101")["backups"]
    assert kept == before
    assert (listed["volume"], listed["note"], listed["protected"]) == (made["backup"], "by hand", True)
    assert (listed["storage"], listed["owner"], listed["verified"]) == ("backups", "ours", None)
    header, line, *_ = cli("backups", "101").out.splitlines()
    assert header.split()[:4] == ["MADE", "AGE", "SIZE", "STORAGE"]
    assert made["backup"] in line


def test_several_are_backed_up_each_with_its_own_result(cli: Cli, lab: Simulator) -> None:
    assert cli("adopt", "104", "--yes").code == 0
    lab.world.fail_next_task("vzdump", 104, "no space left on device")
    ended = cli("backup", "--filter", "vmid:>0", *TO, "--yes", "--json")
    results = {one["vmid"]: (one["success"], one["backup"] is not None) for one in ended.json["results"]}
    assert results == {101: (True, True), 104: (False, False)}
    assert ended.code == 1


def test_a_terminal_sees_the_log_of_the_task_and_how_long_it_runs(cli: Cli, lab: Simulator) -> None:
    lab.world.hang_next_task("vzdump", 101)
    with at_terminal("backup", "101", *TO, "--yes") as person:
        person.read_until("      INFO: Starting Backup of VM 101 (lxc)")
        person.read_until("\r  1/2 back up: running for ")
        lab.world.let_hanging_task_go_on("vzdump", 101)
        person.read_until("      INFO: Backup job finished successfully")
        assert person.end() == 0
    assert "\r\x1b[K      INFO: " in person.seen, "no line stands behind what is shown of the running step"
    told = person.seen.splitlines()
    assert [line for line in told if "/2 " in line and "running" not in line] == [
        "  1/2 back up: done",
        "  2/2 verify backup: done",
    ]


def test_without_an_answer_nothing_is_backed_up(cli: Cli, lab: Simulator) -> None:
    lab.journal.clear()
    refused = cli("backup", "101", *TO, "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "confirmation")
    assert lab.journal.writes() == []


def test_an_empty_list_says_none_only_where_the_backups_would_be_shown(cli: Cli, lab: Simulator) -> None:
    with lab.world.entered() as cluster:
        cluster.storages["backups"].files.clear()
    assert cli("backups", "101").err.strip().startswith("there is no backup of web-1")
    lab.set_acl(lab.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    ended = cli("backups", "101")
    assert "whether there is a backup of web-1" in ended.err
    assert "there is no backup" not in ended.err
    found = cli.json("backups", "101")
    assert (found["complete"], {gap["code"] for gap in found["gaps"]}) == (False, {"no_right"})


def test_the_containers_that_no_job_covers_are_listed_where_that_may_be_read(cli: Cli, lab: Simulator) -> None:
    assert "every managed container is in a backup job" in cli("backups", "--uncovered").err
    with lab.world.entered() as cluster:
        cluster.backup_jobs.clear()
    assert "web-1 (adopted, CT 101 on pve1) is in no backup job" in cli("backups", "--uncovered").out
    assert [one["vmid"] for one in cli.json("backups", "--uncovered")["uncovered"]] == [101]
    lab.set_acl(lab.token_id, {"/": PRIVILEGES - {"Sys.Audit"}})
    ended = cli("backups", "--uncovered", "--json")
    assert ended.code == 4
    assert (ended.json["uncovered"], "Sys.Audit on /" in ended.json["unknown"]["lab"]) == ([], True)


def test_law_2_a_container_that_our_token_may_not_see_is_not_said_to_be_in_a_job(cli: Cli, lab: Simulator) -> None:
    with lab.world.entered() as cluster:
        cluster.backup_jobs.clear()
    lab.set_acl(lab.token_id, {"/": ["Sys.Audit"]})
    ended = cli("backups", "--uncovered")
    assert ended.code == 4
    assert "every managed container" not in ended.err
    assert "our token may not see web-1 (adopted, CT 101 on pve1) (needs VM.Audit on /vms)" in ended.err


def test_backups_of_nothing_is_a_usage_error(cli: Cli) -> None:
    assert cli("backups").code == 2
    assert cli("backups", "101", "--uncovered").code == 2
