"""The last inspection before a write, and the permit that it gives: the only place where permits are minted (laws 1, 3,
5).

One inspection right before each write says whether the step is still needed, whether it may be done, and which tasks
existed before. The conditions are read last, in one order: see `guests.inspect`. The inspection that compares the
confirmed plan with the cluster is the last one of the first write, too, as long as nothing else was read since.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards import permit
from proximity_tui.core.doctrine.guards.checks import check_visible
from proximity_tui.core.doctrine.guards.permit import LIFETIME, DestroyPermit
from proximity_tui.core.doctrine.guards.refusals import config_unread
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_create, permit_write
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.operations.outcome import Interrupted, NotNeeded, StepFailed, tasks_unread
from proximity_tui.core.model import (
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Presence,
    Refusal,
    RefusalCode,
    Task,
    Unread,
    Vacancy,
)
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import identity_trail

P = TypeVar("P", WritePermit, DestroyPermit)
R = TypeVar("R", GuestDetail, Vacancy)

Check = Callable[[GuestDetail], Refusal | None]
"""What an action asks of the guest that is seen, besides being the one of the record. It may raise NotNeeded."""

_YOUNG = LIFETIME / 2
"""The age up to which a permit is minted from a reading: it must still be valid after the commits before the write."""


@value_object
class Permitted(Generic[P]):
    """A permit, the node it is for, and the tasks that existed before: a new one is the task of the write."""

    permit: P
    node: str
    tasks: tuple[Task, ...]


@value_object
class _Inspected:
    """The last reading, and the number of reads that had been sent by then."""

    what: GuestDetail | Vacancy
    at: datetime
    requests_sent: int


class NotRead(StepFailed):
    """Raised where only what could not be read refuses a write: it may be read later (law 2). `unread` says what."""

    def __init__(self, refusal: Refusal, unread: str) -> None:
        super().__init__(refusal.reason, refusal.code)
        self.unread = unread


class LastInspection:
    """The inspections of one operation, from the comparison with its plan to its last write."""

    def __init__(self, client: PveClient, clock: Clock) -> None:
        self.client = client
        self._clock = clock
        self._inspected: _Inspected | None = None

    def inspect(self, vmid: int, node: str | None) -> GuestLookup:
        """Return what is at a VMID now. The next permit is minted from it while nothing else is read."""
        seen = inspection.inspect_guest(self.client, vmid, node=node)
        if isinstance(seen, GuestDetail):
            self._keep(seen, seen.fingerprint_at)
        return seen

    def find_vacancy(self, vmid: int, node: str) -> Vacancy:
        """Return whether a VMID is free now. The next permit is minted from it while nothing else is read. Raises
        ProxmoxError.
        """
        vacancy = self.client.vacancy(vmid, node)
        self._keep(vacancy, vacancy.taken_at)
        return vacancy

    def just_seen(self, vmid: int) -> GuestDetail | None:
        """Return the guest as it was read last; None when that is too long ago, or something was read since."""
        return self._just_read(GuestDetail, vmid)

    def permit_to(self, action: WriteAction, container: Container, node: str, check: Check) -> Permitted[WritePermit]:
        """Return the permit for `action` on the guest of `container`, last seen on `node`. Raises StepFailed when it
        may not be done, NotNeeded when `check` says so, Interrupted when nothing certain is known.
        """
        provenance = identity_trail.provenance(container.id)
        seen = self._seen(container, node)
        tasks = _checked(seen, check)
        minted = permit_write(action, container, seen, self._clock.now(), provenance=provenance)
        return Permitted(_granted(minted, seen), seen.node, tasks)

    def permit_to_destroy(
        self, container: Container, node: str, check: Check, *, purge: bool, unsure_confirmed: bool, gone: str
    ) -> Permitted[DestroyPermit]:
        """Return the permit to destroy the guest of `container`, last seen on `node`. Raises as `permit_to` does, and
        NotNeeded where the guest is gone: `gone` is the meaning of that.
        """
        provenance = identity_trail.provenance(container.id)
        seen = self._seen(container, node, gone)
        tasks = _checked(seen, check)
        now = self._clock.now()
        minted = permit.mint(
            container, seen, now, provenance=provenance, purge=purge, unsure_confirmed=unsure_confirmed
        )
        return Permitted(_granted(minted, seen), seen.node, tasks)

    def permit_to_make(self, node: str, vmid: int, *, taken: str | None = None) -> Permitted[WritePermit]:
        """Return the permit to create a container at `vmid`, which must be free right now. Raises StepFailed when it is
        not, or NotNeeded if `taken` gives the meaning of that; Interrupted when it cannot be read.
        """
        try:
            vacancy = self._just_read(Vacancy, vmid) or self.find_vacancy(vmid, node)
        except ProxmoxError as error:
            raise Interrupted(f"could not check whether VMID {vmid} is free: {error.sentence}") from error
        self._inspected = None
        if not vacancy.free and taken is not None:
            raise NotNeeded(taken)
        return Permitted(_granted(permit_create(vacancy, self._clock.now())), node, vacancy.tasks)

    def _seen(self, container: Container, node: str, gone: str | None = None) -> GuestDetail:
        if container.vmid is None:
            raise StepFailed(f"{container.name} has no VMID")
        lookup = self.just_seen(container.vmid) or self.inspect(container.vmid, node)
        self._inspected = None
        if isinstance(lookup, GuestNotSeen):
            if lookup.presence is Presence.ABSENT and gone is not None:
                raise NotNeeded(gone)
            raise not_seen(lookup, before=True)
        return lookup

    def _keep(self, what: GuestDetail | Vacancy, at: datetime) -> None:
        self._inspected = _Inspected(what, at, self.client.requests_sent)

    def _just_read(self, kind: type[R], vmid: int) -> R | None:
        last = self._inspected
        if last is None or not isinstance(last.what, kind) or last.what.vmid != vmid:
            return None
        young = timedelta(0) <= self._clock.now() - last.at <= _YOUNG
        return last.what if young and last.requests_sent == self.client.requests_sent else None


def not_seen(missing: GuestNotSeen, *, before: bool = False) -> StepFailed | Interrupted:
    """Return the end of a step for a guest that was not seen: proved absence is a failure, unknown is an interruption
    (law 2). `before` its request is sent, the failure is a refusal.
    """
    if missing.presence in (Presence.ABSENT, Presence.REPLACED):
        code = RefusalCode.ABSENT if missing.presence is Presence.ABSENT else RefusalCode.REPLACED
        return StepFailed(f"CT {missing.vmid}: {missing.reason}", code if before else None)
    return Interrupted(f"CT {missing.vmid} cannot be seen: {missing.reason}")


def _checked(seen: GuestDetail, check: Check) -> tuple[Task, ...]:
    """Return the tasks of a guest that passes `check`. Without them a lost answer could not be found (law 5)."""
    if seen.tasks is None:
        unread = seen.gap(Unread.TASKS) or seen.gap(Unread.TASK_ROW)
        raise tasks_unread(seen.node, unread)
    refused = check(seen) or check_visible(seen)
    if refused:
        raise _refused(refused, seen)
    return seen.tasks


def _granted(minted: P | Refusal, seen: GuestDetail | None = None) -> P:
    if isinstance(minted, Refusal):
        raise _refused(minted, seen)
    return minted


def _refused(refusal: Refusal, seen: GuestDetail | None) -> StepFailed:
    if seen is not None and seen.config is None and refusal.code is RefusalCode.IDENTITY_UNSURE:
        # A doubt that its config would end.
        return NotRead(refusal, config_unread(seen).reason)
    return NotRead(refusal, refusal.reason) if refusal.unread else StepFailed(refusal.reason, refusal.code)
