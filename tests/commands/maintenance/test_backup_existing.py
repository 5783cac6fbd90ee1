"""`backup --existing`: protect a backup that is there, lift its protection, change its note."""

from __future__ import annotations

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

pytestmark = pytest.mark.usefixtures("adopted")


@pytest.fixture
def volume(lab: Simulator) -> str:
    return lab.world.add_backup(101, storage="backups", ago=60.0, notes="web-1")


def test_the_plan_is_shown_also_as_a_line_and_nothing_is_done(cli: Cli, lab: Simulator, volume: str) -> None:
    lab.journal.clear()
    plan = cli.json("backup", "101", "--existing", volume, "--protect", "--note", "keep", "--plan")["plan"]
    assert (plan["action"], plan["backup"]) == ("backup-change", volume)
    assert (plan["before"], plan["after"]) == (
        {"protected": False, "note": "web-1"},
        {"protected": True, "note": "keep"},
    )
    assert [step["step"] for step in plan["steps"]] == ["change", "verify"]
    shown = cli("backup", "101", "--existing", volume, "--protect", "--plan").out
    assert shown.startswith(f"protect the backup: {volume}, of CT 101, cluster lab\n")
    *_, line = cli("backup", "101", "--existing", volume, "--protect", "--as-pct").out.splitlines()
    assert line == f"pvesh set /nodes/pve1/storage/backups/content/{volume} --protected 1"
    assert lab.journal.writes() == []


def test_it_is_protected_listed_so_and_released_again(cli: Cli, volume: str) -> None:
    ended = cli.json("backup", "101", "--existing", volume, "--protect", "--note", "keep", "--yes")
    assert (ended["success"], ended["protected"], ended["note"], ended["error"]) == (True, True, "keep", None)
    newest, *_ = cli.json("backups", "101")["backups"]
    assert (newest["volume"], newest["protected"], newest["note"]) == (volume, True, "keep")
    again = cli("backup", "101", "--existing", volume, "--protect", "--yes", "--json")
    assert (again.code, again.json["refused"]["code"]) == (3, "unchanged")
    assert cli("backup", "101", "--existing", volume, "--unprotect", "--yes").out.startswith(
        "done: take the protection"
    )
    newest, *_ = cli.json("backups", "101")["backups"]
    assert (newest["protected"], newest["note"]) == (False, "keep")
    actions = [one["action"] for one in cli.json("audit", "101")]
    assert actions.count("backup-change") == 4


def test_a_backup_that_is_not_listed_is_refused_with_those_that_are(cli: Cli, volume: str) -> None:
    ended = cli("backup", "101", "--existing", "backups:backup/nothing", "--protect", "--yes")
    assert ended.code == 5
    assert volume in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("101", "--unprotect"), "--unprotect needs --existing VOLUME"),
        (("101", "--existing", "a:b"), "say what to change"),
        (("101", "--existing", "a:b", "--protect", "--unprotect"), "contradict"),
        (("101", "--existing", "a:b", "--protect", "--mode", "stop"), "--mode is for a new backup"),
        (("101", "104", "--existing", "a:b", "--protect"), "of one backup"),
        (("--filter", "x", "--existing", "a:b", "--protect"), "of one backup"),
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(cli: Cli, words: tuple[str, ...], said: str) -> None:
    ended = cli("backup", *words, "--yes")
    assert ended.code == 2
    assert said in ended.err


def test_without_an_answer_and_read_only_nothing_is_changed(cli: Cli, lab: Simulator, volume: str) -> None:
    lab.journal.clear()
    asked = cli("backup", "101", "--existing", volume, "--protect", "--json")
    assert (asked.code, asked.json["refused"]["code"]) == (3, "confirmation")
    bound = cli("--read-only", "backup", "101", "--existing", volume, "--protect", "--yes", "--json")
    assert (bound.code, bound.json["refused"]["code"]) == (3, "read_only")
    assert lab.journal.writes() == []
