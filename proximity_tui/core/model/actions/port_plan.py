"""The change of one public port in our registry: what is asked for, and the plan of it. Proxmox has no part in it."""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.action import Step
from proximity_tui.core.model.port_registry import PortHolding


class PortChange(StrEnum):
    """The changes of a public port."""

    RESERVE = "reserve"
    MOVE = "move"
    RELEASE = "release"


@value_object
class PortRequest:
    """One request: `held` is the key of the holding that is moved or released. What a move leaves open stays as it is;
    a reservation without a `public` port gets the next free one.
    """

    change: PortChange
    held: str | None = None
    public: int | None = None
    container: int | None = None
    """The id of the record that is to hold it."""
    container_port: int | None = None
    note: str | None = None
    """What it is reserved for, where no container holds it yet."""
    observed: str | None = None
    """The observation that a person takes for a fact: `10.0.0.5:80 open, seen at …`; kept in the event."""


@value_object
class PortPlan:
    """What a request would change: the holding before and after, of which one may not be, in one transaction."""

    request: PortRequest
    before: PortHolding | None
    after: PortHolding | None
    summary: str
    versions: tuple[tuple[int, int], ...] = ()
    """The records that it changes, with their versions: another version voids the plan."""
    warnings: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """None: it is one transaction of ours."""
        return ()

    @property
    def clusters(self) -> tuple[str, ...]:
        """The clusters whose records it changes, the one that holds the port afterwards first: two for a move from one
        to another, none where no container is concerned.
        """
        concerned = (one.cluster for one in (self.after, self.before) if one is not None)
        return tuple(dict.fromkeys(cluster for cluster in concerned if cluster is not None))

    @property
    def cluster(self) -> str | None:
        """The first of `clusters`."""
        return next(iter(self.clusters), None)
