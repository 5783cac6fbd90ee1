"""`delete --hard` as a person runs it: how much it asks of Proxmox before anything is destroyed."""

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
