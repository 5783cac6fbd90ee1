"""`create`: what can be asked for on the command line, and the access that is kept nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.commands.person import at_terminal

TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
CREATE = ("create", "--template", TEMPLATE, "--hostname", "web1", "--node", "pve1")
NETWORK = ("--bridge", "vmbr0", "--vlan", "20", "--address", "10.0.0.5/24", "--gateway", "10.0.0.1")
DNS = ("--dns", "10.0.0.2", "--search-domain", "lab.example")
REST = ("--swap", "0", "--tag", "web", "--onboot", "--no-nesting")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Z anna@desk"


def test_everything_that_can_be_asked_for_is_sent(cli: Cli, lab: Simulator, tmp_path: Path) -> None:
    password, key = private(tmp_path / "password", "correct-horse-1\n"), private(tmp_path / "key.pub", f"{KEY}\n")
    access = ("--password-file", password, "--ssh-key", key)
    made = cli.json(*CREATE, "--vmid", "777", *NETWORK, *DNS, *REST, *access, "--yes")
    assert (made["success"], made["vmid"]) == (True, 777)
    (sent,) = [entry.params for entry in lab.journal.writes() if entry.path.endswith("/lxc")]
    assert sent["net0"] == "name=eth0,bridge=vmbr0,ip=10.0.0.5/24,gw=10.0.0.1,tag=20"
    assert (sent["nameserver"], sent["searchdomain"]) == ("10.0.0.2", "lab.example")
    assert (sent["swap"], sent["tags"], sent["onboot"], "features" in sent) == ("0", "web", "1", False)
    assert (sent["password"], sent["ssh-public-keys"]) == ("correct-horse-1", KEY)


def test_what_proxmox_warned_of_is_in_the_result(cli: Cli, lab: Simulator) -> None:
    lab.world.warn_in_next_task("vzcreate", None, "Systemd 252 detected.")
    made = cli.json(*CREATE, "--yes")
    assert (made["success"], made["steps"][0]["warnings"]) == (True, ["Systemd 252 detected."])
    lab.world.warn_in_next_task("vzstart", None, "Something else.")
    assert "Proxmox warned: Something else." in cli("start", "web1", "--yes").err


def test_a_password_is_typed_twice_and_not_shown(cli: Cli, lab: Simulator) -> None:
    with at_terminal("--config", str(cli.config), *CREATE, "--password") as person:
        person.read_until("with a root password that is not kept")
        person.read_until("[y/N]")
        person.type("y")
        person.read_until("Root password of the new container: ")
        person.type("correct-horse-1")
        person.read_until("Again: ")
        person.type("correct-horse-1")
        person.read_until("created web1")
        assert person.end() == 0
        assert "correct-horse" not in person.seen
    (sent,) = [entry.params for entry in lab.journal.writes() if entry.path.endswith("/lxc")]
    assert sent["password"] == "correct-horse-1"


@pytest.mark.parametrize(
    ("press", "code", "said"),
    [
        ("press_ctrl_d", 2, "nothing was created: no password was typed"),
        ("press_ctrl_c", 130, "interrupted: nothing was done"),
    ],
)
def test_who_types_no_password_creates_nothing(cli: Cli, lab: Simulator, press: str, code: int, said: str) -> None:
    with at_terminal("--config", str(cli.config), *CREATE, "--password") as person:
        person.read_until("[y/N]")
        person.type("y")
        person.read_until("Root password of the new container: ")
        getattr(person, press)()
        assert person.end() == code, person.seen
    assert f"\nproximity-tui: {said}" in person.seen
    assert not list(lab.journal.writes())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--node", "pve1.lan"), 5, "did you mean pve1? there are: pve1, pve2, pve3"),
        (("--vmid", "101"), 6, "VMID 101 is taken"),
        (("--gateway", "10.0.0.1"), 2, "a gateway needs an address"),
        (("--password",), 2, "no terminal to ask for a password, and nothing was created: use --password-file"),
        (("--password-file", "/nowhere"), 2, "/nowhere cannot be read: no such file or directory"),
        (("--ssh-key", "/dev/null"), 2, "there is no SSH key in it (/dev/null)"),
    ],
)
def test_what_cannot_be_created_is_said_and_nothing_is_sent(
    cli: Cli, lab: Simulator, words: tuple[str, ...], code: int, said: str
) -> None:
    outcome = cli(*CREATE, *words, "--yes")
    assert (outcome.code, said in outcome.err) == (code, True), outcome
    assert list(lab.journal.writes()) == []


def test_what_is_wrong_with_a_file_is_told_whatever_its_name(cli: Cli, lab: Simulator, tmp_path: Path) -> None:
    """Behind `root-password:` the next word would be masked."""
    file = tmp_path / "root-password"
    file.write_text("no key")
    assert (
        f"SSH key 1 is not a public key such as `ssh-ed25519 AAAA... name` ({file})"
        in cli(*CREATE, "--ssh-key", str(file), "--yes").err
    )


def test_a_password_that_others_may_read_is_not_used(cli: Cli, tmp_path: Path) -> None:
    path = private(tmp_path / "password", "correct-horse-1\n")
    Path(path).chmod(0o644)
    outcome = cli(*CREATE, "--password-file", path, "--yes")
    assert (outcome.code, "others may read it; run: chmod 600" in outcome.err) == (2, True), outcome
    assert "correct-horse" not in outcome.err


def private(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o600)
    return str(path)
