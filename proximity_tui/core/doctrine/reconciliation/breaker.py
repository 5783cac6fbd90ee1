"""The breaker: it stops conclusions when too many containers are missing at once, and a person must answer (rung 6).

An answer is about containers, one by one, and holds until such a container is seen again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.reconciliation.verdict import Limits, Verdict, VerdictReason
from proximity_tui.core.model import Plan, Presence
from proximity_tui.core.model.job import BreakerState


@value_object
class Breaker:
    """The open breaker: more containers are missing at once than can be believed, so a person must answer."""

    missing: int
    total: int

    @property
    def sentence(self) -> str:
        """`mass disappearance: 40 of 50`."""
        return f"mass disappearance: {self.missing} of {self.total}"

    @property
    def why_held(self) -> str:
        """The reason for a verdict that it holds back: `mass disappearance: 40 of 50: a person must answer`."""
        return f"{self.sentence}: a person must answer"


@value_object
class BreakerAnswers:
    """The containers that persons were asked about, and their answers, by container id."""

    waiting: frozenset[int] | None = None
    """Those that an open breaker asks about; None while none is open."""
    approved: frozenset[int] = frozenset()
    """Those that a person believed to be gone, and that were not seen since."""
    dismissed: frozenset[int] = frozenset()
    """Those that a person did not believe to be gone, and that were not seen since."""

    @property
    def open(self) -> frozenset[int]:
        """Those that still wait for an answer: nobody is asked again about one that was dismissed."""
        return (self.waiting or frozenset()) - self.dismissed


def hold_back(
    verdicts: Sequence[Verdict], limits: Limits, asked: BreakerAnswers, *, besides: int = 0
) -> tuple[list[Verdict], Breaker | None]:
    """Return the verdicts as far as they may be believed, and the breaker if it is open. `besides` is the number of
    containers of the cluster that need no verdict, because they are there.

    A container that a person approved goes on; one that a person dismissed stays undecided until it is seen again.
    """
    believed = _held(verdicts, asked.dismissed, "a person answered that it is not gone", dismissed=True)
    total = len(verdicts) + besides
    breaker = breaker_trips(believed, limits, asked.approved, total) or _still_open(believed, asked, total)
    if breaker is None:
        return believed, None
    others = frozenset(one.container.id for one in believed) - asked.approved
    return _held(believed, others, breaker.why_held), breaker


def breaker_trips(verdicts: Sequence[Verdict], limits: Limits, approved: frozenset[int], total: int) -> Breaker | None:
    """Return the breaker if it must open: more than max(min, fraction) of the `total` of a cluster's containers are
    missing at once, without those that a person approved as gone. Else return None.
    """
    missing = [verdict for verdict in verdicts if verdict.missing and verdict.container.id not in approved]
    return Breaker(len(missing), total) if len(missing) > most_missing(limits, total) else None


def most_missing(limits: Limits, total: int) -> float:
    """Return how many of `total` containers may be missing at once while the breaker is closed."""
    return max(limits.breaker_min, limits.breaker_fraction * total)


def hold(verdict: Verdict, why: str, *, dismissed: bool = False) -> Verdict:
    """Return the same verdict as missing without a conclusion, while a person is asked or said no (`dismissed`)."""
    if not verdict.missing:
        return verdict
    held = replace(verdict, presence=Presence.UNKNOWN, decided_by=VerdictReason.BREAKER, reason=why, orphan=None)
    return replace(held, dismissed=dismissed)


def is_in_question(verdict: Verdict, asked: BreakerAnswers) -> bool:
    """Return whether the breaker is about this container: missing now, or asked about before and not seen since; not
    about one that a person dismissed. A run that could not even look closes no question (law 2).
    """
    is_held = verdict.decided_by is VerdictReason.BREAKER and not verdict.dismissed
    return is_held or _not_back(verdict, asked)


def warn_while_held(plan: Plan, held: BreakerState | None) -> Plan:
    """Return the plan of a hard delete, with a warning while the breaker holds its cluster: whoever destroys should
    know that much vanished at once. A warning, as this one container was inspected by itself.
    """
    if held is None:
        return plan
    missing = f"{len(held.missing)} of {held.total} containers of {held.cluster} are missing at once"
    warning = f"{missing}, and the alert on it is not answered: read that first"
    return replace(plan, warnings=(*plan.warnings, warning))


def _still_open(verdicts: Sequence[Verdict], asked: BreakerAnswers, total: int) -> Breaker | None:
    """Return a breaker that was open and stays open: something that it asks about is not listed
    yet. Else return None.
    """
    missing = [verdict for verdict in verdicts if _not_back(verdict, asked)]
    return Breaker(len(missing), total) if missing else None


def _not_back(verdict: Verdict, asked: BreakerAnswers) -> bool:
    return verdict.container.id in asked.open and verdict.presence is not Presence.PRESENT


def _held(verdicts: Sequence[Verdict], ids: frozenset[int], why: str, *, dismissed: bool = False) -> list[Verdict]:
    return [hold(one, why, dismissed=dismissed) if one.container.id in ids else one for one in verdicts]
