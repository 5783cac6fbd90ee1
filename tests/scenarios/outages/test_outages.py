"""It only looks as if containers had vanished: outages, lost rights, dead nodes. Nothing is lost, and why is told.

Every story looks twice, with the two looks as close together as can be, so that one wrongly believed miss would do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.core.doctrine.reconciliation.verdict import VerdictReason
from proximity_tui.core.engine.operations.outcome import Failed
from proximity_tui.core.model import Container, Presence, Refusal
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.support.actions.deleting import planned
from tests.support.house import House
from tests.support.records.alerted import open_kinds, the_open_alert
from tests.support.records.unharmed import concluded_nothing, nothing_was_lost
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when


@both_databases
def test_n01_api_down_at_start(house: House, fleet: list[Container]) -> None:
    seen = house.again(fleet[0]).observed_at
    house.simulator.faults.drop()
    for _ in range(3):
        report = house.reconcile()
        assert concluded_nothing(report)
        assert (report.outcome, report.undecided, report.real_vmids_count) == (JobOutcome.PARTIAL, 3, 0)
        assert {verdict.decided_by for verdict in report.verdicts} == {VerdictReason.API}
    assert open_kinds() == [("unreachable", Severity.AMBER)]
    alert = the_open_alert(AlertKind.UNREACHABLE)
    assert alert.count == 3
    assert seen is not None
    assert f"last good answer {seen:%Y-%m-%d %H:%M} UTC" in alert.message
    nothing_was_lost(house, fleet)

    house.simulator.faults.clear()
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    assert open_kinds() == []
    assert alerts.get(alert.id).resolution == "it answers again"


Breaking = Callable[[Simulator], object]

NO_ANSWERS: dict[str, Breaking] = {
    "dropped connections": lambda simulator: simulator.faults.drop(),
    "a login page instead of JSON": lambda simulator: simulator.faults.html(),
    "half an answer": lambda simulator: simulator.faults.truncate(),
    "an answer without data": lambda simulator: simulator.faults.no_data(),
    "a dead cluster file system": lambda simulator: simulator.faults.pmxcfs_down(),
    "no longer our token": lambda simulator: simulator.faults.unauthorized(),
    "a revoked token": lambda simulator: simulator.remove_token(simulator.token_id),
    "595 from the proxying node": lambda simulator: simulator.faults.answer(595, "no route to host"),
    "596 from the proxying node": lambda simulator: simulator.faults.answer(596, "broken pipe"),
    "503": lambda simulator: simulator.faults.answer(503, "Service Unavailable"),
    "404 where the list should be": lambda simulator: simulator.faults.answer(404, "Not Found"),
    "500 with words": lambda simulator: simulator.faults.answer(500, "CT 101 does not exist"),
}


@pytest.mark.parametrize("breaking", NO_ANSWERS)
def test_n11_what_is_no_list_of_guests_proves_nothing(house: House, fleet: list[Container], breaking: str) -> None:
    NO_ANSWERS[breaking](house.simulator)
    first, second = house.reconcile(), house.reconcile()
    assert concluded_nothing(first)
    assert concluded_nothing(second)
    assert (second.outcome, second.undecided) == (JobOutcome.PARTIAL, 3)
    assert house.poller().healthy is False
    assert all(severity is Severity.AMBER for _, severity in open_kinds())
    nothing_was_lost(house, fleet)


@pytest.mark.parametrize(
    "breaking", ["dropped connections", "a login page instead of JSON", "a revoked token", "596 from the proxying node"]
)
def test_n02_api_dies_mid_run(house: House, fleet: list[Container], breaking: str) -> None:
    """Really destroyed, and yet undecided: the list came, and then the existence check did not answer."""
    house.simulator.world.destroy_outside(101)

    def die() -> None:
        NO_ANSWERS[breaking](house.simulator)

    for _ in range(2):
        house.simulator.faults.clear()
        when(house.simulator, asked("GET", "/cluster/status"), die)
        report = house.reconcile()
        assert concluded_nothing(report)
        assert (report.outcome, report.undecided) == (JobOutcome.PARTIAL, 1)
        if breaking == "a revoked token":
            break
    assert not house.again(fleet[0]).is_tombstone


def test_n02_the_oracle_alone_fails_and_is_not_asked_without_end(house: House) -> None:
    fleet = [house.adopted(vmid) for vmid in (101, 102, 103, 104, 110, 111)]
    house.reconcile()
    house.simulator.faults.partial({one.vmid for one in fleet if one.vmid})
    house.simulator.faults.answer(596, "Connection timed out", "/cluster/nextid")
    house.simulator.journal.clear()
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert (report.undecided, {verdict.decided_by for verdict in report.verdicts}) == (6, {VerdictReason.EXISTS})
    assert house.simulator.journal.count("GET", "/cluster/nextid") <= 2 * 3
    nothing_was_lost(house, fleet)


@both_databases
def test_n03_one_of_two_clusters_is_down(two_clusters: House) -> None:
    lab, attic = two_clusters.adopted(101, cluster="lab"), two_clusters.adopted(101, cluster="attic")
    for name in ("lab", "attic"):
        two_clusters.reconcile(cluster=name)
        two_clusters.simulators[name].world.destroy_outside(101)
    two_clusters.simulators["attic"].faults.drop()
    for name in ("lab", "attic", "lab", "attic"):
        two_clusters.reconcile(cluster=name)
    assert two_clusters.again(lab).is_tombstone
    assert not two_clusters.again(attic).is_tombstone
    assert open_kinds() == [("anomalous_orphan", Severity.RED), ("unreachable", Severity.AMBER)]


def test_n04_node_offline_and_back(house: House, fleet: list[Container]) -> None:
    world = house.simulator.world
    world.set_node_online("pve3", False)
    world.offline_delay = 0.01
    with_clock_moved(house.simulator)
    report = house.reconcile_twice()
    by_vmid = {verdict.container.vmid: verdict for verdict in report.verdicts}
    assert concluded_nothing(report)
    assert by_vmid[103].decided_by is VerdictReason.NODE_OFFLINE
    assert house.again(fleet[2]).presence is Presence.UNKNOWN
    assert house.again(fleet[2]).presence_reason == "node pve3 is offline"
    assert fleet[0].id in report.as_recorded
    nothing_was_lost(house, fleet)

    world.set_node_online("pve3", True)
    world.broadcast()
    house.reconcile()
    assert house.again(fleet[2]).presence is Presence.PRESENT
    [alert] = alerts.all_alerts()
    assert (alert.kind, alert.name, alert.severity, alert.count) == (AlertKind.NODE_OFFLINE, "pve3", Severity.RED, 2)
    assert alert.resolution == "pve3 is online again"


def test_n05_no_quorum(house: House, fleet: list[Container]) -> None:
    native = house.native("ours")
    house.reconcile()
    house.simulator.journal.clear()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.set_quorate(False)
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.outcome is JobOutcome.PARTIAL
    assert "quorum" in report.reasons[0]
    assert {one.decided_by for one in report.verdicts if one.container.vmid == 101} == {VerdictReason.QUORUM}
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert "quorum" in refused.reason
    nothing_was_lost(house, fleet)

    house.simulator.world.set_quorate(True)
    assert house.reconcile_twice().anomalous_orphans == 1, "once the majority is back, it is proved"


def test_n05_a_node_that_left_the_quorum_and_still_answers_destroys_nothing(house: House) -> None:
    """Corosync has a network of its own, and that is down: a destroy there frees the disks, and fails after that."""

    def left(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "online": 0} if row["id"] == "node/pve1" else row for row in rows]

    native = house.native("ours")
    plan = planned(house, native)
    when(house.simulator, asked("POST", "/shutdown"), lambda: house.simulator.faults.rewrite(left, "/cluster/status"))

    result = house.engine.delete(plan, native)

    assert isinstance(result, Failed), result
    assert "the cluster has a quorum without node pve1" in result.reason
    assert house.destroys() == []
    assert house.simulator.world.container(native.vmid or 0) is not None


def test_flapping_between_the_looks_concludes_only_what_both_looks_prove(house: House, fleet: list[Container]) -> None:
    house.simulator.world.destroy_outside(101)
    assert house.reconcile().waiting
    house.simulator.faults.drop()
    assert concluded_nothing(house.reconcile())
    assert house.again(fleet[0]).missing_since is not None, "what was seen to be missing is not forgotten"
    house.simulator.faults.clear()
    assert house.reconcile().anomalous_orphans == 1
    assert house.again(fleet[0]).is_tombstone
    assert not house.again(fleet[1]).is_tombstone


def with_clock_moved(simulator: Simulator) -> None:
    """Let the others notice what happened to a node, as they do when it is silent."""
    simulator.world.broadcast()
