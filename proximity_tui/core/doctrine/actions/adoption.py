"""Point 4 of the doctrine: informed adoption.

Adoption takes a guest that was there before us under our care, with its whole clinical record. It reads and
remembers; it asks Proxmox to change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS
from proximity_tui.core.model import (
    Action,
    Container,
    Missing,
    Observation,
    Plan,
    Presence,
    Refusal,
    Sighting,
    Status,
    Step,
)


@dataclass(frozen=True, slots=True)
class AdoptionWish:
    """What a person asked for: an optional port of the container to publish, and whether they consented to adopt
    although its config cannot be read (then the clinical record is missing, and says so)."""

    port: int | None = None
    without_record: bool = False


def plan_adoption(
    vmid: int,
    wish: AdoptionWish,
    sighting: Sighting,
    existing: Container | None,
    name: str,
    predecessor: Container | None = None,
) -> Plan | Refusal:
    """The plan for adopting the guest at `vmid`, or the refusal.

    `existing` is the active record of that VMID if there is one, `predecessor` the latest tombstone.
    """
    if existing is not None:
        return Refusal("managed", f"CT {vmid} is already managed: {existing.label}")
    if not isinstance(sighting, Observation):
        return _refuse_missing(sighting)
    refused = _refuse_guest(sighting) or _refuse_port(wish.port)
    if refused:
        return refused
    if sighting.config is None and not wish.without_record:
        gaps = ", ".join(sighting.gaps) or "its config"
        return Refusal(
            "no_clinical_record",
            f"CT {vmid} cannot be read whole ({gaps}): adopt it without a clinical record only by choice",
        )
    return Plan(
        action=Action.ADOPT,
        cluster=sighting.cluster,
        vmid=vmid,
        node=sighting.node,
        name=name,
        steps=_steps(wish),
        summary=f"adopt {name} (CT {vmid} on {sighting.node}, {sighting.status}): read it whole, write nothing there",
        bound_to={
            "digest": sighting.digest,
            "fingerprint": sighting.fingerprint,
            "status": sighting.status.value,
            "predecessor": predecessor.id if predecessor else None,
        },
        options={"port": wish.port, "without_record": wish.without_record},
        warnings=_warnings(sighting, predecessor),
    )


def _refuse_missing(missing: Missing) -> Refusal:
    """Only a proved absence is "not found": what was not seen may well be there (law 2)."""
    if missing.presence is Presence.ABSENT:
        return Refusal("not_found", f"there is no container to adopt at VMID {missing.vmid}: {missing.reason}")
    code = "not_a_container" if missing.presence is Presence.REPLACED else "unknown_status"
    return Refusal(code, f"CT {missing.vmid} cannot be adopted: {missing.reason}")


def _refuse_guest(seen: Observation) -> Refusal | None:
    if seen.template:
        return Refusal("template", f"CT {seen.vmid} is a template: it is a mould, not a container to look after")
    if seen.lock in UNSETTLED_LOCKS:
        return Refusal("locked", f"CT is locked ({seen.lock}): it is being made, unmade or rolled back")
    return None


def _refuse_port(port: int | None) -> Refusal | None:
    if port is not None and not 1 <= port <= 65535:
        return Refusal("invalid", f"{port} is not a port: choose 1 to 65535")
    return None


def _steps(wish: AdoptionWish) -> tuple[Step, ...]:
    capture = Step("capture", "read status, config, resources, networks, interfaces and snapshots")
    record = "write the record, its clinical record and the event in one transaction"
    if wish.port is not None:
        record += f"; a public port for its port {wish.port}"
    return (capture, Step("record", record))


def _warnings(seen: Observation, predecessor: Container | None) -> tuple[str, ...]:
    found = []
    if seen.status is Status.UNKNOWN:
        found.append("its status is neither running nor stopped")
    if seen.lock:
        found.append(f"it is locked ({seen.lock})")
    if seen.config is None:
        found.append("its config could not be read: there will be no clinical record to compare with")
    if seen.fingerprint is not None and seen.fingerprint.marker is not None:
        found.append("it carries our marker: it was created by Proximity or cloned from such a container")
    if predecessor is not None:
        found.append(f"we managed CT {seen.vmid} before, as {predecessor.name}: that history stays linked")
    return tuple(found)
