"""A record with a VMID that cannot be one, as after an edit by hand: every command says so, and spares the others."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.config.load import load
from proximity_tui.core.model import Kind, State, Status
from proximity_tui.runtime.context import open_context
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.records.added import add_record

CHANGES = [
    ("stop", "bent"),
    ("delete", "bent", "--hard", "--confirm", "bent"),
    ("clone", "bent", "--hostname", "copy"),
    ("migrate", "bent", "--node", "pve2"),
    ("set", "bent", "memory=512"),
    ("backup", "bent"),
    ("restore", "bent"),
    ("ports", "probe", "bent"),
]
READS = [("show", "bent"), ("why", "bent"), ("drift", "bent"), ("backups", "bent")]


def bend(cli: Cli, *names: str) -> None:
    """Add the records of native containers with the VMIDs -7, -8 and so on."""
    context = open_context(load(cli.config))
    usual: dict[str, Any] = {"kind": Kind.NATIVE, "state": State.RUNNING, "status": Status.RUNNING, "actor": "anna"}
    try:
        for number, name in enumerate(names, 7):
            said = {"action": "create", "message": f"created {name}"}
            add_record(cluster="lab", node="pve1", vmid=-number, name=name, **usual, **said)
    finally:
        context.close()


def told(document: str) -> bool:
    return "-7 is not a VMID, so nothing was sent to Proxmox" in document


@pytest.mark.parametrize("words", CHANGES, ids=lambda words: words[0])
def test_a_change_is_refused_with_what_is_wrong(cli: Cli, lab: Simulator, words: tuple[str, ...]) -> None:
    bend(cli, "bent")
    outcome = cli(*words, "--yes", "--json")
    assert (outcome.code, told(outcome.out)) == (3, True), outcome
    assert "unexpected" not in outcome.out + outcome.err
    assert lab.journal.writes() == []


@pytest.mark.parametrize("words", READS, ids=lambda words: words[0])
def test_what_is_known_is_shown_with_what_is_wrong(cli: Cli, lab: Simulator, words: tuple[str, ...]) -> None:
    bend(cli, "bent")
    outcome = cli(*words, "--json")
    assert (outcome.code, told(outcome.out)) == (0, True), outcome


def test_of_many_the_others_are_done(cli: Cli, lab: Simulator, adopted: object) -> None:
    """Their cluster is not called silent, however many of them stand before the good one."""
    bend(cli, "bent1", "bent2", "bent3", "bent4", "bent5")
    outcome = cli("stop", "bent1", "bent2", "bent3", "bent4", "bent5", "web-1", "--yes", "--json")
    assert [one["success"] for one in outcome.json["results"]] == [False] * 5 + [True], outcome
    stopped = lab.world.container(101)
    assert stopped is not None
    assert stopped.status == "stopped"


def test_a_run_of_the_reconciler_judges_the_others(cli: Cli, lab: Simulator, adopted: object) -> None:
    bend(cli, "bent")
    outcome = cli("reconcile", "--json")
    assert (outcome.code, told(outcome.out)) == (4, True), outcome
    assert {row["name"]: row["presence"] for row in cli.json("list")} == {"web-1": "present", "bent": "unknown"}
