"""What is read of one guest, and whether a VMID is free."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.core.model import ClinicalRecord, GuestConfig, GuestDetail, Quorum, SnapshotList, Status, Vacancy
from proximity_tui.core.proxmox import catalogue, existence, guest_inspection, offers, pve_tasks
from proximity_tui.core.proxmox.clinical import capture, clinical_record, read_config
from proximity_tui.core.proxmox.quorum import read_quorum
from proximity_tui.core.proxmox.reads.connection import ClusterConnection
from proximity_tui.core.proxmox.snapshots import read_can_snapshot, read_snapshot_config, read_snapshots

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.catalogue import RrdSample, Timeframe
    from proximity_tui.core.proxmox.offers import MigrationAnswer

SEARCH_PATIENCE = 60.0
"""Seconds for the search of a free VMID, however many are taken (law 10)."""


class GuestReads(ClusterConnection):
    """The reads of one guest at a VMID."""

    def inspect(self, vmid: int, node: str, *, backups: bool = False, quorum: Quorum | None = None) -> GuestDetail:
        """Return everything about one guest, its config by the very last request; see `guest_inspection.inspect`."""
        return guest_inspection.inspect(
            self._session, vmid, node, self.now, job_logs=self._job_logs, with_backups=backups, quorum=quorum
        )

    def inspect_briefly(self, vmid: int, node: str) -> GuestDetail:
        """Return status and config of one guest, by two requests; see `guest_inspection.inspect_briefly`."""
        return guest_inspection.inspect_briefly(self._session, vmid, node, self.now)

    def inspect_and_capture(self, vmid: int, node: str, digest: str | None) -> tuple[GuestDetail, ClinicalRecord]:
        """Return who one guest is, and its clinical record; see `guest_inspection.inspect_and_capture`."""
        return guest_inspection.inspect_and_capture(self._session, vmid, node, self.now, digest)

    def status(self, vmid: int, node: str) -> Status:
        """Return the status of one guest, by one request."""
        return guest_inspection.read_guest_status(self._session, vmid, node)

    def vacancy(self, vmid: int, node: str) -> Vacancy:
        """Return the inspection right before a container is created: its tasks, the quorum, and last whether its VMID
        is free.
        """
        found = pve_tasks.find(self._session, node, vmid)
        quorum, taken_at = read_quorum(self._session), self.now()
        return Vacancy(self.cluster, node, vmid, taken_at, self.is_free(vmid), quorum, found)

    def config(self, vmid: int, node: str) -> GuestConfig:
        """Return the config of one container, by one request."""
        return guest_inspection.read_guest_config(self._session, vmid, node, self.now())

    def config_to_come(self, vmid: int, node: str) -> Mapping[str, Any]:
        """Return the config of one container as it will be after its next start, word for word: with the changes that
        are pending.
        """
        return read_config(self._session, vmid, node, pending=True)

    def clinical(self, node: str, vmid: int) -> ClinicalRecord:
        """Return everything that can be captured of one guest."""
        now = self.now()
        return clinical_record(capture(self._session, vmid, node), now)

    def snapshots(self, node: str, vmid: int) -> SnapshotList:
        """Return the snapshots of one guest, oldest first."""
        return read_snapshots(self._session, node, vmid, self.now())

    def snapshot_config(self, node: str, vmid: int, name: str) -> Mapping[str, Any]:
        """Return the config that a snapshot of one guest keeps, word for word."""
        return read_snapshot_config(self._session, node, vmid, name)

    def can_snapshot(self, node: str, vmid: int) -> bool:
        """Return whether every volume of one guest lies where Proxmox can take snapshots."""
        return read_can_snapshot(self._session, node, vmid)

    def migration(self, vmid: int, node: str, target: str) -> MigrationAnswer:
        """Return whether a container may go to another node; see `offers.read_migration`."""
        return offers.read_migration(self._session, node, vmid, target)

    def is_free(self, vmid: int) -> bool:
        """Return whether no guest of the whole cluster has this VMID."""
        return existence.is_free(self._session, vmid)

    def next_free(self, avoid: Collection[int | None] = ()) -> int:
        """Return a free VMID that is not in `avoid`."""
        with self.within(SEARCH_PATIENCE):
            return existence.next_free(self._session, avoid)

    def rrddata(self, node: str, vmid: int, timeframe: Timeframe = "hour") -> tuple[RrdSample, ...]:
        """Return the measured history of a guest, oldest first."""
        return catalogue.read_history(self._session, node, vmid, timeframe)
