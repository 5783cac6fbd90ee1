"""A virtual machine is found, and no command can make it its target."""

from __future__ import annotations

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

VM = "200"


@pytest.mark.parametrize(
    "words",
    [
        ("adopt", VM),
        ("delete", VM, "--soft"),
        ("delete", VM, "--hard", "--confirm", "windows-server"),
        ("delete", VM, "--hard", "--confirm", "windows-server", "--confirm-vmid", VM, "--backup-first"),
        ("start", VM),
        ("shutdown", VM),
        ("stop", VM),
        ("reboot", VM),
        ("clone", VM, "--hostname", "twin"),
    ],
    ids=" ".join,
)
def test_no_command_that_changes_something_takes_a_vm(cli: Cli, lab: Simulator, words: tuple[str, ...]) -> None:
    ended = cli(*words, "--yes")
    assert ended.code in (3, 5), ended.err
    assert lab.journal.writes() == []
    assert cli.json("list") == []
