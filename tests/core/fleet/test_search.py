"""A guest is found by what a person knows of it: its name or VMID first, then its record, then an address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.core.fleet.search import find_by_place, find_rows
from tests.support.records.make import container


def row(**changes: Any) -> FleetRow:
    told = {name: changes.pop(name) for name in ("addresses",) if name in changes}
    [found] = managed_rows([container(**changes)], {}, [], {})
    return replace(found, **told)


WEB = row(id=201, name="web1", tags=("blue",), addresses=("10.0.0.5",))
DB = row(id=2, vmid=201, name="db1", node="pve2", addresses=("10.0.0.6",))
FAR = row(id=3, vmid=101, cluster="attic", name="web1", node="blue")
LATE = row(id=204, vmid=300, name="late", node="pve3")
ROWS = (WEB, DB, FAR, LATE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("web1", [WEB, FAR]),
        ("attic/web1", [FAR]),
        ("101", [WEB, FAR]),
        ("prod/101", [WEB]),
        ("201", [DB]),
        ("id:201", [WEB]),
        ("3", [FAR]),
        ("003", [FAR]),
        ("0300", [LATE]),
        ("204", []),
        ("id:204", [LATE]),
        ("10.0.0.6", [DB]),
        ("attic/10.0.0.6", []),
        ("web", []),
        ("", []),
    ],
)
def test_a_name_or_vmid_comes_before_a_record_and_that_before_an_address(text: str, found: list[FleetRow]) -> None:
    assert find_rows(ROWS, text) == found


def test_the_addresses_may_be_those_that_a_guest_has_now() -> None:
    assert find_rows(ROWS, "10.9.9.9", lambda one: ("10.9.9.9",) if one is DB else ()) == [DB]


@pytest.mark.parametrize(
    ("text", "found"), [("blue", [WEB]), ("attic/blue", [FAR]), ("pve2", [DB]), ("prod/pve1", [WEB]), ("pve9", [])]
)
def test_a_tag_comes_before_a_node(text: str, found: list[FleetRow]) -> None:
    assert find_by_place(ROWS, text) == found
