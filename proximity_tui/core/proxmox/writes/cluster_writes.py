"""What every write has in common: it is sent once, and its answer is the id of a task."""

from __future__ import annotations

from proximity_tui.core.proxmox.decode.json_values import Malformed
from proximity_tui.core.proxmox.decode.names_in_answers import as_task_id
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
            return as_task_id(answer, "the answer").text
        except Malformed as error:
            raise self._session.malformed(path, str(error), method) from None
