"""A cluster that the breaker holds, and the answer of a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class BreakerAnswer(StrEnum):
    """The answer of a person to a mass disappearance: approved as true, or dismissed."""

    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    """Nobody had to answer: the guests came back."""


@value_object
class BreakerState:
    """A cluster where too much vanished at once. Held until a person answers (ladder, rung 6)."""

    id: int
    cluster: str
    opened_at: datetime
    message: str
    missing: frozenset[int]
    """The ids of the containers that were missing."""
    total: int
    answer: BreakerAnswer | None = None
    answered_by: str | None = None
    note: str | None = None

    @property
    def is_open(self) -> bool:
        """True while it holds the cluster."""
        return self.answer is None
