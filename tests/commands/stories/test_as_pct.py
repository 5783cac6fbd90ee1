"""`--as-pct`: the plan as lines for a shell on the node, and nothing is done."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


def test_a_plan_is_printed_as_lines_and_nothing_is_done(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    lab.journal.clear()
    stop = cli("stop", "101", "--as-pct")
    assert stop.code == 0
    assert stop.out.splitlines() == [
        "# as root on pve1; check first that CT 101 is web-1: pct config 101",
        "pct stop 101",
    ]
    assert cli("delete", "101", "--soft", "--as-pct").out == "# nothing is changed at Proxmox\n"
    assert cli("adopt", "103", "--as-pct").out == "# nothing is changed at Proxmox\n"
    several = cli("shutdown", "--filter", "vmid:101", "--as-pct").out.splitlines()
    assert several[1:] == ["pct shutdown 101 --timeout 60 --forceStop 0"]
    assert cli.json("set", "101", "memory=1024", "--as-pct")["plan"]["pct"][1].startswith("pct set 101 --memory 1024")
    assert lab.journal.writes() == []


def test_a_refused_plan_has_no_lines(cli: Cli, adopted: dict[str, Any]) -> None:
    refused = cli("delete", "101", "--hard", "--as-pct")
    assert (refused.code, refused.out) == (3, "")


@pytest.mark.parametrize("words", [("undo", "101"), ("ports", "reserve", "8123")])
def test_what_changes_nothing_on_proxmox_says_so(cli: Cli, words: tuple[str, ...]) -> None:
    refused = cli(*words, "--as-pct")
    assert (refused.code, refused.out) == (2, "")
    assert "changes only our records, and nothing on Proxmox" in refused.err
