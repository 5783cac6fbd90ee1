"""What is read of storages: templates, volumes and backups."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.core.proxmox import backups, catalogue, offers
from proximity_tui.core.proxmox.reads.connection import ClusterConnection

if TYPE_CHECKING:
    from proximity_tui.core.model import Backup, BackupList, StorageReading
    from proximity_tui.core.model.actions.backup_change import BackupMarks
    from proximity_tui.core.proxmox.backups import BackupLimits
    from proximity_tui.core.proxmox.catalogue import Storage, Template


class StorageReads(ClusterConnection):
    """The reads of what storages hold, and of where something can be put."""

    def storages(self, node: str, content: str = "rootdir") -> tuple[Storage, ...]:
        """Return the storages of a node that take `content`, by name."""
        return catalogue.read_storages(self._session, node, content)

    def templates(self, node: str, gaps: list[str] | None = None) -> tuple[Template, ...]:
        """Return the container templates that a node can reach; see `catalogue.read_templates`."""
        return catalogue.read_templates(self._session, node, gaps)

    def all_templates(self, storages: Iterable[StorageReading]) -> tuple[Template, ...]:
        """Return the container templates on these storages; see `catalogue.read_all_templates`."""
        return catalogue.read_all_templates(self._session, storages)

    def volumes(self, node: str, storage: str, content: str) -> tuple[str, ...]:
        """Return the volumes of this content on a storage of a node, by volume id."""
        return offers.read_volumes(self._session, node, storage, content)

    def backups(
        self, node: str, vmid: int, storages: Collection[str] | None = None, gaps: list[str] | None = None
    ) -> tuple[Backup, ...]:
        """Return the backups of a container that a node can reach (on these storages), newest first; see
        `backups.read_backups`.
        """
        return backups.read_backups(self._session, node, vmid, storages, gaps)

    def backup_list(self, node: str, vmid: int) -> BackupList:
        """Return the backups of a VMID that a node can reach, and why there may be more."""
        return backups.read_backup_list(self._session, node, vmid)

    def all_backups(self, vmid: int) -> BackupList:
        """Return the backups of a VMID on every storage of the cluster, newest first, and why there may be more; see
        `backups.read_all_backups`.
        """
        with self.keeping():
            return backups.read_all_backups(self._session, vmid, self.fresh_list)

    def uncovered(self) -> frozenset[int]:
        """Return the guests that no backup job covers; see `backups.read_uncovered`."""
        return backups.read_uncovered(self._session)

    def backup_config(self, node: str, volid: str) -> Mapping[str, Any]:
        """Return the config in a backup that a node can reach; see `backups.read_backup_config`."""
        return backups.read_backup_config(self._session, node, volid)

    def backup_marks(self, node: str, volid: str) -> BackupMarks:
        """Return the protection and the whole note of a backup; see `backups.read_backup_marks`."""
        return backups.read_backup_marks(self._session, node, volid)

    def backup_limits(self, storage: str) -> BackupLimits:
        """Return how many backups of a guest a storage is configured to take."""
        return backups.read_limits(self._session, storage)
