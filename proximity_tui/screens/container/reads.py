"""The requests of a container's page that are sent only when it is open: its tasks, and its figures over time.

Each returns the result, or None and the reason. It blocks, so it runs off the event loop.
"""

from __future__ import annotations

from proximity_tui.core.model import Container, Task
from proximity_tui.core.proxmox.catalogue import RrdSample, Timeframe
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError

_NOWHERE = "its node is not known, or its cluster is not configured"


def tasks_of(client: PveClient | None, record: Container | None) -> tuple[tuple[Task, ...] | None, str | None]:
    """Return the tasks of a container that its node lists, newest first. An empty list is reported, too; one that
    cannot be read hides no other.
    """
    if record is None or client is None or record.vmid is None or record.node is None:
        return None, f"{_NOWHERE.capitalize()}."
    gaps: list[str] = []
    try:
        found = client.find_tasks(record.node, record.vmid, gaps=gaps)
    except (ProxmoxError, ValueError) as error:
        return None, f"The tasks cannot be read: {error}"
    if gaps and not found:
        return None, f"The tasks cannot be read: {gaps[0]}"
    return found, None if found else f"{record.node} has no task of CT {record.vmid}."


def history_of(
    client: PveClient | None, record: Container | None, timeframe: Timeframe
) -> tuple[tuple[RrdSample, ...] | None, str | None]:
    """Return the measured points of a container, oldest first."""
    if record is None or client is None or record.vmid is None or record.node is None:
        return None, _NOWHERE
    try:
        return client.rrddata(record.node, record.vmid, timeframe), None
    except (ProxmoxError, ValueError) as error:
        return None, str(error)
