"""The ladder by which a container is concluded to be gone.

Each rung is a question; the first that fails ends in `unknown` or `hidden`, with what decided it on the verdict. Only a
container that passes every rung is an orphan. Nothing here can reach Proxmox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.doctrine.observation.privileges import why_unlisted
from proximity_tui.core.doctrine.reconciliation.listed import judge_listed
from proximity_tui.core.doctrine.reconciliation.rungs import LadderFacts, LadderResult, Question
from proximity_tui.core.doctrine.reconciliation.verdict import (
    Blocked,
    ClusterSnapshot,
    ExistenceAnswer,
    Limits,
    Verdict,
    VerdictReason,
    orphan_kind,
    unknown,
)
from proximity_tui.core.model import Container, Inventory, Presence, State
from proximity_tui.core.model.job import JobOutcome

_ORDINARY = (
    VerdictReason.SECOND_LIST,
    VerdictReason.OPERATION,
    VerdictReason.NEVER_SEEN,
    VerdictReason.NO_VMID,
    VerdictReason.SETTLING,
    VerdictReason.NODE_OFFLINE,
)
"""What a container may wait for without the run being any less complete."""


def judge_all(containers: Iterable[Container], snapshot: ClusterSnapshot, limits: Limits) -> list[LadderResult]:
    """Return the result for each container that is to be judged. A fleet that is missing as a whole waits twice as long
    before that is believed.
    """
    results = [judge_by_ladder(container, snapshot, limits) for container in containers]
    missing = [one for one in results if one.verdict.missing]
    if missing and len(missing) == len(results) and not snapshot.as_recorded:
        doubled = replace(limits, confirm_after=limits.confirm_after * 2)
        return [judge_by_ladder(one.verdict.container, snapshot, doubled) for one in results]
    return results


def judge_by_ladder(container: Container, snapshot: ClusterSnapshot, limits: Limits) -> LadderResult:
    """Return the verdict for one container, with the questions that it passed before."""
    if snapshot.inventory is None:
        blocked = snapshot.blocked or Blocked(VerdictReason.API, "the cluster was not read")
        return LadderResult(unknown(container, blocked.decided_by, blocked.why), _passed_before(blocked.decided_by))
    facts = LadderFacts(container, snapshot, snapshot.inventory, limits)
    passed = {Question.API}
    for questions, check in _CHECKS:
        verdict = check(facts)
        if verdict is not None:
            return LadderResult(verdict, frozenset(passed))
        passed.update(questions)
    return LadderResult(_judge_absence(facts), frozenset(passed))


def _passed_before(decided_by: VerdictReason) -> frozenset[Question]:
    """Return what was passed where a whole cluster stays behind: another one that answers has answered."""
    return frozenset({Question.API}) if decided_by is VerdictReason.IDENTITY else frozenset()


def outcome_of(snapshot: ClusterSnapshot, verdicts: Iterable[Verdict], *, held: bool) -> JobOutcome:
    """Return how complete a run was: held by the breaker, or partial where something that should have been seen was
    not.
    """
    if held:
        return JobOutcome.HELD
    if snapshot.inventory is None or snapshot.blocked or not snapshot.inventory.complete:
        return JobOutcome.PARTIAL
    return JobOutcome.PARTIAL if doubtful(verdicts) else JobOutcome.COMPLETE


def doubtful(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts of containers that should have been seen and were not: each makes a run partial."""
    return [one for one in verdicts if one.presence is Presence.UNKNOWN and one.decided_by not in _ORDINARY]


def _check_row(facts: LadderFacts) -> Verdict | None:
    """Return the doubt where the guest is listed in a row that could not be read."""
    unreadable = facts.inventory.why_unreadable(facts.container.vmid)
    return None if unreadable is None else unknown(facts.container, VerdictReason.ROW, unreadable)


def _check_list(facts: LadderFacts) -> Verdict | None:
    """Return the doubt where the list may lack the guest. That a VMID is taken can be believed all the same."""
    inventory, container = facts.inventory, facts.container
    if not inventory.complete:
        why = f"the list was not complete: {'; '.join(inventory.reasons)}"
        return unknown(container, VerdictReason.INVENTORY, why)
    why_unknown = inventory.why_not_gone(container.node)
    is_taken = facts.existence.free is False
    return None if why_unknown is None or is_taken else unknown(container, VerdictReason.INVENTORY, why_unknown)


def _check_quorum(facts: LadderFacts) -> Verdict | None:
    """Return the doubt without a quorum. That a VMID is taken can be believed all the same."""
    blocked = facts.snapshot.blocked
    no_quorum = blocked is not None and blocked.decided_by is VerdictReason.QUORUM
    is_taken = facts.existence.free is False
    return _check_cluster(facts) if no_quorum and not is_taken else None


def _check_existence(facts: LadderFacts) -> Verdict | None:
    """Return the verdict by what Proxmox said of the VMID; None where it said that it is free."""
    answer = facts.existence
    if not answer.asked:
        return _judge_unasked(facts.container, facts.snapshot)
    if answer.free is None:
        why = f"whether VMID {facts.container.vmid} is free could not be checked: {answer.reason}"
        return unknown(facts.container, VerdictReason.EXISTS, why)
    return None if answer.free else _judge_taken(facts.container, answer)


def _check_cluster(facts: LadderFacts) -> Verdict | None:
    blocked = facts.snapshot.blocked
    return None if blocked is None else unknown(facts.container, blocked.decided_by, blocked.why)


def _check_record(facts: LadderFacts) -> Verdict | None:
    """Return the doubt while an operation works on a container, or before it was ever seen."""
    container = facts.container
    if container.id in facts.snapshot.busy:
        return unknown(container, VerdictReason.OPERATION, "an operation is in progress on it")
    if container.observed_at is None and container.state in (State.DEPLOYING, State.CLONING, State.ADOPTING):
        return unknown(container, VerdictReason.NEVER_SEEN, f"it is {container.state} and was never seen yet")
    return None


def _judge_taken(container: Container, answer: ExistenceAnswer) -> Verdict:
    """Return the verdict for a guest that exists and is not listed. It is a lost privilege only where that privilege is
    known to be missing.
    """
    why = why_unlisted(container.vmid or 0, answer.audit)
    if answer.audit:
        return unknown(container, VerdictReason.EXISTS, why)
    return Verdict(container, Presence.HIDDEN, VerdictReason.EXISTS, why)


def _judge_unasked(container: Container, snapshot: ClusterSnapshot) -> Verdict:
    """Return the verdict for one of so many missing that not every VMID was asked for. Where all VMIDs that were asked
    for exist, a privilege was lost and nothing vanished; else it counts for the breaker.
    """
    if snapshot.existence and all(answer.free is False for answer in snapshot.existence.values()):
        return unknown(
            container, VerdictReason.EXISTS, "it was not checked: every missing VMID that was checked exists"
        )
    return unknown(
        container, VerdictReason.TOO_MANY_MISSING, "too many are missing at once, so not every VMID was checked"
    )


def _judge_absence(facts: LadderFacts) -> Verdict:
    """Return the verdict of the last rung before the breaker: a second complete inventory, long enough after the first,
    must agree.
    """
    container, inventory, limits = facts.container, facts.inventory, facts.limits
    first = _missed_first(container, inventory)
    if first is None or inventory.taken_at - first < limits.confirm_after:
        since = first or inventory.taken_at
        confirm_at = since + limits.confirm_after
        wait = max(0, round((confirm_at - facts.snapshot.now).total_seconds()))
        why = f"missing? confirming in {wait} s"
        return Verdict(container, Presence.UNKNOWN, VerdictReason.SECOND_LIST, why, since, confirm_at)
    gone = (inventory.taken_at - first).total_seconds()
    why = f"two complete lists {gone:.0f} s apart do not have it, and Proxmox says its VMID is free"
    return Verdict(container, Presence.ABSENT, VerdictReason.PROVED, why, first, orphan=orphan_kind(container.state))


def _missed_first(container: Container, inventory: Inventory) -> datetime | None:
    """Return the time of the first miss, or None when it no longer counts: the guest was seen since, or the clock went
    back.
    """
    first = container.missing_since
    if first is None or first > inventory.taken_at:
        return None
    seen = container.observed_at
    return None if seen is not None and first < seen <= inventory.taken_at else first


_CHECKS: tuple[tuple[tuple[Question, ...], Callable[[LadderFacts], Verdict | None]], ...] = (
    ((Question.LISTED,), judge_listed),
    ((), _check_row),
    ((Question.LIST,), _check_list),
    ((), _check_quorum),
    ((Question.FREE,), _check_existence),
    ((Question.CLUSTER, Question.QUORUM), _check_cluster),
    ((), _check_record),
)
"""What is asked of a cluster that answers, in this order: the first verdict ends the judgement, and what gives none has
passed these questions. What is listed is judged by its row; only what is missing goes on to the next ones.
"""
