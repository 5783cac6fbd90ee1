"""The backups of a container over all storages, and the plan to make one. It writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.operations.planner import Planner, why_altered, why_held
from proximity_tui.core.model import BackupMode, Container, GuestDetail, Plan, Refusal, Status
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.backup_now import BackupRequest


class BackupPlanner(Planner):
    """The part of the planner that is about backups."""

    def plan_backup(self, container: Container, request: BackupRequest) -> Plan | Refusal:
        """Return the plan for a backup, or the refusal; from a fresh inspection that lists the backups, too."""
        from proximity_tui.core.doctrine.actions import backup_now
        from proximity_tui.core.engine.operations.actions import backup

        refused = (
            self.refuse_write_to(container.cluster)
            or backup_now.check_request(request)
            or why_held(container)
            or why_altered(container)
        )
        if refused:
            return refused
        lookup = self.inspect(container, backups=True)
        if lookup is None:
            return refusals.no_guest_to_ask(container)
        possible = self._can_snapshot(lookup, request) if isinstance(lookup, GuestDetail) else None
        planned = backup_now.plan_backup(container, request, lookup, possible)
        return backup.lacking_rights(self.clients, planned) or planned

    def _can_snapshot(self, seen: GuestDetail, request: BackupRequest) -> bool | None:
        """Return whether every volume can have a snapshot; None where that does not matter, or is not known."""
        if request.mode is not BackupMode.SNAPSHOT or seen.status is not Status.RUNNING:
            return None
        try:
            return self.clients[seen.cluster].can_snapshot(seen.node, seen.vmid)
        except ProxmoxError:
            return None
