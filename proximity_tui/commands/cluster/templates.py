"""`templates [--node N]`: the container templates on the storages of every cluster, and those that can be downloaded;
`templates download NODE STORAGE TEMPLATE` downloads one.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base import confirm, output
from proximity_tui.commands.base.context import session_of
from proximity_tui.commands.base.exit_codes import CommandEnd, Exit
from proximity_tui.commands.base.refresh import PATIENCE, at_once
from proximity_tui.commands.cluster import template_download
from proximity_tui.commands.cluster.answers import ending
from proximity_tui.core.base.text import describe, human_bytes
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.creation import download_line
from proximity_tui.core.model import NodeStatus
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.client import PveClient

_HEADERS = ("TEMPLATE", "CLUSTER", "NODE", "SIZE", "STATUS", "DOWNLOAD")


@value_object
class _Row:
    """One template on one node: its volume id where it is on a storage, else the line that downloads it."""

    cluster: str
    node: str
    template: str
    volid: str | None = None
    size: int | None = None
    download: str | None = None
    headline: str | None = None


@value_object
class _Answer:
    """What one cluster has: its nodes that are online, the templates, and what could not be read."""

    nodes: tuple[str, ...]
    rows: tuple[_Row, ...]
    gaps: tuple[str, ...]


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `templates`."""
    parser.add_argument("verb", nargs="?", choices=("download",), help="download a template (default: list them)")
    parser.add_argument("words", nargs="*", metavar="NODE STORAGE TEMPLATE", help="with download: which, and where to")
    parser.add_argument("--node", metavar="NAME", help="only this node (default: every one that is online)")
    confirm.consent_options(parser)


def run(args: Namespace) -> int:
    """Print one row per template of each cluster that answers. Returns 4 when one does not, 5 for an unknown node."""
    if args.verb is not None:
        return template_download.run(args)
    if args.plan or args.yes:
        raise CommandEnd(Exit.USAGE, "--plan and --yes go with `templates download`: a list changes nothing")
    with session_of(args) as session:
        clients = {name: client for name, client in session.clients.items() if args.cluster in (None, name)}
        answers = at_once(session, {name: partial(_ask, one, args.node) for name, one in clients.items()}, PATIENCE)
    silent = [one for one in answers.values() if isinstance(one, str)]
    silent += [f"{name} did not answer within {PATIENCE:.0f} s" for name in clients.keys() - answers.keys()]
    found = [one for one in answers.values() if isinstance(one, _Answer)]
    nodes = sorted({node for one in found for node in one.nodes})
    if args.node is not None and args.node not in nodes and not silent:
        raise CommandEnd(Exit.NOT_FOUND, f"no node {args.node} is online; there are: {describe(nodes)}")
    rows = [row for one in found for row in one.rows]
    if args.json:
        output.document([_document(row) for row in rows])
    elif rows:
        output.table(_HEADERS, [_cells(row) for row in rows])
    for gap in (gap for one in found for gap in one.gaps):
        output.note(gap)
    return ending(silent)


def _ask(client: PveClient, only: str | None) -> _Answer | str:
    """Return what a cluster has, or why it does not answer."""
    gaps: list[str] = []
    try:
        with client.keeping():
            return _read(client, only, gaps)
    except ProxmoxError as error:
        return error.sentence


def _read(client: PveClient, only: str | None, gaps: list[str]) -> _Answer:
    online = tuple(node.name for node in client.nodes() if node.status == NodeStatus.ONLINE)
    wanted = [node for node in online if only in (None, node)]
    rows = [row for node in wanted for row in _on_storages(client, node, gaps)]
    there = {row.template for row in rows}
    for node in wanted[:1]:
        rows += _downloads(client, node, there, gaps)
    return _Answer(online, tuple(rows), tuple(gaps))


def _on_storages(client: PveClient, node: str, gaps: list[str]) -> list[_Row]:
    found = client.templates(node, gaps)
    return [_Row(client.cluster, node, one.volid.rpartition("/")[2], one.volid, one.size) for one in found]


def _downloads(client: PveClient, node: str, there: set[str], gaps: list[str]) -> list[_Row]:
    """Return what the node can download and has on no storage yet."""
    try:
        offered = client.details.downloads(node)
        storages = [storage.name for storage in client.storages(node, "vztmpl") if storage.active]
    except ProxmoxError as error:
        gaps.append(f"{client.cluster}: what {node} can download cannot be read: {error.sentence}")
        return []
    to = storages[0] if storages else "STORAGE"
    return [
        _Row(client.cluster, node, one.template, None, None, download_line(to, one.template), one.headline)
        for one in offered
        if one.template not in there
    ]


def _document(row: _Row) -> dict[str, Any]:
    return {
        "cluster": row.cluster,
        "node": row.node,
        "template": row.template,
        "volid": row.volid,
        "size": row.size,
        "status": "available" if row.volid is not None else "downloadable",
        "download": row.download,
        "headline": row.headline,
    }


def _cells(row: _Row) -> list[str | None]:
    size = None if row.size is None else human_bytes(row.size)
    status = "on the storage" if row.volid is not None else "can be downloaded"
    return [row.volid or row.template, row.cluster, row.node, size, status, row.download]
