"""The registry of public ports: which are held, by whom and since when, in the range of the settings. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class PortConflict(StrEnum):
    """What is wrong with a held port."""

    TWICE = "held twice"
    OUTSIDE = "outside the range"
    CLOSED = "its record is closed"


@value_object
class PortHolding:
    """A public port that is held: by the record of a container, or reserved for nothing yet. In a plan, what will be
    held: it has no id and no beginning.
    """

    id: int
    public: int
    container_port: int | None
    since: datetime | None
    container: int | None = None
    """The id of the record; None where the port is reserved for nothing yet."""
    cluster: str | None = None
    vmid: int | None = None
    name: str | None = None
    closed_at: datetime | None = None
    """The time at which the record was closed: it should hold none."""
    note: str | None = None
    """What it is reserved for, where no container holds it."""
    by: str | None = None
    """Who reserved it, or gave it to its container; None where the audit trail does not tell, or was not asked."""

    @property
    def key(self) -> str:
        """Its identity in a list."""
        return f"{'record' if self.container is not None else 'note'}/{self.id}"

    @property
    def holder(self) -> str:
        """The holder, for a person: `prod/101 web-1`, or the note of a reservation."""
        if self.container is None:
            return f"reserved: {self.note}" if self.note else "reserved"
        return " ".join(filter(None, (self.place, self.name)))

    @property
    def place(self) -> str:
        """Return `prod/101`, or the cluster of a record without a VMID."""
        return f"{self.cluster}/{self.vmid}" if self.vmid is not None else self.cluster or ""

    @property
    def words(self) -> str:
        """The port with what it leads to and who holds it: `port 8101 to port 80 of prod/101 web-1`."""
        if self.container is None:
            return f"port {self.public}, {self.holder}"
        return f"port {self.public} to port {self.container_port} of {self.holder}"

    @property
    def evidence(self) -> dict[str, object]:
        """The part that an event keeps, enough to undo a change."""
        return {
            "public": self.public,
            "container_port": self.container_port,
            "container": self.container,
            "cluster": self.cluster,
            "vmid": self.vmid,
            "name": self.name,
            "note": self.note,
        }


class PortRegistry:
    """Every held port and the range that public ports are allocated from."""

    def __init__(self, holdings: tuple[PortHolding, ...], pool: range) -> None:
        self.holdings = holdings
        self.pool = pool
        self._holders = Counter(one.public for one in holdings)

    @property
    def range_words(self) -> str:
        """The range as the settings have it: `8100-8999`."""
        return f"{self.pool.start}-{self.pool.stop - 1}"

    @property
    def free(self) -> int:
        """The number of ports of the range that nobody holds."""
        return len(self.pool) - sum(port in self.pool for port in self._holders)

    @property
    def next_free(self) -> int | None:
        """The lowest port of the range that nobody holds; the next container gets it."""
        return next((port for port in self.pool if port not in self._holders), None)

    def holders(self, public: int) -> tuple[PortHolding, ...]:
        """Return who holds a port: one holding, or none, or in a conflict several."""
        return tuple(one for one in self.holdings if one.public == public)

    def conflicts(self, holding: PortHolding) -> tuple[PortConflict, ...]:
        """Return what is wrong with a holding; usually nothing."""
        found = (
            (PortConflict.TWICE, self._holders[holding.public] > 1),
            (PortConflict.OUTSIDE, holding.public not in self.pool),
            (PortConflict.CLOSED, holding.closed_at is not None),
        )
        return tuple(conflict for conflict, holds in found if holds)


def no_open_record(container_id: int) -> str:
    """Return the sentence about a number that is of no open record."""
    return f"record {container_id} is closed or does not exist"
