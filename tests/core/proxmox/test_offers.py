"""What a cluster offers, and what one that cannot be asked leaves open."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.offers import MigrationAnswer, read_migration
from tests.core.proxmox.scripted import ok


@pytest.mark.parametrize("words", ["Method 'GET {path}' not implemented", "Not Implemented"])
def test_a_proxmox_that_cannot_be_asked_about_a_migration_leaves_it_open(lab, client, words):
    path = "/nodes/pve1/lxc/101/migrate"
    lab.faults.answer(501, words.format(path=path), path)
    assert client.migration(101, "pve1", "pve2") == MigrationAnswer(allowed=None, blocked=())


def test_another_refusal_of_the_question_is_no_answer(lab, client):
    lab.faults.answer(400, "Parameter verification failed.", "/nodes/pve1/lxc/101/migrate")
    with pytest.raises(errors.RefusedByProxmox):
        client.migration(101, "pve1", "pve2")


@pytest.mark.parametrize("by_node", [True, False])
def test_the_ha_resources_that_keep_a_container_from_a_node_are_those_of_that_node(answered, by_node):
    """The schema has them for all nodes together, the source by node."""
    blocked = {"blocking-ha-resources": [{"sid": "ct:105", "cause": "resource-affinity"}]}
    told = {"allowed-nodes": ["pve3"], "not-allowed-nodes": {"pve2": blocked} if by_node else blocked, "running": 0}
    refused = read_migration(answered(ok(told)), "pve1", 101, "pve2")
    assert refused == MigrationAnswer(allowed=False, blocked=("ct:105 (resource-affinity)",))
    allowed = read_migration(answered(ok(told)), "pve1", 101, "pve3")
    assert allowed == MigrationAnswer(allowed=True)
