"""`lint`: what is found of a real fleet, waived with a note and kept, and what cannot be checked."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.insight import lint_answer
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.world import builder
from tests.commands.conftest import Cli


def rules_of(document: dict[str, Any], vmid: int) -> set[str]:
    return {one["rule"] for one in document["findings"] if one["vmid"] == vmid and one["waived"] is None}


def test_a_finding_is_waived_with_a_note_and_comes_back(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    assert "protection_off" in rules_of(cli.json("lint"), 101)
    assert cli("lint", "waive", "101", "protection_off").code == 2, "a waiver needs a note"
    wrong = cli("lint", "waive", "101", "protection_of", "--note", "x")
    assert (wrong.code, "did you mean protection_off?" in wrong.err) == (2, True)
    cli.json("lint", "waive", "101", "protection_off", "--note", "its job protects it")
    assert cli("lint", "waive", "101", "protection_off", "--note", "again").code == 6
    waived = cli.json("lint")
    assert "protection_off" not in rules_of(waived, 101)
    kept = next(one for one in waived["findings"] if one["rule"] == "protection_off")
    assert kept["waived"]["note"] == "its job protects it"
    cli.json("lint", "unwaive", "101", "protection_off")
    assert "protection_off" in rules_of(cli.json("lint"), 101)
    assert [one["action"] for one in cli.json("audit", "101")[-2:]] == ["lint-waived", "lint-unwaived"]


def test_a_waiver_asks_for_nothing_that_another_rule_needs(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    lab.journal.clear()
    assert cli("lint", "waive", "101", "protection_off", "--note", "its job protects it").code == 0
    assert [one.path for one in lab.journal.entries() if "/snapshot" in one.path or "/content" in one.path] == []


def test_a_finding_is_named_by_its_container_or_its_subject_and_never_by_both(cli: Cli, adopted: object) -> None:
    subject = ("--note", "x", "--subject", "alert:7")
    missing = cli("lint", "waive", "old_alert", *subject)
    assert (missing.code, "lint finds no old_alert of alert:7 now" in missing.err) == (5, True), missing
    both = cli("lint", "waive", "101", "protection_off", *subject)
    assert (both.code, "not both" in both.err) == (2, True), both


def test_a_silent_cluster_is_not_checked_and_not_fine(cli: Cli, lab: Simulator, adopted: dict[str, Any]) -> None:
    lab.faults.html("/cluster/resources")
    document = cli.json("lint")
    unchecked = {one["rule"] for one in document["not_checked"]}
    assert {"no_backup", "drift", "disk_full", "template_unused"} <= unchecked
    assert "protection_off" in rules_of(document, 101), "the config was read before"


def test_the_limits_are_settings(cli: Cli, adopted: dict[str, Any]) -> None:
    text = cli.config.read_text()
    cli.config.write_text(text + '\n[lint]\nsnapshot = "90d"\ndisabled = ["protection_off", "template_unused"]\n')
    assert not {"protection_off", "template_unused"} & {one["rule"] for one in cli.json("lint")["findings"]}
    cli.config.write_text(text + '\n[lint]\ndisabled = ["onboot"]\n')
    refused = cli("lint")
    assert (refused.code, "did you mean onboot_off?" in refused.err) == (2, True)


def test_the_last_backup_of_every_container_is_known_by_one_list_of_each_storage(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    assert "no_backup" not in rules_of(cli.json("lint"), 101)
    with lab.world.entered() as cluster:
        cluster.storages["backups"].files.clear()
    lab.journal.clear()
    assert "no_backup" in rules_of(cli.json("lint"), 101)
    assert lab.journal.count("GET", "/storage/backups/content") == 1


def test_a_snapshot_that_was_taken_after_the_config_was_recorded_is_found(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    cli.config.write_text(cli.config.read_text() + '\n[lint]\nsnapshot = "1s"\n')
    with lab.world.entered() as cluster:
        guest = cluster.guests[101]
        builder.snapshot(cluster, guest, "before-upgrade", "")
        guest.snapshots["before-upgrade"].snaptime -= 3600
    assert cli.json("snapshot", "list", "101")["snapshots"][0]["name"] == "before-upgrade"
    document = cli.json("lint")
    assert "old_snapshot" in rules_of(document, 101), document["not_checked"]


def test_a_node_that_gives_no_usable_answer_is_asked_for_snapshots_once_and_they_are_not_fine(
    cli: Cli, lab: Simulator, adopted: dict[str, Any], native: dict[str, Any]
) -> None:
    cli.config.write_text(cli.config.read_text() + '\n[lint]\nsnapshot = "1s"\n')
    lab.faults.html("/snapshot")
    lab.journal.clear()
    document = cli.json("lint")
    unread = [one for one in document["not_checked"] if one["rule"] == "old_snapshot"]
    assert {one["name"] for one in unread} == {one["name"] for one in cli.json("list")}
    assert all("snapshots could not be read" in one["why"] for one in unread)
    nodes = {one["node"] for one in cli.json("list")}
    assert lab.journal.count("GET", "/snapshot") == len(nodes) == 1


def test_what_we_made_lately_is_not_asked_for_old_snapshots(
    cli: Cli, lab: Simulator, adopted: dict[str, Any], native: dict[str, Any]
) -> None:
    lab.journal.clear()
    document = cli.json("lint")
    assert [one["name"] for one in document["not_checked"] if one["rule"] == "old_snapshot"] == []
    assert [one.path for one in lab.journal.entries() if one.path.endswith("/snapshot")] == [
        "/nodes/pve1/lxc/101/snapshot"
    ]


def test_of_more_containers_than_are_read_at_once_the_snapshots_of_all_are_read_in_time(
    cli: Cli, lab: Simulator, adopted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose config names a snapshot comes first, and keeps nobody waiting for ever."""
    monkeypatch.setattr(lint_answer, "MOST_SNAPSHOTS", 3)
    wanted = {101, 102, 103, 104}
    for vmid in wanted - {101}:
        with lab.world.entered() as cluster:
            builder.snapshot(cluster, cluster.guests[vmid], "old", "")
        assert cli("adopt", str(vmid), "--yes").code == 0
    seen = set[int]()
    for _ in range(100):
        lab.journal.clear()
        cli.json("lint")
        asked = {int(one.path.split("/")[4]) for one in lab.journal.entries() if one.path.endswith("/snapshot")}
        assert len(asked) == 3
        seen |= asked
        if seen == wanted:
            break
    assert seen == wanted
