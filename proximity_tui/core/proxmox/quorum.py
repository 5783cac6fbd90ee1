"""Whether a cluster has a quorum, and whether that is visible to us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from proximity_tui.core.model import Quorum
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_bool, require_list_of_dicts
from proximity_tui.core.proxmox.transport.http import HttpSession

NO_SYS_AUDIT = "the quorum cannot be seen: the token lacks Sys.Audit on /"


def read_quorum(session: HttpSession) -> Quorum:
    """Return whether the node we talk to sees a majority of its cluster. Denied is an answer too: quorate None, with
    the reason.

    A server that is by itself, where this session saw a cluster before, left it, with the root CA of it, or has just
    started: it has no quorum. Raises every other ProxmoxError.
    """
    path = paths.cluster("status")
    try:
        found = _quorum(require_list_of_dicts(session.get(path), "the cluster status"))
        if found.standalone and session.is_of_many:
            alone = f"{session.url} tells of itself alone, and {session.cluster} is a cluster"
            return Quorum(quorate=False, reason=f"{alone}: it left that, or has just started")
        session.is_of_many = not found.standalone
        return found
    except errors.Denied:
        return Quorum(quorate=None, reason=NO_SYS_AUDIT, denied=True)
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def _quorum(rows: list[Mapping[str, Any]]) -> Quorum:
    members = [row for row in rows if row.get("type") == "node"]
    clusters = [row for row in rows if row.get("type") == "cluster"]
    online = _how_many_online(members)
    if not members or len(clusters) > 1:
        raise Malformed("it names no node" if not members else "it names two clusters")
    if not clusters:
        # A standalone host has no cluster entry. More than one node without one is nothing we know.
        if len(members) > 1:
            raise Malformed("it names several nodes but no cluster")
        return Quorum(quorate=None, standalone=True, nodes_online=online, nodes_total=1)
    quorate = as_bool(clusters[0].get("quorate"), "quorate")
    return Quorum(
        quorate=quorate,
        nodes_online=online,
        nodes_total=len(members),
        reason=None if quorate else _no_quorum(online, len(members)),
        apart=frozenset(str(row.get("name")) for row in members if _how_many_online([row]) != 1),
        members=_names(members),
    )


def _names(members: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the names of all members; none of them where one cannot be read: it may be any node."""
    try:
        return frozenset(paths.node_name(row.get("name")) for row in members)
    except errors.InvalidName:
        return frozenset()


def _how_many_online(members: Iterable[Mapping[str, Any]]) -> int | None:
    """Return the number of online members; None where a member does not say: then we do not count the majority."""
    try:
        return sum(as_bool(row.get("online"), "online") for row in members)
    except Malformed:
        return None


def _no_quorum(online: int | None, total: int) -> str:
    counted = "" if online is None else f" ({online} of {total} nodes online)"
    return f"the cluster has no quorum{counted}"
