"""A cluster that does not answer is exit code 4 for what needs it, and costs what answers from the records nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import TEMPLATE, Cli
from tests.support.servers.free_ports import REFUSED_PORT

WRONG_PIN = f'"{":".join(["AB"] * 32)}"'


def unreachable(cli: Cli, lab: Simulator) -> None:
    cli.connect("lab", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')


def wrong_token(cli: Cli, lab: Simulator) -> None:
    cli.config.with_name("lab.token").write_text("00000000-0000-0000-0000-000000000000")


def wrong_fingerprint(cli: Cli, lab: Simulator) -> None:
    cli.connect("lab", lab, fingerprint=WRONG_PIN)


def malformed(cli: Cli, lab: Simulator) -> None:
    lab.faults.html("/cluster/resources")


Silencing = Callable[[Cli, Simulator], None]
silences = pytest.mark.parametrize("silence", [unreachable, wrong_token, wrong_fingerprint, malformed])


@silences
def test_what_needs_the_cluster_ends_with_4(cli: Cli, lab: Simulator, native: Any, silence: Silencing) -> None:
    silence(cli, lab)
    lab.journal.clear()
    for words in (
        ("adopt", "102"),
        ("stop", "web1"),
        ("delete", "web1", "--hard", "--confirm", "web1"),
    ):
        outcome = cli(*words, "--yes", "--json")
        assert outcome.code == 4, outcome
        assert not any(result["success"] for result in outcome.json.get("results", [outcome.json]))
    assert not lab.journal.writes()


@pytest.mark.parametrize("silence", [unreachable, wrong_token, wrong_fingerprint])
def test_creating_needs_the_cluster(cli: Cli, lab: Simulator, silence: Silencing) -> None:
    silence(cli, lab)
    outcome = cli("create", "--template", TEMPLATE, "--hostname", "web1", "--yes", "--json")
    assert outcome.code == 4
    assert outcome.json["error"]
    assert cli.json("list") == []


@silences
def test_the_records_still_answer(cli: Cli, lab: Simulator, native: Any, silence: Silencing) -> None:
    cli.json("list")
    silence(cli, lab)
    [row] = cli.json("list")
    assert (row["name"], row["state"], row["status"], row["presence"]) == ("web1", "running", "unknown", "unknown")
    assert row["presence_reason"]
    assert row["observed_at"]
    shown = cli.json("show", "web1")
    assert (shown["status"], shown["live"]) == ("unknown", None)
    assert shown["clinical_record"]["config"]["hostname"] == "web1"
    assert cli.json("audit", "web1")
    assert cli("list").code == 0


@silences
def test_a_soft_delete_asks_nothing_of_the_cluster(cli: Cli, lab: Simulator, adopted: Any, silence: Silencing) -> None:
    silence(cli, lab)
    assert cli.json("delete", "web-1", "--soft", "--yes")["vmid_preserved"] == 101


def test_a_changed_certificate_is_named_with_both_fingerprints(cli: Cli, lab: Simulator) -> None:
    wrong_fingerprint(cli, lab)
    said = cli("adopt", "102", "--yes").err
    assert WRONG_PIN.strip('"') in said
    assert lab.fingerprint in said


def test_one_silent_cluster_costs_the_other_nothing(cli: Cli, lab: Simulator, adopted: Any) -> None:
    cli.connect("far", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    [row] = cli.json("list")
    assert (row["cluster"], row["status"]) == ("lab", "running")
    assert "far" in cli("list").err


@pytest.mark.parametrize("name", ["105", "far/105", "nobody"])
@pytest.mark.parametrize("command", ["show", "why"])
def test_what_a_silent_cluster_may_have_is_not_said_to_be_missing(
    cli: Cli, lab: Simulator, command: str, name: str
) -> None:
    cli.connect("far", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    ended = cli(command, name, "--json")
    assert (ended.code, "far: https" in ended.json["error"]) == (4, True), ended
    assert "so its guests are not known" in ended.json["error"]
    assert "there is no" not in ended.json["error"]


@pytest.mark.parametrize(("name", "code"), [("105", 5), ("off/105", 5), ("gone/105", 5)])
def test_what_a_cluster_may_have_that_is_not_asked_is_said(cli: Cli, lab: Simulator, name: str, code: int) -> None:
    cli.connect("off", lab, enabled="false")
    ended = cli("show", name)
    assert ended.code == code
    why = "gone is not configured" if "gone" in name else "off is disabled"
    assert f"{why}, so its guests are not known" in ended.err


def test_what_every_cluster_lists_without_it_is_not_there(cli: Cli) -> None:
    ended = cli("show", "105")
    assert (ended.code, ended.err) == (5, "proximity-tui: there is no container 105, and no other guest\n")


def test_no_run_over_a_disabled_cluster_ends_well(cli: Cli, lab: Simulator) -> None:
    cli.connect("off", lab, enabled="false")
    ended = cli("reconcile", "--cluster", "off", "--json")
    assert (ended.code, "cluster off is disabled" in ended.out) == (2, True), ended


def test_a_list_for_a_program_has_the_silence_beside_it(cli: Cli, lab: Simulator) -> None:
    """An empty document alone would say that there is nothing to adopt."""
    cli.connect("lab", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    listed = cli("list", "--kind", "unmanaged", "--json")
    assert (listed.code, listed.json) == (0, [])
    assert "does not answer" in listed.err


def test_a_disabled_cluster_is_not_checked(cli: Cli, lab: Simulator, adopted: Any) -> None:
    cli.connect("lab", lab, enabled="false")
    [row] = cli.json("list")
    assert (row["status"], row["presence"]) == ("unknown", "unknown")
    assert "not checked" in row["presence_reason"]
    assert cli("adopt", "102", "--yes").code == 2
    offered = cli("list", "--kind", "unmanaged", "--json")
    assert (offered.json, "not checked: lab is disabled" in offered.err) == ([], True), (
        "nobody knows that there is none"
    )


def test_a_cluster_that_left_the_configuration_keeps_its_records(cli: Cli, lab: Simulator, adopted: Any) -> None:
    cli.disconnect("lab")
    [row] = cli.json("list")
    assert (row["cluster"], row["status"]) == ("lab", "unknown")
    assert "not configured" in row["presence_reason"]


def test_a_cluster_that_hangs_holds_nobody_for_long(
    cli: Cli, lab: Simulator, adopted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proximity_tui.commands.base.refresh.PATIENCE", 0.3)
    lab.faults.hang("/cluster/resources")
    [row] = cli.json("list")
    assert "did not answer within" in row["presence_reason"]
    lab.faults.clear()


@pytest.mark.parametrize("option", ["--dry-run", "--read-only"])
def test_a_run_that_may_write_nothing_says_so(cli: Cli, lab: Simulator, adopted: Any, option: str) -> None:
    assert "lab: complete (dry run: nothing was written): 1 container checked" in cli("reconcile", option).out


def test_a_run_over_a_cluster_that_hangs_ends_and_says_so(
    cli: Cli, lab: Simulator, adopted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proximity_tui.commands.jobs.reconcile.PATIENCE", 0.3)
    monkeypatch.setattr("proximity_tui.commands.jobs.reconcile.RUN_PATIENCE", 0.0)
    lab.faults.hang("/cluster/resources")
    said = cli("reconcile")
    assert (said.code, said.out) == (4, "lab: failed: no answer in time, nothing was concluded\n")
    [document] = cli("reconcile", "--json").json["clusters"]
    assert (document["outcome"], document["reasons"]) == ("failed", ["no answer in time"])
    lab.faults.clear()
