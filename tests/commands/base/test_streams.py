"""A command started with streams closed, or by somebody without a home, says so and ends with the right code."""

from __future__ import annotations

import pwd
import subprocess
import sys
from typing import NoReturn

import pytest

from tests.commands.conftest import Cli, environment

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


@pytest.mark.parametrize("host", ["256.1.1.1", f"{'x' * 300}.example", "nobody.invalid", "[::1"])
def test_an_address_that_cannot_be_listened_on_is_an_error_of_usage(bare: Cli, host: str) -> None:
    process = bare.start("simulate", "--listen", f"{host}:0")
    _, told = process.communicate()
    assert (process.returncode, "cannot be listened on" in told) == (2, True), told


@pytest.mark.parametrize("words", [("show",), ("audit",), ("start",), ("alerts", "ack"), ("operations", "resume")])
def test_a_number_of_any_length_is_not_found_or_refused(cli: Cli, words: tuple[str, ...]) -> None:
    more = ("--note", "x") if "ack" in words else ("--yes",) if words[0] in ("start", "operations") else ()
    ended = cli(*words, "9" * 5000, *more)
    assert (ended.code in (2, 5), "unexpected" in ended.err) == (True, False), ended.err[:300]
