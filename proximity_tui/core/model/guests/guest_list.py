"""The guests of one list: each is made of its row when somebody looks at it, and the list knows what is new in it.

Of thousands of guests a screen shows fifty, and from one list to the next mostly figures differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Generic, NamedTuple, Protocol, TypeVar

from proximity_tui.core.model.guests.guest import Guest, Status, display_name
from proximity_tui.core.model.guests.node_counts import NodeCounts, followed

facts_of = attrgetter("type", "node", "status", "name", "template", "tags", "lock", "pool", "maxcpu", "maxmem")
"""Everything of a guest, or of its row, by which it is judged and its line is made: all but measured figures."""


class ListedFacts(NamedTuple):
    """What a row says of a guest by which it is compared with a record; each value is as in `Guest`."""

    vmid: int
    is_container: bool
    node: str
    status: Status
    name: str | None
    template: bool | None
    tags: tuple[str, ...]
    lock: str | None
    pool: str | None
    uptime: int | None
    maxcpu: float | None
    maxmem: int | None

    @property
    def display_name(self) -> str:
        """The name of the guest, as `Guest.display_name`."""
        return display_name(self.name, self.vmid)


class MeasuredRow(Protocol):
    """A row as far as it has measured figures and limits; each value is as in `Guest`."""

    @property
    def uptime(self) -> int | None:
        """Seconds since the guest was started."""
        ...

    @property
    def cpu(self) -> float | None:
        """The share of its CPUs that the guest uses."""
        ...

    @property
    def mem(self) -> int | None:
        """Bytes of memory in use."""
        ...

    @property
    def maxmem(self) -> int | None:
        """Bytes of memory that it may use."""
        ...

    @property
    def disk(self) -> int | None:
        """Bytes of its root volume in use."""
        ...

    @property
    def maxdisk(self) -> int | None:
        """Bytes of its root volume."""
        ...

    @property
    def netin(self) -> int | None:
        """Bytes received since its start."""
        ...

    @property
    def netout(self) -> int | None:
        """Bytes sent since its start."""
        ...

    @property
    def diskread(self) -> int | None:
        """Bytes read since its start."""
        ...

    @property
    def diskwrite(self) -> int | None:
        """Bytes written since its start."""
        ...


class ListRow(MeasuredRow, Protocol):
    """A row that a guest can be made of. It has the facts of the guest, as they were sent."""

    @property
    def facts(self) -> ListedFacts:
        """The part that is compared with a record, which takes less than a guest."""
        ...

    @property
    def type(self) -> str:
        """The type of the guest: `lxc` for a container."""
        ...

    @property
    def node(self) -> str:
        """The node of the guest."""
        ...

    @property
    def status(self) -> str:
        """The status of the guest, by its word."""
        ...

    @property
    def hastate(self) -> str | None:
        """What HA says of the guest; None where it does not manage it."""
        ...

    @property
    def guest(self) -> Guest:
        """The guest, made once."""
        ...


R = TypeVar("R", bound=ListRow)
_NO_GUESTS: Mapping[int, Guest] = MappingProxyType({})


class GuestList(Mapping[int, Guest], Generic[R]):
    """The guests of a list by VMID."""

    def __init__(
        self, rows: Mapping[int, R | Guest], before: Mapping[int, Guest] = _NO_GUESTS, differing: Collection[int] = ()
    ) -> None:
        """Take over the rows in their order, or guests where there is no row. All but `differing` have the facts that
        they had in the list `before`.
        """
        self.rows = rows
        self._mark = object()
        """What a later list knows this one by: to keep a list would keep all before it."""
        self._follows: object = None
        self._differing: Collection[int] = ()
        self.node_counts: NodeCounts | None = None
        """What `count_by_node` found here, or in a list that this one follows."""
        if isinstance(before, GuestList):
            self._follows = before._mark
            self._differing = frozenset(differing).union(_gone(before.rows, rows, differing))
            self.node_counts = followed(before.node_counts, before.rows, rows, self._differing)

    def differing_since(self, before: Mapping[int, Guest]) -> Collection[int] | None:
        """Return the VMIDs of guests that are new, gone, or differ in their facts; None unless this list follows the
        one `before`.
        """
        follows = isinstance(before, GuestList) and before._mark is self._follows
        return self._differing if follows else None

    def __getitem__(self, vmid: int) -> Guest:
        row = self.rows[vmid]
        return row if isinstance(row, Guest) else row.guest

    def __contains__(self, vmid: object) -> bool:
        return vmid in self.rows

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _gone(before: Mapping[int, object], rows: Mapping[int, object], differing: Collection[int]) -> Collection[int]:
    """Return the VMIDs of before that are not listed any more. Whether there are any is only counted: what is new is
    among the `differing`, and most lists have the same guests.
    """
    new = sum(vmid in rows and vmid not in before for vmid in differing)
    return () if len(before) + new == len(rows) else before.keys() - rows.keys()


def rows_of(guests: Mapping[int, Guest]) -> Mapping[int, ListRow | Guest]:
    """Return the rows of a list by VMID, or guests where there is no row."""
    return guests.rows if isinstance(guests, GuestList) else guests


def listed_facts(guests: Mapping[int, Guest], vmid: int) -> ListedFacts | Guest | None:
    """Return what the row of a guest says; None where it is not listed. No guest is made for it."""
    row = rows_of(guests).get(vmid)
    return row if row is None or isinstance(row, Guest) else row.facts


def measured_row(guests: Mapping[int, Guest], vmid: int) -> MeasuredRow | None:
    """Return the figures in the row of a guest; None where it is not listed. No guest is made for it."""
    return rows_of(guests).get(vmid)


def all_listed_facts(guests: Mapping[int, Guest]) -> Iterator[ListedFacts | Guest]:
    """Yield what each row says, in the order of the list. No guest is made for it."""
    for row in rows_of(guests).values():
        yield row if isinstance(row, Guest) else row.facts


def lists_container(guests: Mapping[int, Guest], vmid: int) -> bool:
    """Return whether a container is listed at a VMID. No guest is made for it."""
    row = rows_of(guests).get(vmid)
    return row is not None and row.type == "lxc"


def cpu_shares(guests: Mapping[int, Guest]) -> dict[int, float | None]:
    """Return the CPU in use of each guest, by VMID. No guest is made for it."""
    return {vmid: row.cpu for vmid, row in rows_of(guests).items()}


def figures_of(guests: Mapping[int, Guest], names: Collection[str]) -> tuple[tuple[int, object], ...]:
    """Return the VMID and these figures of each guest, by their names in `MeasuredRow`. No guest is made for it."""
    if not names:
        return ()
    rows = rows_of(guests)
    return tuple(zip(rows, map(attrgetter(*names), rows.values()), strict=True))


def count_containers(guests: Mapping[int, Guest]) -> int:
    """Return how many of the guests are containers. No guest is made for it."""
    return sum(1 for row in rows_of(guests).values() if row.type == "lxc")


def differing_guests(before: Mapping[int, Guest], now: Mapping[int, Guest]) -> Collection[int]:
    """Return the VMIDs of the guests that are new, gone, or differ in their facts."""
    if before is now:
        return ()
    known = now.differing_since(before) if isinstance(now, GuestList) else None
    return known if known is not None else frozenset(_compared(before, now))


def _compared(before: Mapping[int, Guest], now: Mapping[int, Guest]) -> Iterator[int]:
    for vmid in now:
        # Of a guest that is new there is nothing to compare, so none is made of its row.
        if vmid not in before or _differ(before[vmid], now[vmid]):
            yield vmid
    yield from before.keys() - now.keys()


def _differ(known: Guest, now: Guest) -> bool:
    return known is not now and facts_of(known) != facts_of(now)
