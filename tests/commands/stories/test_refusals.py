"""Every no has a code for scripts, a reason for people and an exit code, and leaves everything as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from proximity_tui.simulator.world.world import World
from tests.commands.conftest import TEMPLATE, Cli, Outcome

HARD = ("delete", "web1", "--hard", "--confirm", "web1", "--yes")
MUTATIONS = (
    ("adopt", "102"),
    ("create", "--template", TEMPLATE, "--hostname", "web2"),
    ("delete", "web1", "--soft"),
    ("delete", "web1", "--hard", "--confirm", "web1"),
    ("start", "web1"),
    ("stop", "web1"),
    ("shutdown", "web1"),
    ("reboot", "web1"),
)
UNKNOWN = (
    ("operations", "resume", "99"),
    ("operations", "abandon", "99"),
    ("undo", "nonsense"),
    ("stop", "nonsense"),
    ("delete", "nonsense", "--soft"),
    ("clone", "nonsense", "--hostname", "web3"),
    ("set", "nonsense", "cores=2"),
    ("snapshot", "take", "nonsense", "--name", "one"),
    ("restore", "nonsense"),
    ("alerts", "approve", "99"),
)


def refusal(outcome: Outcome) -> tuple[int, str]:
    """The exit code and the code of a refusal, whose document must be whole."""
    document = outcome.json
    assert document["success"] is False
    assert document["refused"]["reason"]
    return outcome.code, document["refused"]["code"]


def test_nobody_to_ask_and_no_yes_is_a_refusal(cli: Cli, lab: Simulator, native: Any) -> None:
    asked = len(lab.journal.entries())
    assert {words: refusal(cli(*words, "--json")) for words in MUTATIONS} == dict.fromkeys(
        MUTATIONS, (3, "confirmation")
    )
    assert len(lab.journal.entries()) == asked


def test_what_does_not_exist_is_told_before_anybody_is_asked(cli: Cli, lab: Simulator) -> None:
    assert {words: cli(*words).code for words in UNKNOWN} == dict.fromkeys(UNKNOWN, 5)
    assert not lab.journal.entries()


@pytest.mark.parametrize("words", [*MUTATIONS, ("operations", "resume", "99"), ("undo", "nonsense")], ids=" ".join)
def test_read_only_refuses_every_change(cli: Cli, lab: Simulator, words: tuple[str, ...]) -> None:
    assert refusal(cli(*words, "--yes", "--read-only", "--json")) == (3, "read_only")
    assert not lab.journal.entries()


def test_read_only_still_lists(cli: Cli, native: Any) -> None:
    assert [row["name"] for row in cli.json("--read-only", "list")] == ["web1"]


def test_an_adopted_container_is_never_destroyed(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    assert refusal(cli("delete", "web-1", "--hard", "--confirm", "web-1", "--yes", "--json")) == (3, "adopted")
    assert not lab.journal.writes()


@pytest.mark.parametrize("typed", [(), ("--confirm", "web2"), ("--confirm", "WEB1"), ("--confirm", "")], ids=str)
def test_a_hard_delete_needs_the_very_name(cli: Cli, lab: Simulator, native: Any, typed: tuple[str, ...]) -> None:
    lab.journal.clear()
    assert refusal(cli("delete", "web1", "--hard", "--yes", *typed, "--json")) == (3, "confirmation")
    assert not lab.journal.writes()


Chaos = Callable[[World, int], None]
DANGERS: dict[str, Chaos] = {
    "protected": lambda world, vmid: world.set_config(vmid, protection=True),
    "locked": lambda world, vmid: world.set_lock(vmid, "backup"),
    "ha_managed": lambda world, vmid: world.set_ha(vmid, "started"),
    "replicated": lambda world, vmid: world.set_replication(vmid, True),
    "replaced": lambda world, vmid: world.recreate_outside(vmid),
    "no_quorum": lambda world, vmid: world.set_quorate(False),
    "identity_unsure": lambda world, vmid: world.set_config(vmid, description="somebody tidied up"),
}


@pytest.mark.parametrize("code", DANGERS)
def test_what_makes_a_hard_delete_dangerous_refuses_it(cli: Cli, lab: Simulator, native: Any, code: str) -> None:
    DANGERS[code](lab.world, native["vmid"])
    lab.journal.clear()
    assert refusal(cli(*HARD, "--json")) == (3, code)
    assert not lab.journal.writes()


def test_a_doubtful_guest_is_destroyed_only_by_name_and_number(cli: Cli, lab: Simulator, native: Any) -> None:
    DANGERS["identity_unsure"](lab.world, native["vmid"])
    assert refusal(cli(*HARD, "--confirm-vmid", "999", "--json")) == (3, "confirmation")
    assert cli.json(*HARD, "--confirm-vmid", str(native["vmid"]))["vmid_destroyed"] == native["vmid"]


def test_a_virtual_machine_at_its_number_is_another_guest(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.replace_by_vm(native["vmid"])
    assert refusal(cli(*HARD, "--json")) == (3, "replaced")
    assert refusal(cli("stop", "web1", "--yes", "--json")) == (3, "replaced")


def test_an_unreadable_kind_counts_as_not_ours(cli: Cli, lab: Simulator, native: Any) -> None:
    corrupt(cli)
    lab.journal.clear()
    assert refusal(cli(*HARD, "--json")) == (3, "kind_unknown")
    assert cli.json("delete", "web1", "--soft", "--yes")["adopted"] is False
    assert not lab.journal.writes()


@pytest.mark.parametrize(
    ("vmid", "exit_code", "code"),
    [("900", 3, "template"), ("200", 3, "not_a_container"), ("9999", 5, "not_found"), ("101", 6, "managed")],
)
def test_what_cannot_be_adopted(cli: Cli, adopted: Any, vmid: str, exit_code: int, code: str) -> None:
    outcome = cli("adopt", vmid, "--yes", "--json")
    assert refusal(outcome) == (exit_code, code)
    [result] = outcome.json["results"]
    assert (result["success"], result["vmid"]) == (False, int(vmid))
    assert result["error"]


def test_an_offline_node_says_nothing_about_its_containers(cli: Cli, lab: Simulator) -> None:
    lab.world.set_node_online("pve3", False)
    lab.world.broadcast()
    assert refusal(cli("adopt", "103", "--yes", "--json")) == (3, "unknown_status")


def test_power_without_effect_is_refused(cli: Cli, native: Any) -> None:
    assert refusal(cli("start", "web1", "--yes", "--json")) == (3, "already_running")
    cli.json("stop", "web1", "--yes")
    assert refusal(cli("stop", "web1", "--yes", "--json")) == (3, "already_stopped")


@pytest.mark.parametrize(
    "words",
    [("--hostname", "not_a_name"), ("--hostname", "a", "--memory", "1"), ("--hostname", "a", "--port", "70000")],
    ids=str,
)
def test_a_request_that_makes_no_sense_is_an_error_of_usage(cli: Cli, words: tuple[str, ...]) -> None:
    assert refusal(cli("create", "--template", TEMPLATE, *words, "--yes", "--json")) == (2, "invalid")


def test_people_read_the_code_and_the_reason(cli: Cli, adopted: Any) -> None:
    outcome = cli("delete", "web-1", "--hard", "--confirm", "web-1", "--yes")
    assert outcome.code == 3
    assert outcome.err == "refused (adopted): Proximity never destroys what it did not create\n"


def corrupt(cli: Cli) -> None:
    """Do by hand to the kind of web1 what the database would not let us do."""
    with closing(sqlite3.connect(cli.database)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute("UPDATE container SET kind = 'borrowed' WHERE name = 'web1'")
        database.commit()
