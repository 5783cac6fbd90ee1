"""The rows of nodes: what the last list says of them, and what it cannot say."""

from __future__ import annotations

from proximity_tui.core.fleet import node_rows
from proximity_tui.core.model import NodeStatus, Quorum
from tests.support.records.make import inventory

NODES = {"pve1": "online", "pve2": "offline"}


def test_a_node_is_offline_by_the_word_of_a_quorate_cluster() -> None:
    rows = node_rows({"prod": inventory(nodes=NODES)}, {})
    assert [(row.name, row.status) for row in rows] == [("pve2", NodeStatus.OFFLINE), ("pve1", NodeStatus.ONLINE)]


def test_without_quorum_nobody_knows_whether_another_node_lives() -> None:
    lost = Quorum(False, nodes_online=1, nodes_total=2, reason="the cluster has no quorum")
    rows = node_rows({"prod": inventory(nodes=NODES, quorum=lost)}, {})
    assert [(row.name, row.status, row.reason) for row in rows] == [
        ("pve2", NodeStatus.UNKNOWN, "no quorum: the node that we asked cannot reach it"),
        ("pve1", NodeStatus.ONLINE, None),
    ]
    assert rows[0].needs_a_person
