"""The root CA of the cluster that answers: it tells the cluster, whatever name, address and certificate the server has.

It reads what a cluster shows of itself. The known root CA is given (`RootCaLookup`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from proximity_tui.core.model import NodeStatus
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_text, require_list
from proximity_tui.core.proxmox.decode.names_in_answers import as_node_name
from proximity_tui.core.proxmox.decode.rows import Fields, read_rows
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.trust import normal_fingerprint

RootCaLookup = Callable[[str, str | None], str | None]
"""From our name of a cluster and the root CA that it shows (None: none at all) to the root CA it is known by; None when
nobody can tell. A cluster that is met for the first time is known by what it shows. Raises SecondName for one that we
know by another name."""

ROOT_CA = "pve-root-ca.pem"
"""The file whose fingerprint is the identity of a cluster."""

ITSELF = "localhost"
"""The node that every server takes for itself, whatever its name is."""

NO_NODE_ONLINE = "no node is online to show the identity of the cluster"

_NODES_ASKED = 3


class NoRootCa(Malformed):
    """Raised when the certificates of a node do not include the root CA of its cluster."""


def root_ca(certificates: Any) -> str:
    """Return the fingerprint of the root CA among the certificates of a node. Raises NoRootCa when it is not there."""
    for row in require_list(certificates, "the certificates"):
        if isinstance(row, dict) and row.get("filename") == ROOT_CA:
            try:
                return normal_fingerprint(as_text(row.get("fingerprint"), "the fingerprint"))
            except ValueError as error:
                raise Malformed(str(error)) from None
    raise NoRootCa(f"there is no {ROOT_CA}")


def shown(ask: Callable[[ApiPath], Any]) -> str | None:
    """Return the root CA that a server shows, None if it answers that it shows none; `ask` reads a path from exactly
    that server. Any token may read it.

    It is one file for the whole cluster, so any node that answers will do. A server that gives no answer is not asked
    again: that would take as long once more. Raises Malformed, or the last error of `ask`.
    """
    failure: Exception | None = None
    for node in _nodes_to_ask(ask):
        try:
            return root_ca(ask(paths.node(node, "certificates", "info")))
        except errors.Unknown as error:
            if node == ITSELF and error.unanswered:
                raise
            failure = error
        except (NoRootCa, errors.RefusedByProxmox, errors.Denied):
            failure = None
    if failure is not None:
        raise failure
    return None


def _nodes_to_ask(ask: Callable[[ApiPath], Any]) -> Iterator[str]:
    """Yield the nodes to ask: the server itself, and others only where it does not tell, as they take another request
    to be known. Raises Malformed where none of them is online.
    """
    yield ITSELF
    rows = read_rows(require_list(ask(paths.top("nodes")), "the nodes"), "the nodes", _node)
    others = answering(dict(rows.good))
    if not others:
        raise Malformed(NO_NODE_ONLINE)
    yield from others[:_NODES_ASKED]


def _node(fields: Fields) -> tuple[str, NodeStatus]:
    return fields.required("node", as_node_name), NodeStatus.read(fields.optional("status", as_text))


def answering(nodes: Mapping[str, NodeStatus]) -> list[str]:
    """Return the nodes, by name and status, that may answer; those that are online first. A node whose statistics are
    stuck is `unknown` and answers all the same.
    """
    asked = [node for node, status in nodes.items() if status != NodeStatus.OFFLINE]
    return sorted(asked, key=lambda node: nodes[node] != NodeStatus.ONLINE)


def cluster_not_shown(cluster: str, url: str, known: str) -> errors.Unreachable:
    """Return the error for a server that does not show its cluster, when we know ours by its root CA."""
    return errors.Unreachable(
        f"{url} does not say which cluster it belongs to, but {cluster} is known by its root CA {known}; "
        "nothing that it answers is believed, and nothing is changed there",
        about=f"{cluster}: ",
    )


def wrong_cluster(cluster: str, url: str, known: str, seen: str) -> errors.WrongCluster:
    """Return the error for a server of another cluster than the recorded one of this name."""
    return errors.WrongCluster(
        f"another cluster answers at {url}: its root CA is {seen}, but {cluster} is known by {known}. "
        "Nothing that it answers is believed, and nothing is changed there; correct the URL, or accept it with: "
        f"proximity-tui connect --retrust {cluster}",
        about=f"{cluster}: ",
        expected=known,
        seen=seen,
    )
