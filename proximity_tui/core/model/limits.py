"""The limits that settings hold and rules apply: of lint, of a probe, and of what people write down.

Every start reads them, so they know nothing of what they limit.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object

if TYPE_CHECKING:
    from proximity_tui.core.model.lint_report import LintRule

USUAL_PORTS = (22, 25, 53, 80, 143, 389, 443, 993, 3000, 3306, 5432, 5672, 6379, 8000, 8080, 8443, 9000, 9090, 9100)
"""The ports that are probed unless the settings name others, beside those that the record of the container has."""

MOST_CONNECTS = 500
"""Connects of one probe; more are refused, so that a slip does not become a scan."""

LONGEST_NOTE = 500
"""Characters of a note or a reason that a person gives for our records."""


@value_object
class LintLimits:
    """The limits of the rules, and those that are switched off."""

    backup: timedelta = timedelta(days=7)
    """How old the last backup may be."""
    snapshot: timedelta = timedelta(days=30)
    """How old a snapshot may be."""
    alert: timedelta = timedelta(days=7)
    """How long an alert may be open."""
    disk_used: float = 0.90
    """The share of its disk that a container may use."""
    disabled: frozenset[LintRule] = frozenset()


@value_object
class ProbePace:
    """How politely it is asked. Times in seconds."""

    rate: float = 20.0
    """Connects a second."""
    at_once: int = 4
    """Connects that wait for an answer at the same time."""
    timeout: float = 2.0
    """The longest wait for one connect."""

    def longest(self, connects: int) -> float:
        """Return the seconds after which all of these connects have an end, whatever is met."""
        return connects / self.rate + -(-connects // self.at_once) * self.timeout
