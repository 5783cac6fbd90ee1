"""Where a container can be restored to, as its own config or that of its backup tells it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.restore.restore_facts import BackupRead, RestorePlace
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.engine.observe.places import restorable
from proximity_tui.core.model import Backup, Refusal
from tests.support.actions.restoring import lose
from tests.support.house import House
from tests.support.records.make import NOON, container


@pytest.mark.parametrize(
    ("config", "storage"),
    [
        ({"rootfs": "local-lvm:vm-101-disk-0,size=8G"}, "local-lvm"),
        ({"rootfs": "/srv/containers/101,size=8G"}, None),
        ({"hostname": "web-1"}, None),
        (None, None),
    ],
    ids=["a volume", "a path", "no root disk", "unread"],
)
def test_the_usual_storage_is_the_one_of_the_root_disk(config: dict[str, str] | None, storage: str | None) -> None:
    assert restorable._root_storage(config) == storage


SHARED = ("pve2", "pve3")


@pytest.mark.parametrize(
    ("was_on", "nodes", "wanted", "chosen"),
    [
        ("pve2", SHARED, None, "pve2"),
        ("pve2", SHARED, "pve3", "pve3"),
        ("pve9", SHARED, "pve3", "pve3"),
        ("pve1", ("pve3",), None, "pve3"),
    ],
    ids=["where it was", "as wanted", "as wanted, and its node is gone", "where the backup is"],
)
def test_it_comes_back_where_it_was_if_the_backup_is_reached_from_there(
    house: House, was_on: str, nodes: tuple[str, ...], wanted: str | None, chosen: str
) -> None:
    assert restorable._node_for(house.clients["lab"], container(node=was_on), nodes, wanted) == chosen


@pytest.mark.parametrize(("nodes", "reach"), [(SHARED, "pve2 and pve3 do"), (("pve2",), "pve2 does")])
def test_a_node_that_does_not_reach_the_backup_is_refused(house: House, nodes: tuple[str, ...], reach: str) -> None:
    refused = restorable._node_for(house.clients["lab"], container(), nodes, "pve1")
    assert isinstance(refused, Refusal)
    assert refused.reason == f"node pve1 does not reach the backup: {reach}"


def test_the_hardware_addresses_of_our_other_containers_are_taken_and_its_own_are_not(house: House) -> None:
    lost, other = house.native("web1"), house.native("web2")
    assert lost.fingerprint is not None
    assert other.fingerprint is not None
    tombstone = lose(house, lost)
    back = restorable.read_lost(house.clients["lab"], tombstone)
    chosen = BackupRead(Backup("nas:backup/1", NOON, 1, nodes=("pve1",)), None)
    for record, holders in ((tombstone, {other.id}), (other, set())):
        place = restorable.place_for(
            house.clients["lab"], replace(back, record=replace(tombstone, id=record.id)), chosen, RestoreRequest()
        )
        assert isinstance(place, RestorePlace), place
        taken = dict.fromkeys(other.fingerprint.hwaddrs, other.label) if holders else {}
        assert place.address_holders == taken
