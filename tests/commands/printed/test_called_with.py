"""A command that a sentence advises works as written: it is about the configuration and the database of this call."""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.called_with import take_options_of
from proximity_tui.core.base.advised_commands import as_called
from tests.commands.conftest import Cli


@pytest.fixture
def called() -> Iterator[None]:
    """A call with a configuration of its own, over before the next test."""
    take_options_of(Namespace(config=Path("my pve.toml"), database=None))
    yield
    take_options_of(Namespace(config=None, database=None))


def advised_in(text: str) -> list[str]:
    """The words of the command that stands in backticks."""
    return shlex.split(text.split("`")[1])


def test_an_advised_command_names_the_configuration_of_the_call_and_works(cli: Cli, adopted: object) -> None:
    named = ("--config", str(cli.config))
    sentence = cli(*named, "start", "110", "--yes").err
    assert advised_in(sentence) == ["proximity-tui", *named, "show", "110"]
    assert cli(*advised_in(sentence)[1:]).code == 0
    assert cli(*named, "start", "110", "--yes", "--json").json["error"] in sentence
    assert advised_in(cli("start", "110", "--yes").err) == ["proximity-tui", "show", "110"], "the next call names none"


def test_a_refusal_and_the_advice_of_the_doctor_name_it_too(cli: Cli, adopted: object) -> None:
    cli.config.write_text(cli.config.read_text() + "\nproduction = true\n")
    named = ("--config", str(cli.config), "--database", f"sqlite:///{cli.database}")
    refused = cli(*named, "stop", "web-1", "--yes", "--json").json["refused"]["reason"]
    assert advised_in(refused)[:6] == ["proximity-tui", *named, "arm"]
    found = cli(*named, "doctor", "--json").json["checks"]
    advised = f"start the daemon (proximity-tui {shlex.join(named)} daemon), or leave the screens open"
    assert advised in [one["advice"] for one in found]


def test_a_configuration_that_is_not_there_is_written_where_it_was_named(bare: Cli) -> None:
    for command in ("list", "daemon"):
        sentence = bare("--config", "elsewhere.toml", command).err
        assert "`proximity-tui --config elsewhere.toml connect` writes it" in sentence, command


def test_no_advice_shows_the_password_of_a_database(bare: Cli) -> None:
    for command in ("list", "daemon"):
        outcome = bare("--database", "postgresql://me:hunter22@db/x", "--config", "nosuch.toml", command)
        assert "--database postgresql://me:" in outcome.err
        assert "hunter22" not in outcome.err


@pytest.mark.parametrize(
    "text",
    [
        "proximity-tui did not delete it",
        "/etc/proximity-tui list",
        "see proximity-tui --help",
        "proximity-tui listing",
        "`proximity-tui --config other.toml list`",
    ],
)
def test_what_is_no_command_stays_as_it_is(called: None, text: str) -> None:
    assert as_called(text) == text


def test_every_command_of_a_sentence_is_as_it_has_to_be_typed(called: None) -> None:
    assert as_called("`proximity-tui list`, or proximity-tui doctor: it says more") == (
        "`proximity-tui --config 'my pve.toml' list`, or proximity-tui --config 'my pve.toml' doctor: it says more"
    )


def test_what_a_person_noted_is_printed_as_it_was_written(called: None, capsys: pytest.CaptureFixture[str]) -> None:
    noted = "I ran proximity-tui list"
    output.document({"note": noted, "evidence": {"reason": noted}, "results": [{"error": noted}]})
    assert json.loads(capsys.readouterr().out) == {
        "note": noted,
        "evidence": {"reason": noted},
        "results": [{"error": "I ran proximity-tui --config 'my pve.toml' list"}],
    }
    output.table(("MESSAGE",), [[noted]], verbatim=True)
    assert capsys.readouterr().out == f"MESSAGE\n{noted}\n"
