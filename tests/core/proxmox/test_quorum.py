"""A majority is what a cluster says it is; what it does not say allows no conclusion."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.quorum import NO_SYS_AUDIT, read_quorum
from tests.core.proxmox.scripted import ok


def member(name, online=1):
    return {"type": "node", "name": name, "online": online, "local": 0, "nodeid": 1, "level": ""}


def whole(quorate):
    return {"type": "cluster", "name": "lab", "quorate": quorate, "nodes": 2, "version": 2, "id": "cluster"}


def test_a_quorate_cluster_allows_conclusions(answered):
    quorum = read_quorum(answered(ok([whole(1), member("pve1"), member("pve2", 0)])))
    assert (quorum.quorate, quorum.nodes_online, quorum.nodes_total) == (True, 1, 2)
    assert quorum.apart == {"pve2"}
    assert quorum.members == {"pve1", "pve2"}
    assert quorum.allows_conclusions


def test_a_minority_allows_none(answered):
    quorum = read_quorum(answered(ok([whole(0), member("pve1"), member("pve2", 0)])))
    assert quorum.quorate is False
    assert quorum.reason == "the cluster has no quorum (1 of 2 nodes online)"
    assert not quorum.allows_conclusions


def test_a_standalone_host_needs_no_quorum(answered):
    quorum = read_quorum(answered(ok([member("pve")])))
    assert (quorum.quorate, quorum.standalone, quorum.allows_conclusions) == (None, True, True)


def test_a_token_that_may_not_see_the_quorum_concludes_nothing(lab, gateway_of):
    secret = lab.add_token("viewer@pve!view", {"/vms": {"VM.Audit"}})
    quorum = gateway_of(lab, token="viewer@pve!view", secret=secret).quorum()
    assert (quorum.quorate, quorum.reason, quorum.allows_conclusions) == (None, NO_SYS_AUDIT, False)


def test_a_node_that_does_not_say_whether_it_is_online_costs_its_count_and_not_the_quorum(answered):
    quorum = read_quorum(answered(ok([whole(1), member("pve1", "yes"), member("pve2")])))
    assert (quorum.quorate, quorum.nodes_online, quorum.nodes_total) == (True, None, 2)
    assert quorum.apart == {"pve1"}, "it is not known to be part of it"


@pytest.mark.parametrize("name", [None, "", "../pve3", 3])
def test_members_are_told_only_where_all_can_be_read(answered, name):
    quorum = read_quorum(answered(ok([whole(1), member("pve1"), member(name)])))
    assert (quorum.quorate, quorum.members) == (True, frozenset())


@pytest.mark.parametrize(
    "rows",
    [[], [whole(1)], [member("pve1"), member("pve2")], [whole("maybe"), member("pve1")], [whole(None), member("a")],
     [whole(1), whole(1), member("a")], None, {}, [5]],
)  # fmt: skip
def test_a_cluster_status_that_makes_no_sense_is_unknown(answered, rows):
    with pytest.raises(errors.Unknown, match="malformed"):
        read_quorum(answered(ok(rows)))
