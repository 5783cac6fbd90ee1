"""The last inspection before a write, and the permit that it gives: the only place where permits are minted (laws 1, 3,
5).

One inspection right before each write says both whether the step is still needed and whether it may be done. The
conditions are read last, in one order: see `guests.last_look`. Every write goes through here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.actions import permit
from proximity_tui.core.doctrine.actions.guards import guard_seeing
from proximity_tui.core.doctrine.actions.permit import DestroyPermit
from proximity_tui.core.doctrine.actions.write_permit import Deed, WritePermit, permit_create, permit_write
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.operations.outcome import Interrupted, NotNeeded, StepFailed
from proximity_tui.core.model import Container, GuestDetail, GuestNotSeen, Presence, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import trail

P = TypeVar("P", WritePermit, DestroyPermit)

Check = Callable[[GuestDetail], Refusal | None]
"""What a deed asks of the guest that is seen, besides being the one of the record. It may raise NotNeeded."""


def permit_to(
    deed: Deed, client: PveClient, container: Container, clock: Clock, check: Check, *, gone: str | None = None
) -> WritePermit:
    """Return the permit for `deed` on the guest of `container`, from an inspection right now. Raises StepFailed when it
    may not be done, NotNeeded when `check` says so, or when the guest is gone and `gone` gives the meaning of that;
    Interrupted when nothing certain is known.
    """
    vouched = trail.provenance(container.id)
    seen = _seen(client, container, gone)
    _pass(check(seen) or guard_seeing(seen))
    return _granted(permit_write(deed, container, seen, clock.now(), provenance=vouched))


def permit_to_destroy(
    client: PveClient,
    container: Container,
    clock: Clock,
    check: Check,
    *,
    purge: bool,
    unsure_confirmed: bool,
    gone: str,
) -> DestroyPermit:
    """Return the permit to destroy the guest of `container`, from an inspection right now. Raises
    as `permit_to` does.
    """
    vouched = trail.provenance(container.id)
    seen = _seen(client, container, gone)
    _pass(check(seen) or guard_seeing(seen))
    return _granted(
        permit.mint(container, seen, clock.now(), provenance=vouched, purge=purge, unsure_confirmed=unsure_confirmed)
    )


def permit_to_make(client: PveClient, node: str, vmid: int, clock: Clock, *, taken: str | None = None) -> WritePermit:
    """Return the permit to create a container at `vmid`, which must be free right now. Raises StepFailed when it is
    not, or NotNeeded if `taken` gives the meaning of that; Interrupted when it cannot be read.
    """
    try:
        vacancy = client.vacancy(vmid, node)
    except ProxmoxError as error:
        raise Interrupted(f"whether VMID {vmid} is free could not be read: {error.sentence}") from error
    if not vacancy.free and taken is not None:
        raise NotNeeded(taken)
    return _granted(permit_create(vacancy, clock.now()))


def _seen(client: PveClient, container: Container, gone: str | None) -> GuestDetail:
    if container.vmid is None:
        raise StepFailed(f"{container.name} has no VMID")
    lookup = inspection.last_look(client, container.vmid)
    if isinstance(lookup, GuestNotSeen):
        if lookup.presence is Presence.ABSENT and gone is not None:
            raise NotNeeded(gone)
        stop_at(lookup)
    return lookup


def stop_at(missing: GuestNotSeen) -> NoReturn:
    """End the step for a guest that was not seen: proved absence is a failure, unknown is an interruption (law 2)."""
    if missing.presence in (Presence.ABSENT, Presence.REPLACED):
        raise StepFailed(f"CT {missing.vmid}: {missing.reason}")
    raise Interrupted(f"CT {missing.vmid} cannot be seen: {missing.reason}")


def _pass(refused: Refusal | None) -> None:
    if refused:
        raise StepFailed(refused.reason)


def _granted(minted: P | Refusal) -> P:
    if isinstance(minted, Refusal):
        raise StepFailed(minted.reason)
    return minted
