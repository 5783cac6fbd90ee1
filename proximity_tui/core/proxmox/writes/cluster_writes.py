"""What every write has in common: it is sent once, and its answer is the id of a task."""

from __future__ import annotations

from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.errors import InvalidName
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.reads.cluster_reads import ClusterReads
from proximity_tui.core.proxmox.transport.thread_connections import Parameters


class ClusterWrites(ClusterReads):
    """The way in which a write is sent."""

    def _post(self, path: ApiPath, parameters: Parameters) -> str:
        return self._task_id(path, "POST", self._session.post(path, parameters))

    def _task_id(self, path: ApiPath, method: str, answer: object) -> str:
        """Return the answer if it is a task id. Raises otherwise: something may have been started all the same."""
        try:
            return paths.upid(answer).text
        except InvalidName as error:
            raise self._session.malformed(path, error.reason, method) from None
