"""The client of one cluster: everything that the program may read, and eight writes.

A write is sent once and returns the id of the task that it started. It takes a permit, which names its target and is
given only by an inspection right before; whether the write is right is decided there.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.permit import DestroyPermit
from proximity_tui.core.doctrine.actions.write_permit import WritePermit
from proximity_tui.core.model.plan_content import CloneOptions, CreateOptions
from proximity_tui.core.proxmox import writes
from proximity_tui.core.proxmox.reads import ClusterReads


class PveClient(ClusterReads):
    """The client of one cluster, to read and change it. Every write raises PermitError when its permit does not fit."""

    def start(self, permit: WritePermit) -> str:
        """Start a container."""
        return writes.start(self._session, permit, self.now())

    def shutdown(self, permit: WritePermit, *, timeout: int = 60) -> str:
        """Ask a container to shut down within `timeout` seconds."""
        return writes.shutdown(self._session, permit, self.now(), timeout=timeout)

    def stop(self, permit: WritePermit) -> str:
        """Stop a container at once."""
        return writes.stop(self._session, permit, self.now())

    def reboot(self, permit: WritePermit) -> str:
        """Reboot a container."""
        return writes.reboot(self._session, permit, self.now())

    def create(self, permit: WritePermit, options: CreateOptions, *, hostname: str, description: str) -> str:
        """Create an unprivileged container and leave it stopped; return the task id."""
        return writes.create(self._session, permit, self.now(), options, hostname=hostname, description=description)

    def clone(
        self,
        permit: WritePermit,
        options: CloneOptions,
        *,
        newid: int,
        hostname: str,
        description: str,
        target: str | None = None,
    ) -> str:
        """Clone the container of the permit to `newid`, on another node if `target` is given."""
        return writes.clone(
            self._session,
            permit,
            self.now(),
            options,
            newid=newid,
            hostname=hostname,
            description=description,
            target=target,
        )

    def back_up(self, permit: WritePermit, *, storage: str) -> str:
        """Back a stopped container up, protected, and prune nothing."""
        return writes.back_up(self._session, permit, self.now(), storage=storage)

    def destroy(self, permit: DestroyPermit) -> str:
        """Destroy the guest that `permit` was minted for, and spend the permit."""
        return writes.destroy(self._session, permit, self.now())
