"""One row of a list, and the order of rows. A row has no figures: they change with every list, and are looked up there
when they are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.surroundings import Obstacle, ObstacleKind
from proximity_tui.core.model import Container, Operation, OperationStatus, PortMapping, Presence, State, Status


class GuestKind(StrEnum):
    """The kind of a guest without a record. Of a container with one it is `Kind`."""

    UNMANAGED = "unmanaged"
    """A container that adoption offers."""
    TEMPLATE = "template"
    """A template of containers: nobody manages it."""
    VM = "vm"
    """A virtual machine, which we leave alone."""


UNMANAGED = GuestKind.UNMANAGED


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

STALE_AFTER = 30.0
"""Seconds after which a live value is shown as old. Proxmox itself renews it every 10 s."""

_OF_A_RECORD = "c"
"""What the key of a row with a record begins with; of any other there is a `/` in it."""

RowPlace = tuple[bool, str, int, str, str]
"""The place of a row among others: what needs a person first, then by cluster and VMID."""


def key_of_record(record_id: int) -> str:
    """Return the key of the row of a record."""
    return f"{_OF_A_RECORD}{record_id}"


def key_of_guest(cluster: str, vmid: int | None) -> str:
    """Return the key of the row of a guest without a record."""
    return f"{cluster}/{vmid}"


def record_of(key: str | None) -> int | None:
    """Return the id of the record that a row with this key is about, also after the row is gone; None without one."""
    if key is None or "/" in key:
        return None
    return int(key.removeprefix(_OF_A_RECORD))


@value_object
class NoAnswer:
    """Why a cluster gives no list: the sentence, what is left of it below the name of the cluster, if less, and two or
    three words, if there are any.
    """

    sentence: str
    brief: str | None = None
    words: str = ""


@value_object
class GuestRow:
    """What every line of a list has, whoever manages the guest."""

    cluster: str
    vmid: int | None
    name: str
    kind: str
    node: str | None
    status: Status
    presence: Presence
    reason: str | None = None
    """Why the status or presence is what it is, when that needs saying: `node pve2 is offline`."""
    reason_kind: ObstacleKind | None = None
    """The kind of that reason, where it is the node of the guest."""
    no_answer: NoAnswer | None = None
    """Why its cluster gives no list, where that is the reason."""
    observed_at: datetime | None = None
    """When the guest was seen, as far as is known; a list that names it may be younger (`listed`)."""
    tags: tuple[str, ...] = ()
    lock: str | None = None
    template: bool = False
    listed: bool = False
    """Whether the last list of its cluster, which answers, names a guest at its VMID: that has the figures."""
    pool: str | None = None
    key: str = field(init=False, compare=False, repr=False)
    """The identity of the row, whatever line it stands on: cursor and marks use it."""
    place: RowPlace = field(init=False, compare=False, repr=False)
    """The key by which rows are ordered; no two rows have the same."""

    def __post_init__(self) -> None:
        # Once for each row: they are ordered, looked up and compared by these again and again.
        key = key_of_record(self.id) if self.id is not None else key_of_guest(self.cluster, self.vmid)
        object.__setattr__(self, "key", key)
        place = (not self.needs_a_person, self.cluster, self.vmid or 0, self.name, key)
        object.__setattr__(self, "place", place)

    @property
    def id(self) -> int | None:
        """The id of its record; None where there is none."""
        return None

    @property
    def state(self) -> State | None:
        """Our lifecycle state; None without a record."""
        return None

    @property
    def needs_a_person(self) -> bool:
        """True when a person should look at it first."""
        return False


@value_object
class ReadOnlyRow(GuestRow):
    """A guest that is listed and never touched: a virtual machine, or a template of containers. Whatever changes a
    guest takes a `FleetRow` or the id of a record, so this cannot be its target.
    """


@value_object
class FleetRow(GuestRow):
    """A container with its guest, or an unmanaged guest (`id` and `state` are None then)."""

    state: State | None = None
    id: int | None = None
    ports: tuple[PortMapping, ...] = ()
    addresses: tuple[str, ...] = ()
    """Those in its clinical record."""
    drift: int | None = None
    """How many settings differ from the clinical record, by all that is known without asking; None where there is
    nothing to compare with, or no answer to compare."""
    last_error: str | None = None
    operation: Operation | None = None
    missing: bool = False
    """Whether a second list is due that has to confirm that its guest is gone: `reason` says no more than that."""
    unsettled: bool = False
    """Whether it is the lock that is waited for: `reason` tells of it."""
    container: Container | None = None
    obstacle: Obstacle | None = None
    """What around it keeps it from being used or changed."""

    @property
    def needs_a_person(self) -> bool:
        """True when a person should look at it first."""
        return any(self.attention())

    def attention(self) -> Iterator[Attention]:
        """Yield each reason why a person should look at it; none where all is well. Nothing else decides that: the
        order of lists and `why` both ask here.
        """
        container = self.container
        if self.operation is not None and self.operation.status is OperationStatus.INTERRUPTED:
            yield Attention.INTERRUPTED
        if container is not None and container.missing_since is not None:
            yield Attention.MISSING
        if container is not None and container.half_destroyed_since is not None:
            yield Attention.HALF_DESTROYED
        if self.presence in _DOUBTFUL:
            yield Attention.PRESENCE
        if self.obstacle is not None:
            yield Attention.OBSTACLE
        if self.state is State.ERROR:
            yield Attention.ERROR_STATE
        if self.last_error is not None:
            yield Attention.LAST_ERROR


AnyRow = TypeVar("AnyRow", bound=GuestRow)


def order(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """Return the rows in order: those that need a person first, then by cluster and VMID."""
    return sorted(rows, key=_PLACE)


_PLACE = attrgetter("place")
