"""What a command prints is plain English: no name of a field or of a class, and no private word of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from proximity_tui.commands import COMMANDS, OWN_SIGNALS
from proximity_tui.config.template import TEMPLATE as CONFIGURATION
from tests.commands.conftest import TEMPLATE, Cli
from tests.support.plain_words import FIELD_NAME, private_words
from tests.support.servers.free_ports import REFUSED_PORT

PRINTED = f"""
list
list --kind everything
show 101
show web1
stats
top
why 101
nodes
templates
storages
tasks
adopt 102 --port 80 --plan
adopt 102 --yes
create --hostname new1 --template {TEMPLATE} --storage local-lvm --plan
clone web1 --hostname copy1 --plan
delete web1 --soft --plan
delete web1 --hard --plan
start web1 --plan
shutdown web1 --plan
stop web1 --plan
reboot web1 --plan
set web1 memory=1G --plan
migrate web1 --node pve2 --plan
resize web1 --memory 1G --plan
drift
drift 101
rollback 101 --to 1 --plan
restore 101 --list
snapshot list 101
snapshot take 101 --name before --plan
backup 101 --plan
backups 101
backups --uncovered
ports
ports probe 101 --plan
ports reserve 8150 --note later --plan
export FOLDER
lint
undo 101 --plan
reconcile --no-wait
janitor
alerts
notify list
handover
audit
audit verify
operations
freeze --reason maintenance
unfreeze
arm --cluster lab --reason maintenance
cluster rename lab other
db stats
connect --url https://127.0.0.1:{REFUSED_PORT} --name lab2
doctor
"""
NO_SENTENCES = OWN_SIGNALS | {"completion"}
"""Commands that run until a signal ends them, and one that prints a script."""


@pytest.fixture
def named(cli: Cli) -> frozenset[str]:
    """The words of the configuration and the tables of the database, which some commands call by their name."""
    tables = (row["table"] for row in cli.json("db", "stats")["tables"])
    return frozenset({*FIELD_NAME.findall(CONFIGURATION), *tables})


def test_no_output_has_a_field_name_or_a_private_word(
    cli: Cli, native: Any, adopted: Any, tmp_path: Path, named: frozenset[str]
) -> None:
    lines = [line.split() for line in PRINTED.strip().splitlines()]
    assert {line[0] for line in lines} == COMMANDS.keys() - NO_SENTENCES, "each command is in the list above"
    for line in lines:
        printed = cli(*(str(tmp_path / "export") if word == "FOLDER" else word for word in line))
        text = printed.out + printed.err
        assert text, line
        assert "usage:" not in text, line
        assert set(private_words(text)) - named == set(), f"{' '.join(line)} prints:\n{text}"


@pytest.mark.parametrize("command", COMMANDS)
def test_no_help_has_a_field_name_or_a_private_word(cli: Cli, command: str) -> None:
    printed = cli(command, "--help")
    assert printed.code == 0
    assert private_words(printed.out) == []
