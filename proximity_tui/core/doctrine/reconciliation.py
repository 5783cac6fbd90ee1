"""Point 2 of the doctrine: intelligent reconciliation, as a ladder.

When is a container gone? Each rung is a question; the first that fails ends the climb in `unknown` or `hidden`, with
the rung's name on the verdict. Only who climbs the whole ladder is an orphan. Nothing here can reach Proxmox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from proximity_tui.core.doctrine.identity import UNSETTLED_LOCKS, half_destroyed, unsettled
from proximity_tui.core.model import Container, Guest, Inventory, Presence, State

EXPECTED_PHRASE = "EXPECTED ORPHAN: Container removal expected"
ANOMALOUS_PHRASE = "ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED"


class Rung(StrEnum):
    """Where a climb ended. Everything before `PROVED` concludes nothing about absence."""

    NOT_CHECKED = "not checked"
    API = "api"
    CERTIFICATE = "certificate"
    IDENTITY = "identity of the cluster"
    QUORUM = "quorum"
    PRIVILEGES = "privileges"
    INVENTORY = "complete inventory"
    NO_VMID = "no vmid"
    PRESENT = "listed"
    NODE_OFFLINE = "node offline"
    SETTLING = "settling"
    REPLACED = "replaced"
    EXISTS = "existence probe"
    CROWD = "too many missing"
    OPERATION = "live operation"
    NEVER_SEEN = "never seen"
    SECOND_LOOK = "second look"
    BREAKER = "breaker"
    PROVED = "proved absent"


class Orphan(StrEnum):
    """A container whose guest is proved gone: by our wish, or behind our back."""

    EXPECTED = "expected"
    ANOMALOUS = "anomalous"


@dataclass(frozen=True, slots=True)
class Probe:
    """The answer of the existence oracle for one VMID, which no permission filters. `free` is None when there is no
    answer: it failed, or (`asked` False) was not asked because too many are missing at once."""

    free: bool | None
    reason: str = ""
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """How careful a cluster is: the time between two looks, and when so many are missing that nobody is believed."""

    confirm_after: timedelta = timedelta(seconds=30)
    breaker_min: int = 3
    breaker_fraction: float = 0.10


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the ladder says of one container, on which rung, and why."""

    container: Container
    presence: Presence
    rung: Rung
    reason: str
    missing_since: datetime | None = None
    confirm_at: datetime | None = None
    """When the second look may conclude; the row shows how long that is from now."""
    orphan: Orphan | None = None
    remains: str | None = None
    """What shows that only the remains of a destroy are left, where that was seen."""
    half_destroyed_since: datetime | None = None

    @property
    def concluded(self) -> bool:
        """Whether absence is proved."""
        return self.rung is Rung.PROVED

    @property
    def waits(self) -> bool:
        """Whether a second look, at `confirm_at`, would say more."""
        return self.rung in (Rung.SECOND_LOOK, Rung.SETTLING) and self.confirm_at is not None

    @property
    def half_destroyed(self) -> bool:
        """Whether remains were seen twice, long enough apart for no destroy to be still at its last steps."""
        return self.remains is not None and self.confirm_at is None


@dataclass(frozen=True, slots=True)
class Survey:
    """Everything one run asked about one cluster, as data. `trouble` is why no absence may be concluded, and its rung;
    without an inventory it is why nothing at all may be."""

    inventory: Inventory | None
    now: datetime
    probes: Mapping[int, Probe]
    replaced: Mapping[int, str]
    """VMIDs whose fingerprint was read and is another guest's, with the reason."""
    held: frozenset[int]
    """Ids of containers that a live operation holds."""
    unread: frozenset[int] = frozenset()
    """VMIDs whose row looks odd and whose fingerprint was not read: of them only the listing itself is believed."""
    remains: Mapping[int, str] = field(default_factory=dict)
    """VMIDs whose config was read and is only what a destroy leaves, with what shows it."""
    trouble: tuple[Rung, str] | None = None
    identity: str | None = None
    """The root CA that the cluster showed in this run, if it was asked for."""
    weakened: Mapping[int, str] = field(default_factory=dict)
    """VMIDs whose fingerprint was read and agrees only in part, with what does not."""
    confirmed: frozenset[int] = frozenset()
    """VMIDs whose fingerprint was read and agrees."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """More containers are missing at once than anybody should believe: a person must answer."""

    missing: int
    total: int

    @property
    def sentence(self) -> str:
        """`mass disappearance: 40 of 50`."""
        return f"mass disappearance: {self.missing} of {self.total}"


def judge_all(containers: Iterable[Container], survey: Survey, limits: Limits) -> list[Verdict]:
    """A verdict per container. A fleet of which nothing at all is left waits twice as long before it is believed."""
    verdicts = [judge(container, survey, limits) for container in containers]
    missing = [verdict for verdict in verdicts if is_missing(verdict)]
    if missing and len(missing) == len(verdicts):
        doubled = replace(limits, confirm_after=limits.confirm_after * 2)
        return [judge(verdict.container, survey, doubled) for verdict in verdicts]
    return verdicts


def judge(container: Container, survey: Survey, limits: Limits) -> Verdict:
    """Climb the ladder for one container."""
    if survey.inventory is None:
        rung, why = survey.trouble or (Rung.API, "the cluster was not read")
        return _unknown(container, rung, why)
    if container.vmid is None:
        return _unknown(container, Rung.NO_VMID, "it has no VMID yet")
    if container.vmid in survey.inventory.guests:
        return _judge_listed(container, survey, survey.inventory, limits)
    return _judge_missing(container, survey, survey.inventory, limits)


def is_missing(verdict: Verdict) -> bool:
    """Whether the guest is an absence candidate or proved absent, or one of so many missing that nobody asked."""
    return verdict.rung in (Rung.SECOND_LOOK, Rung.PROVED, Rung.CROWD)


def breaker_trips(verdicts: Iterable[Verdict], limits: Limits, answered: frozenset[int]) -> Breaker | None:
    """The breaker, if it must open: more than max(min, fraction) of a cluster's containers missing at once.

    `answered` are ids for which a person already approved that they are gone.
    """
    judged = list(verdicts)
    missing = [verdict for verdict in judged if is_missing(verdict) and verdict.container.id not in answered]
    limit = max(limits.breaker_min, limits.breaker_fraction * len(judged))
    return Breaker(len(missing), len(judged)) if len(missing) > limit else None


def freeze(verdict: Verdict, why: str) -> Verdict:
    """The same verdict while the breaker is open: missing, but nothing is concluded."""
    if not is_missing(verdict):
        return verdict
    return replace(verdict, presence=Presence.UNKNOWN, rung=Rung.BREAKER, reason=why, orphan=None)


def orphan_kind(state: State) -> Orphan:
    """Expected when we were removing it or had given it up; in any other state somebody else did it."""
    return Orphan.EXPECTED if state in (State.REMOVING, State.ERROR) else Orphan.ANOMALOUS


def deserves_notice(container: Container, deletion_asked: bool) -> bool:
    """Whether an expected orphan gets an amber notice as well: it was given up as `error`, had been alive, and
    nobody ever asked for its deletion (N63)."""
    return container.state is State.ERROR and container.observed_at is not None and not deletion_asked


def _judge_listed(container: Container, survey: Survey, inventory: Inventory, limits: Limits) -> Verdict:
    guest = inventory.guests[container.vmid or 0]
    if guest.type != "lxc":
        return Verdict(
            container,
            Presence.REPLACED,
            Rung.REPLACED,
            f"VMID {guest.vmid} is now the virtual machine {guest.display_name} on {guest.node}",
        )
    if guest.vmid in survey.replaced:
        return Verdict(container, Presence.REPLACED, Rung.REPLACED, survey.replaced[guest.vmid])
    remains = half_destroyed(container.fingerprint, guest.lock) or survey.remains.get(guest.vmid)
    if remains is not None and container.id not in survey.held:
        return _judge_remains(container, guest, inventory, limits, remains)
    if guest.lock in UNSETTLED_LOCKS:
        return _unknown(container, Rung.SETTLING, unsettled(guest.lock or ""))
    if container.half_destroyed_since is not None and guest.vmid in survey.unread:
        return _unknown(container, Rung.SETTLING, container.presence_reason or "its config could not be read")
    if inventory.node_status(guest.node) == "offline":
        return _unknown(container, Rung.NODE_OFFLINE, f"node {guest.node} is offline")
    return Verdict(container, Presence.PRESENT, Rung.PRESENT, f"listed on {guest.node}")


def _judge_remains(container: Container, guest: Guest, inventory: Inventory, limits: Limits, remains: str) -> Verdict:
    """Neither gone nor well: wait. What is still so at a second look, long enough after the first, is no destroy at
    work any more but one that died."""
    first = container.half_destroyed_since
    seen_before = first is not None and first <= inventory.taken_at
    since = first if first is not None and seen_before else inventory.taken_at
    lasted = seen_before and inventory.taken_at - since >= limits.confirm_after
    reason = unsettled(guest.lock) if guest.lock in UNSETTLED_LOCKS else f"half destroyed? {remains}"
    return replace(
        _unknown(container, Rung.SETTLING, reason),
        confirm_at=None if lasted else since + limits.confirm_after,
        remains=remains,
        half_destroyed_since=since,
    )


def _judge_missing(container: Container, survey: Survey, inventory: Inventory, limits: Limits) -> Verdict:
    if not inventory.complete:
        return _unknown(container, Rung.INVENTORY, f"the list was not complete: {'; '.join(inventory.reasons)}")
    probe = survey.probes.get(container.vmid or 0, Probe(None, "it was not asked", asked=False))
    if survey.trouble is not None and survey.trouble[0] is Rung.QUORUM and probe.free is not False:
        return _unknown(container, *survey.trouble)
    if not probe.asked:
        return _judge_unasked(container, survey)
    if probe.free is None:
        return _unknown(
            container, Rung.EXISTS, f"whether VMID {container.vmid} is free could not be asked: {probe.reason}"
        )
    if not probe.free:
        why = f"VMID {container.vmid} exists, but our token may not see it (needs VM.Audit on /vms/{container.vmid})"
        return Verdict(container, Presence.HIDDEN, Rung.EXISTS, why)
    if survey.trouble is not None:
        return _unknown(container, *survey.trouble)
    if container.id in survey.held:
        return _unknown(container, Rung.OPERATION, "an operation is at work on it")
    if container.observed_at is None and container.state in (State.DEPLOYING, State.CLONING, State.ADOPTING):
        return _unknown(container, Rung.NEVER_SEEN, f"it is {container.state} and was never seen yet")
    return _judge_absence(container, survey, inventory, limits)


def _judge_unasked(container: Container, survey: Survey) -> Verdict:
    """One of so many missing that not every VMID was asked for. Where all that were asked for exist, a right was lost
    and nothing vanished; else it counts for the breaker."""
    if survey.probes and all(probe.free is False for probe in survey.probes.values()):
        return _unknown(container, Rung.EXISTS, "it was not asked for: whatever is missing exists, as far as was asked")
    return _unknown(container, Rung.CROWD, "so many are missing at once that not every VMID was asked for")


def _judge_absence(container: Container, survey: Survey, inventory: Inventory, limits: Limits) -> Verdict:
    """The last rungs: a second complete inventory, long enough after the first, must agree."""
    first = _missed_first(container, inventory)
    if first is None or inventory.taken_at - first < limits.confirm_after:
        since = first or inventory.taken_at
        confirm_at = since + limits.confirm_after
        wait = max(0, round((confirm_at - survey.now).total_seconds()))
        why = f"missing? confirming in {wait} s"
        return Verdict(container, Presence.UNKNOWN, Rung.SECOND_LOOK, why, since, confirm_at)
    gone = (inventory.taken_at - first).total_seconds()
    why = f"two complete lists {gone:.0f} s apart do not have it, and Proxmox says its VMID is free"
    return Verdict(container, Presence.ABSENT, Rung.PROVED, why, first, orphan=orphan_kind(container.state))


def _missed_first(container: Container, inventory: Inventory) -> datetime | None:
    """When the first of two looks missed it, unless that counts no more: it was seen since, or the clock went back."""
    first = container.missing_since
    if first is None or first > inventory.taken_at:
        return None
    seen = container.observed_at
    return None if seen is not None and first < seen <= inventory.taken_at else first


def _unknown(container: Container, rung: Rung, why: str) -> Verdict:
    return Verdict(container, Presence.UNKNOWN, rung, why)
