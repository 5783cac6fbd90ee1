"""It only looks as if containers had vanished: outages, lost rights, dead nodes. Nothing is lost, and why is told.

Every story looks twice, with the two looks as close together as can be, so that one wrongly believed miss would do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.clock import SystemClock
from proximity_tui.core.doctrine import observation
from proximity_tui.core.doctrine.reconciliation import Rung
from proximity_tui.core.engine.report import Report
from proximity_tui.core.job_bodies import JobSettings
from proximity_tui.core.jobs import Jobs
from proximity_tui.core.model import Container, Presence, Refusal, Status
from proximity_tui.core.proxmox.trust import Trust
from proximity_tui.core.signals import Alert, AlertKind, JobOutcome, Severity
from proximity_tui.core.store import alerts, clusters, events, job_runs, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import QUICK, House, gateway_to
from tests.support.meddling import asked, when
from tests.support.waiting import until

THREE = (101, 102, 103)
"""web-1 on pve1, web-2 on pve2, web-3 on pve3: all in the pool `prod`."""


@pytest.fixture
def fleet(house: House) -> list[Container]:
    """Three adopted containers, one on each node, seen once by a reconciliation in which all was well."""
    adopted = [house.adopt(vmid, port=80) for vmid in THREE]
    assert house.reconcile().outcome is JobOutcome.COMPLETE
    house.simulator.journal.clear()
    return adopted


def open_kinds() -> list[tuple[str, Severity]]:
    return sorted((alert.kind, alert.severity) for alert in alerts.open_alerts())


def the_alert(kind: AlertKind) -> Alert:
    (found,) = [alert for alert in alerts.open_alerts() if alert.kind == kind]
    return found


def nothing_was_lost(house: House, fleet: list[Container]) -> None:
    """Every record is open, in its state, with its ports; and nobody wrote to Proxmox."""
    for before in fleet:
        now = house.again(before)
        assert not now.is_tombstone
        assert (now.state, now.ports) == (before.state, before.ports)
    assert house.wire() == []


def concluded_nothing(report: Report) -> bool:
    return (report.orphans_found, report.orphans_purged, report.anomalous_orphans) == (0, 0, 0)


def test_n01_api_down_at_start(house: House, fleet: list[Container]) -> None:
    seen = house.again(fleet[0]).observed_at
    house.simulator.faults.drop()
    for _ in range(3):
        report = house.reconcile()
        assert concluded_nothing(report)
        assert (report.outcome, report.undecided, report.real_vmids_count) == (JobOutcome.PARTIAL, 3, 0)
        assert {verdict.rung for verdict in report.verdicts} == {Rung.API}
    assert open_kinds() == [("unreachable", Severity.AMBER)]
    alert = the_alert(AlertKind.UNREACHABLE)
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
    assert house.watch().healthy is False
    assert all(severity is Severity.AMBER for _, severity in open_kinds())
    nothing_was_lost(house, fleet)


@pytest.mark.parametrize(
    "breaking", ["dropped connections", "a login page instead of JSON", "a revoked token", "596 from the proxying node"]
)
def test_n02_api_dies_mid_run(house: House, fleet: list[Container], breaking: str) -> None:
    """Really destroyed, and yet undecided: the list came, and then the existence probe did not answer."""
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
    fleet = [house.adopt(vmid) for vmid in (101, 102, 103, 104, 110, 111)]
    house.reconcile()
    house.simulator.faults.partial({one.vmid for one in fleet if one.vmid})
    house.simulator.faults.answer(596, "Connection timed out", "/cluster/nextid")
    house.simulator.journal.clear()
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert (report.undecided, {verdict.rung for verdict in report.verdicts}) == (6, {Rung.EXISTS})
    assert house.simulator.journal.count("GET", "/cluster/nextid") <= 2 * 3
    nothing_was_lost(house, fleet)


def test_n02_half_the_rows_are_malformed(house: House, fleet: list[Container]) -> None:
    """A truncated row makes the whole list incomplete: it may say who is there, never who is not."""
    house.simulator.world.destroy_outside(101)
    with house.simulator.world.entered() as cluster:
        cluster.guests[140].conf["hostname"] = "x"
        cluster.guests[141].node = "no such node!"
    report = house.reconcile_twice()
    assert report.outcome is JobOutcome.PARTIAL
    assert concluded_nothing(report)
    nothing_was_lost(house, fleet)


def test_n03_one_of_two_clusters_is_down(two_clusters: House) -> None:
    lab, attic = two_clusters.adopt(101, cluster="lab"), two_clusters.adopt(101, cluster="attic")
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
    assert by_vmid[103].rung is Rung.NODE_OFFLINE
    assert house.again(fleet[2]).presence is Presence.UNKNOWN
    assert house.again(fleet[2]).presence_reason == "node pve3 is offline"
    assert by_vmid[101].presence is Presence.PRESENT
    nothing_was_lost(house, fleet)

    world.set_node_online("pve3", True)
    world.broadcast()
    house.reconcile()
    assert house.again(fleet[2]).presence is Presence.PRESENT
    assert alerts.all_alerts() == ()


def test_n05_no_quorum(house: House, fleet: list[Container]) -> None:
    native = house.create("ours")
    house.reconcile()
    house.simulator.journal.clear()
    house.simulator.world.destroy_outside(101)
    house.simulator.world.set_quorate(False)
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.outcome is JobOutcome.PARTIAL
    assert "quorum" in report.reasons[0]
    assert {one.rung for one in report.verdicts if one.container.vmid == 101} == {Rung.QUORUM}
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert "quorum" in refused.reason
    nothing_was_lost(house, fleet)

    house.simulator.world.set_quorate(True)
    assert house.reconcile_twice().anomalous_orphans == 1, "once the majority is back, it is proved"


def test_n05_a_quorum_that_we_may_not_see_is_no_quorum(house: House, fleet: list[Container]) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/vms": PRIVILEGES})
    simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert "Sys.Audit" in report.reasons[0]
    nothing_was_lost(house, fleet)


def test_n06_permission_lost(house: House, fleet: list[Container]) -> None:
    house.simulator.set_acl(house.simulator.token_id, {"/": ["Sys.Audit"]})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert (report.hidden, report.undecided) == (3, 0)
    alert = the_alert(AlertKind.PERMISSION_LOST)
    assert alert.severity is Severity.AMBER
    assert "VM.Audit on /vms/101, /vms/102, /vms/103" in alert.message
    assert "web-1, web-2, web-3" in alert.message
    nothing_was_lost(house, fleet)

    house.simulator.set_acl(house.simulator.token_id, {"/": PRIVILEGES})
    house.reconcile()
    assert {house.again(one).presence for one in fleet} == {Presence.PRESENT}
    assert open_kinds() == []


def test_n06_the_token_may_do_nothing_any_more(house: House, fleet: list[Container]) -> None:
    house.simulator.set_acl(house.simulator.token_id, {})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.outcome is JobOutcome.PARTIAL
    nothing_was_lost(house, fleet)


def test_n06_one_pool_is_not_ours_any_more(house: House) -> None:
    simulator = house.simulator
    rest = {"/": ["Sys.Audit"], "/nodes": ["Sys.Audit"], "/storage": PRIVILEGES}
    simulator.set_acl(simulator.token_id, {**rest, "/pool/prod": PRIVILEGES, "/pool/tools": PRIVILEGES})
    fleet = [house.adopt(vmid) for vmid in (101, 102, 120, 121)]
    simulator.journal.clear()
    simulator.set_acl(simulator.token_id, {**rest, "/pool/tools": PRIVILEGES})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.hidden == 2
    assert {house.again(one).vmid: house.again(one).presence for one in fleet} == {
        101: Presence.HIDDEN, 102: Presence.HIDDEN, 120: Presence.PRESENT, 121: Presence.PRESENT,
    }  # fmt: skip
    nothing_was_lost(house, fleet)


def test_n06_what_is_destroyed_while_it_was_hidden_is_proved_by_what_no_permission_filters(
    house: House, fleet: list[Container]
) -> None:
    """Rights on one pool are left, so that our privileges are not lost altogether."""
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/pool/tools": PRIVILEGES})
    simulator.world.destroy_outside(101)
    report = house.reconcile_twice()
    assert (report.anomalous_orphans, report.hidden) == (1, 2)
    assert house.again(fleet[0]).is_tombstone
    assert not house.again(fleet[1]).is_tombstone


def test_n10_a_slow_api_does_not_let_runs_stack_up(house: House, fleet: list[Container]) -> None:
    held = house.simulator.faults.hang("/cluster/resources")
    jobs = Jobs(house.gateways, JobSettings(lease_ttl=timedelta(seconds=2)), "jump1:1:me", SystemClock(), "anna@jump1")
    jobs.start()
    try:
        until(lambda: [one for one in job_runs.recent("reconciler", "lab") if one.outcome is None])
        before = house.simulator.journal.count("GET", "/cluster/resources")
        for _ in range(5):
            assert jobs.run_now("reconciler", "lab") == "the reconciler of lab is already running"
            jobs.missed("lab")
        (running,) = [one for one in job_runs.recent("reconciler", "lab") if one.outcome is None]
        assert running.finished_at is None
        assert house.simulator.journal.count("GET", "/cluster/resources") <= before + 1
        (status,) = [one for one in jobs.status() if one.job == "reconciler"]
        assert status.running_since is not None, "how long it runs can be told"
    finally:
        house.simulator.faults.remove(held)
        jobs.stop()
    nothing_was_lost(house, fleet)


def test_n13_the_certificate_changed(house: House, fleet: list[Container]) -> None:
    old = house.simulator.fingerprint
    house.simulator.renew_certificate()
    new = house.simulator.fingerprint
    house.gateways["lab"] = gateway_to(house.simulator, trust=Trust(fingerprints=(old,)))
    house.simulator.journal.clear()
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert {verdict.rung for verdict in report.verdicts} == {Rung.CERTIFICATE}
    alert = the_alert(AlertKind.CERTIFICATE_CHANGED)
    assert alert.severity is Severity.RED
    assert new[:11] in alert.message
    assert old[:11] in alert.message
    assert house.simulator.journal.entries() == [], "not a byte of HTTP was sent"
    nothing_was_lost(house, fleet)

    house.gateways["lab"] = gateway_to(house.simulator)
    house.reconcile()
    assert open_kinds() == []


def test_another_cluster_at_the_same_address_is_not_believed(house: House, fleet: list[Container]) -> None:
    """Somebody pointed `lab` at an empty host and trusts its certificate. Its emptiness proves nothing about ours."""
    with Simulator("empty", seed=7) as stranger:
        ours = house.gateways["lab"]
        house.gateways["lab"] = gateway_to(stranger)
        for _ in range(3):
            report = house.reconcile()
            assert concluded_nothing(report)
            assert {verdict.rung for verdict in report.verdicts} == {Rung.IDENTITY}
        alert = the_alert(AlertKind.CLUSTER_CHANGED)
        assert (alert.severity, alert.count) == (Severity.RED, 3)
        assert alert.evidence["known"] == house.simulator.ca_fingerprint
        nothing_was_lost(house, fleet)

        house.gateways["lab"] = ours
        assert house.reconcile().outcome is JobOutcome.COMPLETE
        assert open_kinds() == []


def test_another_cluster_is_believed_once_a_person_trusts_it_anew_and_not_when_the_alert_is_acknowledged(
    house: House, fleet: list[Container]
) -> None:
    with Simulator("empty", seed=7) as stranger:
        house.gateways["lab"] = gateway_to(stranger)
        house.reconcile()
        alerts.acknowledge(the_alert(AlertKind.CLUSTER_CHANGED).id, "anna@jump1", "we rebuilt it")
        assert concluded_nothing(house.reconcile_twice())
        nothing_was_lost(house, fleet)
        clusters.remember("lab", stranger.ca_fingerprint, replace=True)
        report = house.reconcile_twice()
        assert report.anomalous_orphans == 3
        assert all(house.again(one).is_tombstone for one in fleet)
        assert AlertKind.CLUSTER_CHANGED not in {alert.kind for alert in alerts.open_alerts()}


def test_n14_a_cluster_that_is_switched_off_is_not_checked(two_clusters: House) -> None:
    lab, attic = two_clusters.adopt(101, cluster="lab"), two_clusters.adopt(101, cluster="attic")
    two_clusters.simulators["attic"].world.destroy_outside(101)
    only_lab = {"lab": two_clusters.gateways["lab"]}
    settings = JobSettings(limits=QUICK, lease_ttl=timedelta(seconds=2))
    jobs = Jobs(only_lab, settings, "jump1:1:me", SystemClock(), "anna@jump1")
    jobs.start()
    try:
        until(lambda: job_runs.last("reconciler", "lab"))
    finally:
        jobs.stop()
    assert job_runs.last("reconciler", "attic") is None
    assert not two_clusters.again(attic).is_tombstone
    assert not two_clusters.again(lab).is_tombstone
    assert alerts.all_alerts() == ()


def test_n15_without_clusters_the_jobs_have_nothing_to_do(tmp_path: Path) -> None:
    store.open_store(f"sqlite:///{tmp_path}/proximity.db")
    try:
        jobs = Jobs({}, JobSettings(), "jump1:1:me", SystemClock(), "anna@jump1")
        jobs.start()
        assert jobs.status() == ()
        jobs.stop()
        assert (records.active(), events.list_events(), job_runs.recent()) == ((), (), ())
    finally:
        store.close_store()


def test_a_list_that_leaves_somebody_out_is_no_proof_for_he_exists(house: House, fleet: list[Container]) -> None:
    """A list that is well-formed and yet not whole, for whatever reason: Proxmox says that the VMID is taken."""
    house.simulator.faults.partial({101})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert house.again(fleet[0]).presence is Presence.HIDDEN
    nothing_was_lost(house, fleet)


def test_an_empty_list_of_a_cluster_that_answers_well_proves_nothing(house: House, fleet: list[Container]) -> None:
    house.simulator.faults.partial({one.vmid for one in house.simulator.world.containers()} | {200, 201})
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert report.hidden == 3
    nothing_was_lost(house, fleet)


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


def test_a_status_that_nobody_broadcasts_is_unknown_and_the_container_present(
    house: House, fleet: list[Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long after the adoption: until then our own close look counts for more than the list.
    monkeypatch.setattr(observation, "LIST_AGE", timedelta(0))
    house.simulator.faults.pvestatd_down()
    house.simulator.world.forget_broadcasts()
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert {house.again(one).presence for one in fleet} == {Presence.PRESENT}
    assert {house.again(one).status for one in fleet} == {Status.UNKNOWN}
    nothing_was_lost(house, fleet)


def with_clock_moved(simulator: Simulator) -> None:
    """Let the others notice what happened to a node, as they do when it is silent."""
    simulator.world.broadcast()
