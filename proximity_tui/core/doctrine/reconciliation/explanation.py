"""The ladder that was judged for one container, rung by rung: what each question found, and when that was seen.

It decides nothing. The result has the rungs that were passed; the evidence is what it was judged from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.text import first_of
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.privileges import AUDIT, is_propagated
from proximity_tui.core.doctrine.reconciliation.breaker import Breaker, most_missing
from proximity_tui.core.doctrine.reconciliation.preconditions import QUORUM_NOT_KNOWN
from proximity_tui.core.doctrine.reconciliation.rungs import RUNG, LadderResult, Question
from proximity_tui.core.doctrine.reconciliation.verdict import (
    ClusterSnapshot,
    Limits,
    Orphan,
    Verdict,
    VerdictReason,
    orphan_kind,
)
from proximity_tui.core.model import Inventory, Presence, Quorum

_MOST_PATHS = 2
"""Paths of our privileges that are named: the shortest ones reach furthest."""


class RungOutcome(StrEnum):
    """How far the judgement got: past this rung, not past it, or not to it."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"
    NOT_NEEDED = "not needed"
    """A lower rung has decided for certain: what is listed need not be proved absent."""


@value_object
class RungReport:
    """One rung that was judged: its question, how it went, and what was seen."""

    question: Question
    outcome: RungOutcome
    evidence: str
    seen_at: datetime | None = None
    """When the evidence was read from Proxmox; None where nothing was read."""
    decides: bool = False
    """Whether its answer is the verdict."""

    @property
    def rung(self) -> int:
        """Its number in docs/how-it-decides.md."""
        return RUNG[self.question]


def explain(
    result: LadderResult,
    snapshot: ClusterSnapshot,
    verdicts: tuple[Verdict, ...],
    limits: Limits,
    breaker: Breaker | None,
) -> tuple[RungReport, ...]:
    """Return a report for each question, from the lowest rung up. `verdicts` are those of all containers of the
    cluster that were judged, and `breaker` is the open breaker, if any.
    """
    evidence = _evidence(result.verdict, snapshot)
    evidence[Question.FEW_MISSING] = _breaker_evidence(verdicts, len(snapshot.as_recorded), limits, breaker)
    outcomes = {question: outcome_of_rung(question, result) for question in Question}
    read = snapshot.inventory.taken_at if snapshot.inventory is not None else None
    return tuple(
        RungReport(
            question,
            outcome,
            _answer(question, outcome, result, evidence),
            seen_at=read if outcome in (RungOutcome.PASSED, RungOutcome.FAILED) else None,
            decides=question is result.ended_on,
        )
        for question, outcome in outcomes.items()
    )


def outcome_of_rung(question: Question, result: LadderResult) -> RungOutcome:
    """Return how the judgement went at one question."""
    verdict = result.verdict
    if question in result.passed or verdict.concluded:
        return RungOutcome.PASSED
    if question is result.ended_on:
        return RungOutcome.PASSED if verdict.presence is Presence.PRESENT else RungOutcome.FAILED
    certain = verdict.presence in (Presence.PRESENT, Presence.REPLACED, Presence.HIDDEN)
    # What is listed is judged by its row: the rungs below it are for what is missing.
    below = result.ended_on is Question.LISTED and RUNG[question] < RUNG[Question.LISTED]
    return RungOutcome.NOT_NEEDED if certain or below else RungOutcome.NOT_REACHED


def next_step(verdict: Verdict) -> str:
    """Return what the next run of the reconciler does about a verdict, in a sentence."""
    kind = verdict.orphan or orphan_kind(verdict.container.state)
    closes = _CLOSES[kind]
    if verdict.concluded:
        return f"It {closes}."
    if verdict.missing:
        return f"It reads the list again. If the container is still missing and its VMID is free, it {closes}."
    if verdict.half_destroyed_since is not None:
        return "It closes nothing. An amber alert says how to finish the destroy."
    if verdict.dismissed:
        return _DISMISSED
    return _WHILE.get(verdict.decided_by) or _NEXT[verdict.presence]


_CLOSES: Mapping[Orphan, str] = {
    Orphan.EXPECTED: "closes the record as an expected orphan, and frees its ports",
    Orphan.ANOMALOUS: "closes the record as an anomalous orphan, frees its ports, and raises a red alert",
}

_DISMISSED = (
    "It closes nothing until the container is seen again, because a person answered that it is not gone. If it is gone"
    " for good, stop managing it: `proximity-tui delete CONTAINER --soft`."
)

_WHILE: Mapping[VerdictReason, str] = {
    VerdictReason.BREAKER: "It closes nothing until a person answers: `proximity-tui alerts approve|dismiss ID`.",
    VerdictReason.OPERATION: "It leaves the container to the operation.",
    VerdictReason.NO_VMID: "It leaves the container to the operation that makes it.",
    VerdictReason.NEVER_SEEN: "It leaves the container to the operation that makes it.",
}

_NEXT: Mapping[Presence, str] = {
    Presence.PRESENT: "It keeps the record in step with what Proxmox shows. Nothing is closed.",
    Presence.REPLACED: "It writes nothing of the other guest into the record, and keeps the red alert open.",
    Presence.HIDDEN: "It closes nothing, because the guest exists. The alert names the missing privilege.",
    Presence.UNKNOWN: "It asks again. Nothing is concluded or closed until the failed rung is passed.",
    Presence.ABSENT: "It asks again.",
}


def _answer(question: Question, outcome: RungOutcome, result: LadderResult, evidence: Mapping[Question, str]) -> str:
    if outcome is RungOutcome.NOT_REACHED and result.ended_on is Question.FEW_MISSING:
        return f"held back by rung {RUNG[result.ended_on]}"
    if outcome is RungOutcome.NOT_REACHED:
        return f"rung {RUNG[result.ended_on]} was not passed"
    if outcome is RungOutcome.NOT_NEEDED:
        return f"rung {RUNG[result.ended_on]} decided"
    if question is result.ended_on and not result.verdict.concluded:
        return _reason(result.verdict, evidence[question])
    return evidence[question]


def _reason(verdict: Verdict, evidence: str) -> str:
    """Return the reason of a verdict, with what was seen of a guest that is listed."""
    return f"{verdict.reason}; {evidence}" if verdict.presence is Presence.PRESENT else verdict.reason


def _evidence(verdict: Verdict, snapshot: ClusterSnapshot) -> dict[Question, str]:
    inventory = snapshot.inventory
    if inventory is None:
        # Another cluster that answers did answer.
        return dict.fromkeys(Question, snapshot.blocked.why if snapshot.blocked is not None else "it was not asked")
    vmid = verdict.container.vmid
    return {
        Question.API: f"{inventory.cluster} answered and accepted our token",
        Question.CLUSTER: _root_ca(snapshot),
        Question.QUORUM: f"{_quorum(inventory.quorum)}; {_privileges(snapshot)}",
        Question.LIST: f"one list of {len(inventory.guests)} guests of all nodes{_set_aside(inventory)}",
        Question.LISTED: _listed(verdict, snapshot, inventory),
        Question.FREE: f"Proxmox says that VMID {vmid} is free",
        Question.SECOND_LIST: verdict.reason,
    }


def _listed(verdict: Verdict, snapshot: ClusterSnapshot, inventory: Inventory) -> str:
    vmid = verdict.container.vmid
    if vmid not in inventory.guests:
        return f"VMID {vmid} is not in the list"
    seen = snapshot.seen.get(verdict.container.id)
    if seen is None or seen.identity is None:
        return "its identity was not compared"
    if seen.read is not None:
        return f"{seen.identity.match} by its config: {seen.identity.sentence}"
    known = verdict.container.identity_seen_at
    last = "never read" if known is None else f"last read at {known:%Y-%m-%d %H:%M:%S} UTC"
    return f"{seen.identity.match} by its row in the list: {seen.identity.sentence}; its fingerprint was {last}"


def _root_ca(snapshot: ClusterSnapshot) -> str:
    return f"its root CA is {snapshot.identity[:23]}…" if snapshot.identity else "no root CA is recorded yet"


def _quorum(quorum: Quorum) -> str:
    if quorum.standalone:
        return "a standalone host"
    if quorum.nodes_total is None:
        return "quorate" if quorum.quorate else quorum.reason or QUORUM_NOT_KNOWN
    return f"quorate, {quorum.nodes_online} of {quorum.nodes_total} nodes online"


def _privileges(snapshot: ClusterSnapshot) -> str:
    if snapshot.privileges is None:
        return "our privileges were not asked for"
    granted = snapshot.privileges
    paths = sorted((path for path, held in granted.items() if AUDIT in held), key=len)
    told = [path if is_propagated(AUDIT, granted[path]) else f"{path} (not propagated)" for path in paths]
    return f"our token has VM.Audit on {first_of(told, _MOST_PATHS, 'paths')}"


def _set_aside(inventory: Inventory) -> str:
    count = len(inventory.set_aside)
    return f"; {count} rows could not be read" if count else ""


def _breaker_evidence(verdicts: tuple[Verdict, ...], besides: int, limits: Limits, breaker: Breaker | None) -> str:
    if breaker is not None:
        return breaker.why_held
    missing = sum(1 for one in verdicts if one.missing)
    total = len(verdicts) + besides
    most = int(most_missing(limits, total))
    return f"{missing} of {total} containers are missing at once; up to {most} may be"
