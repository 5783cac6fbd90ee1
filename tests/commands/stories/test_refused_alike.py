"""Whatever stands in the way of an action, its exit code and the code of its refusal are the same for every action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.commands.conftest import Cli, Outcome
from tests.support.timing.meddling import asked, when

READER = ("VM.Audit", "Sys.Audit", "Datastore.Audit", "Pool.Audit", "SDN.Audit")
WITH_DIGEST = {
    "set": ("set", "101", "memory=3G"),
    "resize": ("resize", "101", "--disk", "+1G"),
    "drift revert": ("drift", "revert", "101"),
}
ACTIONS = {
    **WITH_DIGEST,
    "backup": ("backup", "101", "--storage", "backups"),
    "snapshot take": ("snapshot", "take", "101", "--name", "mine"),
    "snapshot delete": ("snapshot", "delete", "101", "--name", "s1", "--confirm", "s1"),
    "snapshot rollback": ("snapshot", "rollback", "101", "--name", "s1", "--confirm", "web-1"),
    "migrate": ("migrate", "101", "--node", "pve2"),
    "shutdown": ("shutdown", "101"),
}


@pytest.fixture
def drifted(cli: Cli, lab: Simulator, adopted: Any) -> None:
    lab.world.add_snapshot(101, "s1", "first", ago=3600)
    lab.world.set_config(101, cores=7)
    cli("show", "101", "--json")


def ending(outcome: Outcome) -> tuple[int, str]:
    document = outcome.json
    assert document["success"] is False
    return outcome.code, document.get("refused", {}).get("code", document.get("error"))


@pytest.mark.usefixtures("drifted")
@pytest.mark.parametrize("action", ACTIONS)
def test_what_stands_in_the_way_has_one_code_whatever_was_asked_for(cli: Cli, lab: Simulator, action: str) -> None:
    words, before = (*ACTIONS[action], "--yes", "--json"), len(lab.journal.writes())
    lab.world.set_lock(101, "backup")
    assert ending(cli(*words)) == (3, "locked")
    lab.world.set_lock(101, None)
    when(lab, asked("GET", "/101/config"), lambda: lab.world.set_config(101, cores=5))
    assert ending(cli(*words)) == (6, "changed"), "the plan was made before that"
    assert len(lab.journal.writes()) == before
    lab.set_acl(lab.token_id, {"/": READER})
    denied = cli(*words)
    assert ending(denied) == (3, "denied")
    assert "token lacks" in denied.out
    lab.set_acl(lab.token_id, {"/": PRIVILEGES})
    lab.world.recreate_outside(101)
    before = len(lab.journal.writes())
    assert ending(cli(*words)) == (3, "replaced")
    assert len(lab.journal.writes()) == before


AT_THE_LAST_LOOK: dict[str, tuple[Callable[[Simulator], object], int, str]] = {
    "another config": (lambda lab: lab.world.set_config(101, cores=5), 6, "changed"),
    "a lock": (lambda lab: lab.world.set_lock(101, "backup"), 3, "locked"),
}


@pytest.mark.usefixtures("drifted")
@pytest.mark.parametrize("happens", AT_THE_LAST_LOOK)
@pytest.mark.parametrize("action", WITH_DIGEST)
def test_what_comes_after_the_last_look_is_refused_by_proxmox_with_the_same_code(
    cli: Cli, lab: Simulator, action: str, happens: str
) -> None:
    meddle, code, refused = AT_THE_LAST_LOOK[happens]
    readings = 3 if action == "drift revert" else 2
    when(lab, asked("GET", "/101/config"), lambda: meddle(lab), nth=readings)
    outcome = cli(*WITH_DIGEST[action], "--yes", "--json")
    assert ending(outcome) == (code, refused), outcome
    assert lab.journal.writes()[-1].status == 500, "Proxmox itself refused it"
    assert outcome.json["stored"] == []


@pytest.mark.usefixtures("drifted")
def test_a_backup_refused_right_before_it_is_sent_is_a_refusal(cli: Cli, lab: Simulator) -> None:
    before = len(lab.journal.writes())
    when(lab, asked("GET", "/101/config"), lambda: lab.world.set_config(101, cores=5), nth=2)
    outcome = cli(*ACTIONS["backup"], "--yes", "--json")
    assert ending(outcome) == (6, "changed")
    assert [step["outcome"] for step in outcome.json["steps"]] == ["failed", "pending"]
    assert len(lab.journal.writes()) == before
