"""What a cluster offers, and what one that cannot be asked leaves open."""

from __future__ import annotations

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.offers import MigrationAnswer


@pytest.mark.parametrize("words", ["Method 'GET {path}' not implemented", "Not Implemented"])
def test_a_proxmox_that_cannot_be_asked_about_a_migration_leaves_it_open(lab, client, words):
    path = "/nodes/pve1/lxc/101/migrate"
    lab.faults.answer(501, words.format(path=path), path)
    assert client.migration(101, "pve1", "pve2") == MigrationAnswer(allowed=None, blocked=())


def test_another_refusal_of_the_question_is_no_answer(lab, client):
    lab.faults.answer(400, "Parameter verification failed.", "/nodes/pve1/lxc/101/migrate")
    with pytest.raises(errors.RefusedByProxmox):
        client.migration(101, "pve1", "pve2")
