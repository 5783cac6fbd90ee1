"""The rules for a move to another node: what Proxmox needs there, what it copies, and what stands in the way.

Proxmox itself checks little before it begins: a volume that has no place on the other node fails in the task, when a
running container has been shut down already. So everything that is known before is refused before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.free_space import copy_warnings
from proximity_tui.core.doctrine.actions.guest_plan import guest_to_act_on, identity_doubts, plan_for_guest
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    NodeStatus,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
    names,
)
from proximity_tui.core.model.actions.plan_options import MigrateOptions
from proximity_tui.core.model.guests.guest_config import Device, devices, disks, properties, sizes_by_storage


@value_object
class TargetFacts:
    """What was read of a move to another node."""

    node: str
    status: NodeStatus
    allowed: bool | None = None
    """Whether Proxmox allows it; None where its release does not tell before (8.4)."""
    blocked: tuple[str, ...] = ()
    """The HA resources that keep it from going there."""
    shared: frozenset[str] = frozenset()
    """The storages of its node that are the same on every node."""
    there: frozenset[str] | None = None
    """The active storages for volumes of containers on the other node; None where they could not be read."""
    why_unknown: str = ""
    free: Mapping[str, int | None] = field(default_factory=dict)
    """The free space of these storages in bytes, where it is known."""


def plan_migrate(
    container: Container, lookup: GuestLookup, target: TargetFacts, *, offline: bool = False
) -> Plan | Refusal:
    """Return the plan to move a container to another node, or the refusal. A running one is restarted there, unless it
    is to be moved `offline`.
    """
    seen = guest_to_act_on(container, lookup)
    if isinstance(seen, Refusal):
        return seen
    refused = check_migration(container, seen, target.node) or _check_target(seen, target)
    if refused:
        return refused
    running = seen.status is Status.RUNNING
    if running and offline:
        message = f"CT {seen.vmid} is running: shut it down first, or let it be restarted on {target.node}"
        return Refusal(RefusalCode.RUNNING, message)
    return _plan(container, seen, target, restart=running)


def check_migration(container: Container, seen: GuestDetail, target: str) -> Refusal | None:
    """Return the refusal of the same guards right before the move is requested, else None."""
    if seen.config is None:
        return refusals.config_unread(seen)
    there = Refusal(RefusalCode.UNCHANGED, f"CT {seen.vmid} is on {target} already") if seen.node == target else None
    outside = checks.check_node_in_quorum(target, seen.quorum)
    return checks.check_ready(container, seen) or there or outside or _check_folders(seen)


def _check_folders(seen: GuestDetail) -> Refusal | None:
    """Return a refusal for a folder or device of its node that no other node has, else None."""
    folders = [
        key
        for key, mount in devices(seen.config or {}, Device.MOUNT)
        if mount.is_folder and mount.named.get("shared") != "1"
    ]
    if not folders:
        return None
    return Refusal(RefusalCode.BIND_MOUNT, f"cannot migrate local bind mount point '{folders[0]}' of CT {seen.vmid}")


def _check_target(seen: GuestDetail, target: TargetFacts) -> Refusal | None:
    if target.status is NodeStatus.UNKNOWN:
        return Refusal(RefusalCode.NOT_FOUND, f"no such cluster node '{target.node}'")
    if target.status is NodeStatus.OFFLINE:
        return Refusal(RefusalCode.OFFLINE, f"node {target.node} is offline")
    if target.blocked:
        return Refusal(RefusalCode.HA_MANAGED, f"HA keeps it from {target.node}: {describe(target.blocked)}")
    if target.allowed is False:
        return Refusal(RefusalCode.DENIED, f"Proxmox does not allow CT {seen.vmid} to go to {target.node}")
    if target.there is None:
        message = f"which storages {target.node} has is not known: {target.why_unknown}"
        return Refusal(RefusalCode.UNKNOWN_STATUS, message)
    for key, storage in _storages(seen.config or {}):
        if storage not in target.there:
            message = f"{key} lies on {storage}, which is not available on node '{target.node}'"
            return Refusal(RefusalCode.NOT_SHARED, message)
    return None


def _plan(container: Container, seen: GuestDetail, target: TargetFacts, *, restart: bool) -> Plan:
    name, way = f"CT {seen.vmid}", f"from {seen.node} to {target.node}"
    how = f"shut {name} down, move it {way}, and start it there" if restart else f"move {name} {way}"
    end = "running" if restart else "stopped"
    return plan_for_guest(
        container,
        seen,
        Action.MIGRATE,
        steps=(
            Step(StepName.MIGRATE, how),
            Step(StepName.VERIFY, f"verify that the same container is {end} on {target.node}"),
        ),
        summary=f"migrate {container.label} to {target.node}{', with a restart' if restart else ''}",
        options=MigrateOptions(target=target.node, restart=restart, ha=seen.is_run_by_ha),
        warnings=_warnings(container, seen, target, restart=restart),
    )


def _warnings(container: Container, seen: GuestDetail, target: TargetFacts, *, restart: bool) -> tuple[str, ...]:
    found = [*identity_doubts(container, seen)]
    config = seen.config or {}
    local = [(key, storage) for key, storage in _storages(config) if storage not in target.shared]
    found += [f"{key}{_size(config, key)} on {storage} is copied to {target.node}" for key, storage in local]
    copied = {
        storage: size for storage, size in sizes_by_storage(config, unused=True).items() if storage not in target.shared
    }
    found += copy_warnings(copied, target.free, f" of {target.node}")
    if local and config.get("parent"):
        found.append("it has snapshots: Proxmox moves them only on some kinds of storages, and refuses otherwise")
    if restart and local:
        found.append("it is down while its disks are copied")
    elif restart:
        found.append("it is down for the time of a restart")
    if seen.is_run_by_ha:
        found.append("managed by HA: Proxmox queues the request, and HA moves it later")
    if target.allowed is None:
        found.append("this release of Proxmox does not tell before whether the move is possible")
    return tuple(found)


def _storages(config: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the storage of each disk, by its key."""
    found = disks(config, unused=True)
    return [(key, names.storage_of(disk.volume)) for key, disk in found if disk.volume and not disk.is_folder]


def _size(config: Mapping[str, Any], key: str) -> str:
    size = properties(config[key]).named.get("size")
    return f" ({size})" if size else ""
