"""`delete --hard --backup-first`: the plan shows it, the document carries it, and it is never skipped in silence."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.commands.conftest import Cli

HARD = ("delete", "web1", "--hard", "--confirm", "web1")
FIRST = (*HARD, "--backup-first", "--backup-storage", "backups")


def writes(lab: Simulator) -> list[str]:
    return [f"{entry.method} {entry.path}" for entry in lab.journal.writes()]


def test_the_plan_shows_where_it_is_backed_up_to_and_does_nothing(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.journal.clear()
    plan = cli.json(*FIRST, "--plan")["plan"]
    steps = {step["step"]: step["reason"] for step in plan["steps"]}
    assert list(steps) == ["shutdown", "stop", "back_up", "prove_backup", "destroy", "prove_absent", "release"]
    assert f"back up the stopped CT {native['vmid']} to backups" in steps["back_up"]
    assert "3. back up: back up the stopped CT" in cli(*FIRST, "--plan").out
    assert writes(lab) == []


def test_the_document_carries_the_steps_and_the_backup(cli: Cli, lab: Simulator, native: Any) -> None:
    document = cli.json(*FIRST, "--yes")
    done = {step["step"]: (step["outcome"], step["task"]) for step in document["steps"]}
    outcome, task = done["back_up"]
    assert (outcome, ":vzdump:" in task) == ("done", True)
    assert done["prove_backup"] == ("done", None)
    assert document["backup"].startswith(f"backups:backup/vzdump-lxc-{native['vmid']}-")
    last, *_ = reversed(cli.json("audit"))
    assert last["evidence"]["backup"] == document["backup"]


def test_a_person_is_told_where_the_backup_is(cli: Cli, native: Any) -> None:
    assert "; its backup is backups:backup/vzdump-lxc-" in cli(*FIRST, "--yes").out


def test_without_one_the_document_says_so(cli: Cli, native: Any) -> None:
    assert cli.json(*HARD, "--yes")["backup"] is None


def test_a_failure_is_told_in_the_words_of_proxmox_and_destroys_nothing(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.fail_next_task("vzdump", native["vmid"], "no space left on device")
    outcome = cli(*FIRST, "--yes", "--json")
    assert outcome.code == 1
    assert (outcome.json["vmid_destroyed"], outcome.json["backup"]) == (None, None)
    assert {step["step"]: step["outcome"] for step in outcome.json["steps"]}["back_up"] == "failed"
    [row] = cli.json("list")
    assert (row["state"], row["last_error"]) == ("stopped", outcome.json["error"])
    assert "no space left on device" in row["last_error"]
    assert lab.world.container(native["vmid"]) is not None


@pytest.mark.parametrize(
    "words",
    [
        ("delete", "web1", "--soft", "--backup-first"),
        ("delete", "web1", "--soft", "--backup-storage", "backups"),
        (*HARD, "--backup-storage", "backups"),
    ],
    ids=" ".join,
)
def test_a_backup_that_would_not_be_made_is_an_error_of_usage(cli: Cli, native: Any, words: tuple[str, ...]) -> None:
    outcome = cli(*words, "--yes", "--json")
    assert outcome.code == 2
    assert "--backup-first" in outcome.json["error"]
    assert len(cli.json("list")) == 1


def test_where_to_is_a_question_when_it_cannot_be_known(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.journal.clear()
    for words in ((), ("--backup-storage", "local-lvm")):
        outcome = cli(*HARD, "--backup-first", *words, "--yes", "--json")
        assert (outcome.code, outcome.json["refused"]["code"]) == (3, "backup_storage")
        assert "one of backups, local" in outcome.json["refused"]["reason"]
    assert writes(lab) == []


def test_a_token_that_may_not_is_refused_before_anything_is_stopped(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.set_acl(lab.token_id, {"/": PRIVILEGES - {"VM.Backup"}})
    lab.journal.clear()
    outcome = cli(*FIRST, "--yes", "--json")
    assert (outcome.code, outcome.json["refused"]["code"]) == (3, "denied")
    assert writes(lab) == []
    assert "back up: VM.Backup is missing" in cli("doctor").out
