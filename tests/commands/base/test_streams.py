"""A command started with streams closed, or by somebody without a home, says so and ends with the right code.

A person at a real terminal: they see the plan, are asked, and only a yes, or the very name, goes on.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from select import PIPE_BUF
from typing import Any, NoReturn

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli, environment
from tests.commands.person import at_terminal
from tests.support.timing.waiting import LONGEST

CREATE = "create --template local:vztmpl/x.tar --hostname web1"


@pytest.mark.parametrize(
    ("command", "closed", "code", "told"),
    [
        (CREATE, "<&-", 3, "refused (confirmation)"),
        ("", "<&-", 2, "the screens need a terminal"),
        ("list --json", ">&-", 0, ""),
        ("--config nosuch.toml list --json", ">&-", 2, ""),
        ("nosuch", "2>&-", 2, ""),
        ("list", "<&- >&- 2>&-", 0, ""),
    ],
)
def test_a_closed_stream_is_no_error_of_the_program(cli: Cli, command: str, closed: str, code: int, told: str) -> None:
    line = f"exec {sys.executable} -m proximity_tui {command} {closed}"
    ended = subprocess.run(["sh", "-c", line], env=environment(), capture_output=True, text=True, check=False)
    assert (ended.returncode, told in ended.stderr) == (code, True), ended
    assert "unexpected" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


STALLED = """
import os, signal, sys, threading, time
from proximity_tui.commands.printed import output
document = output.document
def terminate():
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGTERM)
def timed(*content, **options):
    threading.Thread(target=terminate, daemon=True).start()
    document(*content, **options)
output.document = timed
from proximity_tui.__main__ import main
sys.argv[1:] = ["start", "nobody", "--yes", "--json"]
sys.exit(main())
"""
"""A command that gets SIGTERM a moment after it has begun to print its document, as from `timeout 30`."""


STALLED_SIMULATOR = """
import os, signal, sys
from proximity_tui.simulator import simulator
select = simulator.select
def terminated(*streams):
    os.kill(os.getpid(), signal.SIGTERM)
    return select(*streams)
simulator.select = terminated
from proximity_tui.__main__ import main
sys.argv[1:] = ["simulate", "--scenario", "empty"]
sys.exit(main())
"""


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """The number of a pipe that takes no more, as of a reader that has stalled."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(PIPE_BUF))
    os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


def test_a_command_whose_reader_has_stalled_is_ended_by_sigterm(cli: Cli, full_pipe: int) -> None:
    ended = subprocess.run([sys.executable, "-c", STALLED], stdout=full_pipe, timeout=LONGEST, check=False)
    assert ended.returncode == -signal.SIGTERM


def test_a_simulator_whose_reader_has_stalled_is_ended_by_sigterm(full_pipe: int) -> None:
    ended = subprocess.run([sys.executable, "-c", STALLED_SIMULATOR], stdout=full_pipe, timeout=LONGEST, check=False)
    assert ended.returncode == 0


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a user who has neither a home nor a name, as a service in a container may be."""

    def unknown(*_: object) -> NoReturn:
        raise KeyError("uid not found")

    for name in ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "PROXIMITY_TUI_CONFIG", "PROXIMITY_TUI_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("getpwuid", "getpwnam"):
        monkeypatch.setattr(pwd, name, unknown)


def test_a_user_without_a_home_is_told_what_to_set(bare: Cli, nobody: None) -> None:
    ended = bare("list")
    assert (ended.code, "has no home directory for config files: set HOME or" in ended.err) == (2, True), ended


def test_a_user_without_a_home_can_work_where_every_place_is_named(cli: Cli, nobody: None) -> None:
    named = ("--config", str(cli.config), "--database", f"sqlite:///{cli.config.parent}/proximity.db")
    assert cli(*named, "list", "--kind", "all").code == 0


@pytest.mark.parametrize("option", ["--config", "--database"])
def test_the_home_of_nobody_is_an_error_of_usage(cli: Cli, option: str) -> None:
    value = {"--config": "~nosuchuser/x.toml", "--database": "sqlite:///~nosuchuser/x.db"}[option]
    ended = cli(option, value, "list")
    assert (ended.code, f"{option} begins with ~nosuchuser, but there is no user nosuchuser" in ended.err) == (2, True)


@pytest.mark.parametrize("host", ["256.1.1.1", f"{'x' * 300}.example", "nobody.invalid", "[2001:db8::1]"])
def test_an_address_that_cannot_be_listened_on_is_an_error_of_usage(bare: Cli, host: str) -> None:
    process = bare.start("simulate", "--listen", f"{host}:0")
    _, told = process.communicate()
    assert (process.returncode, "cannot be listened on" in told) == (2, True), told


@pytest.mark.parametrize("words", [("show",), ("audit",), ("start",), ("alerts", "ack"), ("operations", "resume")])
def test_a_number_of_any_length_is_not_found_or_refused(cli: Cli, words: tuple[str, ...]) -> None:
    more = ("--note", "x") if "ack" in words else ("--yes",) if words[0] in ("start", "operations") else ()
    ended = cli(*words, "9" * 5000, *more)
    assert (ended.code in (2, 5), "unexpected" in ended.err) == (True, False), ended.err[:300]


def test_the_plan_comes_before_the_question(cli: Cli) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("Adopt it? [y/N] ")
        assert "adopt web-1 (CT 101 on pve1, running)" in person.seen
        assert "1. capture: " in person.seen
        person.type("y")
        assert person.end() == 0
    assert [row["vmid"] for row in cli.json("list")] == [101]


@pytest.mark.parametrize("answer", ["", "n", "nope", "yess"])
def test_anything_but_yes_is_a_no(cli: Cli, answer: str) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("[y/N] ")
        person.type(answer)
        assert person.end() == 3
        assert "not confirmed: nothing was done" in person.seen
    assert cli.json("list") == []


def test_a_hard_delete_asks_for_the_name(cli: Cli, lab: Simulator, native: Any) -> None:
    for typed, code in (("y", 3), ("web", 3), ("web1 ", 3), ("web1", 0)):
        with at_terminal("delete", "web1", "--hard") as person:
            person.read_until("Type web1 to confirm: ")
            assert "3. destroy: inspect it again, quorum and config last" in person.seen
            person.type(typed)
            assert person.end() == code
    assert lab.journal.count("DELETE", "/lxc/") == 1


def test_progress_is_told_step_by_step(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_ignores_shutdown(native["vmid"])
    with at_terminal("delete", "web1", "--hard", "--confirm", "web1", "--yes") as person:
        person.read_until("1/5 shut down: ")
        assert person.end() == 0
        assert "destroyed web1" in person.seen


def test_end_of_input_is_a_no(cli: Cli) -> None:
    with at_terminal("adopt", "101") as person:
        person.read_until("[y/N] ")
        os.write(person._terminal, b"\x04")
        assert person.end() == 3
