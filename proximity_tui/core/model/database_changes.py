"""The differences of the database between two moments: which things changed, and not how."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class ChangeKind(StrEnum):
    """The subject of a change; the comment says what names the thing."""

    CONTAINER = "container"  # its id: the record, its ports, its clinical records, the operation that holds it
    OPERATION = "operation"  # its id: also its steps
    ALERT = "alert"  # its id
    DRIFT = "drift"  # the id of the container
    CLUSTER = "cluster"  # its name
    JOB = "job"  # job and cluster, as in `reconciler/prod`: its runs, pauses and the holder of its lease
    BREAKER = "breaker"  # the name of the cluster
    SAFE_MODE = "safe_mode"  # the name of the cluster, or "" for all of them: freezes and armings
    EVENT = "event"  # the id of the container that it is about, or 0


NUMBERED = frozenset({ChangeKind.CONTAINER, ChangeKind.OPERATION, ChangeKind.ALERT, ChangeKind.DRIFT, ChangeKind.EVENT})
"""The kinds whose things are named by a number."""


@value_object
class Changes:
    """Everything that was changed up to `seq`, by any process and by hand.

    `complete` is False where that cannot be said any more: then everything has to be read again.
    """

    seq: int
    ids: Mapping[ChangeKind, frozenset[int | str]]
    complete: bool = True

    def of(self, kind: ChangeKind) -> frozenset[int | str]:
        """Return the things of a kind that changed."""
        return self.ids.get(kind, frozenset())

    def numbers(self, kind: ChangeKind) -> frozenset[int]:
        """Return the ids of a kind whose things are named by a number."""
        return frozenset(one for one in self.of(kind) if isinstance(one, int))

    def __bool__(self) -> bool:
        """Return whether anything has to be read."""
        return bool(self.ids) or not self.complete
