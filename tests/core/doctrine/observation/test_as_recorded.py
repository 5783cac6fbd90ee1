"""A row that says what the record says would be judged as present, and would change nothing but the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.doctrine.observation.as_recorded import (
    confirmed,
    due_for_check,
    is_as_recorded,
    says_nothing_new,
    still_holds,
)
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.doctrine.reconciliation.ladder import judge_by_ladder
from proximity_tui.core.doctrine.reconciliation.rungs import Question
from proximity_tui.core.doctrine.reconciliation.verdict import ClusterSnapshot, Limits, VerdictReason
from proximity_tui.core.engine.observe import status_update
from proximity_tui.core.model import Container, Guest, Inventory, Presence, State, Status
from proximity_tui.core.model.container import RecordFacts
from proximity_tui.core.model.guests.guest_list import ListedFacts
from proximity_tui.core.model.lifecycle import STABLE, state_for
from tests.support.records.make import MARKER, NOON, after, container, few_of, guest, inventory

QUIET: dict[str, Any] = {
    "presence": Presence.PRESENT, "status": Status.RUNNING, "state_since": after(-7200), "observed_at": after(-10),
    "tags": (), "identity_seen_at": after(-20), "lock": None, "presence_reason": None,
}  # fmt: skip
USUAL: dict[str, Any] = {"status": Status.RUNNING, "lock": None, "name": "web1", "tags": (), "uptime": 100_000}
RECORDS = few_of(
    QUIET,
    presence=tuple(Presence),
    status=tuple(Status),
    state=tuple(State),
    state_since=(after(-10), after(5)),
    identity_seen_at=(None, NOON, after(-7200), after(5), after(3600)),
    observed_at=(None, NOON, after(5), after(3600)),
    missing_since=(after(-60),),
    half_destroyed_since=(after(-60),),
    identity_due_since=(after(-60),),
    lock=("backup", "destroyed"),
    presence_reason=("Proxmox has no current data about it", "hidden"),
    fingerprint=(None,),
    marker=("f" * 32,),
    name=("other", "CT101"),
    tags=(("web",),),
    template=(True,),
    node=("pve2", None),
    vmid=(None, 102),
)
ROWS = few_of(
    USUAL,
    status=tuple(Status),
    lock=("backup", "create", "destroyed", "rollback"),
    name=("CT101", "other", None),
    tags=(("web",),),
    type=("qemu",),
    uptime=(None, 5),
    node=("pve2",),
    template=(None, True),
)


def facts_of_record(record: Container) -> RecordFacts:
    """The same record, as it is read for this alone."""
    return RecordFacts(**{name: getattr(record, name) for name in RecordFacts._fields})


def facts_of_row(row: Guest) -> ListedFacts:
    """The same row, as it is before a guest is made of it."""
    return ListedFacts(**{name: getattr(row, name) for name in ListedFacts._fields})


@given(RECORDS, ROWS, st.sampled_from(["online", "offline", "unknown"]))
def test_what_is_as_recorded_is_judged_as_present_and_nothing_but_its_time_would_be_written(
    record: dict[str, Any], row: dict[str, Any], node: str
) -> None:
    ours, theirs = container(**record), guest(**row)
    told = inventory(theirs, nodes={theirs.node: node})
    alike = is_as_recorded(ours, theirs, NOON)
    assert is_as_recorded(facts_of_record(ours), facts_of_row(theirs), NOON) is alike
    found = confirmed([ours], told, but=(), most_due=0)
    assert found == confirmed([facts_of_record(ours)], told, but=(), most_due=0)
    assert bool(found) is (alike and node != "offline" and ours.vmid == 101)
    if not found:
        return
    seen = follow(ours, told)
    update = status_update.unchanged(ours.id, NOON)
    assert (seen.suspicious, status_update.from_list(seen, NOON)) == (None, update)
    snapshot = ClusterSnapshot(told, NOON, {}, {}, frozenset(), seen={ours.id: seen})
    verdict, passed = (result := judge_by_ladder(ours, snapshot, Limits())).verdict, result.passed
    assert (verdict.presence, verdict.decided_by, verdict.confirmed) == (Presence.PRESENT, VerdictReason.PRESENT, True)
    assert passed == {Question.API}
    assert status_update.observed(verdict, told, seen) == update


@given(RECORDS, ROWS, st.sampled_from(["online", "offline", "unknown"]))
def test_a_row_that_says_nothing_new_moves_no_state_and_means_the_same_in_a_later_list(
    record: dict[str, Any], row: dict[str, Any], node: str
) -> None:
    ours, theirs = container(**record), guest(**row)
    told = inventory(theirs, nodes={theirs.node: node})
    seen = follow(ours, told)
    moves = ours.state in STABLE and state_for(seen.status) is not ours.state
    unchanged = status_update.from_list(seen, NOON) == status_update.unchanged(ours.id, NOON)
    if says_nothing_new(ours, told):
        assert still_holds(seen, told)
        assert unchanged
        assert not moves
    elif still_holds(seen, told) and not moves:
        # Left to the judge, who says the same of it.
        assert unchanged
        assert not is_as_recorded(ours, theirs, NOON)


def test_an_ordinary_record_and_its_row_are_alike() -> None:
    ours = container(**QUIET)
    assert confirmed([ours], inventory(guest(**USUAL)), but=(), most_due=20) == {ours.id}
    assert confirmed([ours], inventory(), but=(), most_due=20) == frozenset()
    assert confirmed([ours], inventory(guest(**USUAL)), but={ours.id}, most_due=20) == frozenset()


def three(*seen_at: datetime | None) -> tuple[list[Container], Inventory]:
    """Containers with these times of their fingerprints, and a list in which all are as recorded."""
    ours = [
        container(id=number, vmid=100 + number, **{**QUIET, "identity_seen_at": at})
        for number, at in enumerate(seen_at, start=1)
    ]
    return ours, inventory(*(guest(one.vmid or 0, **USUAL) for one in ours))


def test_those_whose_fingerprint_is_due_are_judged_the_longest_unread_first() -> None:
    ours, told = three(after(-7200), None, after(-9000), after(-60))
    assert confirmed(ours, told, but=(), most_due=2) == {1, 4}
    assert confirmed(ours, told, but=(), most_due=20) == {4}
    ours, told = three(after(-7200), after(-60))
    nothing_to_compare = [container(**{**QUIET, "identity_seen_at": None, "fingerprint": None})]
    assert confirmed(nothing_to_compare, told, but=(), most_due=20) == {1}


def test_a_fingerprint_that_cannot_be_read_keeps_no_other_from_being_read() -> None:
    ours, _ = three(after(-9000), after(-8000))
    rows = [guest(101, **{**USUAL, "node": "pve9"}), guest(102, **USUAL)]
    told = inventory(*rows, nodes={"pve1": "online", "pve9": "unknown"})
    there = [replace(ours[0], node="pve9"), ours[1]]
    assert confirmed(there, told, but=(), most_due=1) == {1}


@pytest.mark.parametrize(
    ("record", "row", "nodes", "due"),
    [
        (container(), guest(uptime=30), {}, True),
        (container(fingerprint=None), guest(uptime=30), {}, False),
        (container(), guest(uptime=90), {}, False),
        (container(), guest(uptime=30, lock="backup"), {}, False),
        (container(), guest(uptime=30, name="other"), {}, False),
        (container(), guest(uptime=30, type="qemu"), {}, False),
        (container(), guest(uptime=30), {"nodes": {"pve1": "unknown"}}, False),
        (container(), None, {}, False),
    ],
    ids=["due", "no fingerprint", "ran since", "locked", "odd already", "a VM", "silent node", "not listed"],
)
def test_a_config_is_read_by_turns_only_where_nothing_else_is_wrong(
    record: Container, row: Guest | None, nodes: dict[str, Any], due: bool
) -> None:
    record = replace(record, identity_seen_at=after(0))
    told = inventory(*([row] if row is not None else []), taken_at=after(60), **nodes)
    assert due_for_check(follow(record, told), told) == (row if due else None)


@pytest.mark.parametrize(
    ("evidence", "alike"),
    [
        ({}, False),
        ({"fingerprint": None, "marker": MARKER}, False),
        ({"fingerprint": None, "marker": None}, True),
    ],
    ids=["a fingerprint", "a marker", "neither"],
)
def test_only_where_there_is_no_evidence_at_all_a_row_is_taken_for_the_guest(
    evidence: dict[str, Any], alike: bool
) -> None:
    renamed = guest(**{**USUAL, "name": "web2"})
    assert is_as_recorded(container(**QUIET, **evidence), renamed, NOON) is alike
