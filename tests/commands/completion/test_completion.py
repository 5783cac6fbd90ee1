"""Shell completion and the manual page: made from the parser, so that neither forgets a command or an option."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.commands import COMMANDS
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.completion.command_tree import ValueKind, commands, program
from proximity_tui.last_list.completion_names import names_file
from proximity_tui.simulator import SCENARIOS, Simulator
from tests.commands.conftest import TEMPLATE, Cli

SHELLS = ("bash", "zsh", "fish")


def test_the_tree_has_every_command_with_what_its_options_take() -> None:
    found = {command.name: command for command in commands()}
    assert list(found) == list(COMMANDS)
    kind = next(one for one in found["list"].options if one.flags == ("--kind",))
    assert (kind.takes, {"native", "adopted"} <= set(kind.words)) == (ValueKind.WORDS, True)
    assert next(one for one in found["list"].options if one.flags == ("--json",)).takes is None
    for name in ("demo", "simulate"):
        scenario = next(one for one in found[name].options if one.flags == ("--scenario",))
        assert (scenario.takes, scenario.words) == (ValueKind.WORDS, tuple(SCENARIOS))
    assert [one.takes for one in found["show"].arguments] == [ValueKind.CONTAINER]
    assert {one.takes for one in program().options if one.flags in (("--config",), ("--cluster",))} == {
        ValueKind.FILE,
        ValueKind.CLUSTER,
    }


@pytest.mark.parametrize("shell", [*SHELLS, "man"])
def test_every_command_and_option_is_in_each(cli: Cli, shell: str) -> None:
    text = cli("completion", shell).out.replace("\\-", "-")
    missing = [command.name for command in commands() if command.name not in text]
    assert not missing
    for command in commands():
        for option in command.options:
            long = next(flag for flag in option.flags if flag.startswith("--"))
            assert (f"-l {long[2:]} " if shell == "fish" else long) in text, (command.name, long)


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_can_read_its_script(cli: Cli, shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    script = tmp_path / "script"
    script.write_text(cli("completion", shell).out)
    assert subprocess.run([shell, "-n", str(script)], capture_output=True, text=True).stderr == ""


def test_zsh_is_told_the_help_as_it_is_written(cli: Cli) -> None:
    text = cli("completion", "zsh").out
    assert "'--config=[the configuration to use]:FILE:_files'" in text
    assert r"tag\:dev node\:pve3 !status\:stopped mem\:>1G" in text
    assert r"'adopt:adopt existing containers\: manage them from now on'" in text
    assert r":HOST\:PORT: '" in text
    assert r"'*:\[accept|revert\] CONTAINER:" in text


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("sh",), {"show", "shutdown"}),
        (("show", ""), {"web-1"}),
        (("stop", "web"), {"web-1"}),
        (("--cluster", ""), {"lab"}),
        (("--cluster", "top", "stop", "web"), {"web-1"}),
        (("list", "--kind", "=", "nat"), {"native"}),
        (("migrate", "web-1", "--node", "="), {"pve1", "pve2", "pve3"}),
        (("set", "web-1", "memory", "="), set()),
        (("notify", ""), {"list", "test"}),
        (("delete", "--h"), {"--hard", "--help"}),
        (("delete", "--confirm", ""), set()),
        (("show", "lab/1"), {"lab/101"}),
        (("drift", "we"), {"web-1"}),
        (("adopt", "10"), {"102", "103", "104"}),
        (("adopt", "lab/10"), {"lab/102", "lab/103", "lab/104"}),
        (("create", "--node", ""), {"pve1", "pve2", "pve3"}),
        (("create", "--bridge", ""), {"vmbr0"}),
        (("migrate", "web-1", "--node", "pve2"), {"pve2"}),
        (("create", "--template", "local", ":", "vztmpl/debian-12"), {TEMPLATE.removeprefix("local:")}),
        (("connect", "--retrust", ""), {"lab"}),
        (("snapshot", ""), {"list", "take", "delete", "rollback"}),
        (("snapshot", "take", ""), {"web-1"}),
        (("snapshot", "take", "--name", "before", ""), {"web-1"}),
        (("cluster", "rename", ""), {"lab"}),
        (("alerts", "ack", ""), set()),
        (("completion", ""), {"bash", "zsh", "fish", "man"}),
    ],
)
def test_bash_offers_what_fits(
    cli: Cli, adopted: dict[str, Any], words: tuple[str, ...], offered: set[str], tmp_path: Path
) -> None:
    cli.json("list")
    if "--template" in words:
        cli.json("templates")
    assert offered_by_bash(cli, words, tmp_path) == offered


@pytest.mark.parametrize("named", [("--config", "other.toml"), ("--config", "=", "other.toml")])
def test_the_names_are_those_of_the_configuration_of_the_line(
    cli: Cli, adopted: dict[str, Any], named: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "other.toml").write_text(cli.config.read_text().replace("proximity.db", "other.db"))
    cli.json("--config", "other.toml", "adopt", "102", "--yes")
    assert offered_by_bash(cli, (*named, "stop", ""), tmp_path) == {"web-2"}
    assert offered_by_bash(cli, ("stop", *named, "web"), tmp_path) == {"web-2"}
    assert offered_by_bash(cli, ("--database", "sqlite:///other.db", "stop", ""), tmp_path) == {"web-2"}
    assert offered_by_bash(cli, ("stop", ""), tmp_path) == {"web-1"}


def offered_by_bash(cli: Cli, words: tuple[str, ...], tmp_path: Path) -> set[str]:
    """Return what bash offers for the last word."""
    script, folder = tmp_path / "script", tmp_path / "bin"
    script.write_text(cli("completion", "bash").out)
    folder.mkdir(exist_ok=True)
    (folder / "proximity-tui").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m proximity_tui "$@"\n')
    (folder / "proximity-tui").chmod(0o755)
    ask = (
        'source "$1"; shift; COMP_WORDS=(proximity-tui "$@"); COMP_CWORD=$#; _proximity_tui;'
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": os.getcwd(),
        "PROXIMITY_TUI_CONFIG": str(cli.config),
    }
    found = subprocess.check_output(["bash", "-c", ask, "bash", str(script), *words], text=True, env=environment)
    return set(found.split())


@pytest.mark.parametrize("name", ["a;reboot", "a&b", "a|b", "a>b", "$(a)", "a b", "a*", "!a"])
def test_a_name_that_a_shell_would_obey_is_not_offered(cli: Cli, adopted: dict[str, Any], name: str) -> None:
    with closing(sqlite3.connect(cli.database)) as database, database:
        database.execute("UPDATE container SET name = ?", (name,))
    assert cli("completion", "containers").out == ""


@pytest.mark.parametrize("what", ["bash", "zsh", "fish", "man"])
def test_a_word_behind_the_shell_is_a_usage_error(bare: Cli, what: str) -> None:
    ended = bare("completion", what, "extra")
    assert (ended.code, ended.out, ended.err) == (2, "", "proximity-tui: unrecognized arguments: extra\n")


def test_the_manual_has_every_exit_code(cli: Cli) -> None:
    page = cli("completion", "man").out
    assert [code for code in Exit if f"\\fB{code}\\fR\n" not in page] == []


def test_of_a_name_that_two_have_each_is_offered_with_its_cluster(cli: Cli) -> None:
    with Simulator("demo", seed=2) as far:
        cli.connect("far", far)
        cli.json("adopt", "lab/101", "far/101", "lab/102", "--yes")
        assert cli("completion", "containers").out.split() == ["far/101", "lab/101", "web-2"]


def test_what_is_not_managed_is_offered_as_the_last_list_had_it_without_asking(cli: Cli, lab: Simulator) -> None:
    assert cli("completion", "unmanaged").out == ""
    known = {str(row["vmid"]) for row in cli.json("list", "--kind", "unmanaged")}
    asked = lab.journal.count()
    assert set(cli("completion", "unmanaged").out.split()) == known
    assert set(cli("completion", "unmanaged", "lab/1").out.split()) == {f"lab/{vmid}" for vmid in known}
    assert set(cli("completion", "storages").out.split()) >= {"local"}
    assert lab.journal.count() == asked
    cli.disconnect("lab")
    assert cli("completion", "unmanaged").out == ""


def test_with_two_clusters_a_vmid_is_offered_with_its_cluster(cli: Cli) -> None:
    with Simulator("demo", seed=2) as far:
        cli.connect("far", far)
        cli.json("list")
        assert {"far/101", "lab/101"} <= set(cli("completion", "unmanaged").out.split())


def test_a_read_only_list_leaves_no_names(cli: Cli, adopted: dict[str, Any]) -> None:
    place = names_file(f"sqlite:///{cli.database}")
    assert place is not None
    place.unlink(missing_ok=True)
    cli("--read-only", "list")
    assert not place.exists()
    cli("list")
    assert place.exists()


def test_names_are_asked_for_in_silence_whatever_is_wrong(bare: Cli) -> None:
    outcome = bare("completion", "containers")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
