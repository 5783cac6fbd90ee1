"""Everything the rest of the program may ask of one cluster, and nothing else: looks, and eight writes.

A write is sent once and answers with the id of the task that it started. Whether it is right is decided before."""

from __future__ import annotations

from proximity_tui.core.doctrine.permit import DestroyPermit
from proximity_tui.core.proxmox import writes
from proximity_tui.core.proxmox.looks import Looks


class Gateway(Looks):
    """One cluster, to be read and changed."""

    def start(self, node: str, vmid: int) -> str:
        """Start a container."""
        return writes.start(self._session, node, vmid)

    def shutdown(self, node: str, vmid: int, *, timeout: int = 60) -> str:
        """Ask a container to shut down within `timeout` seconds."""
        return writes.shutdown(self._session, node, vmid, timeout=timeout)

    def stop(self, node: str, vmid: int) -> str:
        """Stop a container at once."""
        return writes.stop(self._session, node, vmid)

    def reboot(self, node: str, vmid: int) -> str:
        """Reboot a container."""
        return writes.reboot(self._session, node, vmid)

    def create(
        self,
        node: str,
        vmid: int,
        *,
        template: str,
        hostname: str,
        storage: str,
        cores: int,
        memory_mib: int,
        disk_gib: int,
        bridge: str | None,
        description: str,
    ) -> str:
        """Create an unprivileged container and leave it stopped."""
        return writes.create(
            self._session,
            node,
            vmid,
            template=template,
            hostname=hostname,
            storage=storage,
            cores=cores,
            memory_mib=memory_mib,
            disk_gib=disk_gib,
            bridge=bridge,
            description=description,
        )

    def clone(
        self,
        node: str,
        vmid: int,
        *,
        newid: int,
        hostname: str,
        description: str,
        full: bool | None = None,
        target: str | None = None,
        storage: str | None = None,
    ) -> str:
        """Clone the container `vmid` to `newid`."""
        return writes.clone(
            self._session,
            node,
            vmid,
            newid=newid,
            hostname=hostname,
            description=description,
            full=full,
            target=target,
            storage=storage,
        )

    def back_up(self, node: str, vmid: int, *, storage: str) -> str:
        """Back a stopped container up, protected, and prune nothing."""
        return writes.back_up(self._session, node, vmid, storage=storage)

    def destroy(self, permit: DestroyPermit) -> str:
        """Destroy the guest that `permit` was minted for, and spend the permit."""
        return writes.destroy(self._session, permit, self.now())
