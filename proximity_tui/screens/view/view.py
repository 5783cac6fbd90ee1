"""The data of all screens at one moment: rows, polls, operations, alerts. What did not change since the view before is
the same object there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from operator import is_
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.safemode import NO_SAFE_MODES, SafeModes
from proximity_tui.core.doctrine.observation.addresses import AddressSource, GuestAddress
from proximity_tui.core.doctrine.observation.last_backup import LastBackup, last_backup
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import CpuTrends, FleetCounts, FleetRow, GuestRow, ReadOnlyRow, ReappearedGuests
from proximity_tui.core.model import Guest, NewestBackups, Operation, OperationStatus
from proximity_tui.core.model.alert import Alert, Severity

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus


@value_object
class ReadAddresses:
    """The addresses in the configs that were read, by the key of the row."""

    by_key: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_one(self, key: str, found: tuple[str, ...]) -> ReadAddresses:
        """Return these and those of one guest; itself where they are known."""
        return self if self.by_key.get(key, ()) == found else ReadAddresses({**self.by_key, key: found})


@value_object
class BackupAges:
    """The newest backups of each cluster, or why they are not known."""

    by_cluster: Mapping[str, NewestBackups | str] = field(default_factory=dict)

    def of(self, row: GuestRow) -> LastBackup | None:
        """Return the last backup of a container of ours; None where nothing was read, and for any other guest."""
        found = self.by_cluster.get(row.cluster)
        if found is None or not isinstance(row, FleetRow) or row.container is None:
            return None
        return LastBackup(unknown=found) if isinstance(found, str) else last_backup(found, row.container)


@value_object
class View:
    """Everything that is known at one moment. `taken_at` is None until the first reading."""

    rows: tuple[FleetRow, ...] = ()
    """Every container, what needs a person first."""
    unmanaged: tuple[FleetRow, ...] = ()
    """Every container that adoption offers."""
    vms: tuple[ReadOnlyRow, ...] = ()
    """Every virtual machine: shown, and never touched."""
    templates: tuple[ReadOnlyRow, ...] = ()
    """Every template of containers without a record."""
    counts: FleetCounts = FleetCounts()
    """How many rows there are, by cluster, kind and state."""
    read_addresses: ReadAddresses = ReadAddresses()
    """What this program read of configs that somebody opened."""
    backups: BackupAges = BackupAges()
    """The newest backups that this program read because a screen showed them."""
    polls: Mapping[str, PollResult] = field(default_factory=dict)
    """By cluster, of those that we speak to."""
    not_checked: Mapping[str, str] = field(default_factory=dict)
    """Clusters that have records but are not looked at, and why."""
    operations: tuple[Operation, ...] = ()
    """Those under way, of any process, and the interrupted ones."""
    alerts: tuple[Alert, ...] = ()
    """The open ones, red first, then the newest."""
    reappeared: ReappearedGuests = field(default_factory=dict)
    """What those alerts say of guests without a record that look like a container which vanished."""
    jobs: tuple[JobStatus, ...] = ()
    """How every job of this process stands; empty until they have started."""
    safe_mode_headline: str | None = None
    """What keeps hands off, or lets them on for a while: `FROZEN: ...`, `ARMED: prod for 9 min`."""
    safe_modes: SafeModes = NO_SAFE_MODES
    """The freezes and armings that hold, which make these words."""
    store_error: str | None = None
    """Why the database could not be read; everything else is then older than `taken_at`."""
    missing_database: str | None = None
    """Where no database was found, so that nothing is known of records and alerts; None where there is one."""
    store_version: int | None = None
    """Differs whenever anybody wrote anything, also what is not part of a view, such as an event."""
    trends: CpuTrends = CpuTrends()
    """The CPU of the last hour."""
    taken_at: datetime | None = None

    @property
    def everything(self) -> tuple[GuestRow, ...]:
        """Every row of every list of guests, in no order."""
        return (*self.rows, *self.unmanaged, *self.vms, *self.templates)

    @property
    def guest_lists(self) -> tuple[tuple[GuestRow, ...], ...]:
        """The lists of guests; each is the same object as long as none of its guests changed."""
        return self.rows, self.unmanaged, self.vms, self.templates

    @property
    def several_clusters(self) -> bool:
        """True where there are records of more than one cluster, looked at or not, so that a row has to say its own."""
        return len(self.polls) + len(self.not_checked) > 1

    @property
    def interrupted(self) -> tuple[Operation, ...]:
        """The operations without an end that no process executes."""
        return tuple(one for one in self.operations if one.status is OperationStatus.INTERRUPTED)

    @property
    def under_way(self) -> tuple[Operation, ...]:
        """The operations that some process executes right now."""
        return tuple(one for one in self.operations if one.status is OperationStatus.OPEN)

    @property
    def red_alerts(self) -> tuple[Alert, ...]:
        """The open alerts that are on every screen."""
        return tuple(one for one in self.alerts if one.severity is Severity.RED)

    def row(self, container_id: int) -> FleetRow | None:
        """Return the row of a container, or None when its record is closed or does not exist."""
        return next((row for row in self.rows if row.id == container_id), None)

    def addresses(self, row: GuestRow) -> tuple[GuestAddress, ...]:
        """Return the addresses that are known of a guest without asking, and where each is known from."""
        read = self.read_addresses.by_key.get(row.key, ())
        kept = row.addresses if isinstance(row, FleetRow) else ()
        return (
            *(GuestAddress(text, AddressSource.READ) for text in read),
            *(GuestAddress(text, AddressSource.CLINICAL) for text in kept if text not in read),
        )

    def trend(self, row: GuestRow, now: datetime) -> tuple[float | None, ...]:
        """Return the CPU of a running guest over the last hour, since its start; empty while nothing was read."""
        guest, poll, known = self.guest(row), self.polls.get(row.cluster), self.trends.by_cluster.get(row.cluster)
        if guest is None or known is None or poll is None or poll.inventory is None:
            return ()
        return known.of(guest.vmid, now, poll.inventory.taken_at - timedelta(seconds=guest.uptime or 0))

    def guest(self, row: GuestRow) -> Guest | None:
        """Return the guest of a row, with its figures, as the last list shows it; None where no list does."""
        poll = self.polls.get(row.cluster) if row.listed and row.vmid is not None else None
        return poll.inventory.guests.get(row.vmid or 0) if poll is not None and poll.inventory is not None else None


def same_objects(some: Sequence[object], others: Sequence[object]) -> bool:
    """Return whether two sequences consist of the same objects."""
    return len(some) == len(others) and all(map(is_, some, others))
