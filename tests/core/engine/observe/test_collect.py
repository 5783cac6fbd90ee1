"""What one run asks: one list, the oracle only for what is missing, a close look at what is odd, a few configs."""

from __future__ import annotations

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, VerdictReason
from proximity_tui.core.engine.observe import collect as surveying
from proximity_tui.core.engine.observe.collect import CHECKS_LOST, collect_cluster
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from tests.core.store.making import drop_trigger, raw
from tests.support.house import House
from tests.support.records.make import whole_records


def collected(house: House, root_ca: str) -> ClusterSnapshot:
    """What one run knows of the cluster, whose recorded root CA this is."""
    return collect_cluster(house.clients["lab"], whole_records(records.active("lab")), house.clock, root_ca)


def paths(simulator: Simulator) -> list[str]:
    return [entry.path for entry in simulator.journal.entries()]


def test_where_nothing_is_missing_odd_or_due_a_list_and_the_quorum_are_all(house: House, simulator: Simulator) -> None:
    house.adopted(101)
    house.adopted(102)
    simulator.journal.clear()
    found = collected(house, simulator.ca_fingerprint)
    assert paths(simulator) == ["/cluster/resources", "/cluster/status"]
    assert (found.blocked, found.existence, found.identity) == (None, {}, None)
    assert (found.as_recorded, found.seen) == ({one.id for one in records.active("lab")}, {})


def test_only_what_is_missing_is_asked_for_and_our_rights_and_the_cluster_with_it(
    house: House, simulator: Simulator
) -> None:
    for vmid in (101, 102, 103):
        house.adopted(vmid)
    simulator.world.destroy_outside(102)
    simulator.journal.clear()
    found = collected(house, simulator.ca_fingerprint)
    assert {vmid: answer.free for vmid, answer in found.existence.items()} == {102: True}
    assert simulator.journal.count("GET", "/cluster/nextid") == 1
    assert "/access/permissions" in paths(simulator)
    assert found.identity == simulator.ca_fingerprint
    assert found.blocked is None


def test_of_another_cluster_not_even_its_list_is_handed_on(house: House, simulator: Simulator) -> None:
    house.adopted(101)
    simulator.world.destroy_outside(101)
    found = collected(house, "AA:" * 31 + "AA")
    assert found.inventory is None
    assert found.blocked is not None
    assert found.blocked.decided_by is VerdictReason.IDENTITY


def test_a_cluster_that_does_not_say_which_it_is_proves_nothing(house: House, simulator: Simulator) -> None:
    house.adopted(101)
    simulator.world.destroy_outside(101)
    simulator.faults.answer(596, "Connection timed out", "/certificates/info")
    found = collected(house, simulator.ca_fingerprint)
    assert found.inventory is not None
    assert found.blocked is not None
    assert found.blocked.decided_by is VerdictReason.IDENTITY


def test_an_oracle_that_keeps_failing_is_left_alone(house: House, simulator: Simulator) -> None:
    vmids = (101, 102, 103, 104, 110, 111)
    for vmid in vmids:
        house.adopted(vmid)
    simulator.faults.partial(vmids)
    simulator.faults.answer(596, "Connection timed out", "/cluster/nextid")
    found = collected(house, simulator.ca_fingerprint)
    assert [answer.free for answer in found.existence.values()] == [None] * len(vmids)
    assert CHECKS_LOST == 3
    assert found.existence[111].reason == "Proxmox stopped answering during this run"


def test_a_vmid_that_cannot_be_asked_about_is_neither_free_nor_a_sign_that_proxmox_is_silent(
    house: House, simulator: Simulator
) -> None:
    """Somebody changed records by hand."""
    bent = [house.adopted(vmid) for vmid in (101, 102, 103, 104)]
    assert len(bent) > CHECKS_LOST
    house.adopted(110)
    simulator.world.destroy_outside(110)
    drop_trigger("container_identity", "container")
    for number, record in enumerate(bent):
        raw(f"UPDATE container SET vmid = {-number} WHERE id = {record.id}")

    found = collected(house, simulator.ca_fingerprint)

    assert {vmid: answer.free for vmid, answer in found.existence.items()} == {
        0: None, -1: None, -2: None, -3: None, 110: True,
    }  # fmt: skip
    assert str(found.existence[-3].reason).startswith("-3 is not a VMID, so nothing was sent to Proxmox")
    assert found.blocked is None


def test_of_many_odd_rows_a_few_are_read_and_the_others_stay_unread(house: House, simulator: Simulator) -> None:
    number = surveying.MOST_ODD_ROWS + 2
    vmids = [simulator.world.add_container(2000 + n, hostname=f"ct-{n}") for n in range(number)]
    for vmid in vmids:
        house.adopted(vmid)
    for vmid in vmids:
        simulator.world.recreate_outside(vmid, hostname=f"intruder-{vmid}")
    simulator.world.broadcast()
    found = collected(house, simulator.ca_fingerprint)
    assert (len(found.replaced), len(found.unread)) == (surveying.MOST_ODD_ROWS, 2)
    assert not set(found.replaced) & found.unread


def test_that_a_vmid_is_free_is_believed_only_of_the_server_whose_list_lacks_it(
    house: House, simulator: Simulator
) -> None:
    """The first server hides CT 101 and dies; the next one left the cluster, and knows no container of other nodes."""
    house.adopted(101)
    simulator.faults.partial({101})
    simulator.faults.drop("/cluster/nextid")
    with Simulator("demo") as other:
        other.world.destroy_outside(101)
        with other.world.entered() as cluster:
            cluster.access.tokens[other.token_id].secret = simulator.token_secret
        urls, secret = (simulator.url, other.url), Secret(simulator.token_secret, "the test")
        client = PveClient(ClusterSettings("lab", urls, simulator.token_id, secret, Trust(insecure=True)))
        found = collect_cluster(client, whole_records(records.active("lab")), house.clock)
    assert found.existence[101].free is None
    assert "another server answered" in str(found.existence[101].reason)
