"""What around the containers is an alert, what ends one, and what says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.surroundings import ObstacleKind, surroundings
from proximity_tui.core.doctrine.reconciliation.cluster_problems import (
    ClusterProblems,
    guests_in_question,
    problems_in_list,
    problems_of_backups,
    problems_of_certificates,
)
from proximity_tui.core.model import NodeReading, NodeStatus, Quorum, StorageReading, StorageStatus, Task
from proximity_tui.core.model.alert import Alert, AlertKind, Delivery, DeliveryState, Severity
from tests.support.records.make import NOON, after, container, inventory

LVM = StorageReading("pve1", "local-lvm", StorageStatus.AVAILABLE, "lvmthin", ("rootdir",), disk=30, maxdisk=100)


def listed(*storages: StorageReading, **changes: Any) -> Any:
    """A list with these storages."""
    return inventory(storages={f"{one.node}/{one.storage}": one for one in storages}, **changes)


def kinds(troubles: ClusterProblems) -> list[tuple[AlertKind, Severity, str | None]]:
    """What was found, in short."""
    return [(one.kind, one.severity, one.name) for one in troubles.found]


def test_where_all_is_well_every_problem_is_told_as_over() -> None:
    found = problems_in_list(listed(LVM), 0.9)
    assert kinds(found) == []
    assert found.over[AlertKind.NODE_OFFLINE, "pve2"] == "pve2 is online again"
    assert found.over[AlertKind.STORAGE_FULL, "local-lvm on pve1"] == "30% of local-lvm on pve1 is used"


@pytest.mark.parametrize(("hastate", "severity"), [(None, Severity.RED), ("maintenance", Severity.AMBER)])
def test_a_dead_node_is_red_unless_a_person_took_it_out_of_service(hastate: str | None, severity: Severity) -> None:
    dead = NodeReading("pve1", NodeStatus.OFFLINE, hastate=hastate)
    found = problems_in_list(listed(LVM, nodes={"pve1": dead, "pve2": "online"}), 0.9)
    assert kinds(found) == [(AlertKind.NODE_OFFLINE, severity, "pve1")], "its storages are no trouble of their own"


def test_without_quorum_nodes_are_not_said_to_be_dead() -> None:
    lost = Quorum(False, nodes_online=1, nodes_total=2, reason="the cluster has no quorum")
    found = problems_in_list(listed(LVM, quorum=lost, nodes={"pve1": "online", "pve2": "offline"}), 0.9)
    assert kinds(found) == [(AlertKind.QUORUM_LOST, Severity.RED, None)], "whether pve2 lives, pve1 cannot know"
    assert (AlertKind.NODE_OFFLINE, "pve2") not in found.over


def test_a_node_that_tells_nothing_neither_begins_nor_ends_an_alert() -> None:
    found = problems_in_list(
        listed(replace(LVM, status=StorageStatus.UNKNOWN, disk=None), nodes={"pve1": "unknown"}), 0.9
    )
    assert kinds(found) == []
    assert not {key for key in found.over if key[1] is not None}


@pytest.mark.parametrize(
    ("quorum", "expected", "over"),
    [
        (Quorum(False, nodes_online=1, nodes_total=3, reason="the cluster has no quorum"), 1, False),
        (Quorum(None, reason="the quorum cannot be seen", denied=True), 0, False),
        (Quorum(True), 0, True),
        (Quorum(None, standalone=True), 0, True),
    ],
)
def test_a_quorum_is_lost_only_where_it_is_seen_to_be(quorum: Quorum, expected: int, over: bool) -> None:
    found = problems_in_list(listed(quorum=quorum), 0.9)
    assert kinds(found) == [(AlertKind.QUORUM_LOST, Severity.RED, None)] * expected
    assert ((AlertKind.QUORUM_LOST, None) in found.over) is over


def test_a_storage_is_full_above_its_threshold_and_unavailable_where_a_living_node_cannot_reach_it() -> None:
    nas = StorageReading("pve1", "nas", StorageStatus.AVAILABLE, "nfs", ("backup",), shared=True, disk=91, maxdisk=100)
    lost = replace(nas, node="pve2", status=StorageStatus.UNKNOWN, disk=None, maxdisk=None)
    found = problems_in_list(listed(nas, lost), 0.9)
    assert kinds(found) == [
        (AlertKind.STORAGE_UNAVAILABLE, Severity.AMBER, "nas"),
        (AlertKind.STORAGE_FULL, Severity.AMBER, "nas"),
    ]
    assert "pve2 cannot reach it" in found.found[0].message
    assert "91% is used, 90% may be" in found.found[1].message
    at_the_threshold = problems_in_list(listed(nas), 0.91)
    assert kinds(at_the_threshold) == []
    assert (AlertKind.STORAGE_FULL, "nas") not in at_the_threshold.over, "it would be an alert again and again"


@pytest.mark.parametrize(
    ("changes", "storage", "kind"),
    [
        ({"nodes": {"pve1": "offline"}}, LVM, ObstacleKind.NODE_OFFLINE),
        ({"quorum": Quorum(False)}, LVM, ObstacleKind.NO_QUORUM),
        ({}, replace(LVM, status=StorageStatus.UNKNOWN), ObstacleKind.STORAGE_UNAVAILABLE),
        ({}, replace(LVM, disk=95), ObstacleKind.STORAGE_FULL),
        ({}, LVM, None),
        ({}, replace(LVM, node="pve2", disk=95), None),
    ],
)
def test_a_trouble_touches_the_containers_that_depend_on_it(
    changes: dict[str, Any], storage: StorageReading, kind: ObstacleKind | None
) -> None:
    found = surroundings(listed(storage, **changes), 0.9).obstacle(container(node="pve1"))
    assert (found.kind if found is not None else None) is kind


def test_a_certificate_is_told_of_before_its_end_and_red_after_it() -> None:
    day = timedelta(days=1)
    ends = {"pve-root-ca.pem": NOON + 3000 * day, "pve-ssl.pem": NOON + 13 * day, "pveproxy-ssl.pem": NOON - day}
    found = problems_of_certificates("prod", "pve1", ends, NOON, 14 * day)
    assert kinds(found) == [
        (AlertKind.CERTIFICATE_EXPIRES, Severity.AMBER, "pve-ssl.pem on pve1"),
        (AlertKind.CERTIFICATE_EXPIRES, Severity.RED, "pveproxy-ssl.pem on pve1"),
    ]
    assert "ends in 13d, at 2026-12-06 12:00 UTC" in found.found[0].message
    assert list(found.over) == [(AlertKind.CERTIFICATE_EXPIRES, "pve-root-ca.pem on pve1")]


def backup(id_: str, hours_ago: float, exitstatus: str | None, status: str = "stopped", node: str = "pve1") -> Task:
    """A task that made a backup of one guest, or of many (no id)."""
    upid = f"UPID:{node}:00000001:00000001:6B03F100:vzdump:{id_}:root@pam:"
    return Task(upid, node, "vzdump", id_, "root@pam", after(-3600 * hours_ago), status, exitstatus)


def test_the_backups_of_a_guest_that_moved_are_its_own_wherever_they_were_made() -> None:
    failed, later = backup("101", 9, "job errors"), backup("101", 1, "OK", node="pve2")
    found = problems_of_backups("prod", ["pve1", "pve2"], [failed, later], NOON)
    assert kinds(found) == []
    assert [name for _, name in found.over] == ["CT 101 on pve1", "CT 101 on pve2"]
    unread = problems_of_backups("prod", ["pve2"], [later], NOON)
    assert [name for _, name in unread.over] == ["CT 101 on pve2"], "of a node that was not read nothing is said"
    jobs = problems_of_backups(
        "prod", ["pve1", "pve2"], [backup("", 9, "job errors"), backup("", 1, "OK", node="pve2")], NOON
    )
    assert kinds(jobs) == [(AlertKind.BACKUP_FAILED, Severity.AMBER, "backup job on pve1")]


ALERT = Alert(
    1, Severity.AMBER, AlertKind.BACKUP_FAILED, "prod", 101, 1, "web1", "…", NOON, NOON, 1, None, None, None, {},
    Delivery(DeliveryState.NONE),
)  # fmt: skip


def failed_at(hours_ago: float) -> str:
    """The UPID of a backup of CT 101 that began so long ago."""
    return f"UPID:pve1:0000A1B2:00C0FFEE:{int(after(-3600 * hours_ago).timestamp()):08X}:vzdump:101:root@pam:"


@pytest.mark.parametrize(
    ("alerted", "tasks", "since"),
    [
        ([30], [], {"101": 30}),
        ([], [(9, "job errors")], {"101": 9}),
        ([], [(27, "job errors")], {}),
        ([40], [(30, "job errors")], {"101": 30}),
        ([30], [(9, "OK")], {}),
        ([30], [(40, "OK")], {"101": 30}),
        ([30, 35], [], {"101": 30}),
        ([], [(9, "OK")], {}),
        ([], [(9, "job errors"), (8, None)], {"101": 9}),
    ],
    ids=[
        "an alert is open", "it failed tonight", "it failed long ago, and no alert is open", "it failed again",
        "it succeeded since", "it succeeded before", "two alerts", "it succeeded", "the last end is not known",
    ],
)  # fmt: skip
def test_a_guest_is_in_question_from_its_last_failed_backup_until_one_of_its_own_succeeds(
    alerted: list[float], tasks: list[tuple[float, str | None]], since: dict[str, float]
) -> None:
    alerts = [replace(ALERT, evidence={"upid": failed_at(hours)}) for hours in alerted]
    found = guests_in_question(alerts, [backup("101", hours, ending) for hours, ending in tasks], NOON)
    assert found == {vmid: after(-3600 * hours) for vmid, hours in since.items()}


def test_the_newest_backup_of_each_guest_and_job_decides() -> None:
    tasks = [
        backup("", 8, "job errors"),
        backup("", 1, None, status="running"),
        backup("101", 30, "job errors"),
        backup("101", 9, "OK"),
        backup("102", 9, "OK"),
        backup("102", 8, "CT is locked (backup)"),
        backup("103", 9, "WARNINGS: 1"),
        backup("104", 27, "job errors"),
        backup("105", 2, None),
    ]
    found = problems_of_backups("prod", ["pve1"], tasks, NOON)
    assert kinds(found) == [
        (AlertKind.BACKUP_FAILED, Severity.AMBER, "backup job on pve1"),
        (AlertKind.BACKUP_FAILED, Severity.AMBER, "CT 102 on pve1"),
    ]
    assert "at 04:00 UTC by root@pam failed: CT is locked (backup)" in found.found[1].message
    assert [name for _, name in found.over] == ["CT 101 on pve1", "CT 103 on pve1"]


def test_what_is_not_the_ended_backup_of_one_guest_puts_no_guest_in_question() -> None:
    failed = backup("101", 9, "job errors")
    for other in (
        replace(failed, type="vzrestore"),
        replace(failed, id=""),
        replace(failed, status="running", exitstatus=None),
    ):
        assert guests_in_question([], [other], NOON) == {}, other


@pytest.mark.parametrize(
    "evidence", [{}, {"upid": "UPID:pve1:0000A1B2:00C0FFEE:66F7A8B9:vzdump::root@pam:"}], ids=["no task", "a job"]
)
def test_an_alert_without_the_task_of_one_guest_puts_no_guest_in_question(evidence: dict[str, str]) -> None:
    assert guests_in_question([replace(ALERT, evidence=evidence)], [], NOON) == {}
