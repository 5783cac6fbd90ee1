"""The careful words: what Proxmox says otherwise than expected is unknown, never guessed."""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.model import Gap, NodeStatus, Unread
from tests.support.records.make import inventory, observation


def test_a_node_is_online_only_where_proxmox_says_so() -> None:
    assert [NodeStatus.read(text) for text in ("online", "offline", "ONLINE", "", None, 1)] == [
        NodeStatus.ONLINE,
        NodeStatus.OFFLINE,
        *[NodeStatus.UNKNOWN] * 4,
    ]


def test_a_node_that_is_not_listed_is_unknown() -> None:
    assert inventory().node_status("nowhere") is NodeStatus.UNKNOWN
    assert inventory().node_status(None) is NodeStatus.UNKNOWN


def test_a_gap_is_found_by_its_kind() -> None:
    seen = replace(observation(), gaps=(Gap(Unread.HA, "no answer"), Gap(Unread.TASKS, "403")))
    assert str(seen.gap(Unread.TASKS)) == "running tasks: 403"
    assert seen.gap(Unread.CONFIG) is None
