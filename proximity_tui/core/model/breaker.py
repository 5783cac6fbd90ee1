"""A cluster that the breaker holds, and what a person answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BreakerAnswer(StrEnum):
    """What a person said of a mass disappearance: it is true, or it is not to be believed."""

    APPROVED = "approved"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    """Nobody had to answer: the guests came back."""


@dataclass(frozen=True, slots=True)
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
        """Whether the cluster is held because of it."""
        return self.answer is None
