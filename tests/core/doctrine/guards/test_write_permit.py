"""A permit to write is minted from what was just seen: the guest of the record, or a VMID that is free."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_create, permit_write
from proximity_tui.core.model import Fingerprint, Provenance, Quorum, Refusal, RefusalCode, Vacancy
from tests.support.records.make import MARKER, NOON, PRINT, after, container, observation

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


@pytest.mark.parametrize(
    ("recorded", "marker", "code"),
    [(PRINT, MARKER, RefusalCode.IDENTITY_UNSURE), (None, MARKER, RefusalCode.IDENTITY_UNSURE), (None, None, None)],
    ids=["with a fingerprint", "with our marker alone", "with nothing to compare with"],
)
def test_law_3_a_config_that_cannot_be_read_gives_no_permit_where_it_would_tell_who_is_there(
    recorded: Fingerprint | None, marker: str | None, code: RefusalCode | None
) -> None:
    record = container(fingerprint=recorded, marker=marker)
    unread = observation(fingerprint=None)
    permit = permit_write(WriteAction.STOP, record, unread, NOON, provenance=Provenance(record.id, None))
    assert (permit.code if isinstance(permit, Refusal) else None) is code


def test_a_permit_holds_the_config_that_it_was_minted_from_and_its_digest() -> None:
    record, seen = container(), observation()
    permit = permit_write(WriteAction.GROW, record, seen, NOON, provenance=Provenance(record.id, None))
    assert isinstance(permit, WritePermit)
    assert (permit.config, permit.digest) == (seen.config, seen.digest)
    made = permit_create(FREE, NOON)
    assert isinstance(made, WritePermit)
    assert made.config == {}
