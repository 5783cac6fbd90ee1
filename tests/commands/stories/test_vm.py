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


@pytest.mark.parametrize("text", [VM, "lab/200", "windows-server"])
def test_a_vm_is_shown_as_what_it_is_and_never_inspected(cli: Cli, lab: Simulator, text: str) -> None:
    lab.journal.clear()
    shown = cli.json("show", text)
    assert (shown["kind"], shown["id"], shown["record"], shown["live"], shown["adoption"]) == ("vm", *[None] * 4)
    assert shown["guest"]["maxmem"] > 0
    assert "never touched" in shown["live_error"]
    assert not lab.journal.count(path_contains="/qemu/")
    assert "windows-server (vm, VMID 200) in lab" in cli("show", text).out


def test_an_unmanaged_guest_is_shown_with_what_adoption_would_do(cli: Cli, lab: Simulator) -> None:
    shown = cli.json("show", "103")
    assert (shown["kind"], shown["record"], shown["events"]) == ("unmanaged", None, [])
    assert shown["live"]["config"]["hostname"] == shown["name"]
    assert shown["adoption"]["action"] == "adopt"
    assert cli("show", "103").out.count("It can be adopted: ") == 1
    assert lab.journal.writes() == []


def test_a_container_is_shown_by_its_address_and_by_a_tag_that_only_it_has(cli: Cli, lab: Simulator) -> None:
    lab.world.set_config(101, tags="only-here", net0="name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:01:01,ip=192.0.2.9/24")
    cli.json("adopt", "101", "--yes")
    for text in ("192.0.2.9", "only-here", "lab/only-here"):
        assert cli.json("show", text)["record"]["vmid"] == 101
    ambiguous = cli("show", "pve1")
    assert ambiguous.code == 2
    assert "pve1 is ambiguous: lab/" in ambiguous.err
