"""The place of a new container, of a copy and of a restored one: a node that is online, and what it offers."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.changing.migration import TargetFacts
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.engine.observe.places.placement import Placement, place_for_restore, read_target
from proximity_tui.core.model import NodeStatus, Refusal
from proximity_tui.simulator import Simulator
from tests.support.actions.creating import planned_creation
from tests.support.house import House


def test_a_node_that_is_offline_takes_nothing_new(house: House, simulator: Simulator) -> None:
    simulator.world.set_node_online("pve2", False)
    refused = planned_creation(house, node="pve2")
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.reason) == ("offline", "node pve2 is offline; online nodes: pve1 and pve3")


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"node": "PVE2"}, "did you mean pve2?"),
        ({"storage": "nosuch"}, "no storage nosuch for root volumes on pve1"),
    ],
)
def test_a_clone_is_wished_for_like_anything_new(house: House, wish: dict[str, Any], sentence: str) -> None:
    refused = house.engine.plan_clone(house.native("source", start=False), CloneRequest("copy", **wish))
    assert isinstance(refused, Refusal), refused
    assert sentence in refused.reason


def restored_to(house: House, usual: str, storage: str | None = None) -> Placement | Refusal:
    return place_for_restore(house.clients["lab"], RestoreRequest(storage=storage), "pve1", usual, bridges=())


def test_a_restore_goes_where_its_volumes_were_or_says_where_instead(house: House, simulator: Simulator) -> None:
    there = restored_to(house, usual="local-lvm")
    assert isinstance(there, Placement)
    assert (there.storage, there.warnings) == ("local-lvm", ())
    simulator.world.set_storage_reachable("local-lvm", "pve1", reachable=False)
    elsewhere = restored_to(house, usual="local-lvm")
    assert isinstance(elsewhere, Placement)
    assert elsewhere.storage not in (None, "local-lvm")
    moved = f"its volumes were on local-lvm, which pve1 does not have now: they go to {elsewhere.storage}"
    assert elsewhere.warnings == (moved,)
    refused = restored_to(house, usual="local-lvm", storage="nosuch")
    assert isinstance(refused, Refusal)
    assert "no storage nosuch for root volumes on pve1" in refused.reason


def test_a_node_that_is_off_is_asked_nothing_about_a_move_to_it(house: House, simulator: Simulator) -> None:
    seen = house.clients["lab"].inspect(101, "pve1")
    there = read_target(house.clients["lab"], seen, "pve2")
    assert (there.status, there.free is None) == (NodeStatus.ONLINE, False)
    simulator.world.set_node_online("pve2", False)
    simulator.journal.clear()
    assert read_target(house.clients["lab"], seen, "pve2") == TargetFacts("pve2", NodeStatus.OFFLINE)
    assert [entry.path for entry in simulator.journal.entries() if "/pve2/" in entry.path] == []
