"""A cluster that is renamed takes along what is kept of it; what is over keeps the name it had."""

from datetime import timedelta

import pytest

from proximity_tui.core.model import Membership, OperationStatus
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store import clusters, events, safe_modes, verification
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import Conflict, LostLease, RecordNotFound, SameCluster, StoreError
from proximity_tui.core.store.jobs import breakers, leases
from proximity_tui.core.store.records import identity_trail, operations, public_ports, records, renaming
from tests.core.store.making import ANNA, OWNER, a_container, begun, close, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")


def test_everything_follows_and_history_stays() -> None:
    clusters.remember("prod", "AA:BB")
    clusters.note_members("prod", Membership("pve", frozenset({"pve1", "pve2"})))
    web = a_container()
    public_ports.allocate(web.id, 80, range(8100, 8200))
    tombstone = close(a_container(vmid=102))
    alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="prod", message="no answer")
    breakers.open_breaker("prod", [web.id], 1)
    safe_modes.freeze("prod", ANNA, "storage moves")
    lease = leases.acquire("prod", OWNER, timedelta(minutes=1))
    assert lease is not None

    done = renaming.rename("prod", "lab", ANNA)

    assert (done.records, done.alerts) == (1, 1)
    [moved] = records.active()
    assert (moved.cluster, moved.id, moved.ports[0].public) == ("lab", web.id, 8100)
    assert records.get(tombstone.id).cluster == "prod"
    assert records.last_tombstone("lab", 102) == tombstone
    assert [one.id for one in records.tombstones_called("102", 102, None, "lab")] == [tombstone.id]
    again = alerts.raise_alert(AlertKind.UNREACHABLE, Severity.AMBER, cluster="lab", message="no answer")
    assert again.count == 2
    assert breakers.state("lab") is not None
    assert [freeze.cluster for freeze in safe_modes.active_freezes()] == ["lab"]
    with pytest.raises(LostLease), leases.fenced(lease):
        pass
    assert clusters.known_identity("lab") == "AA:BB"
    assert clusters.known_members("lab") == Membership("pve", frozenset({"pve1", "pve2"}))
    assert identity_trail.provenance(web.id).disagreement is None
    assert verification.verify().whole
    told = events.list_events(cluster="lab")
    assert [event.evidence["to"] for event in told if event.action == EventAction.CLUSTER_RENAMED] == ["lab"]


def test_the_old_name_is_no_second_name() -> None:
    clusters.remember("prod", "AA:BB")
    renaming.rename("prod", "lab", ANNA)
    with pytest.raises(SameCluster):
        clusters.remember("prod", "AA:BB")
    with pytest.raises(SameCluster):
        a_container(cluster="prod")
    renaming.rename("lab", "prod", ANNA)
    assert clusters.other_name_of("prod") is None
    assert a_container(cluster="prod").cluster == "prod"


def test_a_record_that_was_altered_stays_so() -> None:
    web = a_container()
    drop_trigger("container_identity", "container")
    raw("UPDATE container SET vmid = 205")
    renaming.rename("prod", "lab", ANNA)
    assert "VMID is 205" in str(identity_trail.provenance(web.id).disagreement)


def test_what_cannot_be_renamed_is_refused_and_nothing_changes() -> None:
    web = a_container()
    a_container(cluster="lab")
    clusters.remember("prod", "AA:BB")
    clusters.remember("attic", "CC:DD")
    with pytest.raises(RecordNotFound, match="know no cluster nowhere"):
        renaming.rename("nowhere", "elsewhere", ANNA)
    with pytest.raises(StoreError, match="already"):
        renaming.rename("prod", "prod", ANNA)
    with pytest.raises(Conflict, match="records of its own"):
        renaming.rename("prod", "lab", ANNA)
    with pytest.raises(Conflict, match="another cluster"):
        renaming.rename("prod", "attic", ANNA)
    operation = begun(web)
    for status in (None, OperationStatus.INTERRUPTED):
        if status:
            operations.finish(operation.id, status)
        with pytest.raises(Conflict, match="is busy"):
            renaming.rename("prod", "new", ANNA)
    assert records.get(web.id).cluster == "prod"
