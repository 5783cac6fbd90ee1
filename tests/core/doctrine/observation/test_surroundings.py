"""What around a container keeps it from being used: its node as the list tells it."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.observation.surroundings import ObstacleKind, obstacle_of_node
from proximity_tui.core.model import Quorum
from tests.support.records.make import QUORATE, inventory


@pytest.mark.parametrize(
    ("status", "quorum", "kind"),
    [
        ("offline", QUORATE, ObstacleKind.NODE_OFFLINE),
        ("offline", Quorum(False), ObstacleKind.NODE_CUT_OFF),
        ("online", QUORATE, None),
        ("online", Quorum(False), None),
        ("unknown", QUORATE, None),
    ],
)
def test_a_node_is_an_obstacle_only_where_it_is_listed_as_offline(
    status: str, quorum: Quorum, kind: ObstacleKind | None
) -> None:
    found = obstacle_of_node(inventory(nodes={"pve1": status}, quorum=quorum), "pve1")
    assert (found.kind if found is not None else None) is kind
