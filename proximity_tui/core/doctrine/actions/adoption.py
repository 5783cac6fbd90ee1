"""The plan of an adoption, which says first what it takes over.

Adoption makes an existing guest one of our containers and records its whole clinical record. It only reads from Proxmox
and writes our record; it changes nothing at Proxmox.

A container that vanished and is listed again is offered, never taken automatically: a person confirms, and the
fingerprint must match. A native one must still carry our marker; any other can only be adopted, so it can never be
destroyed by us.
"""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.create.creation import check_port
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, compare, unsettled
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Kind,
    Match,
    Plan,
    Presence,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.plan import AdoptionBound
from proximity_tui.core.model.actions.plan_options import AdoptionOptions


@value_object
class AdoptionRequest:
    """One request to adopt a guest: an optional port of the container to publish, and the consent to adopt it although
    its config cannot be read. Without a config the record has no clinical record, and says so.
    """

    port: int | None = None
    """None publishes none."""
    without_record: bool = False


def plan_adoption(
    vmid: int,
    request: AdoptionRequest,
    lookup: GuestLookup,
    existing: Container | None,
    name: str,
    predecessor: Container | None = None,
) -> Plan | Refusal:
    """Return the plan for adopting the guest at `vmid`, or the refusal.

    `existing` is the active record of that VMID if there is one, `predecessor` the latest tombstone: it is followed
    only where it is of the same guest (law 3).
    """
    if existing is not None:
        return refusals.managed(existing)
    if not isinstance(lookup, GuestDetail):
        return _refuse_missing(lookup)
    refused = _check_guest(lookup) or check_port(request.port) or _check_read(lookup, request)
    if refused:
        return refused
    return Plan(
        action=Action.ADOPT,
        cluster=lookup.cluster,
        vmid=vmid,
        node=lookup.node,
        name=name,
        steps=_steps(request),
        summary=f"adopt {name} (CT {vmid} on {lookup.node}, {lookup.status}): read everything, change nothing there",
        bound_to=AdoptionBound(
            lookup.status,
            lookup.digest,
            lookup.fingerprint,
            predecessor.id if predecessor and _is_same(predecessor, lookup) else None,
        ),
        options=AdoptionOptions(request.port, request.without_record),
        warnings=_warnings(lookup, predecessor),
    )


def _check_read(seen: GuestDetail, request: AdoptionRequest) -> Refusal | None:
    """Return a refusal for a guest whose config cannot be read, unless a person consents to that; else None."""
    if seen.config is not None or request.without_record:
        return None
    gaps = ", ".join(str(gap) for gap in seen.gaps) or "its config"
    return Refusal(
        RefusalCode.NO_CLINICAL_RECORD,
        f"CT {seen.vmid} cannot be read completely ({gaps}): adopting it without a clinical record needs your consent",
    )


def _is_same(predecessor: Container, seen: GuestDetail) -> bool:
    return compare(predecessor.fingerprint, seen.fingerprint).match is Match.SAME


def _refuse_missing(missing: GuestNotSeen) -> Refusal:
    """Return the refusal for a guest that was not seen. Only a proved absence is "not found" (law 2)."""
    if missing.presence is Presence.ABSENT:
        return Refusal(
            RefusalCode.NOT_FOUND, f"there is no container to adopt at VMID {missing.vmid}: {missing.reason}"
        )
    another = missing.presence is Presence.REPLACED
    code = RefusalCode.NOT_A_CONTAINER if another else RefusalCode.UNKNOWN_STATUS
    return Refusal(code, f"CT {missing.vmid} cannot be adopted: {missing.reason}")


def _check_guest(seen: GuestDetail) -> Refusal | None:
    if seen.template:
        return Refusal(RefusalCode.TEMPLATE, f"CT {seen.vmid} is a template: a template cannot be adopted")
    if seen.lock in UNSETTLED_LOCKS:
        return Refusal(RefusalCode.LOCKED, f"CT is {unsettled(seen.lock or '')}")
    return None


def _steps(request: AdoptionRequest) -> tuple[Step, ...]:
    capture = Step(StepName.CAPTURE, "read status, config, resources, networks, interfaces and snapshots")
    record = "write the record, its clinical record and the event in one transaction"
    if request.port is not None:
        record += f"; a public port for its port {request.port}"
    return (capture, Step(StepName.RECORD, record))


def _warnings(seen: GuestDetail, predecessor: Container | None) -> tuple[str, ...]:
    found = []
    if seen.status is Status.UNKNOWN:
        found.append("its status is neither running nor stopped")
    if seen.lock:
        found.append(f"it is locked ({seen.lock})")
    if seen.config is None:
        found.append("its config could not be read: there will be no clinical record to compare with")
    if seen.fingerprint is not None and seen.fingerprint.marker is not None:
        found.append("it carries our marker: it was created by Proximity or cloned from such a container")
    if predecessor is not None and _is_same(predecessor, seen):
        found.append(f"we managed CT {seen.vmid} before, as {predecessor.name}: that history stays linked")
    elif predecessor is not None and predecessor.fingerprint is not None:
        found.append(f"{predecessor.name}, which we managed at CT {seen.vmid} before, may be another guest: not linked")
    return tuple(found)


def check_reattach(tombstone: Container, existing: Container | None, lookup: GuestLookup | None) -> Refusal | None:
    """Return None when the guest that is seen may be managed again as what it was, else the refusal."""
    if not tombstone.is_tombstone:
        return Refusal(RefusalCode.MANAGED, f"{tombstone.label} was never closed: there is nothing to re-attach")
    if existing is not None:
        return refusals.managed(existing)
    if tombstone.kind is Kind.UNKNOWN:
        return Refusal(
            RefusalCode.KIND_UNKNOWN, "its kind cannot be read: adopt the guest instead, then it is never destroyed"
        )
    if lookup is None:
        return refusals.no_guest_to_ask(tombstone)
    if isinstance(lookup, GuestNotSeen):
        return Refusal(RefusalCode.UNKNOWN_STATUS, f"CT {tombstone.vmid} is not seen: {lookup.reason}")
    identity = judge(tombstone, lookup, lookup.taken_at)
    if identity.match is not Match.SAME:
        return Refusal(
            RefusalCode.IDENTITY_UNSURE,
            f"the guest at CT {tombstone.vmid} may not be {tombstone.name}: {identity.sentence}; adopt it instead",
        )
    return None
