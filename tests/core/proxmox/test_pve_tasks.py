"""Tasks: how they stand, what they logged, which there were, and waiting for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.proxmox import errors
from tests.core.proxmox.scripted import DROP, ok, raw, refused
from tests.support.records.permits import permit_to

UPID = "UPID:pve1:0000063C:00045CFE:6B03F131:vzstart:107:labadmin@pve!full:"
OLD = "UPID:pve1:00000001:00000001:60000000:vzstart:101:root@pam:"
STARTED = datetime.fromtimestamp(0x6B03F131, UTC)
RUNNING = ok({"status": "running", "upid": UPID})
ENDED = ok({"status": "stopped", "exitstatus": "OK", "upid": UPID})
NO_SUCH = refused(400, "Parameter verification failed.", {"data": None, "errors": {"upid": "no such task"}})


def test_a_task_runs_and_then_has_an_exit_status(serve, gateway_to):
    client = gateway_to(serve(RUNNING, ENDED))
    running, ended = client.task(UPID), client.task(UPID)
    assert (running.running, running.exitstatus, running.succeeded) == (True, None, False)
    assert (ended.running, ended.exitstatus, ended.succeeded) == (False, "OK", True)
    assert (ended.node, ended.type, ended.id, ended.user) == ("pve1", "vzstart", "107", "labadmin@pve!full")
    assert ended.started_at == STARTED


@pytest.mark.parametrize(
    ("exitstatus", "succeeded"),
    [("WARNINGS: 1", True), ("unexpected status", False), ("startup for container '107' failed", False)],
)
def test_warnings_are_success_and_everything_else_is_not(serve, gateway_to, exitstatus, succeeded):
    task = gateway_to(serve(ok({"status": "stopped", "exitstatus": exitstatus}))).task(UPID)
    assert (task.exitstatus, task.succeeded) == (exitstatus, succeeded)


def test_a_task_is_asked_about_on_its_own_node(serve, gateway_to):
    server = serve(ENDED)
    gateway_to(server).task(UPID.replace("pve1", "pve2"))
    assert server.lines[0].startswith("GET /api2/json/nodes/pve2/tasks/UPID:pve2:")


def test_a_task_that_was_rotated_away_is_stopped_and_its_end_not_known(lab, client):
    task = client.task(OLD)
    assert (task.running, task.exitstatus, task.succeeded) == (False, None, False)


@pytest.mark.parametrize(
    "reply",
    [ok(None), ok([]), ok({}), ok({"status": "paused"}), ok({"status": "stopped", "exitstatus": [1]}), raw(b"<p>")],
)
def test_a_task_that_makes_no_sense_is_unknown(serve, gateway_to, reply):
    with pytest.raises(errors.Unknown, match="malformed"):
        gateway_to(serve(reply)).task(UPID)


def test_what_is_not_a_task_id_is_never_asked_about(serve, gateway_to):
    server = serve(ENDED)
    client = gateway_to(server)
    for ask in (client.task, client.task_log, lambda upid: client.wait_task(upid, 1)):
        with pytest.raises(errors.InvalidName, match="not a task id"):
            ask("UPID:pve1/../../x:")
    assert server.connections == 0


def test_a_log_is_read_from_a_line_on_and_plain(serve, gateway_to):
    server = serve(ok([{"n": 3, "t": "\x1b[31mred\x1b[0m"}, {"n": 4, "t": "TASK OK"}]))
    assert gateway_to(server).task_log(UPID, start=2) == ("␛[31mred␛[0m", "TASK OK")
    assert "start=2&limit=500" in server.lines[0]


def test_a_long_log_is_read_to_its_end_page_by_page(lab, client):
    upid = client.start(permit_to(client, WriteAction.START, 102, "pve2"))
    client.wait_task(upid, 10)
    with lab.world.entered() as cluster:
        log = next(one for one in cluster.tasks.all if one.upid == upid).log
        log += [f"line {number}" for number in range(1700)]
        lines = tuple(log)
    assert client.rest_of_task_log(upid) == lines
    assert client.rest_of_task_log(upid, 1200) == lines[1200:]
    assert client.rest_of_task_log(upid, len(lines)) == ()


def test_lines_that_no_task_wrote_are_no_log(client, serve, gateway_to):
    assert client.task_log(OLD) == ()
    assert gateway_to(serve(ok([{"n": 1, "t": "no content"}]))).task_log(UPID) == ()


@pytest.mark.parametrize("rows", [None, {}, ["a line"], "log"])
def test_a_log_that_makes_no_sense_is_unknown(serve, gateway_to, rows):
    with pytest.raises(errors.Unknown, match="malformed"):
        gateway_to(serve(ok(rows))).task_log(UPID)


def test_tasks_are_found_by_guest_newest_first(lab, client, clock):
    started = client.start(permit_to(client, WriteAction.START, 102, "pve2"))
    client.wait_task(started, 10)
    stopped = client.stop(permit_to(client, WriteAction.STOP, 102, "pve2"))
    client.wait_task(stopped, 10)
    found = client.find_tasks("pve2", 102)
    assert [task.upid for task in found] == [stopped, started]
    assert all(task.user == lab.token_id and task.succeeded and task.ended_at for task in found)
    assert client.find_tasks("pve2", 999) == ()


def test_lists_tell_running_from_ended_in_their_own_way(serve, gateway_to):
    def row(pid, **more):
        return {"upid": UPID.replace("0000063C", f"{pid:08X}"), **more}

    rows = [
        row(1, status="RUNNING", user="labadmin@pve!full"),
        row(2, user="labadmin@pve"),
        row(3, status="OK", endtime=0x6B03F132, user="labadmin@pve", tokenid="full"),
        row(4, status="no space\nleft", endtime=0x6B03F133),
    ]
    found = {task.upid[10:18]: task for task in gateway_to(serve(ok(rows))).find_tasks("pve1")}
    assert [found[f"{pid:08X}"].running for pid in (1, 2, 3, 4)] == [True, True, False, False]
    assert [found[f"{pid:08X}"].exitstatus for pid in (1, 2, 3, 4)] == [None, None, "OK", "no space␊left"]
    assert {task.user for task in found.values()} == {"labadmin@pve!full"}
    assert found["00000003"].ended_at == datetime.fromtimestamp(0x6B03F132, UTC)


@pytest.mark.parametrize("rows", [None, {}, [5], [{"upid": "no"}], [{}]])
def test_a_list_of_tasks_that_makes_no_sense_is_unknown(serve, gateway_to, rows):
    with pytest.raises(errors.Unknown, match="malformed"):
        gateway_to(serve(ok(rows))).find_tasks("pve1")


def test_waiting_asks_less_and_less_often(serve, gateway_to, clock):
    task = gateway_to(serve(*[RUNNING] * 8, ENDED)).wait_task(UPID, 60)
    assert task.succeeded
    assert len(clock.slept) == 8
    assert clock.slept[0] == pytest.approx(0.3)
    assert clock.slept == sorted(clock.slept)
    assert max(clock.slept) <= 2.0


def test_waiting_ends_with_the_timeout_and_says_that_it_still_runs(serve, gateway_to, clock):
    task = gateway_to(serve(RUNNING)).wait_task(UPID, 10)
    assert (task.running, task.exitstatus) == (True, None)
    assert sum(clock.slept) == pytest.approx(10, abs=1)


def test_a_task_that_ended_just_before_the_timeout_is_not_missed(serve, gateway_to):
    assert gateway_to(serve(ENDED)).wait_task(UPID, 0).succeeded


def test_waiting_outlives_an_outage(serve, gateway_to):
    outage = [DROP, DROP, refused(596, "Connection timed out"), raw(b"<html>"), refused(500, "got timeout")]
    assert gateway_to(serve(RUNNING, *outage, RUNNING, ENDED)).wait_task(UPID, 60).succeeded


def test_every_answer_makes_patience_new(serve, gateway_to):
    outage = [refused(596, "Connection timed out")] * 12
    heard = []
    client = gateway_to(serve(*outage, RUNNING, *outage, ENDED))
    assert client.wait_task(UPID, 600, lambda error: heard.append(error and error.sentence)).succeeded
    silence = "lab: reading tasks of node pve1: no usable answer: 596 Connection timed out"
    assert heard == [silence, None, silence, None], "told once, when it begins and when it ends"


def test_waiting_gives_up_after_a_minute_in_which_nothing_can_be_read(serve, gateway_to, clock):
    """However long each reading takes: a dead node answers after seconds, or not at all."""
    server = serve(RUNNING, refused(595, "No route to host"))
    with pytest.raises(errors.Unknown):
        gateway_to(server).wait_task(UPID, 3600)
    assert sum(clock.slept) < 63


@pytest.mark.parametrize("reply", [refused(401, "Authentication failed!"), refused(403, "Permission check failed")])
def test_waiting_does_not_wait_for_rights(serve, gateway_to, reply):
    server = serve(reply)
    with pytest.raises(errors.ProxmoxError):
        gateway_to(server).wait_task(UPID, 60)
    assert len(server.requests) == 1


def test_a_failed_task_is_an_answer_and_no_error(lab, client):
    lab.world.fail_next_task("vzstart", 102, "startup for container '102' failed")
    task = client.wait_task(client.start(permit_to(client, WriteAction.START, 102, "pve2")), 10)
    assert (task.succeeded, task.exitstatus) == (False, "startup for container '102' failed")


def test_a_task_that_is_forgotten_while_we_wait_is_over_and_its_end_not_known(serve, gateway_to):
    task = gateway_to(serve(RUNNING, NO_SUCH)).wait_task(UPID, 60)
    assert (task.running, task.exitstatus) == (False, None)


def test_what_a_proxmox_lists_beyond_the_question_is_not_taken_for_an_answer(serve, gateway_to):
    ours = {"upid": UPID, "id": "107", "status": "OK", "endtime": 0x6B03F132}
    another = {"upid": UPID.replace(":107:", ":108:"), "id": "108", "status": "RUNNING"}
    running = {"upid": UPID.replace("vzstart", "vzdestroy"), "id": "107", "status": "RUNNING"}
    foreign = {"upid": "what only some plugin understands", "id": "somewhere"}
    client = gateway_to(serve(ok([ours, another, running, foreign])))
    assert {task.type for task in client.find_tasks("pve1", 107)} == {"vzstart", "vzdestroy"}
    assert [task.type for task in client.find_tasks("pve1", 107, source="active")] == ["vzdestroy"]


def test_a_token_that_a_list_names_beside_the_user_belongs_to_him(serve, gateway_to):
    upid = UPID.replace("labadmin@pve!full", "labadmin@pve")

    def user_of(**told):
        [task] = gateway_to(serve(ok([{"upid": upid, "id": "107", **told}]))).find_tasks("pve1", 107)
        return task.user

    assert user_of(user="labadmin@pve", tokenid="full") == "labadmin@pve!full"
    assert user_of(user="labadmin@pve!full") == "labadmin@pve!full"
    assert user_of(user="labadmin@pve") == "labadmin@pve"
    assert user_of(user="somebody@pve", tokenid="full") == "labadmin@pve"
    assert user_of() == "labadmin@pve"


@pytest.mark.parametrize("lost", ["unexpected status", "unable to read tail (got 0 bytes)", None])
def test_a_task_whose_end_got_lost_did_not_fail(serve, gateway_to, lost):
    task = gateway_to(serve(ok({"status": "stopped", "exitstatus": lost}))).task(UPID)
    assert (task.failed, task.succeeded) == (False, False)


def test_a_task_fails_in_words_only(serve, gateway_to):
    def failed(exitstatus):
        return gateway_to(serve(ok({"status": "stopped", "exitstatus": exitstatus}))).task(UPID).failed

    assert failed("unable to open file '/etc/pve/nodes/pve1/lxc/107.conf.tmp.248' - Permission denied")
    assert not failed("OK")
    assert not failed("WARNINGS: 1")


def test_a_rotated_task_is_known_by_the_message_too(serve, gateway_to):
    gone = refused(400, "Bad Request", {"data": None, "message": "no such task\n"})
    assert not gateway_to(serve(gone)).task(UPID).running
