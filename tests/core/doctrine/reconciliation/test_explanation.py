"""The ladder told rung by rung: numbered as the documentation does, and never other than it was judged."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.match_row import Seen
from proximity_tui.core.doctrine.reconciliation.breaker import BreakerAnswers, hold_back
from proximity_tui.core.doctrine.reconciliation.explanation import RungOutcome, RungReport, explain, next_step
from proximity_tui.core.doctrine.reconciliation.ladder import judge_all, judge_by_ladder
from proximity_tui.core.doctrine.reconciliation.rungs import ASKED_BY, RUNG, Question
from proximity_tui.core.doctrine.reconciliation.verdict import (
    Blocked,
    ClusterSnapshot,
    ExistenceAnswer,
    Limits,
    VerdictReason,
)
from proximity_tui.core.model import BadRow, Container, Identity, Match, Presence, Quorum, State, Status
from proximity_tui.core.model.privilege import HeldPrivileges
from tests.support.records.make import NOON, after, container, guest, inventory, observation

LIMITS = Limits()
FREE = {101: ExistenceAnswer(True)}
LISTED_ONLY = Identity(Match.UNSURE, ("a list shows no fingerprint",))
SEEN = {1: Seen(container(), guest(), Presence.PRESENT, Status.RUNNING, identity=LISTED_ONLY)}
PASSED, FAILED = RungOutcome.PASSED, RungOutcome.FAILED
NEEDLESS, BEYOND = RungOutcome.NOT_NEEDED, RungOutcome.NOT_REACHED

QUORUM_LOST = Blocked(VerdictReason.QUORUM, "the cluster has no quorum")


def told(one: Container, *listed: Any, at: float = 0, **changes: Any) -> tuple[RungReport, ...]:
    """Tell the judgement of a container, beside one that is listed."""
    snapshot = replace(
        ClusterSnapshot(
            inventory(*listed, guest(999, name="other"), taken_at=after(at)), after(at), FREE, {}, frozenset()
        ),
        **changes,
    )
    beside = container(id=2, vmid=999)
    results = judge_all([one, beside], snapshot, LIMITS)
    verdicts, breaker = hold_back([result.verdict for result in results], LIMITS, BreakerAnswers())
    return explain(replace(results[0], verdict=verdicts[0]), snapshot, tuple(verdicts), LIMITS, breaker)


def test_every_reason_of_a_verdict_is_a_rung_of_the_documented_ladder() -> None:
    assert set(ASKED_BY) == set(VerdictReason)
    text = (Path(__file__).parents[4] / "docs" / "how-it-decides.md").read_text()
    rungs = [int(number) for number in re.findall(r"^\| (\d) \|", text, re.MULTILINE)]
    assert [RUNG[question] for question in Question] == rungs


@pytest.mark.parametrize(
    ("listed", "changes", "outcomes"),
    [
        pytest.param(
            True, {}, [PASSED, NEEDLESS, NEEDLESS, NEEDLESS, PASSED, NEEDLESS, NEEDLESS, NEEDLESS], id="present"
        ),
        pytest.param(
            True,
            {"replaced": {101: "no hardware address agrees"}},
            [PASSED, NEEDLESS, NEEDLESS, NEEDLESS, FAILED, NEEDLESS, NEEDLESS, NEEDLESS],
            id="replaced",
        ),
        pytest.param(
            True,
            {"remains": {101: "no root volume"}},
            [PASSED, NEEDLESS, NEEDLESS, NEEDLESS, FAILED, BEYOND, BEYOND, BEYOND],
            id="half destroyed",
        ),
        pytest.param(False, {}, [PASSED] * 6 + [FAILED, BEYOND], id="absent candidate"),
        pytest.param(
            False,
            {"existence": {101: ExistenceAnswer(False, audit=False)}},
            [PASSED, NEEDLESS, NEEDLESS, PASSED, PASSED, FAILED, NEEDLESS, NEEDLESS],
            id="hidden",
        ),
        pytest.param(
            False,
            {"blocked": QUORUM_LOST, "existence": {}},
            [PASSED, BEYOND, FAILED, PASSED, PASSED, BEYOND, BEYOND, BEYOND],
            id="no quorum",
        ),
        pytest.param(
            False, {"inventory": None, "blocked": Blocked(VerdictReason.API, "refused")}, [FAILED] + [BEYOND] * 7,
            id="silent",
        ),
    ],
)  # fmt: skip
def test_each_rung_says_whether_it_was_passed(
    listed: bool, changes: dict[str, Any], outcomes: list[RungOutcome]
) -> None:
    reports = told(container(), *([guest()] if listed else []), **changes)
    assert [report.outcome for report in reports] == outcomes
    assert [report.decides for report in reports].count(True) == 1
    answered = changes.get("inventory", True) is not None
    assert [report.seen_at is not None for report in reports] == [
        answered and outcome in (PASSED, FAILED) for outcome in outcomes
    ]


def test_what_is_proved_gone_has_passed_every_rung() -> None:
    reports = told(container(missing_since=NOON), at=31)
    assert {report.outcome for report in reports} == {PASSED}
    assert reports[-1].decides
    assert reports[-1].evidence == "1 of 2 containers are missing at once; up to 3 may be"


def test_the_open_breaker_is_the_last_rung_and_names_the_question() -> None:
    many = [container(id=number, vmid=number) for number in range(101, 106)]
    snapshot = ClusterSnapshot(
        inventory(guest(999)), NOON, {one.vmid or 0: ExistenceAnswer(True) for one in many}, {}, frozenset()
    )
    results = judge_all([*many, container(id=2, vmid=999)], snapshot, LIMITS)
    verdicts, breaker = hold_back([result.verdict for result in results], LIMITS, BreakerAnswers())
    reports = explain(replace(results[0], verdict=verdicts[0]), snapshot, tuple(verdicts), LIMITS, breaker)
    second, last = reports[-2:]
    assert (last.outcome, last.decides) == (FAILED, True)
    assert last.evidence == "mass disappearance: 5 of 6: a person must answer"
    assert second.evidence == "held back by rung 6"
    assert "a person answers" in next_step(verdicts[0])


def test_what_a_person_dismissed_waits_for_no_other_answer() -> None:
    gone = judge_all(
        [container(missing_since=NOON)],
        ClusterSnapshot(inventory(guest(999), taken_at=after(31)), after(31), FREE, {}, frozenset()),
        LIMITS,
    )
    (held,), breaker = hold_back(
        [gone[0].verdict], LIMITS, BreakerAnswers(dismissed=frozenset({gone[0].verdict.container.id}))
    )
    assert breaker is None
    assert next_step(held).startswith("It closes nothing until the container is seen again, because a person answered")


@pytest.mark.parametrize(
    ("one", "at", "says"),
    [
        (container(), 0, "If the container is still missing"),
        (container(missing_since=NOON), 31, "It closes the record as an anomalous orphan"),
        (container(missing_since=NOON, state=State.REMOVING), 31, "It closes the record as an expected orphan"),
    ],
)
def test_the_next_run_is_told_from_the_verdict(one: Container, at: float, says: str) -> None:
    snapshot = ClusterSnapshot(inventory(guest(999), taken_at=after(at)), after(at), FREE, {}, frozenset())
    assert says in next_step(
        judge_by_ladder(one, snapshot, replace(LIMITS, confirm_after=timedelta(seconds=30))).verdict
    )


@pytest.mark.parametrize(
    ("privileges", "says"),
    [
        (None, "our privileges were not asked for"),
        ({"/vms": frozenset({"VM.Audit"}), "/": frozenset({"Sys.Audit"})}, "our token has VM.Audit on /vms"),
        ({"/vms": HeldPrivileges({"VM.Audit"}, propagated=())}, "our token has VM.Audit on /vms (not propagated)"),
    ],
)
def test_the_rung_of_the_quorum_also_tells_what_our_token_may_see(
    privileges: dict[str, frozenset[str]] | None, says: str
) -> None:
    evidence = next(one.evidence for one in told(container(), privileges=privileges) if one.question is Question.QUORUM)
    assert evidence == f"quorate, 3 of 3 nodes online; {says}"


def evidence(question: Question, *listed: Any, **changes: Any) -> str:
    """What is told of a rung in the judgement of web1."""
    reports = told(container(identity_seen_at=changes.pop("known", None)), *listed, **changes)
    return next(one.evidence for one in reports if one.question is question)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "its identity was not compared"),
        ({"seen": SEEN}, "unsure by its row in the list: a list shows no fingerprint; its fingerprint was never read"),
        (
            {"seen": SEEN, "known": NOON},
            "unsure by its row in the list: a list shows no fingerprint; its fingerprint was last read at"
            " 2026-11-23 12:00:00 UTC",
        ),
        ({"seen": {1: replace(SEEN[1], read=observation())}}, "unsure by its config: a list shows no fingerprint"),
    ],
    ids=["not compared", "never read", "by its row", "by its config"],
)
def test_of_a_listed_guest_it_is_told_by_what_it_was_recognised(changes: dict[str, Any], says: str) -> None:
    assert evidence(Question.LISTED, guest(), **changes).endswith(says)


def test_what_is_not_listed_is_told_as_that() -> None:
    assert evidence(Question.LISTED) == "VMID 101 is not in the list"


@pytest.mark.parametrize(
    ("identity", "says"), [(None, "no root CA is recorded yet"), ("A" * 24, f"its root CA is {'A' * 23}…")]
)
def test_a_cluster_is_named_by_the_beginning_of_its_root_ca(identity: str | None, says: str) -> None:
    assert evidence(Question.CLUSTER, identity=identity) == says


@pytest.mark.parametrize(
    ("quorum", "says"),
    [
        (Quorum(None, standalone=True), "a standalone host; "),
        (Quorum(True), "quorate; "),
        (Quorum(False, reason="the cluster has no quorum"), "the cluster has no quorum; "),
        (Quorum(True, nodes_online=2, nodes_total=3), "quorate, 2 of 3 nodes online; "),
    ],
)
def test_a_quorum_is_told_as_it_was_seen(quorum: Quorum, says: str) -> None:
    listing = replace(inventory(guest(999)), quorum=quorum)
    assert evidence(Question.QUORUM, inventory=listing).startswith(says)


def test_rows_that_could_not_be_read_are_counted() -> None:
    assert evidence(Question.LIST) == "one list of 1 guests of all nodes"
    listing = replace(inventory(guest(999)), set_aside=(BadRow("row 2", "no VMID", "{}"),) * 2)
    assert evidence(Question.LIST, inventory=listing).endswith("; 2 rows could not be read")
