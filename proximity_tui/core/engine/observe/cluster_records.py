"""The open records of a cluster as one run needs them: of each what a list can confirm, and whole those it judges."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container
from proximity_tui.core.model.container import RecordFacts


@value_object
class ClusterRecords:
    """The open records of a cluster."""

    facts: Sequence[Container | RecordFacts]
    """What a list can confirm of each of them."""
    read: Callable[[Collection[int]], tuple[Container, ...]]
    """From ids to those of these records that are still open, by VMID."""
    busy: Callable[[], frozenset[int]]
    """The ids of those that a live operation holds now."""
    closely: frozenset[int] = frozenset()
    """The ids of records that are judged even where a list confirms them."""

    def whole_but(self, confirmed: Collection[int]) -> tuple[Container, ...]:
        """Return all but those that a list confirmed. Raises StoreError."""
        return self.read([one.id for one in self.facts if one.id not in confirmed])
