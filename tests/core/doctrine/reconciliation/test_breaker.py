"""The breaker and the first rung: when many verdicts, or a whole cluster, are not believed before a person answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.reconciliation.breaker import BreakerAnswers, hold, hold_back, is_in_question
from proximity_tui.core.doctrine.reconciliation.preconditions import (
    check_cluster_quorum,
    check_privileges,
    check_root_ca,
)
from proximity_tui.core.doctrine.reconciliation.verdict import Blocked, Limits, Verdict, VerdictReason
from proximity_tui.core.model import Presence, Quorum
from proximity_tui.core.model.privilege import HeldPrivileges
from tests.support.records.make import QUORATE, container

LIMITS = Limits()


def gone(number: int) -> Verdict:
    return Verdict(container(id=number, vmid=100 + number), Presence.ABSENT, VerdictReason.PROVED, "proved")


def there(number: int) -> Verdict:
    return Verdict(container(id=number, vmid=100 + number), Presence.PRESENT, VerdictReason.PRESENT, "listed")


def rungs(verdicts: list[Verdict]) -> list[VerdictReason]:
    return [verdict.decided_by for verdict in verdicts]


def test_a_few_that_are_missing_are_believed() -> None:
    verdicts = [gone(1), there(2)]
    assert hold_back(verdicts, LIMITS, BreakerAnswers()) == (verdicts, None)


def test_while_the_breaker_is_open_nothing_that_is_missing_is_concluded() -> None:
    believed, breaker = hold_back([gone(1), gone(2), gone(3), gone(4), there(5)], LIMITS, BreakerAnswers())
    assert breaker is not None
    assert rungs(believed) == [VerdictReason.BREAKER] * 4 + [VerdictReason.PRESENT]
    assert {one.reason for one in believed[:4]} == {"mass disappearance: 4 of 5: a person must answer"}


def test_what_a_person_approved_goes_on_although_the_breaker_is_open_for_others() -> None:
    asked = BreakerAnswers(approved=frozenset({1}))
    believed, breaker = hold_back([gone(number) for number in range(1, 6)], LIMITS, asked)
    assert breaker is not None
    assert rungs(believed) == [VerdictReason.PROVED] + [VerdictReason.BREAKER] * 4


def test_what_a_person_dismissed_stays_undecided_and_opens_nothing() -> None:
    believed, breaker = hold_back([gone(1), gone(2)], LIMITS, BreakerAnswers(dismissed=frozenset({1})))
    assert breaker is None
    assert rungs(believed) == [VerdictReason.BREAKER, VerdictReason.PROVED]
    assert believed[0].reason == "a person answered that it is not gone"


@pytest.mark.parametrize("presence", [presence for presence in Presence if presence is not Presence.PRESENT])
def test_an_open_breaker_stays_open_until_everything_that_it_asks_about_is_listed_again(presence: Presence) -> None:
    asked = BreakerAnswers(waiting=frozenset({1, 2}))
    _, breaker = hold_back([replace(there(1), presence=presence), there(2)], LIMITS, asked)
    assert breaker is not None
    assert breaker.missing == 1
    assert hold_back([there(1), there(2)], LIMITS, asked)[1] is None


def test_a_run_that_could_not_look_takes_nothing_out_of_the_question() -> None:
    unread = Verdict(container(id=1), Presence.UNKNOWN, VerdictReason.API, "no answer")
    assert is_in_question(unread, BreakerAnswers(waiting=frozenset({1})))
    assert not is_in_question(unread, BreakerAnswers())
    assert not is_in_question(there(1), BreakerAnswers(waiting=frozenset({1})))


def test_a_node_without_a_majority_that_we_may_see_is_doubted() -> None:
    assert check_cluster_quorum(QUORATE) is None
    assert check_cluster_quorum(Quorum(quorate=None, standalone=True)) is None
    assert check_cluster_quorum(Quorum(quorate=False)) == Blocked(
        VerdictReason.QUORUM,
        "the cluster has no quorum: the answers of this node may be old",
    )
    assert check_cluster_quorum(Quorum(quorate=None, reason="not told")) == Blocked(VerdictReason.QUORUM, "not told")


def test_a_list_for_a_token_that_may_see_nothing_is_doubted() -> None:
    assert check_privileges({"/": frozenset({"Sys.Audit"}), "/pool/ours": frozenset({"VM.Audit"})}) is None
    audit = frozenset({"VM.Audit"})
    for granted in (
        {"/": frozenset({"Sys.Audit"})},
        {"/vms": HeldPrivileges(audit, propagated=())},
        {"/storage": audit},
    ):
        doubt = check_privileges(granted)
        assert doubt is not None
        assert doubt.decided_by is VerdictReason.PRIVILEGES


def test_another_root_ca_is_another_cluster_but_the_first_one_is_believed() -> None:
    assert check_root_ca("prod", None, "AA:BB") is None
    assert check_root_ca("prod", "AA:BB", "AA:BB") is None
    doubt = check_root_ca("prod", "AA:BB", "CC:DD")
    assert doubt is not None
    assert doubt.decided_by is VerdictReason.IDENTITY


def test_what_waits_for_an_answer_is_told_from_what_a_person_dismissed() -> None:
    assert not hold(gone(1), "a person must answer").dismissed
    assert hold(gone(1), "a person answered", dismissed=True).dismissed
    assert hold(there(2), "a person must answer") == there(2)
