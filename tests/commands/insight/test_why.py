"""`why`: the ladder as it is judged now, for what is there, what is missing and what is closed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from proximity_tui.config.load import load
from proximity_tui.core.model.container import ClosedReason
from proximity_tui.core.store import events
from proximity_tui.runtime.context import open_context
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.timing.meddling import asked, when


def head(cli: Cli) -> tuple[int, str]:
    """The end of the audit trail."""
    context = open_context(load(cli.config))
    try:
        return events.head()
    finally:
        context.close()


def outcomes(document: dict[str, Any]) -> list[str]:
    return [rung["outcome"] for rung in document["rungs"]]


def test_one_container_from_present_to_tombstone(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    present = cli.json("why", "101")
    assert present["presence"] == "present"
    assert outcomes(present)[4] == "passed"
    assert present["attention"] == []

    lab.world.destroy_outside(101)
    before = head(cli)
    missing = cli.json("why", "101")
    assert (missing["presence"], outcomes(missing)) == ("unknown", ["passed"] * 6 + ["failed", "not reached"])
    assert missing["attention"] == ["missing"]
    assert missing["rungs"][5]["evidence"] == "Proxmox says that VMID 101 is free"
    assert "raises a red alert" in missing["jobs"][0]["does"]
    assert head(cli) == before, "an explanation writes nothing"

    cli("reconcile")
    closed = cli.json("why", "101")
    assert (closed["rungs"], closed["not_climbed"]) == ([], "Only open records are judged.")
    assert closed["conclusion"] == "Its record is closed: vanished."
    assert "ANOMALOUS ORPHAN" in closed["since"]["message"]
    assert [alert["severity"] for alert in closed["alerts"]] == ["red"]


def test_a_record_that_is_closed_while_it_is_judged_is_told_as_closed(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    def close() -> None:
        with closing(sqlite3.connect(cli.database)) as other, other:
            other.execute("UPDATE container SET closed_at = observed_at, closed_reason = ?", [ClosedReason.FORGOTTEN])

    when(lab, asked("GET", "/cluster/resources"), close)
    document = cli.json("why", "id:1")
    assert document["conclusion"] == "Its record is closed: management was stopped."
    assert (document["rungs"], document["jobs"]) == ([], [])


def test_of_a_disabled_cluster_no_job_runs_and_no_daemon_would_help(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    cli.connect("lab", lab, enabled="false")
    document = cli.json("why", "101")
    assert document["not_climbed"] == "lab is disabled, so it was not asked"
    assert [(job["at"], job["not_running"]) for job in document["jobs"]] == [(None, "lab is disabled")] * 2
    assert "not configured" not in document["jobs"][0]["does"]


@pytest.mark.parametrize(
    ("named", "kind", "told"),
    [
        ("102", "unmanaged", "web-2 (CT 102) has no record: it was not adopted, and we did not create it."),
        ("windows-server", "vm", "windows-server (200) is a virtual machine. It is shown, and never judged or touched"),
        ("lab/900", "template", "debian-12-base (CT 900) is a template."),
    ],
)
def test_what_is_not_managed_is_said_to_be_what_it_is(cli: Cli, named: str, kind: str, told: str) -> None:
    ended = cli("why", named)
    assert (ended.code, ended.out) == (5, "")
    assert told in ended.err
    assert ("`proximity-tui adopt lab/102`" in ended.err) == (kind == "unmanaged")
    assert cli("why", named, "--json").json["guest"]["kind"] == kind


def test_people_read_the_numbers_of_the_documentation_and_a_silent_cluster_is_an_answer(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    lab.faults.html("/cluster/resources")
    told = cli("why", "web-1")
    assert told.code == 0
    assert "presence unknown: " in told.out
    assert "1  failed       Does the API answer" in told.out
    assert "4  not reached  Not listed: does Proxmox say that the VMID is free?" in told.out
