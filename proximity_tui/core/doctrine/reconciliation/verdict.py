"""The data of a reconciliation run: the answers of a cluster, and the verdict of the ladder for each container.

The rules of the ladder are not known here: see `ladder`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.match_row import Seen
from proximity_tui.core.model import Container, Inventory, Presence, State
from proximity_tui.core.model.drift_rules import WATCH_ALL, DriftRules

EXPECTED_PHRASE = "EXPECTED ORPHAN: Container removal expected"
ANOMALOUS_PHRASE = "ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED"


class Orphan(StrEnum):
    """The kind of a container whose guest is proved gone: expected or anomalous."""

    EXPECTED = "expected"
    ANOMALOUS = "anomalous"


def orphan_kind(state: State) -> Orphan:
    """Return expected when we were removing it or had marked it as `error`; anomalous in any other state."""
    return Orphan.EXPECTED if state in (State.REMOVING, State.ERROR) else Orphan.ANOMALOUS


def deserves_notice(container: Container, *, explained: bool) -> bool:
    """Return whether an expected orphan also gets an amber alert: its state was `error`, it had been alive, and no
    deletion of ours explains that it is gone.
    """
    return container.state is State.ERROR and container.observed_at is not None and not explained


class VerdictReason(StrEnum):
    """The check that decided a verdict; each belongs to a rung of the ladder (`rungs.ASKED_BY`). Every one before
    `PROVED` concludes nothing about absence.
    """

    API = "api"
    CERTIFICATE = "certificate"
    IDENTITY = "identity of the cluster"
    QUORUM = "quorum"
    PRIVILEGES = "privileges"
    INVENTORY = "complete inventory"
    ROW = "readable row"
    NO_VMID = "no vmid"
    PRESENT = "listed"
    NODE_OFFLINE = "node offline"
    SETTLING = "settling"
    REPLACED = "replaced"
    EXISTS = "existence check"
    TOO_MANY_MISSING = "too many missing"
    OPERATION = "live operation"
    NEVER_SEEN = "never seen"
    SECOND_LIST = "second list"
    BREAKER = "breaker"
    PROVED = "proved absent"


_MISSING = (VerdictReason.SECOND_LIST, VerdictReason.PROVED, VerdictReason.TOO_MANY_MISSING)
_WAITING = (VerdictReason.SECOND_LIST, VerdictReason.SETTLING)


@value_object
class Blocked:
    """The check that a whole cluster does not pass, and why, for a person."""

    decided_by: VerdictReason
    why: str


@value_object
class ExistenceAnswer:
    """The answer of the existence check for one VMID, which no permission filters. `free` is None when there is no
    answer: it failed, or (`asked` False) was not asked because too many are missing at once.
    """

    free: bool | None
    reason: str = ""
    asked: bool = True
    audit: bool | None = None
    """Whether our token has VM.Audit there, where that was asked and could be read: only of what is taken."""


@value_object
class Limits:
    """The caution of a cluster: the time between two lists, the number of missing containers that opens the breaker,
    and from when on something around the containers is an alert.
    """

    confirm_after: timedelta = timedelta(seconds=30)
    breaker_min: int = 3
    breaker_fraction: float = 0.10
    storage_used: float = 0.90
    """The share of a storage that may be in use."""
    certificate: timedelta = timedelta(days=14)
    """How long before its end a certificate is an alert."""
    drift: DriftRules = WATCH_ALL
    """The rules that say which drift is an alert."""


@value_object
class ClusterSnapshot:
    """All answers of one cluster to one run, as data. `blocked` is the check that forbids to conclude absence, and
    why; without an inventory it is the reason why nothing at all may be concluded.
    """

    inventory: Inventory | None
    now: datetime
    existence: Mapping[int, ExistenceAnswer]
    replaced: Mapping[int, str]
    """VMIDs whose fingerprint was read and is another guest's, with the reason."""
    busy: frozenset[int]
    """Ids of containers that a live operation holds."""
    unread: frozenset[int] = frozenset()
    """VMIDs whose row looks odd and whose fingerprint was not read: of them only the listing itself is believed."""
    remains: Mapping[int, str] = field(default_factory=dict)
    """VMIDs whose config was read and is only what a destroy leaves, with what shows it."""
    blocked: Blocked | None = None
    identity: str | None = None
    """The root CA that the cluster showed in this run, if it was asked for."""
    weakened: Mapping[int, str] = field(default_factory=dict)
    """VMIDs whose fingerprint was read and agrees only in part, with what does not."""
    confirmed: frozenset[int] = frozenset()
    """VMIDs whose fingerprint was read and agrees."""
    token_id: str = ""
    privileges: Mapping[str, frozenset[str]] | None = None
    """Path to privileges of our token; None where they were not asked for or could not be read."""
    seen: Mapping[int, Seen] = field(default_factory=dict)
    """What the list, and the config where it was read, say of each container that is to be judged, by its id."""
    as_recorded: frozenset[int] = frozenset()
    """The ids of the other containers: their rows say what their records say, so there is nothing to judge."""


@value_object
class Verdict:
    """The conclusion of the ladder for one container, with the check that decided it, and the reason."""

    container: Container
    presence: Presence
    decided_by: VerdictReason
    reason: str
    missing_since: datetime | None = None
    confirm_at: datetime | None = None
    """When the second list may conclude; the row shows how long that is from now."""
    orphan: Orphan | None = None
    remains: str | None = None
    """What shows that only the remains of a destroy are left, where that was seen."""
    half_destroyed_since: datetime | None = None
    confirmed: bool = True
    """Whether it counts as seen; False where a row is listed that is not to be taken for the guest's own yet."""
    dismissed: bool = False
    """Whether it is missing, and a person answered that it is not gone."""

    @property
    def concluded(self) -> bool:
        """True when absence is proved."""
        return self.decided_by is VerdictReason.PROVED

    @property
    def missing(self) -> bool:
        """True when the guest is an absence candidate, is proved absent, or is one of so many missing that it was not
        asked for.
        """
        return self.decided_by in _MISSING

    @property
    def waits(self) -> bool:
        """True when a second list, at `confirm_at`, would decide more."""
        return self.confirm_at is not None and self.decided_by in _WAITING

    @property
    def half_destroyed(self) -> bool:
        """True when remains were seen twice, long enough apart that no destroy can still be running."""
        return self.remains is not None and self.confirm_at is None


def unknown(container: Container, decided_by: VerdictReason, why: str) -> Verdict:
    """Return the verdict of a container of which nothing is concluded, with the check that it does not pass."""
    return Verdict(container, Presence.UNKNOWN, decided_by, why)
