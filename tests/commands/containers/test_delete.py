"""`delete` as a person runs it: how much it asks of Proxmox before anything is destroyed, and what confirms it."""

from __future__ import annotations

from proximity_tui.simulator import Simulator
from tests.commands.conftest import TEMPLATE, Cli

MOST_REQUESTS = 32
"""From the start of the command to the DELETE, without the polls of tasks."""


def test_a_running_container_is_destroyed_after_few_requests(cli: Cli, lab: Simulator) -> None:
    cli.json("create", "--template", TEMPLATE, "--hostname", "web9", "--node", "pve1", "--start", "--yes")
    lab.journal.clear()
    assert cli.json("delete", "web9", "--hard", "--confirm", "web9", "--yes")["success"]
    asked = [entry for entry in lab.journal.entries() if "/tasks/UPID" not in entry.path]
    sent = next(place for place, entry in enumerate(asked) if entry.method == "DELETE")
    assert sent <= MOST_REQUESTS, [entry.path for entry in asked]
    assert asked[sent - 1].path.endswith("/config")


def test_a_soft_delete_needs_no_name_and_takes_no_wrong_one(cli: Cli, lab: Simulator) -> None:
    cli.json("adopt", "101", "102", "103", "--yes")
    for words in (("web-1", "--confirm", "web-2"), ("web-1", "web-2", "--confirm", "3")):
        refused = cli("delete", *words, "--soft", "--yes")
        assert (refused.code, "confirm" in refused.err) == (3, True), refused.err
    assert len(cli.json("list")) == 3
    assert cli.json("delete", "web-1", "--soft", "--confirm", "web-1", "--yes")["success"]
    assert cli("delete", "web-2", "103", "--soft", "--confirm", "2", "--yes").code == 0
    assert not lab.journal.writes()
