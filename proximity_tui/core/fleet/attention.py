"""The reasons why a row needs a person: the one place that decides it, for the order of lists and for `why`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from proximity_tui.core.model import OperationStatus, Presence, State

if TYPE_CHECKING:
    from proximity_tui.core.fleet.row import FleetRow


class Attention(StrEnum):
    """What a person should look at first."""

    INTERRUPTED = "interrupted operation"
    MISSING = "missing"
    HALF_DESTROYED = "half destroyed"
    PRESENCE = "presence"
    OBSTACLE = "obstacle"
    ERROR_STATE = "state error"
    LAST_ERROR = "last error"


_DOUBTFUL = (Presence.REPLACED, Presence.HIDDEN, Presence.ABSENT)


def attention(row: FleetRow) -> Iterator[Attention]:
    """Yield each reason why a person should look at a row; none where all is well."""
    container = row.container
    if row.operation is not None and row.operation.status is OperationStatus.INTERRUPTED:
        yield Attention.INTERRUPTED
    if container is not None and container.missing_since is not None:
        yield Attention.MISSING
    if container is not None and container.half_destroyed_since is not None:
        yield Attention.HALF_DESTROYED
    if row.presence in _DOUBTFUL:
        yield Attention.PRESENCE
    if row.obstacle is not None:
        yield Attention.OBSTACLE
    if row.state is State.ERROR:
        yield Attention.ERROR_STATE
    if row.last_error is not None:
        yield Attention.LAST_ERROR
