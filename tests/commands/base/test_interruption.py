"""Ctrl-C, SIGTERM, SIGHUP and failures in the middle: what was begun stays journaled, and how to go on is told."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.waiting import LONGEST, until

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HARD = ("delete", "web1", "--hard", "--confirm", "web1", "--yes")


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What a command says on stderr until these words have come."""
    assert process.stderr is not None
    said = ""
    while words not in said:
        line = process.stderr.readline()
        assert line, f"it ended before {words!r}: {said}"
        said += line
    return said


@pytest.fixture
def interrupted(cli: Cli, lab: Simulator, native: Any, request: pytest.FixtureRequest) -> tuple[int, str]:
    """A hard delete that was stopped, by Ctrl-C or the signal of the test, while its shutdown was being awaited: exit
    code, stderr.
    """
    hung = lab.faults.hang("/tasks/")
    lab.journal.clear()
    process = cli.start(*HARD)
    until(lambda: lab.journal.count("POST", "/status/shutdown") and lab.journal.count("GET", "/tasks/"))
    process.send_signal(getattr(request, "param", signal.SIGINT))
    _, said = process.communicate(timeout=LONGEST)
    lab.faults.remove(hung)
    return process.returncode, said


@pytest.mark.parametrize("interrupted", SIGNALS, indirect=True)
def test_a_signal_leaves_the_operation_resumable_and_says_how(cli: Cli, interrupted: tuple[int, str]) -> None:
    code, said = interrupted
    assert code == 75
    assert "proximity-tui operations resume 1" in said
    [operation] = cli.json("operations")
    assert (operation["id"], operation["action"], operation["status"]) == (1, "hard-delete", "interrupted")
    [row] = cli.json("list")
    assert row["operation"]["id"] == 1
    assert row["state"] == "removing"
    assert "interrupted" in cli("list").out


def test_who_wants_it_to_outlive_the_terminal_has_its_signal_ignored(
    cli: Cli, lab: Simulator, native: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `nohup` does."""
    hung = lab.faults.hang("/tasks/")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = cli.start(*HARD)
    finally:
        signal.signal(signal.SIGHUP, before)
    until(lambda: lab.journal.count("POST", "/status/shutdown") and lab.journal.count("GET", "/tasks/"))
    process.send_signal(signal.SIGHUP)
    lab.faults.remove(hung)
    process.communicate(timeout=LONGEST)
    assert process.returncode == 0
    assert lab.world.container(native["vmid"]) is None


@pytest.fixture
def killed(cli: Cli, lab: Simulator, native: Any) -> None:
    """A hard delete whose process was killed while it waited for the shutdown: nobody wrote anything down of that."""
    hung = lab.faults.hang("/tasks/")
    lab.journal.clear()
    process = cli.start(*HARD)
    until(lambda: lab.journal.count("POST", "/status/shutdown"))
    process.kill()
    process.communicate(timeout=LONGEST)
    lab.faults.remove(hung)


@pytest.mark.usefixtures("killed")
def test_a_killed_process_is_nowhere_said_to_be_at_work(cli: Cli) -> None:
    said = {
        "list": cli("list").out,
        "show": cli("show", "web1").out,
        "why": cli("why", "web1").out,
        "stop": cli("stop", "web1", "--yes").err,
        "rename": cli("cluster", "rename", "lab", "other", "--yes").err,
        "status": cli.json("list")[0]["operation"]["status"],
    }
    assert {name for name, text in said.items() if "interrupted" not in text} == set(), said
    assert "resume or abandon it" in said["stop"]


@pytest.mark.usefixtures("killed")
def test_an_end_that_cannot_be_written_down_is_listed_all_the_same(cli: Cli) -> None:
    with closing(sqlite3.connect(cli.database, isolation_level=None)) as file:
        file.execute("CREATE TRIGGER full_up BEFORE UPDATE ON operation BEGIN SELECT RAISE(ABORT, 'no room'); END")
    [operation] = cli.json("operations")
    assert (operation["id"], operation["status"]) == (1, "interrupted")


def test_resuming_goes_on_and_asks_for_nothing_twice(
    cli: Cli, lab: Simulator, native: Any, interrupted: tuple[int, str]
) -> None:
    document = cli.json("operations", "resume", "1", "--yes")
    assert (document["success"], document["status"]) == (True, "done")
    assert lab.world.container(native["vmid"]) is None
    assert lab.journal.count("POST", "/status/shutdown") == 1
    assert lab.journal.count("DELETE", "/lxc/") == 1
    assert cli.json("operations") == []
    assert cli("operations", "resume", "1", "--yes").code == 6


def test_abandoning_tells_what_is_and_destroys_nothing(
    cli: Cli, lab: Simulator, native: Any, interrupted: tuple[int, str]
) -> None:
    ended = cli("operations", "abandon", "1", "--yes")
    assert (ended.code, "abandoned" in ended.out, "1/5" in ended.err) == (0, True, False), ended
    assert lab.world.container(native["vmid"]) is not None
    assert lab.journal.count("DELETE", "/lxc/") == 0
    [row] = cli.json("list")
    assert row["operation"] is None
    assert row["state"] in ("running", "stopped")


def test_the_plan_of_a_resume_says_what_it_would_do_and_who_is_there_now(
    cli: Cli, lab: Simulator, native: Any, interrupted: tuple[int, str]
) -> None:
    lab.world.recreate_outside(native["vmid"], hostname="intruder")
    lab.journal.clear()
    plan = cli.json("operations", "resume", "1", "--plan")["plan"]
    assert [step["step"] for step in plan["steps"]][:2] == ["shutdown", "stop"]
    assert "it is not sent again" in plan["steps"][0]["reason"]
    assert f"CT {native['vmid']} is another guest now" in plan["warnings"][0]
    assert "no destroy is recorded" in plan["summary"]
    assert "a SECOND time" not in cli("operations", "resume", "1", "--plan").out
    assert lab.journal.writes() == []


def test_a_lost_destroy_is_sent_again_only_by_its_own_word_and_the_name(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_status(native["vmid"], "stopped")
    lab.faults.drop(f"/lxc/{native['vmid']}$", method="DELETE", times=1)
    process = cli.start(*HARD)
    until(lambda: lab.journal.count("DELETE"))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LONGEST)

    assert cli("operations", "resume", "1", "--yes").code == 75
    again = ("operations", "resume", "1", "--destroy-again")
    for words in ((*again, "--yes"), (*again, "--yes", "--confirm", "web2")):
        refused = cli(*words, "--json")
        assert (refused.code, refused.json["refused"]["code"]) == (3, "confirmation")
    assert "SECOND time" in cli.json(*again, "--plan")["plan"]["steps"][0]["reason"]
    assert lab.journal.count("DELETE") == 1
    assert cli.json(*again, "--yes", "--confirm", "web1")["status"] == "done"
    assert lab.journal.count("DELETE") == 2
    assert lab.world.container(native["vmid"]) is None


def test_what_is_held_by_an_operation_is_nobody_elses(cli: Cli, interrupted: tuple[int, str]) -> None:
    for words in (("start", "web1", "--yes"), HARD):
        outcome = cli(*words, "--json")
        assert (outcome.code, outcome.json["refused"]["code"]) == (6, "busy")


def test_even_what_was_interrupted_can_be_forgotten(cli: Cli, interrupted: tuple[int, str]) -> None:
    assert cli.json("delete", "web1", "--soft", "--yes")["vmid_preserved"]
    assert cli.json("operations") == []


def test_an_operation_that_nobody_knows(cli: Cli) -> None:
    assert cli("operations", "resume", "7", "--yes").code == 5
    assert "no operation is in progress" in cli("operations").err


def test_adopting_many_tells_how_far_it_is_and_what_it_did_when_it_is_interrupted(cli: Cli, lab: Simulator) -> None:
    """Ctrl-C and SIGTERM at once, as from a host that shuts down, while four of six are read."""
    vmids = ("101", "102", "103", "104", "110", "111")
    first, *reading, _ = vmids
    with ExitStack() as held:
        begun = [held.enter_context(held_back(lab, asked("GET", f"/lxc/{vmid}/snapshot"))) for vmid in reading]
        process = cli.start("adopt", *vmids, "--yes", "--json")
        said = read_until(process, f"1/6 lab/{first}: adopted")
        assert "6/6 lab/" in said
        for one in begun:
            assert one.wait(LONGEST)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        read_until(process, "finishing the current adoptions")
    out, rest = process.communicate(timeout=LONGEST)
    assert process.returncode == 75
    document = json.loads(out)
    assert document["interrupted"] is True
    assert [result["success"] for result in document["results"]] == [True, True, True, True, True, False]
    assert document["results"][-1]["untouched"] is True
    assert "5 of 6 adopted" in rest
    assert [row["vmid"] for row in cli.json("list")] == [101, 102, 103, 104, 110]


def test_ctrl_c_before_anything_was_begun(cli: Cli, lab: Simulator) -> None:
    hung = lab.faults.hang("/cluster/resources")
    process = cli.start("adopt", "101", "--yes")
    until(lambda: lab.journal.count("GET", "/cluster/resources"))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=LONGEST) == 75
    lab.faults.remove(hung)
    assert cli.json("list") == []
    assert "lab/101: untouched" in process.communicate()[1]


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(("words", "code"), [(("alerts",), 0), (("start", "nobody", "--yes"), 5)])
def test_a_signal_after_the_answer_changes_neither_it_nor_the_exit_code(
    cli: Cli, words: tuple[str, ...], code: int, number: signal.Signals
) -> None:
    with cli.start(*words, "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        answer = process.stdout.read(1)
        process.send_signal(number)
        answer += process.stdout.read()
        assert (process.wait(LONGEST), process.stderr.read()) == (code, "")
    assert json.loads(answer) is not None


ENDING = """
import atexit, os, signal, sys
from proximity_tui.commands.log import log_setup
closed = log_setup.stop
def signalled(*_):
    if {always} or log_setup._installed:
        os.kill(os.getpid(), {number})
    closed()
if {always}:
    atexit.register(signalled)
else:
    log_setup.stop = signalled
from proximity_tui.__main__ import main
sys.argv[1:] = ["start", "nobody", "--yes", "--json"]
sys.exit(main())
"""
"""A signal while the log is closed, and, with `always`, once there is nothing left but the end of Python."""


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("always", [False, True])
def test_a_signal_while_a_command_that_has_answered_ends_is_none(
    cli: Cli, always: bool, number: signal.Signals
) -> None:
    script = ENDING.format(always=always, number=int(number))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (5, "")
    assert json.loads(done.stdout)["success"] is False


LOADING = """
import os, signal, sys
class CtrlC:
    def find_spec(self, name, path, target=None):
        sys.meta_path.remove(self)
        os.kill(os.getpid(), signal.SIGINT)
from proximity_tui.__main__ import main
# What was started in the background hears no Ctrl-C, and neither do its children: the tests may be.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, CtrlC())
sys.argv[1:] = {words!r}
sys.exit(main())
"""
"""Ctrl-C at the first module that the entry point looks for, whatever that is called."""


@pytest.mark.parametrize(
    ("words", "out", "err"),
    [
        (("list",), "", "proximity-tui: interrupted\n"),
        (("list", "--json"), '{"success": false, "error": "interrupted"}\n', ""),
    ],
)
def test_ctrl_c_while_the_command_line_is_loaded_is_an_ending_like_any_other(
    words: tuple[str, ...], out: str, err: str
) -> None:
    done = subprocess.run([sys.executable, "-c", LOADING.format(words=words)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, out, err)


STUCK = """
import threading, time
from proximity_tui.commands.base import interruption
interruption._HOPELESS = 0.0
lock = threading.Lock()
lock.acquire()
def tick():
    print("stuck", flush=True)
    lock.acquire()
interruption.watched(lambda: time.sleep(3600), tick=tick)
"""


def test_who_interrupts_again_and_again_ends_also_what_reacts_to_nothing() -> None:
    """As where nobody reads stderr any more, and whoever prints waits for ever."""
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stuck\n"

        def ended() -> bool:
            process.send_signal(signal.SIGTERM)
            return process.poll() is not None

        try:
            until(ended)
        finally:
            process.kill()
    assert process.returncode == -signal.SIGTERM


GOODBYE = """
import sys, time
from proximity_tui.commands.base import interruption
interruption._AT_ONCE = interruption._HOPELESS = 0.0
try:
    interruption.watched(lambda: (print("at work", flush=True), time.sleep(3600)))
except interruption.CommandInterrupted:
    print("ends", flush=True)
    sys.stdin.readline()
    print("ended")
"""


def test_a_command_that_ends_gives_its_answer_however_often_it_is_interrupted() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", GOODBYE], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "ends\n"
        for _ in range(5):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.01)
        assert process.communicate("\n")[0] == "ended\n"
    assert process.returncode == 0
