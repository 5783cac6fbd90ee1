"""The snapshots of a container, and the plans to take one, to delete one and to roll back to one. It writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.base.secret import masked_setting
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.engine.operations.planners.plan_reads import refused_where_denied
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.model import Container, GuestNotSeen, GuestSnapshots, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import RollbackOptions, SnapshotOptions
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.snapshot.rollback_rules import RollbackTarget
    from proximity_tui.core.doctrine.observation.config_fields import FieldChange


class SnapshotPlanner(Planner):
    """The part of the planner that is about snapshots."""

    def snapshots(self, container: Container) -> GuestSnapshots | Refusal:
        """Return the snapshots of a container from a fresh inspection, or the refusal where its guest is not seen or is
        another one. Raises ProxmoxError when they cannot be read.
        """
        lookup = self.inspect(container)
        if lookup is None:
            return refusals.no_guest_to_ask(container)
        if isinstance(lookup, GuestNotSeen):
            return refusals.not_seen(container, lookup)
        replaced = checks.check_same_guest(container, lookup)
        if replaced:
            # The snapshots of another guest are not those of the container (law 3).
            return replaced
        client = self.clients[container.cluster]
        listed = client.snapshots(lookup.node, lookup.vmid)
        try:
            return GuestSnapshots(lookup, listed, client.can_snapshot(lookup.node, lookup.vmid))
        except ProxmoxError as error:
            return GuestSnapshots(lookup, listed, None, error.sentence)

    @refused_where_denied
    def plan_snapshot(self, container: Container, request: SnapshotOptions) -> Plan | Refusal:
        """Return the plan for a new snapshot, or the refusal. Raises ProxmoxError when the snapshots cannot be read."""
        from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules

        wrong = snapshot_rules.check_name(request.name) or snapshot_rules.check_note(request.note)
        found = wrong or self._snapshots_to_change(container)
        return found if isinstance(found, Refusal) else snapshot_rules.plan_take(container, request, found)

    @refused_where_denied
    def plan_delete_snapshot(self, container: Container, request: SnapshotOptions) -> Plan | Refusal:
        """Return the plan for deleting a snapshot, or the refusal. Raises ProxmoxError as `plan_snapshot` does."""
        from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules

        found = snapshot_rules.check_name(request.name) or self._snapshots_to_change(container)
        return found if isinstance(found, Refusal) else snapshot_rules.plan_delete(container, request, found)

    @refused_where_denied
    def plan_rollback_snapshot(self, container: Container, request: RollbackOptions) -> Plan | Refusal:
        """Return the plan for a roll back to a snapshot, or the refusal. Raises as `plan_snapshot` does."""
        from proximity_tui.core.doctrine.actions.snapshot import rollback_rules as snapshot_rollback
        from proximity_tui.core.doctrine.actions.snapshot.snapshot_rules import check_name

        found = check_name(request.name) or self._snapshots_to_change(container)
        if isinstance(found, Refusal):
            return found
        target = self._target(container.cluster, found, request.name)
        return snapshot_rollback.plan_rollback(container, request, found, target)

    def _snapshots_to_change(self, container: Container) -> GuestSnapshots | Refusal:
        return self.refuse_change_of(container) or self.snapshots(container)

    def _target(self, cluster: str, found: GuestSnapshots, name: str) -> RollbackTarget:
        """Return what a roll back brings, as far as it can be read: what cannot is said in the plan."""
        from proximity_tui.core.doctrine.actions.snapshot.rollback_rules import RollbackTarget, changes_back
        from proximity_tui.core.doctrine.observation.identity import fingerprint_of

        client, seen = self.clients[cluster], found.seen
        try:
            types = {storage.name: storage.type for storage in client.storages(seen.node)}
        except ProxmoxError:
            types = {}
        if found.listed.find(name) is None:
            return RollbackTarget(None, None, types)
        try:
            config = client.snapshot_config(seen.node, seen.vmid, name)
        except ProxmoxError:
            return RollbackTarget(None, None, types)
        # The description is not rolled back, so neither is our marker in it.
        described = {**config, "description": (seen.config or {}).get("description")}
        changes = tuple(_masked(one) for one in changes_back(seen.config or {}, config))
        return RollbackTarget(changes if seen.config else None, fingerprint_of(described), types)


def _masked(change: FieldChange) -> FieldChange:
    """Return a change without secrets: a plan is shown, stored and logged."""
    before, after = (
        None if value is None else str(masked_setting(change.key, value)) for value in (change.before, change.after)
    )
    return replace(change, before=before, after=after)
