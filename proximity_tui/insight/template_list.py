"""The container templates of a cluster: those on its storages, and those that its nodes can download.

What of it cannot be read hides nothing else, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import NodeStatus
from proximity_tui.core.model.names import file_of
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.client import PveClient


@value_object
class TemplateRow:
    """One template on one node: its volume id where it is on a storage; else the storage that it can be downloaded to,
    where there is one.
    """

    cluster: str
    node: str
    template: str
    volid: str | None = None
    size: int | None = None
    goes_to: str | None = None
    headline: str | None = None

    @property
    def key(self) -> str:
        """The place and the name."""
        return f"{self.cluster}/{self.node}/{self.volid or self.template}"


@value_object
class TemplateList:
    """What one cluster has: its nodes that are online, the templates, and what could not be read."""

    nodes: tuple[str, ...]
    rows: tuple[TemplateRow, ...]
    gaps: tuple[str, ...]


def read_templates(client: PveClient, only: str | None = None) -> TemplateList:
    """Return what a cluster has, on one node or on all. Nothing is asked twice. Blocks; raises ProxmoxError."""
    with client.keeping():
        return _read(client, only)


def _read(client: PveClient, only: str | None) -> TemplateList:
    gaps: list[str] = []
    online = tuple(node.name for node in client.nodes() if node.status == NodeStatus.ONLINE)
    wanted = [node for node in online if only in (None, node)]
    rows = [row for node in wanted for row in _on_storages(client, node, gaps)]
    there = {row.template for row in rows}
    for node in wanted[:1]:
        rows += _downloads(client, node, there, gaps)
    return TemplateList(online, tuple(rows), tuple(gaps))


def _on_storages(client: PveClient, node: str, gaps: list[str]) -> Iterator[TemplateRow]:
    for one in client.templates(node, gaps):
        yield TemplateRow(client.cluster, node, file_of(one.volid), one.volid, one.size)


def _downloads(client: PveClient, node: str, there: set[str], gaps: list[str]) -> list[TemplateRow]:
    """Return what the node can download and has on no storage yet."""
    try:
        offered = client.details.downloads(node)
        storages = [storage.name for storage in client.storages(node, "vztmpl") if storage.active]
    except ProxmoxError as error:
        gaps.append(f"{client.cluster}: what {node} can download cannot be read: {error.sentence}")
        return []
    goes_to = storages[0] if storages else None
    return [
        TemplateRow(client.cluster, node, one.template, goes_to=goes_to, headline=one.headline)
        for one in offered
        if one.template not in there
    ]
