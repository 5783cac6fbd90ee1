"""Point 1 of the doctrine: adoption-aware deletion.

Soft forgets: the record is closed, its ports are free, the container is untouched. Hard destroys, and only what we
created ourselves. There is no default between them, and no deletion of an adopted container ever leads to a stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from proximity_tui.core.doctrine import guards
from proximity_tui.core.doctrine.identity import compare
from proximity_tui.core.model import (
    Action,
    Container,
    Kind,
    Missing,
    Observation,
    Plan,
    Presence,
    Refusal,
    Sighting,
    Status,
    Step,
)

SOFT_PHRASE = "SOFT DELETE: Removing Proximity management (container preserved)"
HARD_PHRASE = "HARD DELETE: Destroying container and cleaning up resources"

SHUTDOWN_SECONDS = 60
"""How long a guest may take to shut down by itself before it is stopped; also Proxmox's own default."""


class Choice(StrEnum):
    """What a person chose. There is no third, and no default."""

    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class HardOptions:
    """What a person may add to a hard delete.

    `purge` also removes the guest from backup jobs, replication and HA; `unsure_confirmed` says that a person
    compared both fingerprints of a doubtful guest and typed its VMID.
    """

    purge: bool = False
    shutdown_seconds: int = SHUTDOWN_SECONDS
    unsure_confirmed: bool = False


def plan_delete(
    container: Container,
    choice: Choice,
    sighting: Sighting | None = None,
    options: HardOptions | None = None,
) -> Plan | Refusal:
    """The plan for deleting `container`, or the refusal.

    A soft delete needs no sighting: it works while the cluster is down, because it asks nothing of it.
    """
    held = guards.guard_free(container)
    if held:
        return held
    if choice is Choice.SOFT:
        return _plan_soft(container)
    return _plan_hard(container, sighting, options or HardOptions())


def still_true(plan: Plan, seen: Observation) -> Refusal | None:
    """None while nothing was done yet and the world, its status included, is as it was when the plan was made."""
    before = plan.bound_to.get("status")
    if before != seen.status:
        return Refusal("changed", f"{plan.name} was {before} and is {seen.status} now: make the plan again")
    return still_holds(plan, seen)


def still_holds(plan: Plan, seen: Observation) -> Refusal | None:
    """None while the world is as it was when the plan was made; else the plan is void and must be made again."""
    bound = plan.bound_to
    if bound.get("digest") != seen.digest:
        return Refusal("changed", f"the config of {plan.name} changed since the plan was made: make the plan again")
    if bound.get("node") != seen.node:
        return Refusal("changed", f"{plan.name} moved from {bound.get('node')} to {seen.node} since the plan was made")
    return None


def check_confirmation(container: Container, typed: str | None) -> Refusal | None:
    """None when `typed` is exactly the container's name; a hard delete never goes on without."""
    if typed == container.name:
        return None
    return Refusal("confirmation", f"a hard delete is confirmed by typing the container's name: {container.name}")


def why_not_hard(container: Container) -> Refusal | None:
    """The refusal that no circumstance can lift: this record is not of something we created (law 1)."""
    if container.kind is Kind.ADOPTED:
        return Refusal("adopted", "adopted: Proximity never destroys what it did not create")
    if container.kind is not Kind.NATIVE:
        return Refusal("kind_unknown", "its kind cannot be read, so it counts as not ours and is never destroyed")
    return None


def _plan_soft(container: Container) -> Plan:
    place = f"CT {container.vmid} stays as it is on Proxmox" if container.vmid else "there is no guest to keep"
    ports = ", ".join(str(port.public) for port in container.ports)
    freed = f"port {ports} free" if ports else "no port held"
    return Plan(
        action=Action.SOFT_DELETE,
        cluster=container.cluster,
        vmid=container.vmid,
        node=container.node,
        name=container.name,
        steps=(Step("release", f"record closed, {freed}; {place}"),),
        summary=f"forget {container.label}: record closed, {freed}; {place}",
        bound_to={"version": container.version},
    )


def _plan_hard(container: Container, sighting: Sighting | None, options: HardOptions) -> Plan | Refusal:
    never = why_not_hard(container)
    if never:
        return never
    if container.vmid is None:
        return _plan_record_only(container)
    if sighting is None:
        return Refusal("unknown_status", f"{container.name} was not looked at: a hard delete needs a fresh look")
    if isinstance(sighting, Missing):
        if sighting.presence is Presence.ABSENT:
            return _plan_already_absent(container, sighting)
        return guards.guard_seen(container, sighting) or Refusal("unknown_status", sighting.reason)
    return _first_refusal(container, sighting, options) or _plan_destroy(container, sighting, options)


def recheck(container: Container, seen: Observation, options: HardOptions) -> Refusal | None:
    """The same guards again, right before a step that cannot be undone (law 3)."""
    return why_not_hard(container) or _guard_open(container) or _first_refusal(container, seen, options)


def _guard_open(container: Container) -> Refusal | None:
    """Refuses a record that was closed meanwhile: whoever forgot it wants its guest left alone."""
    if container.is_tombstone:
        return Refusal("closed", f"{container.name} is closed: what we no longer look after is not ours to destroy")
    return None


def _first_refusal(container: Container, seen: Observation, options: HardOptions) -> Refusal | None:
    return (
        guards.guard_identity(container, seen, unsure_confirmed=options.unsure_confirmed)
        or guards.guard_quorum(seen)
        or guards.guard_status(seen)
        or _guard_template(seen)
        or _guard_protection(seen)
        or guards.guard_lock(seen)
        or _guard_high_availability(seen, options)
        or _guard_replication(seen, options)
        or guards.guard_tasks(seen)
    )


def _guard_template(seen: Observation) -> Refusal | None:
    if seen.template:
        return Refusal("template", f"CT {seen.vmid} is a template: linked clones may live on its disks")
    return None


def _guard_protection(seen: Observation) -> Refusal | None:
    if seen.protection:
        return Refusal("protected", f"can't remove CT {seen.vmid} - protection mode enabled; we never clear that flag")
    if seen.protection is None:
        return Refusal("identity_unsure", f"the config of CT {seen.vmid} could not be read")
    return None


def _guard_high_availability(seen: Observation, options: HardOptions) -> Refusal | None:
    if seen.ha_state is not None and not options.purge:
        return Refusal(
            "ha_managed",
            f"unable to remove CT {seen.vmid} - used in HA resources and purge parameter not set. Choose purge, or"
            " take it out of HA first",
        )
    if not seen.ha_known:
        return Refusal("ha_managed", f"whether CT {seen.vmid} is managed by HA could not be read")
    return None


def _guard_replication(seen: Observation, options: HardOptions) -> Refusal | None:
    if seen.replicated and not options.purge:
        return Refusal(
            "replicated",
            f"There is a replication job for guest '{seen.vmid}' - Please remove that first, or choose purge",
        )
    if seen.replicated is None:
        return Refusal("replicated", f"whether CT {seen.vmid} is replicated could not be read")
    return None


def _plan_destroy(container: Container, seen: Observation, options: HardOptions) -> Plan:
    running = seen.status is Status.RUNNING
    identity = compare(container.fingerprint, seen.fingerprint, seen.lock)
    down = f"shut down ({options.shutdown_seconds}s, then stop)" if running else "already stopped: nothing to shut down"
    warnings: tuple[str, ...] = (
        ("every backup job, replication job and HA entry of this VMID goes too",) if options.purge else ()
    )
    if not seen.backups:
        warnings += ("no backup of it was found",) if "backups" not in seen.gaps else ("backups could not be read",)
    return Plan(
        action=Action.HARD_DELETE,
        cluster=container.cluster,
        vmid=container.vmid,
        node=seen.node,
        name=container.name,
        steps=(
            Step("shutdown", down),
            Step(
                "stop",
                "stop it if it did not, and observe that it is stopped; nothing is destroyed while it runs",
            ),
            Step(
                "destroy",
                f"read its fingerprint again, then destroy CT {seen.vmid} on {seen.node} and its volumes",
            ),
            Step("prove_absent", "prove that it is gone"),
            Step("release", "free its ports, close the record, write the event"),
        ),
        summary=f"destroy {container.label} and its volumes, prove it is gone, close the record",
        bound_to={
            "version": container.version,
            "status": seen.status.value,
            "digest": seen.digest,
            "identity": identity.match.value,
            "fingerprint": seen.fingerprint,
            "node": seen.node,
        },
        options={
            "purge": options.purge,
            "shutdown_seconds": options.shutdown_seconds,
            "unsure_confirmed": options.unsure_confirmed,
        },
        warnings=warnings,
    )


def _plan_already_absent(container: Container, missing: Missing) -> Plan:
    return Plan(
        action=Action.HARD_DELETE,
        cluster=container.cluster,
        vmid=container.vmid,
        node=container.node,
        name=container.name,
        steps=(
            Step("prove_absent", f"{missing.reason}; look a second time before it is believed"),
            Step("release", "free its ports, close the record, write the event"),
        ),
        summary=f"{container.label} is already absent: prove it and close the record; nothing is asked of Proxmox",
        bound_to={"version": container.version, "already_absent": True},
    )


def _plan_record_only(container: Container) -> Plan:
    return Plan(
        action=Action.HARD_DELETE,
        cluster=container.cluster,
        vmid=None,
        name=container.name,
        steps=(Step("release", "it never had a VMID: close the record"),),
        summary=f"close the record of {container.name}, which never had a VMID",
        bound_to={"version": container.version},
    )
