"""Somebody else answers at the address: another certificate, another cluster. Neither is believed unasked."""

from __future__ import annotations

from proximity_tui.core.doctrine.reconciliation.verdict import VerdictReason
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.core.store import clusters
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.support.house import House, gateway_to
from tests.support.records.alerted import open_kinds, the_open_alert
from tests.support.records.unharmed import concluded_nothing, nothing_was_lost
from tests.support.servers.databases import both_databases


def test_n13_the_certificate_changed(house: House, fleet: list[Container]) -> None:
    old = house.simulator.fingerprint
    house.simulator.renew_certificate()
    new = house.simulator.fingerprint
    house.clients["lab"] = gateway_to(house.simulator, trust=Trust(fingerprints=(old,)))
    house.simulator.journal.clear()
    report = house.reconcile_twice()
    assert concluded_nothing(report)
    assert {verdict.decided_by for verdict in report.verdicts} == {VerdictReason.CERTIFICATE}
    alert = the_open_alert(AlertKind.CERTIFICATE_CHANGED)
    assert alert.severity is Severity.RED
    assert new[:11] in alert.message
    assert old[:11] in alert.message
    assert house.simulator.journal.entries() == [], "not a byte of HTTP was sent"
    nothing_was_lost(house, fleet)

    house.clients["lab"] = gateway_to(house.simulator)
    house.reconcile()
    assert open_kinds() == []


def test_another_cluster_at_the_same_address_is_not_believed(house: House, fleet: list[Container]) -> None:
    """Somebody pointed `lab` at an empty host and trusts its certificate. Its emptiness proves nothing about ours."""
    with Simulator("empty", seed=7) as stranger:
        ours = house.clients["lab"]
        house.clients["lab"] = gateway_to(stranger)
        for _ in range(3):
            report = house.reconcile()
            assert concluded_nothing(report)
            assert {verdict.decided_by for verdict in report.verdicts} == {VerdictReason.IDENTITY}
        alert = the_open_alert(AlertKind.CLUSTER_CHANGED)
        assert (alert.severity, alert.count) == (Severity.RED, 3)
        assert alert.evidence["known"] == house.simulator.ca_fingerprint
        nothing_was_lost(house, fleet)

        house.clients["lab"] = ours
        assert house.reconcile().outcome is JobOutcome.COMPLETE
        assert open_kinds() == []


@both_databases
def test_another_cluster_is_believed_once_a_person_trusts_it_anew_and_not_when_the_alert_is_acknowledged(
    house: House, fleet: list[Container]
) -> None:
    with Simulator("empty", seed=7) as stranger:
        # Its nodes have the names of the old ones; of another node nothing would be concluded.
        for node in ("pve2", "pve3"):
            stranger.world.add_node(node)
        house.clients["lab"] = gateway_to(stranger)
        house.reconcile()
        alerts.acknowledge(the_open_alert(AlertKind.CLUSTER_CHANGED).id, "anna@jump1", "we rebuilt it")
        assert concluded_nothing(house.reconcile_twice())
        nothing_was_lost(house, fleet)
        clusters.remember("lab", stranger.ca_fingerprint, replace=True)
        report = house.reconcile_twice()
        assert report.anomalous_orphans == 3
        assert all(house.again(one).is_tombstone for one in fleet)
        assert AlertKind.CLUSTER_CHANGED not in {alert.kind for alert in alerts.open_alerts()}
