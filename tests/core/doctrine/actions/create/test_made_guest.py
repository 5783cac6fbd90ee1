"""Who was made by an operation that did not end: told by what its own step of verifying would have asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create.creation import CreatePlace, plan_create
from proximity_tui.core.doctrine.actions.create.made_guest import is_as_planned
from proximity_tui.core.model import Action, CreateRequest, Kind, Plan, Quorum
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from tests.support.records.make import MARKER, fingerprint, observation

REQUEST = CreateRequest("local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst", "web1")
BY_CARD = RestoreOptions("nas:backup/1", "local", Kind.ADOPTED, True, fingerprint=fingerprint(marker=None, rootfs=None))


def creation() -> Plan:
    made = plan_create(REQUEST, CreatePlace("prod", "pve1", "local-lvm", 101, Quorum(True)), MARKER)
    assert isinstance(made, Plan)
    return made


@pytest.mark.parametrize(
    ("seen", "made"),
    [
        ({}, True),
        ({"fingerprint": fingerprint(marker=None)}, False),
        ({"fingerprint": fingerprint(rootfs=None)}, False),
        ({"fingerprint": None, "config": None}, False),
        ({"lock": "create"}, False),
    ],
)
def test_a_creation_is_told_by_its_marker_once_it_is_settled(seen: dict[str, Any], made: bool) -> None:
    assert is_as_planned(creation(), observation(**seen)) is made


def test_a_restore_is_told_by_what_the_backup_promised_where_that_identifies_it() -> None:
    plan = replace(creation(), action=Action.RESTORE, options=BY_CARD)
    assert is_as_planned(plan, observation())
    assert not is_as_planned(plan, observation(fingerprint=fingerprint(hwaddrs=frozenset())))
    assert not is_as_planned(replace(plan, options=replace(BY_CARD, unique=True)), observation())
    assert not is_as_planned(replace(plan, options=replace(BY_CARD, fingerprint=None)), observation())
