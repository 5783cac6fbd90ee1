"""Reserve, move and release a public port: what is planned, and what is refused, from our own registry alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.port_rules import FORWARDING, plan_port
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.port_registry import PortConflict, PortHolding, PortRegistry
from tests.support.records.make import NOON, container

WEB, DB = container(id=1, name="web1", vmid=101), container(id=2, name="db1", vmid=201)
HELD = PortHolding(7, 8101, 80, NOON, 1, "prod", 101, "web1")
NOTED = PortHolding(3, 8102, None, NOON, note="mail", by="anna@jump1")
REGISTRY = PortRegistry((HELD, NOTED), range(8101, 8104))


def plan(change: PortChange, *, registry: PortRegistry = REGISTRY, busy: bool = False, **asked: object) -> object:
    web = replace(WEB, operation=9) if busy else WEB
    return plan_port(PortRequest(change, **asked), registry, {1: web, 2: DB})  # type: ignore[arg-type]


def test_a_reservation_takes_the_next_free_port() -> None:
    made = plan(PortChange.RESERVE, container=2, container_port=5432)
    assert isinstance(made, PortPlan)
    assert made.summary == "reserve port 8103 to port 5432 of prod/201 db1"
    assert (made.before, made.versions, made.cluster) == (None, ((2, DB.version),), "prod")


def test_a_note_becomes_the_port_of_a_container() -> None:
    made = plan(PortChange.MOVE, held=NOTED.key, container=2, container_port=25)
    assert isinstance(made, PortPlan)
    assert made.after is not None
    assert (made.after.public, made.after.container, made.after.note) == (8102, 2, None)
    assert made.warnings == (), "nothing was forwarded to a port that nobody held"


def test_what_a_move_leaves_open_stays_and_the_forwarding_is_said_to_be_elsewhere() -> None:
    made = plan(PortChange.MOVE, held=HELD.key, public=8103)
    assert isinstance(made, PortPlan)
    assert made.after is not None
    assert (made.after.public, made.after.container_port, made.after.container) == (8103, 80, 1)
    assert made.warnings == (FORWARDING,)


@pytest.mark.parametrize(
    ("change", "asked", "code", "words"),
    [
        (PortChange.RESERVE, {"public": 8101, "note": "x"}, RefusalCode.PORT_TAKEN, "web1: choose another port"),
        (PortChange.RESERVE, {"public": 80, "note": "x"}, RefusalCode.PORT_RANGE, "outside the range 8101-8103"),
        (PortChange.RESERVE, {}, RefusalCode.INVALID, "needs a note"),
        (PortChange.RESERVE, {"container": 2}, RefusalCode.INVALID, "which port of prod/201 db1"),
        (PortChange.RESERVE, {"container": 9, "container_port": 1}, RefusalCode.CLOSED, "record 9 is closed"),
        (PortChange.RESERVE, {"container": 2, "container_port": 70000}, RefusalCode.INVALID, "70000 is not a port"),
        (PortChange.MOVE, {"held": HELD.key}, RefusalCode.INVALID, "there is nothing to move"),
        (PortChange.MOVE, {"held": HELD.key, "public": 8102}, RefusalCode.PORT_TAKEN, "reserved: mail"),
        (PortChange.RELEASE, {"held": "record/99"}, RefusalCode.CHANGED, "not held as it was"),
        (PortChange.RELEASE, {"held": HELD.key, "busy": True}, RefusalCode.BUSY, "is busy: operation 9 holds it"),
    ],
)
def test_it_is_refused_with_what_to_do(change: PortChange, asked: dict[str, object], code: object, words: str) -> None:
    refused = plan(change, **asked)  # type: ignore[arg-type]
    assert isinstance(refused, Refusal)
    assert refused.code is code
    assert words in refused.reason


def test_a_range_that_is_used_up_says_so() -> None:
    refused = plan(PortChange.RESERVE, registry=PortRegistry((HELD, NOTED), range(8101, 8103)), note="x")
    assert isinstance(refused, Refusal)
    assert refused.reason == "all 2 ports of 8101-8102 are held"


def test_every_conflict_is_told() -> None:
    twice = replace(HELD, id=8, container=2)
    outside = PortHolding(9, 7000, 22, NOON, 2, "prod", 201, "db1", closed_at=NOON)
    registry = PortRegistry((HELD, twice, outside), range(8101, 8104))
    assert registry.conflicts(HELD) == registry.conflicts(twice) == (PortConflict.TWICE,)
    assert registry.conflicts(outside) == (PortConflict.OUTSIDE, PortConflict.CLOSED)
    assert (registry.free, registry.next_free) == (2, 8102)
