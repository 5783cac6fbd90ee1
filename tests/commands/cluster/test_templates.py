"""`templates`: those on the storages, and those that can be downloaded, with the line that does."""

from __future__ import annotations

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

DEBIAN = "debian-12-standard_12.7-1_amd64.tar.zst"
TRIXIE = "debian-13-standard_13.1-2_amd64.tar.zst"


def test_what_is_there_and_what_can_be_downloaded_is_listed(cli: Cli, lab: Simulator) -> None:
    rows = cli.json("templates", "--node", "pve1")
    by_name = {row["template"]: row for row in rows}
    assert len(by_name) == len(rows), "what is there is not offered for download"
    here, there = by_name[DEBIAN], by_name[TRIXIE]
    assert (here["status"], here["volid"], here["download"]) == ("available", f"local:vztmpl/{DEBIAN}", None)
    assert (there["status"], there["volid"]) == ("downloadable", None)
    assert there["download"] == f"pveam download local {TRIXIE}"
    assert "can be downloaded" in cli("templates").out
    assert list(lab.journal.writes()) == []


def test_what_cannot_be_read_hides_no_template(cli: Cli, lab: Simulator) -> None:
    lab.faults.answer(501, "Method 'GET /nodes/pve1/aplinfo' not implemented", path="aplinfo")
    outcome = cli("templates", "--node", "pve1")
    assert (outcome.code, f"local:vztmpl/{DEBIAN}" in outcome.out) == (0, True), outcome
    assert "lab: what pve1 can download cannot be read" in outcome.err


def test_an_unknown_node_is_answered_with_those_there_are_each_once(cli: Cli) -> None:
    with Simulator("empty") as other:
        cli.connect("edge", other)
        outcome = cli("templates", "--node", "nosuch")
    assert (outcome.code, "there are: pve1, pve2 and pve3" in outcome.err) == (5, True), outcome
