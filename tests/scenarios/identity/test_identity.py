"""A VMID is not an identity: reuse, migration, renaming, and everything that looks alike and is not (law 3)."""

from __future__ import annotations

import logging

import pytest

from proximity_tui.core import fleet
from proximity_tui.core.model import Action, Kind, Match, Plan, Presence
from proximity_tui.core.model.actions.plan import DestroyBound
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import public_ports, records
from proximity_tui.simulator import Simulator
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases


def test_n16_vmid_reused_by_another_container(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.world.destroy_outside(native.vmid)
    simulator.world.recreate_outside(native.vmid)
    simulator.world.broadcast()
    simulator.journal.clear()

    report = house.reconcile()

    assert report.replaced == 1
    now = house.again(native)
    assert now.presence is Presence.REPLACED
    (alert,) = alerts.open_alerts()
    assert alert.kind == "replaced"
    assert refusal_of(house.hard_delete(native)).code == "replaced"
    assert refusal_of(house.hard_delete(native, purge=True, unsure_confirmed=True)).code == "replaced"
    assert refusal_of(house.power(native, Action.STOP)).code == "replaced"
    assert house.wire() == []
    assert now.ports == native.ports
    assert simulator.world.container(native.vmid) is not None


def test_n16_even_under_the_same_name_it_is_another_one(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.recreate_outside(native.vmid, hostname="web1")
    simulator.journal.clear()
    assert refusal_of(house.hard_delete(native)).code == "replaced"
    assert house.wire() == []


def test_n16_a_virtual_machine_in_its_place_is_never_touched(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.replace_by_vm(native.vmid)
    simulator.journal.clear()
    house.reconcile_twice()
    refused = refusal_of(house.hard_delete(native))
    assert (refused.code, "virtual machine" in refused.reason) == ("replaced", True)
    assert house.wire() == []
    assert not house.again(native).is_tombstone


def test_law_3_a_clone_that_copied_our_marker_is_not_destroyed_for_the_original(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    original = simulator.world.container(native.vmid)
    assert original is not None
    simulator.world.recreate_outside(native.vmid, hostname="web1")
    simulator.world.set_config(native.vmid, description=str(original.conf["description"]))
    simulator.journal.clear()
    refused = refusal_of(house.hard_delete(native))
    assert refused.code == "identity_unsure"
    assert "clones copy markers" in refused.reason
    assert house.wire() == []


def test_n20_a_list_is_enough_to_follow_a_container_that_migrated(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.world.migrate(native.vmid, "pve2")
    simulator.world.broadcast()

    house.poller()

    moved = house.again(native)
    assert (moved.node, moved.presence) == ("pve2", Presence.PRESENT)
    assert house.said(native)[-1] == "moved: web1 moved from pve1 to pve2"
    assert alerts.open_alerts() == ()
    simulator.journal.clear()
    assert house.hard_delete(moved).success
    assert house.destroys() == [f"DELETE /nodes/pve2/lxc/{native.vmid}"]


def test_n20_that_it_moved_needs_not_be_known_before_it_is_deleted(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.migrate(native.vmid, "pve3")
    simulator.journal.clear()
    assert house.hard_delete(native).success
    assert house.destroys() == [f"DELETE /nodes/pve3/lxc/{native.vmid}"]


@both_databases
def test_n22_same_vmid_in_two_clusters(two_clusters: House) -> None:
    house = two_clusters
    in_lab, in_attic = house.adopted(101, port=80, cluster="lab"), house.adopted(101, port=80, cluster="attic")
    assert in_lab.ports != in_attic.ports
    house.simulators["lab"].world.destroy_outside(101)

    for cluster in ("attic", "lab"):
        house.reconcile_twice(cluster=cluster)

    assert house.again(in_lab).is_tombstone
    assert not house.again(in_attic).is_tombstone
    assert [(alert.cluster, alert.vmid) for alert in alerts.open_alerts()] == [("lab", 101)]
    assert public_ports.used() == {in_attic.ports[0].public}


def test_n23_same_node_name_on_two_hosts(two_clusters: House) -> None:
    house = two_clusters
    house.simulators["attic"].world.add_container(300, node="pve1", hostname="only-in-the-attic")
    assert refusal_of(house.try_adopt(300, cluster="lab")).code == "not_found"
    adopted = house.adopted(300, cluster="attic")
    assert (adopted.cluster, adopted.node, adopted.name) == ("attic", "pve1", "only-in-the-attic")


def test_law_3_the_same_container_of_another_cluster_is_not_destroyed(two_clusters: House) -> None:
    house = two_clusters
    house.simulators["attic"].world.add_container(100, node="pve1", hostname="web1", status="stopped")
    native = house.native("web1", cluster="lab")
    assert native.vmid == 100
    assert house.hard_delete(native).success
    assert house.simulators["attic"].journal.writes() == []
    assert house.simulators["attic"].world.container(100) is not None


def test_n24_duplicate_hostnames(house: House, simulator: Simulator) -> None:
    twins = [simulator.world.add_container(vmid, node="pve1", hostname="twin") for vmid in (301, 302)]
    adopted = [house.adopted(vmid) for vmid in twins]
    assert [one.name for one in adopted] == ["twin", "twin"]
    inventory = house.clients["lab"].inventory()
    rows = fleet.managed_rows(records.active(), {"lab": inventory}, (), {})
    assert len({row.key for row in rows}) == len({(row.name, row.vmid) for row in rows}) == 2
    assert house.soft_delete(adopted[0]).success
    assert [one.vmid for one in records.active()] == [302]


def test_n25_hostname_changed_outside(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, hostname="web1-renamed")
    simulator.world.broadcast()

    house.poller()

    renamed = house.again(native)
    assert (renamed.name, renamed.presence) == ("web1-renamed", Presence.PRESENT)
    assert house.said(native)[-1] == "renamed: web1 was renamed from web1 to web1-renamed"
    assert alerts.open_alerts() == ()
    assert house.hard_delete(renamed).success, "it is the same by its marker, its addresses and its volume"


def test_n26_mac_changed_outside(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, net0={"bridge": "vmbr0"})
    simulator.journal.clear()

    refused = refusal_of(house.hard_delete(native))

    assert refused.code == "identity_unsure"
    assert "no hardware address agrees" in refused.reason
    assert "type the VMID" in refused.reason
    assert house.wire() == []
    plan = house.plan_hard(native, unsure_confirmed=True)
    assert isinstance(plan, Plan)
    assert isinstance(plan.bound_to, DestroyBound)
    assert plan.bound_to.identity is Match.UNSURE
    assert house.engine.delete(plan, house.again(native)).success, "a person compared both and typed the VMID"
    assert len(house.destroys()) == 1


def test_n26_a_network_card_more_changes_nothing(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    simulator.world.set_config(native.vmid, net1={"bridge": "vmbr1"})
    assert house.hard_delete(native).success


HOSTILE = {
    "markup": "[bold]not markup[/bold]",
    "terminal": "\x1b[31mred\x1b[0m\x07",
    "direction": "\u202esdrawkcab\u202c",
    "lines": "one\ntwo\r\nthree",
    "emoji": "caf\u00e9 \U0001f98a\u200b\ufeff",
}


@pytest.mark.parametrize("what", HOSTILE)
@both_databases
def test_n29_hostile_text_stays_text(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    caplog.set_level(logging.DEBUG)
    vmid = simulator.world.add_container(303, hostname="plain-name", tags=("web", "prod"))
    simulator.world.set_config(vmid, description=HOSTILE[what])
    with simulator.world.entered() as cluster:
        # As somebody with an editor could write it; the API of Proxmox would not let these through.
        cluster.guests[vmid].conf["tags"] = HOSTILE[what]
    adopted = house.adopted(vmid)
    simulator.world.set_config(vmid, hostname=f"x{HOSTILE[what]}")
    simulator.world.broadcast()
    house.poller()
    house.soft_delete(house.again(adopted))

    now = house.again(adopted)
    for shown in (now.name, *now.tags, *(event.message for event in events.list_events())):
        assert shown.isprintable(), shown
    for record in caplog.records:
        line = record.getMessage()
        assert line.isprintable(), line
    assert events.verify().whole
    assert house.wire() == []


@pytest.mark.parametrize("name", ["a" * 60 + "." + "b" * 60 + "." + "c" * 60 + "." + "d" * 60, "xn--caf-dma.example"])
def test_n29_long_and_foreign_names_are_names(house: House, simulator: Simulator, name: str) -> None:
    vmid = simulator.world.add_container(304, hostname=name)
    adopted = house.adopted(vmid)
    assert adopted.name == name
    assert name in adopted.label
    assert house.soft_delete(adopted).success


def test_n30_no_hostname_set(house: House, simulator: Simulator) -> None:
    vmid = simulator.world.add_container(305, hostname=None)
    adopted = house.adopted(vmid)
    assert adopted.name == "CT305"
    house.poller()
    assert house.again(adopted).name == "CT305"
    assert not any(line.startswith("renamed") for line in house.said(adopted))


def test_law_2_a_hidden_container_is_not_gone(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/vms/101": ["VM.Audit"]})
    simulator.journal.clear()
    report = house.reconcile_twice()
    assert (report.hidden, report.orphans_found) == (1, 0)
    refused = refusal_of(house.hard_delete(native))
    assert "may not see it" in refused.reason
    assert house.wire() == []
    now = house.again(native)
    assert (now.closed_at, now.presence, now.ports) == (None, Presence.HIDDEN, native.ports)


def test_law_2_a_partial_list_is_no_reason_to_call_a_container_absent(house: House, simulator: Simulator) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    simulator.faults.partial([native.vmid])
    simulator.journal.clear()
    report = house.reconcile_twice()
    assert report.orphans_found == 0
    refusal_of(house.hard_delete(native))
    assert house.wire() == []
    assert not house.again(native).is_tombstone


@both_databases
def test_law_3_an_adopted_twin_of_a_lost_native_is_never_ours_to_destroy(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    assert house.soft_delete(native).success
    adopted = house.adopted(native.vmid)
    assert adopted.kind is Kind.ADOPTED
    assert adopted.predecessor == native.id
    assert refusal_of(house.hard_delete(adopted)).code == "adopted"
    house.simulator.journal.clear()
    assert refusal_of(house.hard_delete(native)).code == "closed", "and the old record has nothing to say any more"
    assert house.wire() == []
