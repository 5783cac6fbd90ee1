"""`migrate`: a container is moved to another node, from the command line."""

from __future__ import annotations

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

pytestmark = pytest.mark.usefixtures("adopted")


def test_a_container_is_moved_and_told(cli: Cli, lab: Simulator) -> None:
    plan = cli("migrate", "101", "--node", "pve2", "--plan")
    assert (plan.code, "with a restart" in plan.out) == (0, True)
    found = cli.json("migrate", "101", "--node", "pve2", "--yes")
    assert (found["success"], found["from"], found["node"], found["restart"]) == (True, "pve1", "pve2", True)
    again = cli("migrate", "101", "--node", "pve2", "--yes", "--json")
    assert (again.code, again.json["refused"]["code"]) == (3, "unchanged")


@pytest.mark.parametrize(
    ("words", "code", "refused"),
    [
        (("--node", "nosuch"), 5, "not_found"),
        (("--node", "pve2", "--offline"), 3, "running"),
    ],
)
def test_what_cannot_be_moved_is_refused_before(
    cli: Cli, lab: Simulator, words: tuple[str, ...], code: int, refused: str
) -> None:
    outcome = cli("migrate", "101", *words, "--yes", "--json")
    assert (outcome.code, outcome.json["refused"]["code"]) == (code, refused)
    assert lab.journal.count("POST", "/migrate") == 0
