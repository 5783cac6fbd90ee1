"""Point 2: the ladder. Only who passes all of it is gone (law 2: a miss is not a proof)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.reconciliation.breaker import breaker_trips, hold
from proximity_tui.core.doctrine.reconciliation.ladder import judge_all, judge_by_ladder, outcome_of
from proximity_tui.core.doctrine.reconciliation.verdict import (
    Blocked,
    ClusterSnapshot,
    ExistenceAnswer,
    Limits,
    Orphan,
    Verdict,
    VerdictReason,
    deserves_notice,
    orphan_kind,
)
from proximity_tui.core.model import Container, Presence, State, Status
from proximity_tui.core.model.job import JobOutcome
from tests.support.records.make import NOON, after, container, guest, inventory

LIMITS = Limits()
FREE = {101: ExistenceAnswer(True)}
BYSTANDER = guest(999, name="other")


def survey(*guests: object, at: float = 0, **changes: object) -> ClusterSnapshot:
    seen = inventory(*guests, BYSTANDER, taken_at=after(at))  # type: ignore[arg-type]
    usual = ClusterSnapshot(seen, after(at), FREE, {}, frozenset())
    return replace(usual, **changes)  # type: ignore[arg-type]


def verdicts_of(containers: Iterable[Container], seen: ClusterSnapshot, limits: Limits) -> list[Verdict]:
    return [result.verdict for result in judge_all(containers, seen, limits)]


def test_a_listed_guest_is_present() -> None:
    verdict = judge_by_ladder(container(), survey(guest()), LIMITS).verdict
    assert (verdict.presence, verdict.decided_by) == (Presence.PRESENT, VerdictReason.PRESENT)


def test_a_miss_is_only_a_candidate_and_says_when_it_will_be_looked_at_again() -> None:
    verdict = judge_by_ladder(container(), survey(), LIMITS).verdict
    assert (verdict.presence, verdict.decided_by) == (Presence.UNKNOWN, VerdictReason.SECOND_LIST)
    assert verdict.missing_since == NOON
    assert verdict.reason == "missing? confirming in 30 s"
    assert verdict.orphan is None


def test_a_second_complete_look_long_enough_after_the_first_concludes() -> None:
    verdict = judge_by_ladder(container(missing_since=NOON), survey(at=30), LIMITS).verdict
    assert (verdict.presence, verdict.decided_by, verdict.orphan) == (
        Presence.ABSENT,
        VerdictReason.PROVED,
        Orphan.ANOMALOUS,
    )


def test_a_second_list_too_soon_does_not() -> None:
    assert (
        judge_by_ladder(container(missing_since=NOON), survey(at=29), LIMITS).verdict.decided_by
        is VerdictReason.SECOND_LIST
    )


@pytest.mark.parametrize(
    ("changes", "decided_by"),
    [
        ({"inventory": None, "blocked": Blocked(VerdictReason.API, "no answer")}, VerdictReason.API),
        ({"blocked": Blocked(VerdictReason.QUORUM, "no quorum")}, VerdictReason.QUORUM),
        ({"blocked": Blocked(VerdictReason.PRIVILEGES, "no VM.Audit")}, VerdictReason.PRIVILEGES),
        ({"existence": {101: ExistenceAnswer(None, "timeout")}}, VerdictReason.EXISTS),
        ({"existence": {}}, VerdictReason.TOO_MANY_MISSING),
        ({"busy": frozenset({1})}, VerdictReason.OPERATION),
        ({"inventory": inventory(complete=False, reasons=("a row was malformed",))}, VerdictReason.INVENTORY),
        ({"inventory": inventory(nodes={"pve2": "online"}, taken_at=after(600))}, VerdictReason.INVENTORY),
    ],
)
def test_whatever_is_not_certain_concludes_nothing_and_names_its_rung(
    changes: dict[str, object], decided_by: VerdictReason
) -> None:
    verdict = judge_by_ladder(container(missing_since=NOON), survey(at=600, **changes), LIMITS).verdict
    assert verdict.presence is Presence.UNKNOWN
    assert verdict.decided_by is decided_by
    assert verdict.orphan is None
    assert verdict.reason


def test_a_guest_that_exists_unseen_is_hidden_and_the_privilege_is_named() -> None:
    verdict = judge_by_ladder(
        container(missing_since=NOON), survey(at=600, existence={101: ExistenceAnswer(False, audit=False)}), LIMITS
    ).verdict
    assert verdict.presence is Presence.HIDDEN
    assert "VM.Audit on /vms/101" in verdict.reason


def test_a_guest_that_exists_unseen_is_hidden_also_when_its_node_is_not_listed() -> None:
    elsewhere = inventory(nodes={"pve2": "online"}, taken_at=after(600))
    seen = survey(inventory=elsewhere, existence={101: ExistenceAnswer(False, audit=False)})
    assert judge_by_ladder(container(missing_since=NOON), seen, LIMITS).verdict.presence is Presence.HIDDEN


def test_a_record_that_never_had_a_node_is_judged_without_one() -> None:
    verdict = judge_by_ladder(container(node=None, missing_since=NOON), survey(at=30), LIMITS).verdict
    assert verdict.presence is Presence.ABSENT


def test_a_lost_permission_makes_a_guest_hidden_even_though_privileges_are_in_trouble() -> None:
    troubled = survey(
        at=600, existence={101: ExistenceAnswer(False)}, blocked=Blocked(VerdictReason.PRIVILEGES, "none left")
    )
    assert judge_by_ladder(container(), troubled, LIMITS).verdict.presence is Presence.HIDDEN


def test_without_quorum_what_is_listed_still_counts_as_listed() -> None:
    assert (
        judge_by_ladder(
            container(), survey(guest(), blocked=Blocked(VerdictReason.QUORUM, "-")), LIMITS
        ).verdict.presence
        is Presence.PRESENT
    )


@pytest.mark.parametrize(
    ("reason", "free", "presence", "decided_by"),
    [
        (VerdictReason.QUORUM, False, Presence.HIDDEN, VerdictReason.EXISTS),
        (VerdictReason.QUORUM, True, Presence.UNKNOWN, VerdictReason.QUORUM),
        (VerdictReason.PRIVILEGES, True, Presence.UNKNOWN, VerdictReason.PRIVILEGES),
        (VerdictReason.PRIVILEGES, None, Presence.UNKNOWN, VerdictReason.EXISTS),
    ],
)
def test_that_a_vmid_is_taken_is_believed_without_a_quorum_and_that_it_is_free_is_not(
    reason: VerdictReason, free: bool | None, presence: Presence, decided_by: VerdictReason
) -> None:
    troubled = survey(at=600, existence={101: ExistenceAnswer(free)}, blocked=Blocked(reason, "-"))
    verdict = judge_by_ladder(container(missing_since=NOON), troubled, LIMITS).verdict
    assert (verdict.presence, verdict.decided_by) == (presence, decided_by)


def test_another_guest_at_the_vmid_is_replaced_not_gone() -> None:
    assert judge_by_ladder(container(), survey(guest(type="qemu")), LIMITS).verdict.presence is Presence.REPLACED
    reused = judge_by_ladder(container(), survey(guest(), replaced={101: "no hardware address agrees"}), LIMITS).verdict
    assert (reused.presence, reused.reason) == (Presence.REPLACED, "no hardware address agrees")


@pytest.mark.parametrize("lock", ["create", "destroyed", "rollback"])
def test_a_guest_that_is_being_made_or_unmade_is_waited_for(lock: str) -> None:
    assert judge_by_ladder(container(), survey(guest(lock=lock)), LIMITS).verdict.decided_by is VerdictReason.SETTLING


def test_a_guest_on_a_dead_node_is_unknown_although_the_list_calls_it_running() -> None:
    seen = inventory(guest(status=Status.RUNNING), nodes={"pve1": "offline"})
    verdict = judge_by_ladder(container(), survey(inventory=seen), LIMITS).verdict
    assert (verdict.presence, verdict.reason) == (Presence.UNKNOWN, "node pve1 is offline")


@pytest.mark.parametrize("state", list(State))
def test_an_orphan_is_expected_only_if_we_were_removing_it_or_had_given_it_up(state: State) -> None:
    expected = Orphan.EXPECTED if state in (State.REMOVING, State.ERROR) else Orphan.ANOMALOUS
    assert orphan_kind(state) is expected


@pytest.mark.parametrize("state", [State.DEPLOYING, State.CLONING, State.ADOPTING])
def test_what_was_never_seen_cannot_have_vanished(state: State) -> None:
    record = container(state=state, observed_at=None, missing_since=NOON)
    assert judge_by_ladder(record, survey(at=600), LIMITS).verdict.decided_by is VerdictReason.NEVER_SEEN


def test_a_container_without_a_vmid_is_not_looked_for() -> None:
    assert judge_by_ladder(container(vmid=None), survey(), LIMITS).verdict.decided_by is VerdictReason.NO_VMID


def fleet(size: int, gone: int) -> tuple[list[Container], ClusterSnapshot]:
    records = [container(id=n, vmid=n, missing_since=NOON) for n in range(1, size + 1)]
    answers = {n: ExistenceAnswer(True) for n in range(1, size + 1)}
    return records, survey(*(guest(n) for n in range(gone + 1, size + 1)), at=60, existence=answers)


@pytest.mark.parametrize(
    ("size", "gone", "trips"),
    [(50, 40, True), (50, 5, False), (50, 6, True), (10, 3, False), (10, 4, True), (3, 3, False)],
)
def test_the_breaker_opens_above_three_and_a_tenth(size: int, gone: int, trips: bool) -> None:
    records, seen = fleet(size, gone)
    breaker = breaker_trips(verdicts_of(records, seen, LIMITS), LIMITS, frozenset(), len(records))
    assert (breaker is not None) is trips
    if breaker:
        assert breaker.sentence == f"mass disappearance: {gone} of {size}"


def test_guests_that_were_not_even_asked_for_count_for_the_breaker() -> None:
    records, seen = fleet(50, 40)
    verdicts = verdicts_of(records, replace(seen, existence={1: ExistenceAnswer(True)}), LIMITS)
    assert breaker_trips(verdicts, LIMITS, frozenset(), len(verdicts)) is not None


def test_where_every_vmid_that_was_asked_for_exists_a_privilege_was_lost_and_nothing_vanished() -> None:
    records, seen = fleet(50, 40)
    asked = replace(seen, existence={number: ExistenceAnswer(False) for number in range(1, 21)})
    verdicts = verdicts_of(records, asked, LIMITS)
    assert breaker_trips(verdicts, LIMITS, frozenset(), len(verdicts)) is None
    unasked = [one for one in verdicts if one.presence is Presence.UNKNOWN and one.decided_by is VerdictReason.EXISTS]
    assert len(unasked) == 20


def test_an_outage_of_the_oracle_opens_no_breaker() -> None:
    records, seen = fleet(50, 40)
    failed = replace(seen, existence={n: ExistenceAnswer(None, "596") for n in range(1, 51)})
    assert breaker_trips(verdicts_of(records, failed, LIMITS), LIMITS, frozenset(), len(records)) is None


def test_what_a_person_approved_no_longer_counts() -> None:
    records, seen = fleet(50, 40)
    verdicts = verdicts_of(records, seen, LIMITS)
    assert breaker_trips(verdicts, LIMITS, frozenset(range(1, 41)), len(verdicts)) is None


def test_an_open_breaker_concludes_nothing() -> None:
    verdict = hold(
        judge_by_ladder(container(missing_since=NOON), survey(at=60), LIMITS).verdict, "mass disappearance: 40 of 50"
    )
    assert (verdict.presence, verdict.decided_by, verdict.orphan) == (Presence.UNKNOWN, VerdictReason.BREAKER, None)


def test_a_fleet_of_which_nothing_is_left_waits_twice_as_long() -> None:
    record = container(missing_since=NOON)
    assert verdicts_of([record], survey(at=45), LIMITS)[0].decided_by is VerdictReason.SECOND_LIST
    assert verdicts_of([record], survey(at=60), LIMITS)[0].concluded


def test_a_fleet_of_which_something_is_left_waits_no_longer_than_usual() -> None:
    gone, present = container(missing_since=NOON), container(id=2, vmid=102)
    verdicts = verdicts_of([gone, present], survey(guest(102), at=30), LIMITS)
    assert [one.presence for one in verdicts] == [Presence.ABSENT, Presence.PRESENT]


def test_a_given_up_container_that_had_been_alive_deserves_a_notice_when_nobody_asked_to_delete_it() -> None:
    assert deserves_notice(container(state=State.ERROR), explained=False)
    assert not deserves_notice(container(state=State.ERROR), explained=True)
    assert not deserves_notice(container(state=State.ERROR, observed_at=None), explained=False)
    assert not deserves_notice(container(state=State.REMOVING), explained=False)


@pytest.mark.parametrize(
    ("changes", "held", "outcome"),
    [
        ({}, False, JobOutcome.COMPLETE),
        ({}, True, JobOutcome.HELD),
        ({"inventory": None}, False, JobOutcome.PARTIAL),
        ({"inventory": inventory(complete=False)}, False, JobOutcome.PARTIAL),
    ],
    ids=["all well", "held by the breaker", "no list", "a list with gaps"],
)
def test_a_run_is_complete_only_with_a_whole_list(changes: dict[str, Any], held: bool, outcome: JobOutcome) -> None:
    assert outcome_of(survey(**changes), (), held=held) is outcome


def test_a_container_that_should_have_been_seen_makes_a_run_partial() -> None:
    unasked = survey(existence={101: ExistenceAnswer(None, "timeout")})
    assert (
        outcome_of(unasked, [judge_by_ladder(container(), unasked, LIMITS).verdict], held=False) is JobOutcome.PARTIAL
    )
    candidate = survey()
    assert (
        outcome_of(candidate, [judge_by_ladder(container(), candidate, LIMITS).verdict], held=False)
        is JobOutcome.COMPLETE
    )


@pytest.mark.parametrize(
    ("seen", "missing_since"),
    [(0, NOON), (1, after(60)), (60, after(60)), (61, NOON)],
    ids=["at the first miss", "after the first miss", "with this very list", "in time to come: a clock was set back"],
)
def test_a_first_miss_counts_no_more_once_the_guest_was_seen_since(seen: float, missing_since: object) -> None:
    record = container(missing_since=NOON, observed_at=after(seen))
    verdict = judge_by_ladder(record, survey(at=60), LIMITS).verdict
    assert verdict.missing_since == missing_since
    assert verdict.concluded is (missing_since == NOON)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("seen", [True, False], ids=["seen", "never seen"])
def test_only_what_is_being_made_and_was_never_seen_is_not_looked_for(state: State, seen: bool) -> None:
    record = container(state=state, observed_at=NOON if seen else None)
    spared = judge_by_ladder(record, survey(), LIMITS).verdict.decided_by is VerdictReason.NEVER_SEEN
    assert spared is (not seen and state in (State.DEPLOYING, State.CLONING, State.ADOPTING))
