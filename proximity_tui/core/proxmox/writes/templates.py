"""The write that brings a template of containers to a storage."""

from __future__ import annotations

from proximity_tui.core.doctrine.guards.download_permit import DownloadPermit
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.writes.cluster_writes import ClusterWrites


class TemplateWrites(ClusterWrites):
    """Download a template."""

    def download_template(self, permit: DownloadPermit) -> str:
        """Download the template of `permit` to its storage. Needs Datastore.AllocateTemplate there.

        From the source of Proxmox VE, and not recorded: a file that is there with the right checksum is kept.
        """
        permit.spend(self.cluster, self.now())
        wanted = permit.request
        try:
            path = paths.node(wanted.node, "aplinfo")
            paths.volid(wanted.volid)
            parameters: dict[str, str | int] = {
                "storage": paths.storage_name(wanted.storage),
                "template": wanted.template,
            }
        except ValueError as error:
            reason = f"{self.cluster}: nothing was downloaded: {error}"
            raise errors.RefusedByProxmox(reason, reason=str(error)) from None
        return self._post(path, parameters)
