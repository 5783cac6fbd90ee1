"""A permit to create is minted from a VMID that was just seen to be free, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_create
from proximity_tui.core.model import Quorum, Refusal, RefusalCode, Vacancy
from tests.support.records.make import NOON, after

FREE = Vacancy("prod", "pve1", 105, NOON, True, Quorum(True))


def test_a_free_vmid_gives_a_permit_to_create_there_and_nowhere_else() -> None:
    permit = permit_create(FREE, NOON)
    assert isinstance(permit, WritePermit)
    assert (permit.right, permit.cluster, permit.node, permit.vmid) == (WriteAction.CREATE, "prod", "pve1", 105)


@pytest.mark.parametrize(
    ("vacancy", "seconds", "code"),
    [
        (replace(FREE, free=False), 0, RefusalCode.CHANGED),
        (replace(FREE, quorum=Quorum(False)), 0, RefusalCode.NO_QUORUM),
        (replace(FREE, quorum=Quorum(True, apart=frozenset({"pve1"}))), 0, RefusalCode.NO_QUORUM),
        (FREE, 11, RefusalCode.CHANGED),
    ],
    ids=["taken", "inquorate", "on a node outside the quorum", "seen long ago"],
)
def test_every_other_vmid_is_refused(vacancy: Vacancy, seconds: float, code: RefusalCode) -> None:
    refused = permit_create(vacancy, after(seconds))
    assert isinstance(refused, Refusal)
    assert refused.code is code
