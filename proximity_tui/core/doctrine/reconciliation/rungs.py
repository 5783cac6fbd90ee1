"""The rungs of the ladder as docs/how-it-decides.md numbers them: the question of each, and where a verdict ends.

It decides nothing: the answers are the ladder's and the breaker's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.reconciliation.verdict import (
    ClusterSnapshot,
    ExistenceAnswer,
    Limits,
    Verdict,
    VerdictReason,
)
from proximity_tui.core.model import Container, Inventory


class Question(StrEnum):
    """The questions of the ladder, from the lowest rung up."""

    API = "Does the API answer, in a well-formed way, and does it accept our token?"
    CLUSTER = "Is it the recorded cluster (by its root CA)?"
    QUORUM = "Is it quorate, and may we see that? Do we still have our privileges?"
    LIST = "Is the list of all guests complete?"
    LISTED = "Is the VMID listed? Then whose is it?"
    FREE = "Not listed: does Proxmox say that the VMID is free?"
    SECOND_LIST = "Does a second complete list agree, and does no operation hold the record?"
    FEW_MISSING = "Are few enough containers missing at once, so that the breaker is closed?"


RUNG: Mapping[Question, int] = {
    Question.API: 1,
    Question.CLUSTER: 1,
    Question.QUORUM: 1,
    Question.LIST: 2,
    Question.LISTED: 3,
    Question.FREE: 4,
    Question.SECOND_LIST: 5,
    Question.FEW_MISSING: 6,
}

ASKED_BY: Mapping[VerdictReason, Question] = {
    VerdictReason.API: Question.API,
    VerdictReason.CERTIFICATE: Question.API,
    VerdictReason.IDENTITY: Question.CLUSTER,
    VerdictReason.QUORUM: Question.QUORUM,
    VerdictReason.PRIVILEGES: Question.QUORUM,
    VerdictReason.INVENTORY: Question.LIST,
    VerdictReason.ROW: Question.LIST,
    VerdictReason.NO_VMID: Question.LISTED,
    VerdictReason.PRESENT: Question.LISTED,
    VerdictReason.NODE_OFFLINE: Question.LISTED,
    VerdictReason.SETTLING: Question.LISTED,
    VerdictReason.REPLACED: Question.LISTED,
    VerdictReason.EXISTS: Question.FREE,
    VerdictReason.TOO_MANY_MISSING: Question.FREE,
    VerdictReason.OPERATION: Question.SECOND_LIST,
    VerdictReason.NEVER_SEEN: Question.SECOND_LIST,
    VerdictReason.SECOND_LIST: Question.SECOND_LIST,
    VerdictReason.BREAKER: Question.FEW_MISSING,
    VerdictReason.PROVED: Question.FEW_MISSING,
}
"""The question that each reason for a verdict answers. Proved absence is the answer of the last one."""


@value_object
class LadderFacts:
    """One container on the ladder, and all that the run knows about it and its cluster."""

    container: Container
    snapshot: ClusterSnapshot
    inventory: Inventory
    limits: Limits

    @property
    def existence(self) -> ExistenceAnswer:
        """The answer of the existence check."""
        return self.snapshot.existence.get(
            self.container.vmid or 0, ExistenceAnswer(None, "it was not asked", asked=False)
        )


@value_object
class LadderResult:
    """A verdict, and the questions that were passed on the way to it."""

    verdict: Verdict
    passed: frozenset[Question]

    @property
    def ended_on(self) -> Question:
        """The question whose answer is the verdict."""
        return ASKED_BY[self.verdict.decided_by]
