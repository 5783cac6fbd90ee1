"""The rules for rolling a container back to a snapshot. It is asked for by name; it destroys what was written since.

Proxmox stops a running container at once for it, and leaves it stopped. The config of the snapshot comes back, with its
name, tags and network cards; the description stays. So what the guest is recognised by may change, and is known before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.text import describe, human_age, plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.guest_plan import identity_doubts, plan_for_guest, tasks_listed
from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules
from proximity_tui.core.doctrine.guards import checks
from proximity_tui.core.doctrine.observation.config_fields import FieldChange, field_changes
from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.doctrine.observation.snapshot_tree import later_than
from proximity_tui.core.model import (
    Action,
    Container,
    Fingerprint,
    GuestDetail,
    GuestSnapshots,
    Identity,
    Plan,
    Refusal,
    RefusalCode,
    Snapshot,
    Status,
    Step,
    StepName,
    names,
)
from proximity_tui.core.model.actions.plan_options import RollbackOptions
from proximity_tui.core.model.guests.guest_config import Device, disks

_OF_THE_SNAPSHOT = frozenset({"snaptime", "snapstate", "description"})
"""What stands in the config of a snapshot and is not rolled back."""

_NEWEST_ONLY = frozenset({"zfspool"})
"""The types of storages that can only roll back to the newest snapshot of a volume."""

TASK = "vzrollback"
"""The type of the task that Proxmox lists of a roll back."""

_MOST_NAMED = 12
_VALUE_LIMIT = 60


@value_object
class RollbackTarget:
    """What was read of the snapshot to roll back to, besides its row in the list."""

    changes: tuple[FieldChange, ...] | None
    """What changes in the config, see `changes_back`, without secrets; None where it could not be read."""
    fingerprint: Fingerprint | None
    """What the guest will be recognised by; None where that could not be read."""
    storage_types: Mapping[str, str]
    """The type of each storage that our token may see, by name."""


def plan_rollback(
    container: Container, request: RollbackOptions, found: GuestSnapshots, target: RollbackTarget
) -> Plan | Refusal:
    """Return the plan for rolling `container` back to a snapshot, or the refusal."""
    seen = found.seen
    refused = check_rollback(container, seen, unsure_confirmed=request.unsure_confirmed)
    refused = refused or snapshot_rules.check_same_reading(container, found)
    snapshot = found.listed.find(request.name)
    if refused or snapshot is None:
        return refused or snapshot_rules.not_listed(container, request.name)
    refused = _check_whole(snapshot) or _check_newest(found, request.name, target)
    if refused:
        return refused
    return plan_for_guest(
        container,
        seen,
        Action.ROLLBACK_SNAPSHOT,
        steps=_steps(seen, request),
        summary=f"roll {container.label} back to snapshot {request.name}, {snapshot_rules.taken(snapshot)}",
        options=replace(request, fingerprint=target.fingerprint, done_before=tasks_listed(seen, TASK)),
        warnings=(*_losses(seen, snapshot, found, target), *identity_doubts(container, seen)),
    )


def check_rollback(container: Container, seen: GuestDetail, *, unsure_confirmed: bool) -> Refusal | None:
    """Return a refusal unless the container may be rolled back now, else None. Called for the plan, and again right
    before the request.
    """
    return (
        checks.check_identity(container, seen, unsure_confirmed=unsure_confirmed)
        or checks.check_same_name(container, seen)
        or checks.check_quorum(seen)
        or checks.check_status(seen)
        or snapshot_rules.check_no_template(seen, "you can't rollback if it's a template")
        or checks.check_lock(seen)
        or checks.check_tasks(seen)
    )


def changes_back(now: Mapping[str, Any], then: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Return what changes when a config goes back to the one that a snapshot keeps. Unused volumes and the description
    stay.
    """
    kept = {key for key in now if key in _OF_THE_SNAPSHOT or key.startswith(Device.UNUSED)}
    return field_changes(
        {key: value for key, value in now.items() if key not in kept},
        {key: value for key, value in then.items() if key not in _OF_THE_SNAPSHOT},
    )


def check_confirmation(container: Container, typed: str | None) -> Refusal | None:
    """Return None when `typed` is exactly the container's name, else the refusal: a roll back destroys data."""
    return checks.check_typed(container.name, typed, "a roll back with the container's name")


def recognised(container: Container, request: RollbackOptions, seen: GuestDetail) -> Identity:
    """Return whether the guest that is seen after a roll back is the one that was rolled back."""
    return compare(request.fingerprint or container.fingerprint, seen.fingerprint, seen.lock)


def _steps(seen: GuestDetail, request: RollbackOptions) -> tuple[Step, ...]:
    running = seen.status is Status.RUNNING
    stops = "Proxmox stops it at once, without a clean shutdown; then " if running else ""
    stays = "; it stays stopped" if running and not request.start else ""
    steps = (
        Step(StepName.ROLL_BACK, f"{stops}roll CT {seen.vmid} on {seen.node} back to {request.name}{stays}"),
        Step(
            StepName.RECORD_CONFIG,
            f"verify that it is at {request.name}, and record its fingerprint and config, so that this does not"
            " count as drift",
        ),
    )
    return (*steps, Step(StepName.START, "start it")) if request.start else steps


def _losses(seen: GuestDetail, snapshot: Snapshot, found: GuestSnapshots, target: RollbackTarget) -> tuple[str, ...]:
    age = None if snapshot.at is None else (seen.taken_at - snapshot.at).total_seconds()
    ago = "" if age is None else f", {human_age(age)} ago"
    warnings = [f"everything that was written since {snapshot.name} is lost ({snapshot_rules.taken(snapshot)}{ago})"]
    warnings += _config_loss(target.changes)
    if seen.is_run_by_ha:
        warnings.append("managed by HA: HA may start it again by itself")
    later = later_than(found.listed, snapshot.name)
    if later:
        warnings.append(f"later snapshots stay: {describe([one.name for one in later])}")
        unknown = sorted(_storages(seen) - target.storage_types.keys())
        if unknown:
            warnings.append(
                f"the type of {describe(unknown)} could not be read: Proxmox refuses the roll back where a storage can"
                " only return to its newest snapshot (ZFS)"
            )
    return tuple(warnings)


def _config_loss(changes: tuple[FieldChange, ...] | None) -> list[str]:
    if changes is None:
        return ["what changes in its config could not be read"]
    if not changes:
        return []
    more = f"; {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
    return [f"settings that go back: {'; '.join(map(_in_words, changes[:_MOST_NAMED]))}{more}"]


def _in_words(change: FieldChange) -> str:
    return f"{plain(change.label)} {_value(change.before)} → {_value(change.after)}"


def _value(value: str | None) -> str:
    return "(not set)" if value is None else plain(value, limit=_VALUE_LIMIT)


def _check_whole(snapshot: Snapshot) -> Refusal | None:
    if snapshot.state is None:
        return None
    message = f"unable to rollback to incomplete snapshot (snapstate = {snapshot.state}): {snapshot.name}"
    return Refusal(RefusalCode.NO_SNAPSHOTS, message)


def _check_newest(found: GuestSnapshots, name: str, target: RollbackTarget) -> Refusal | None:
    """Return a refusal where a volume can only go back to its newest snapshot and there are later ones; else None."""
    later = later_than(found.listed, name)
    bound = sorted(one for one in _storages(found.seen) if target.storage_types.get(one) in _NEWEST_ONLY)
    if not later or not bound:
        return None
    return Refusal(
        RefusalCode.NO_SNAPSHOTS,
        f"{name} is not the most recent snapshot on {describe(bound)} (ZFS), so Proxmox cannot roll back to it: delete"
        f" {describe([one.name for one in later])} first",
    )


def _storages(seen: GuestDetail) -> set[str]:
    """Return the names of the storages that the volumes of a guest lie on."""
    found = (disk for _, disk in disks(seen.config or {}))
    return {names.storage_of(disk.volume) for disk in found if disk.volume and not disk.is_folder}
