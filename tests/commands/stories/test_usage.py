"""Words that make a command, and the plain sentence for those that do not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from proximity_tui import __version__
from proximity_tui.commands import COMMANDS
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

SCREENS = {"textual", "rich"}
NETWORK = {"proxmoxer", "requests", "urllib3"}
DATABASE = {"peewee", "playhouse", "sqlite3"}
DRIVERS = {"psycopg", "psycopg2", "pymysql", "MySQLdb"}
JOBS = {"apscheduler", "sentry_sdk"}
PLANNING = (
    "proximity_tui.core.engine.engine",
    "proximity_tui.core.engine.plan_execution",
    "proximity_tui.core.engine.operations",
    "proximity_tui.core.doctrine.actions.adoption",
    "proximity_tui.core.doctrine.actions.restore",
    "proximity_tui.core.model.actions.plan",
    "proximity_tui.core.proxmox.backups.all_backups",
    "proximity_tui.core.store.alerts.notifications",
    "proximity_tui.core.store.verification",
)
"""What only a process needs that plans, or verifies: none that looks loads it."""
HEAVY = {*SCREENS, *NETWORK, *DATABASE, *DRIVERS, *JOBS, "asyncio"}

RUN = """
import sys
from proximity_tui.__main__ import main
sys.argv[1:] = {words!r}
code = main()
print(code, *sys.modules, file=sys.stderr)
"""


def loaded_by(*words: str) -> tuple[str, set[str]]:
    """What a command prints, and which modules it loads."""
    # Where the coverage is measured, that would load modules of its own.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    run = [sys.executable, "-c", RUN.format(words=words)]
    done = subprocess.run(run, env=environ, capture_output=True, text=True, check=True)
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return done.stdout, set(modules)


@pytest.mark.parametrize("words", [("--help",), ("--version",), *((name, "--help") for name in COMMANDS)], ids=" ".join)
def test_help_and_version_load_nothing_heavy(words: tuple[str, ...]) -> None:
    said, modules = loaded_by(*words)
    assert said
    assert not HEAVY & modules


def test_the_version_needs_no_parser() -> None:
    said, modules = loaded_by("--version")
    assert said == f"proximity-tui {__version__}\n"
    assert not {"argparse", "proximity_tui.cli", "dataclasses", "re"} & modules


def test_help_loads_no_command() -> None:
    modules = loaded_by("--help")[1]
    assert not {"dataclasses", "logging", "pathlib"} & modules
    assert not [one for one in modules if one.startswith(("proximity_tui.core", "proximity_tui.config"))]


@pytest.mark.parametrize(
    "words",
    [("alerts",), ("audit",), ("operations",), ("janitor", "--dry-run"), ("handover",), ("notify", "list")],
    ids=" ".join,
)
def test_a_command_about_our_records_loads_neither_network_nor_screens(cli: Cli, words: tuple[str, ...]) -> None:
    modules = loaded_by("--config", str(cli.config), *words)[1]
    assert "peewee" in modules
    assert not {*SCREENS, *NETWORK, *DRIVERS, *JOBS, "asyncio", "logging.handlers", "difflib"} & modules
    assert words[0] != "alerts" or not {
        one for one in modules if one.startswith((*PLANNING, "proximity_tui.core.fleet."))
    }


@pytest.mark.parametrize(
    "words", [("list",), ("show", "lab/101"), ("reconcile", "--dry-run", "--no-wait")], ids=" ".join
)
def test_a_command_that_reads_clusters_loads_neither_screens_nor_jobs_nor_drivers(
    cli: Cli, adopted: object, words: tuple[str, ...]
) -> None:
    modules = loaded_by("--config", str(cli.config), *words)[1]
    assert {"requests", "peewee"} <= modules
    assert words[0] == "reconcile" or not {one for one in modules if one.startswith(PLANNING)}
    assert not {*SCREENS, *DRIVERS, *JOBS, "asyncio"} & modules


def test_help_names_every_command(cli: Cli) -> None:
    said = cli("--help")
    assert said.code == 0
    assert all(name in said.out for name in COMMANDS)


def test_the_version_is_the_installed_one(cli: Cli) -> None:
    assert cli("--version").out == f"proximity-tui {__version__}\n"


def test_global_options_stand_before_or_after_the_command(cli: Cli, adopted: Any) -> None:
    config = ("--config", str(cli.config))
    for words in ((*config, "list", "--json"), ("list", *config, "--json"), ("--cluster", "lab", "list", "--json")):
        assert [row["vmid"] for row in cli(*words).json] == [101]
    elsewhere = f"sqlite:///{cli.database}.other"
    assert cli("--database", elsewhere, "list", "--json").json == []
    assert cli("list", "--json", "--database", elsewhere).json == []


def test_an_option_before_the_command_survives_it(cli: Cli) -> None:
    assert cli("--read-only", "adopt", "101", "--yes", "--json").json["refused"]["code"] == "read_only"


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",),
        ("list", "--frob"),
        ("list", "--kind", "odd"),
        ("delete", "web1"),
        ("delete", "web1", "--soft", "--hard"),
        ("adopt",),
        ("adopt", "one"),
        ("adopt", "/101"),
        ("adopt", "0", "--yes"),
        ("adopt", "1000000000", "--yes"),
        ("adopt", "99999999999999999999", "--yes"),
        ("alerts", "ack", "99999999999999999999", "--note", "x"),
        ("operations", "resume", "99999999999999999999", "--yes"),
        ("audit", "--last", "99999999999999999999"),
        ("create", "--hostname", "x"),
        ("operations", "resume"),
        ("simulate", "--scenario", "nowhere"),
        ("simulate", "--listen", "here"),
        ("simulate", "--speed", "0"),
        ("--cluster", "prod", "list"),
    ],
    ids=" ".join,
)
def test_what_makes_no_command_ends_with_2_and_a_sentence(cli: Cli, words: tuple[str, ...]) -> None:
    outcome = cli(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.strip()
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("listt",), "there is no listt; did you mean list?"),
        (("list", "--kind", "adoptd"), "there is no adoptd; did you mean adopted?"),
        (("list", "--kind", "x"), "there is no x; there are: native, adopted, unmanaged, template, vm, all,"),
        (("list", "--kind", ""), "argument --kind: it is empty: is a variable not set?"),
        (("adopt", "101", "", "--yes"), "argument VMID: it is empty: is a variable not set?"),
        (("adopt", "101", "--port", " ", "--yes"), "argument --port: it is empty: is a variable not set?"),
        (("top", "--since", ""), "argument --since: it is empty: is a variable not set?"),
        (("simulate", "--listen", ""), "argument --listen: it is empty: is a variable not set?"),
        (("ports", "reserve", "--for", "", "--leads-to", "80"), "argument --for: it is empty: is a variable not set?"),
        (("create", "--template", " ", "--hostname", "x"), "argument --template: it is empty: is a variable not set?"),
        (("ports", "release", "", "--yes"), "'' is not a port: name it by its number"),
        (("alerts", "acc", "1"), "there is no acc; did you mean ack?"),
        (("completion", "tcsh"), "there is no tcsh; there are: bash, zsh, fish, man\n"),
        (("list", "web-1"), "usage: proximity-tui list "),
        (("list", "web-1"), "unrecognized arguments: web-1"),
    ],
    ids=str,
)
def test_a_word_that_is_nearly_right_is_suggested_and_others_are_listed(
    cli: Cli, words: tuple[str, ...], expected: str
) -> None:
    outcome = cli(*words)
    assert (outcome.code, expected in outcome.err) == (2, True), outcome


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("stop lab/101 --plan lab/102", 5),
        ("alerts ack --note seen 7", 5),
        ("alerts --note=seen ack 7", 5),
        ("operations resume --yes 7", 5),
        ("adopt 110 --plan 111 --port 80 112", 0),
        ("set 101 --plan memory=64", 0),
        ("drift accept --note fine 101 --plan", 3),
        ("lint waive --note fine 101 protection_off", 0),
        ("lint unwaive --json -- 101 old_snapshot", 5),
        ("alerts ack 7 --note", 2),
        ("alerts ack 7 --note --json", 2),
        ("alerts ack --nots 7", 2),
        ("audit 101 --last -1", 2),
    ],
)
def test_options_may_stand_between_names(cli: Cli, adopted: Any, words: str, code: int) -> None:
    outcome = cli(*words.split())
    assert outcome.code == code, outcome
    assert "unrecognized arguments" not in outcome.err or "--nots" in outcome.err, outcome


def test_an_abbreviation_is_not_guessed(cli: Cli) -> None:
    assert cli("delete", "web1", "--h", "--ye").code == 2


def test_a_cluster_that_is_nearly_right_is_suggested(cli: Cli) -> None:
    assert "did you mean lab?" in cli("list", "--cluster", "lba").err


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("this is not toml", "not valid TOML"),
        ("[refresh]\nintervall = '10s'", "did you mean refresh.interval?"),
        ('database = "mysql://x/y"', "database"),
        (
            '[clusters.lab]\nurl = "https://x"\ntoken_id = "proximity@pve!tui"\ntoken_secret = "oops"',
            "must not hold the secret",
        ),
    ],
)
def test_a_configuration_that_cannot_be_used(bare: Cli, content: str, expected: str) -> None:
    bare.config.write_text(content)
    for command in (("list",), ("audit",), ("adopt", "101", "--yes")):
        outcome = bare(*command)
        assert outcome.code == 2
        assert expected in outcome.err
        assert "oops" not in outcome.err


def test_without_a_configuration_commands_say_where_it_goes(bare: Cli) -> None:
    outcome = bare("list")
    assert outcome.code == 2
    assert str(bare.config) in outcome.err


def test_a_secret_that_cannot_be_read_is_named_by_its_place(cli: Cli) -> None:
    cli.config.with_name("lab.token").chmod(0o644)
    outcome = cli("adopt", "101", "--yes")
    assert outcome.code == 2
    assert "chmod 600" in outcome.err


@pytest.mark.parametrize("content", [b"this is no database, whatever its name says" * 100])
def test_a_database_that_cannot_be_used(cli: Cli, content: bytes) -> None:
    cli.database.write_bytes(content)
    outcome = cli("list", "--json")
    assert outcome.code == 2
    assert "not an SQLite database" in outcome.json["error"]
    assert outcome.json["error"].count(str(cli.database)) == 1, "the database is named once"


@pytest.mark.parametrize("words", [("alerts",), ("db", "init", "--yes"), ("doctor",)], ids=" ".join)
def test_a_database_that_may_not_even_be_looked_for_is_no_bug(cli: Cli, words: tuple[str, ...]) -> None:
    outcome = cli(*words, "--database", f"sqlite:///{cli.database.parent}/{'x' * 252}.db")
    assert outcome.code in (1, 2)
    assert "File name too long" in outcome.out + outcome.err
    assert "a bug in proximity-tui" not in outcome.out + outcome.err


def test_help_of_db_says_what_each_verb_does(cli: Cli) -> None:
    assert "into an empty one, make a new one, or show its size" in " ".join(cli("--help").out.split())
    said = " ".join(cli("db", "--help").out.split())
    assert all(verb in said for verb in ("copy: copy every row", "init: make a new", "stats: show rows and bytes"))


def test_several_clusters_and_none_named(cli: Cli, lab: Simulator) -> None:
    cli.connect("other", lab)
    outcome = cli("adopt", "101", "--yes")
    assert outcome.code == 2
    assert "choose a cluster with --cluster: lab, other" in outcome.err


def test_the_screens_need_a_terminal(bare: Cli) -> None:
    for words in ((), ("demo",)):
        outcome = bare(*words)
        assert outcome.code == 2
        assert "need a terminal" in outcome.err
        assert "proximity-tui list" in outcome.err


def test_what_nobody_thought_of_is_a_sentence_and_the_place_of_the_log(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("the moon fell down")

    monkeypatch.setattr("proximity_tui.core.fleet.order", explode)
    monkeypatch.setattr("proximity_tui.commands.containers.list.order", explode)
    outcome = cli("list")
    assert outcome.code == 1
    assert outcome.err.count("the moon fell down") == 1
    error = outcome.err.splitlines()[-1]
    assert error.startswith("proximity-tui: unexpected error (a bug in proximity-tui): RuntimeError: the moon")
    assert "Traceback" not in outcome.err
    [place] = [word for word in outcome.err.split() if word.endswith("log-1")]
    assert "the moon fell down" in Path(place).read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "words", [("list", "--kind", "all"), ("list", "--json"), ("show", "nobody", "--json")], ids=" ".join
)
def test_an_answer_that_finds_no_room_is_a_sentence_and_no_traceback(cli: Cli, words: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "proximity_tui", "--config", str(cli.config), *words],
            stdout=full, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    # A first start announces its new database before.
    sentence = done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    expected = (5, "there is no container nobody") if "show" in words else (1, "the output could not be written")
    assert (done.returncode, expected[1] in sentence) == (expected[0], True)


def test_nobody_has_to_read_the_answer(cli: Cli) -> None:
    words = [sys.executable, "-m", "proximity_tui", "--config", str(cli.config), "list"]
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *words], stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0
