"""The plan of a deletion, which asks first who made the container.

A soft delete closes our record and frees its ports; the container is not touched. A hard delete destroys, and only what
we created ourselves. There is no default between them, and no deletion of an adopted container ever stops it.
"""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup import backup_rules
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.doctrine.observation import backup_list
from proximity_tui.core.doctrine.observation.identity import identify
from proximity_tui.core.model import (
    Action,
    ClosedReason,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Operation,
    Plan,
    Presence,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
    StepOutcome,
)
from proximity_tui.core.model.actions.plan import AbsenceBound, DestroyBound, RecordBound
from proximity_tui.core.model.actions.plan_options import SHUTDOWN_SECONDS, DestroyOptions

SOFT_PHRASE = "SOFT DELETE: Removing Proximity management (container preserved)"
HARD_PHRASE = "HARD DELETE: Destroying container and cleaning up resources"

INSPECTION_ORDER = "quorum and config last (HA, replication, tasks just before)"
"""The order in which the last inspection reads; the plan says what cannot be read last (law 3)."""

_RELEASE = Step(StepName.RELEASE, "free its ports, close the record, write the event")
_NOTHING_LEFT = ("there is nothing left to back up",)


class Choice(StrEnum):
    """The two kinds of deletion. There is no default."""

    SOFT = "soft"
    HARD = "hard"


@value_object
class HardOptions:
    """The options of a hard delete.

    `purge` also removes the guest from backup jobs, replication and HA; `unsure_confirmed` says that a person compared
    both fingerprints of a doubtful guest and typed its VMID. `backup_first` backs it up before it is destroyed, to
    `backup_storage` or to the default of `backup.usual_storage`.
    """

    purge: bool = False
    shutdown_seconds: int = SHUTDOWN_SECONDS
    unsure_confirmed: bool = False
    backup_first: bool = False
    backup_storage: str | None = None

    @classmethod
    def of(cls, plan: Plan) -> HardOptions:
        """Return the options that a plan was made with, with the storage that was chosen."""
        chosen = plan.options if isinstance(plan.options, DestroyOptions) else DestroyOptions()
        return cls(
            purge=chosen.purge,
            shutdown_seconds=chosen.shutdown_seconds,
            unsure_confirmed=chosen.unsure_confirmed,
            backup_first=chosen.backup_storage is not None,
            backup_storage=chosen.backup_storage,
        )


def plan_delete(
    container: Container, choice: Choice, lookup: GuestLookup | None = None, options: HardOptions | None = None
) -> Plan | Refusal:
    """Return the plan for deleting `container`, or the refusal.

    A soft delete needs no `lookup`: it sends no request to the cluster, so it works while the cluster is down.
    """
    busy = checks.check_free(container)
    if busy:
        return busy
    if choice is Choice.SOFT:
        return _plan_soft(container)
    return _plan_hard(container, lookup, options or HardOptions())


def check_confirmation(container: Container, typed: str | None) -> Refusal | None:
    """Return None when `typed` is exactly the container's name, else the refusal. A hard delete needs this
    confirmation.
    """
    return checks.check_typed(container.name, typed, "a hard delete with the container's name")


def check_destroy(container: Container, seen: GuestDetail, options: HardOptions) -> Refusal | None:
    """Return a refusal unless everything is true that must be true before a guest is destroyed, else None.

    It is called when the plan is made and again before each write (`plan_validity`).
    """
    return (
        checks.check_identity(container, seen, unsure_confirmed=options.unsure_confirmed)
        or checks.check_same_name(container, seen)
        or checks.check_quorum(seen)
        or checks.check_status(seen)
        or checks.check_template(seen)
        or checks.check_protection(seen)
        or checks.check_lock(seen)
        or checks.check_high_availability(seen, purge=options.purge)
        or checks.check_replication(seen, purge=options.purge)
        or checks.check_tasks(seen)
    )


def is_destroyed(operation: Operation) -> bool:
    """Return whether the destroy of an operation is known to have ended well: its guest is on no node any more."""
    return any(step.name is StepName.DESTROY and step.ended_well for step in operation.steps)


def ending_when_gone(operation: Operation) -> ClosedReason | None:
    """Return the reason to close the record of an interrupted operation whose guest is gone.

    Our destroy is given as the reason only where a task of it is known (law 5). Return None where no destroy was sent:
    that absence is not explained by this operation.
    """
    destroy = operation.find_step(StepName.DESTROY)
    if operation.action is not Action.HARD_DELETE or destroy is None:
        return None
    if not (destroy.may_have_run or destroy.outcome is StepOutcome.DONE):
        return None
    return ClosedReason.DESTROYED if destroy.task else ClosedReason.GONE


def _plan_soft(container: Container) -> Plan:
    place = f"CT {container.vmid} is not touched" if container.vmid else "there is no guest"
    ports = ", ".join(str(port.public) for port in container.ports)
    freed = f", frees port {ports}" if ports else ""
    does = f"closes our record{freed}. {place[0].upper()}{place[1:]}"
    return Plan(
        action=Action.SOFT_DELETE,
        cluster=container.cluster,
        vmid=container.vmid,
        node=container.node,
        name=container.name,
        steps=(Step(StepName.RELEASE, does),),
        summary=f"stop managing {container.label}: {does}",
        bound_to=RecordBound(container.version),
    )


def _plan_hard(container: Container, lookup: GuestLookup | None, options: HardOptions) -> Plan | Refusal:
    never = checks.check_native(container)
    if never:
        return never
    if container.vmid is None:
        return _plan_record_only(container, options)
    if lookup is None:
        return Refusal(
            RefusalCode.UNKNOWN_STATUS, f"{container.name} was not inspected: a hard delete needs a fresh inspection"
        )
    if isinstance(lookup, GuestNotSeen):
        if lookup.presence is Presence.ABSENT:
            return _plan_already_absent(container, lookup, options)
        return refusals.not_seen(container, lookup)
    return check_destroy(container, lookup, options) or _plan_destroy(container, lookup, options)


def _plan_destroy(container: Container, seen: GuestDetail, options: HardOptions) -> Plan | Refusal:
    storage = backup_rules.choose_storage(seen, options.backup_storage) if options.backup_first else None
    if isinstance(storage, Refusal):
        return storage
    first = f"back up to {storage}, then " if storage else ""
    return Plan(
        action=Action.HARD_DELETE,
        cluster=container.cluster,
        vmid=container.vmid,
        node=seen.node,
        name=container.name,
        steps=_destroy_steps(seen, options, storage),
        summary=f"{first}destroy {container.label} and its volumes, prove it is gone, close the record",
        bound_to=DestroyBound(
            version=container.version,
            status=seen.status,
            node=seen.node,
            digest=seen.digest,
            fingerprint=seen.fingerprint,
            identity=identify(container, seen.fingerprint, seen.lock).match,
        ),
        options=DestroyOptions(options.purge, options.shutdown_seconds, options.unsure_confirmed, storage),
        warnings=_warnings(container, seen, options),
    )


def _destroy_steps(seen: GuestDetail, options: HardOptions, storage: str | None) -> tuple[Step, ...]:
    running = seen.status is Status.RUNNING
    down = f"cleanly, within {options.shutdown_seconds}s" if running else "not needed: it is stopped already"
    return (
        Step(StepName.SHUTDOWN, down),
        Step(StepName.STOP, "only if it still runs; nothing is destroyed before it is seen to be stopped"),
        *(backup_rules.steps(seen, storage) if storage else ()),
        Step(
            StepName.DESTROY,
            f"inspect it again, {INSPECTION_ORDER}, then destroy CT {seen.vmid} on {seen.node} and its volumes",
        ),
        Step(StepName.PROVE_ABSENT, "prove that it is gone"),
        _RELEASE,
    )


def _warnings(container: Container, seen: GuestDetail, options: HardOptions) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    if options.purge:
        found += ("every backup job, replication job and HA entry of this VMID is removed, too",)
    if options.backup_first:
        return found + backup_rules.left_out(seen)
    return found + backup_list.warnings(container, seen.backups, seen.backups_unlisted)


def _plan_already_absent(container: Container, missing: GuestNotSeen, options: HardOptions) -> Plan:
    return Plan(
        action=Action.HARD_DELETE,
        cluster=container.cluster,
        vmid=container.vmid,
        node=container.node,
        name=container.name,
        steps=(Step(StepName.PROVE_ABSENT, f"{missing.reason}; a second inspection must confirm it"), _RELEASE),
        summary=f"{container.label} is already absent: prove it and close the record; nothing is changed at Proxmox",
        bound_to=AbsenceBound(container.version),
        warnings=_NOTHING_LEFT if options.backup_first else (),
    )


def _plan_record_only(container: Container, options: HardOptions) -> Plan:
    return Plan(
        action=Action.HARD_DELETE,
        cluster=container.cluster,
        vmid=None,
        name=container.name,
        steps=(Step(StepName.RELEASE, "it never had a VMID: close the record"),),
        summary=f"close the record of {container.name}, which never had a VMID",
        bound_to=RecordBound(container.version),
        warnings=_NOTHING_LEFT if options.backup_first else (),
    )
