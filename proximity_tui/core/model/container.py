"""Our record of a guest, the data captured of it, and the readings of every clock by which it ages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from proximity_tui.core.base.text import whole_number
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest import Fingerprint, Presence, Status
from proximity_tui.core.model.names import PRESENT, SMALLEST_NEW_VMID


@value_object
class ClockReading:
    """The readings of all clocks at one moment; None for a clock that was not read.
    `core.doctrine.observation.lived_time` compares two.
    """

    at: datetime
    """The wall clock of the host that read it: it can be set, so it proves no age by itself."""
    boot: str | None = None
    """Which run of which kernel `uptime_ms` counts in; two of the same boot can be compared exactly."""
    uptime_ms: int | None = None
    """Milliseconds that the kernel was awake since that boot: no clock step moves it, and a suspend adds nothing."""
    server_ms: int | None = None
    """Milliseconds by the clock of the database server, which all hosts of a shared database have in common."""


class Kind(StrEnum):
    """The reason why a container is ours. Immutable once recorded; an unreadable kind counts as not ours (law 1)."""

    NATIVE = "native"
    ADOPTED = "adopted"
    UNKNOWN = "unknown"

    @classmethod
    def read(cls, text: object) -> Kind:
        """Return the kind that `text` names, or `UNKNOWN` for anything else: never an error, never a guess."""
        return _READABLE.get(text, cls.UNKNOWN) if isinstance(text, str) else cls.UNKNOWN


_READABLE: Mapping[str, Kind] = {kind.value: kind for kind in (Kind.NATIVE, Kind.ADOPTED)}


class State(StrEnum):
    """Our lifecycle state of a container; `lifecycle` has the table of moves."""

    DEPLOYING = "deploying"
    CLONING = "cloning"
    ADOPTING = "adopting"
    UPDATING = "updating"
    REMOVING = "removing"
    RUNNING = "running"
    STOPPED = "stopped"
    ERROR = "error"


class ClosedReason(StrEnum):
    """The reason why a record was closed, as it stands on its tombstone. One closed by hand in the database may say
    anything.
    """

    FORGOTTEN = "forgotten by choice"
    DESTROYED = "destroyed by us"
    ALREADY_ABSENT = "already absent"
    GONE = "gone"
    """After a destroy of ours of which nobody knows whether it did it."""
    NEVER_CREATED = "never created"
    VANISHED = "vanished"
    """An anomalous orphan: such a one is recognised when it returns."""
    REMOVED = "removal expected"
    """An expected orphan."""


PROVED_GONE = frozenset(ClosedReason) - {ClosedReason.FORGOTTEN}
"""The reasons for which a record is only closed once its guest is proved absent."""

_CLOSED_WORDS: Mapping[str, str] = {
    ClosedReason.FORGOTTEN: "management was stopped",
    ClosedReason.NEVER_CREATED: "never created, or replaced before it was verified",
}


@value_object
class PortMapping:
    """A public port that we allocated, and the container's own port that it leads to."""

    public: int
    container: int


@value_object
class Container:
    """Our record of a guest that we manage."""

    id: int
    cluster: str
    vmid: int | None
    node: str | None
    name: str
    kind: Kind
    state: State
    state_since: datetime
    version: int
    status: Status
    presence: Presence
    presence_reason: str | None
    observed_at: datetime | None
    created_at: datetime
    fingerprint: Fingerprint | None
    lock: str | None = None
    template: bool = False
    tags: tuple[str, ...] = ()
    last_error: str | None = None
    ports: tuple[PortMapping, ...] = ()
    operation: int | None = None
    """The id of the open operation that holds this record, if any."""
    predecessor: int | None = None
    """The tombstone of the same guest that this record follows, if any."""
    closed_at: datetime | None = None
    closed_reason: str | None = None
    missing_since: datetime | None = None
    """When a complete inventory first missed the guest; None while it is seen (ladder, rung 5)."""
    half_destroyed_since: datetime | None = None
    """When the reconciler first found only what a destroy had left of the guest; None while it is whole."""
    identity_seen_at: datetime | None = None
    """When the fingerprint was last seen to be the recorded one; the list cannot show that (law 3)."""
    state_clock: ClockReading | None = None
    """What the clocks said at `state_since`; None where the state lasts, as nobody waits for its end."""
    doubt_clock: ClockReading | None = None
    """What the clocks said when `missing_since` or `half_destroyed_since` was written."""
    identity_due_since: datetime | None = None
    """Since when a list gives reason to read the fingerprint again; None once it was seen to be the recorded one."""
    marker: str | None = None
    """What we write into the description of what we create; known before there is a fingerprint."""
    expected_fingerprint: Fingerprint | None = None
    """What the operation that holds this record may make of its fingerprint; None where that stays as it is."""
    promised: Fingerprint | None = None
    """What the backup promised of a restored guest whose fingerprint was never recorded, and that has no marker of
    ours."""

    @property
    def comparable(self) -> bool:
        """True when a config can be compared with it."""
        return self.fingerprint is not None

    @property
    def awaits_second_list(self) -> bool:
        """True when its guest was missed once, and nothing else keeps that from being concluded."""
        return self.missing_since is not None and self.presence is Presence.UNKNOWN and self.presence_reason is None

    @property
    def is_tombstone(self) -> bool:
        """True when the record is closed: out of the list, ports free, history kept (law 6)."""
        return self.closed_at is not None

    @property
    def closed_words(self) -> str:
        """The reason why the record was closed, as a person reads it; `closed_reason` is the value that is stored."""
        return _CLOSED_WORDS.get(self.closed_reason or "", self.closed_reason) or "no reason was recorded"

    @property
    def label(self) -> str:
        """The container in a message: `web1 (native, CT 101 on pve1)`."""
        place = f"CT {self.vmid} on {self.node or 'an unknown node'}" if self.vmid else "no VMID"
        return f"{self.name} ({self.kind}, {place})"


_RECORD = "id:"


def record_number(text: str) -> int | None:
    """Return the id of the record that `text` means: `id:110`, or a bare number below 100. None where it means none: a
    bare number from 100 on is a VMID, also where no guest has it any more.
    """
    number = whole_number(text.removeprefix(_RECORD))
    is_vmid = number is not None and number >= SMALLEST_NEW_VMID and not text.startswith(_RECORD)
    return None if is_vmid else number


class RecordFacts(NamedTuple):
    """What a list can confirm of an open record; each value is as in `Container`, which takes longer to read."""

    id: int
    vmid: int | None
    node: str | None
    name: str
    state: State
    state_since: datetime
    status: Status
    presence: Presence
    presence_reason: str | None
    observed_at: datetime | None
    missing_since: datetime | None
    half_destroyed_since: datetime | None
    identity_seen_at: datetime | None
    identity_due_since: datetime | None
    comparable: bool
    marker: str | None
    lock: str | None
    template: bool
    tags: tuple[str, ...]


@value_object
class Provenance:
    """The audit trail about a record: where both disagree (None: they agree), and the VMID and fingerprint of every
    guest that was ever adopted. `adopted_unread` says that one was adopted at its VMID after it, and never read: it may
    be the same guest.
    """

    container: int
    disagreement: str | None
    adopted: tuple[tuple[int | None, Fingerprint], ...] = ()
    adopted_unread: bool = False


@value_object
class ClinicalRecord:
    """Everything captured of a guest at adoption or creation. `config` is Proxmox's answer, key for key."""

    captured_at: datetime
    status: Status
    raw_status: str
    """The status exactly as Proxmox wrote it."""
    config: Mapping[str, Any] | None
    digest: str | None
    resources: Mapping[str, Any]
    networks: tuple[Mapping[str, Any], ...]
    snapshots: tuple[Mapping[str, Any], ...]
    interfaces: tuple[Mapping[str, Any], ...]
    gaps: tuple[str, ...] = ()

    @property
    def snapshot_rows(self) -> tuple[Mapping[str, Any], ...]:
        """The snapshots, as Proxmox listed them, without the row of the present."""
        return tuple(one for one in self.snapshots if one.get("name") != PRESENT)
