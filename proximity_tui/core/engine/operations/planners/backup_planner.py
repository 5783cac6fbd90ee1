"""The backups of a container over all storages, and the plan to make one. It writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.engine.operations.planners.plan_reads import reads_once
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.model import BackupMode, Container, GuestDetail, GuestLookup, Plan, Refusal, Status
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest


class BackupPlanner(Planner):
    """The part of the planner that is about backups."""

    def plan_backup(self, container: Container, request: BackupRequest) -> Plan | Refusal:
        """Return the plan for a backup, or the refusal; from a fresh inspection that lists the backups, too."""
        return self.plan_backup_modes(container, request, (request.mode,))[request.mode]

    @reads_once
    def plan_backup_modes(
        self, container: Container, request: BackupRequest, modes: Sequence[BackupMode] = tuple(BackupMode)
    ) -> Mapping[BackupMode, Plan | Refusal]:
        """Return the plan for a backup in each of these modes, or its refusal; one inspection serves all."""
        from proximity_tui.core.doctrine.actions.backup import backup_now
        from proximity_tui.core.engine.operations import backup_guard

        refused = self.refuse_write_to(container.cluster) or backup_now.check_request(request)
        lookup = refused or self.inspect_to_change(container, backups=True)
        if isinstance(lookup, Refusal):
            return dict.fromkeys(modes, lookup)
        possible = self._can_snapshot(lookup) if BackupMode.SNAPSHOT in modes else None
        requested = {mode: replace(request, mode=mode) for mode in modes}
        planned = {
            mode: backup_now.plan_backup(container, request, lookup, possible) for mode, request in requested.items()
        }
        # Neither rights nor limits depend on the mode: they are read once.
        first = next((plan for plan in planned.values() if isinstance(plan, Plan)), None)
        lacking = None if first is None else backup_guard.refuse_without_rights(self.clients, first)
        return {mode: lacking or plan if isinstance(plan, Plan) else plan for mode, plan in planned.items()}

    def _can_snapshot(self, seen: GuestLookup) -> bool | None:
        """Return whether every volume can have a snapshot; None where that does not matter, or is not known."""
        if not isinstance(seen, GuestDetail) or seen.status is not Status.RUNNING:
            return None
        try:
            return self.clients[seen.cluster].can_snapshot(seen.node, seen.vmid)
        except ProxmoxError:
            return None
