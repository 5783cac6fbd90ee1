"""The writes of power: start, shut down, stop, reboot."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites


class PowerWrites(ClusterWrites):
    """Start, shut down, stop and reboot a container."""

    def start(self, permit: WritePermit) -> str:
        """Start a container. The task is also started for one that is missing or locked, and fails then."""
        permit.spend(WriteAction.START, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "start"), {})

    def shutdown(self, permit: WritePermit, *, timeout: int = 60) -> str:
        """Ask a container to shut down within `timeout` seconds; it is not stopped when that time is over."""
        permit.spend(WriteAction.SHUTDOWN, self.cluster, self.now())
        parameters = {"timeout": timeout, "forceStop": 0}
        return self._post(paths.guest(permit.node, permit.vmid, "status", "shutdown"), parameters)

    def stop(self, permit: WritePermit) -> str:
        """Stop a container at once. Refused as "not running" also for one that is missing or on another node."""
        permit.spend(WriteAction.STOP, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "stop"), {})

    def reboot(self, permit: WritePermit) -> str:
        """Reboot a container; Proxmox kills it when its own time for that is over. A locked one is stopped and not
        started again: check first.
        """
        permit.spend(WriteAction.REBOOT, self.cluster, self.now())
        return self._post(paths.guest(permit.node, permit.vmid, "status", "reboot"), {})
