"""The offer of a cluster for a new container, and the check of every part of a request before there is a plan; and
what a move to another node meets there.

It chooses the parts that the request leaves open. What the token may not see becomes a warning in the plan; what could
not be read is raised as the error that it is.
"""

from __future__ import annotations

from collections.abc import Collection

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.migration import TargetFacts
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest, is_full
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.doctrine.guards.offered import check_node
from proximity_tui.core.engine.observe.places.place_checks import PlaceChecks
from proximity_tui.core.model import CreateRequest, GuestDetail, NodeStatus, Refusal, RefusalCode
from proximity_tui.core.proxmox.catalogue import most_free
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError


@value_object
class Placement:
    """The place of a new container, and the warnings about the parts that could not be checked."""

    node: str
    storage: str | None
    """None where Proxmox decides: a clone goes where its source is."""
    bridge: str | None = None
    tags: tuple[str, ...] = ()
    """The requested tags, or none where Proxmox would refuse them."""
    warnings: tuple[str, ...] = ()
    free: int | None = None
    """The free space of the storage in bytes; None where that is not known."""


def place_for_creation(client: PveClient, request: CreateRequest, vmid: int, ports: range) -> Placement | Refusal:
    """Return the place of a new container, chosen where the request leaves it open; or the refusal."""
    node = _node_for(client, request.node)
    if isinstance(node, Refusal):
        return node
    checks = PlaceChecks(client, node)
    storage = checks.root_storage(request.storage, request.disk_gib << 30)
    if storage is None:
        return _no_storage(node)
    checks.template(request.template)
    bridge = checks.bridge(request.bridge)
    checks.pool(request.pool)
    tags = checks.tags(request.tags, vmid)
    checks.port(request.port, ports)
    return checks.refused or Placement(node, storage, bridge, tags, tuple(checks.warnings))


def place_for_clone(client: PveClient, request: CloneRequest, seen: GuestDetail, ports: range) -> Placement | Refusal:
    """Return the place of a clone of the guest that was just seen; or the refusal."""
    node = seen.node if request.node is None else _node_for(client, request.node)
    if isinstance(node, Refusal):
        return node
    checks = PlaceChecks(client, node)
    if request.storage is not None:
        checks.storage(request.storage, "rootdir", "root volumes")
    if node != seen.node:
        checks.shared(seen)
    if is_full(request, seen):
        checks.room(seen.config or {}, request.storage)
    checks.port(request.port, ports)
    if request.bridge is not None:
        checks.bridge(request.bridge)
    return checks.refused or Placement(node, request.storage, warnings=tuple(checks.warnings))


def place_for_restore(
    client: PveClient, request: RestoreRequest, node: str, usual: str | None, bridges: Collection[str]
) -> Placement | Refusal:
    """Return the place of a restore on `node`: the requested storage, checked, else the `usual` one where it is there
    and active, else the one with the most free space; or the refusal. `bridges` are those in the backup.
    """
    checks = PlaceChecks(client, node)
    listed = {one.name: one for one in client.storages(node)}
    proposed = listed.get(usual or "")
    if proposed is None or not proposed.active:
        proposed = most_free(listed.values())
    chosen = request.storage or (proposed.name if proposed is not None else None)
    if chosen is None:
        return _no_storage(node)
    if request.storage is not None:
        checks.storage(request.storage, "rootdir", "root volumes")
    elif usual is not None and chosen != usual:
        checks.warnings.append(f"its volumes were on {usual}, which {node} does not have now: they go to {chosen}")
    checks.pool(request.pool)
    if request.bridge is not None:
        checks.bridge(request.bridge)
    else:
        checks.bridges_in_backup(bridges)
    free = listed[chosen].available if chosen in listed else None
    return checks.refused or Placement(node, chosen, request.bridge, warnings=tuple(checks.warnings), free=free)


def _node_for(client: PveClient, wanted: str | None) -> str | Refusal:
    if wanted is None:
        return client.least_loaded_node() or Refusal(RefusalCode.NO_PLACE, f"no node of {client.cluster} is online")
    nodes = {node.name: node.status for node in client.nodes()}
    return check_node(wanted, nodes, client.cluster) or wanted


def _no_storage(node: str) -> Refusal:
    message = f"{node} offers no active storage for root volumes that our token may see: choose one"
    return Refusal(RefusalCode.NO_PLACE, message)


def read_target(client: PveClient, seen: GuestDetail, target: str) -> TargetFacts:
    """Return what a move of the guest to the node `target` meets. A node that does not answer is asked nothing more."""
    status = next((node.status for node in client.nodes() if node.name == target), NodeStatus.UNKNOWN)
    if status is not NodeStatus.ONLINE or target == seen.node:
        return TargetFacts(target, status)
    answer = client.migration(seen.vmid, seen.node, target)
    shared = frozenset(storage.name for storage in client.storages(seen.node) if storage.shared)
    try:
        free = {storage.name: storage.available for storage in client.storages(target) if storage.active}
    except ProxmoxError as error:
        return TargetFacts(target, status, answer.allowed, answer.blocked, shared, None, error.sentence)
    return TargetFacts(target, status, answer.allowed, answer.blocked, shared, frozenset(free), free=free)
