"""Whether a cluster has a quorum, and whether that is visible to us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Departure, Membership, Quorum
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_bool, require_list_of_dicts
from proximity_tui.core.proxmox.transport.http import HttpSession

NO_SYS_AUDIT = "the quorum cannot be seen: the token lacks Sys.Audit on /"

_LONGEST_NAME = 100

SEARCH_EVERY = 30.0
"""Seconds between two searches for a server with a quorum, while the preferred one has none."""

SEARCH_PATIENCE = 5.0
"""Seconds for a search (law 10)."""


def read_quorum(session: HttpSession) -> Quorum:
    """Return whether the node we talk to sees a majority of its cluster. Denied is an answer too: quorate None, with
    the reason.

    Nor has a server a quorum that left the cluster it is known to be of, with the root CA of it, or has just started.
    Where there is none, and another URL leads to a server that has one, what is read next is read from that. Raises
    every other ProxmoxError.
    """
    try:
        found = _as_known(session, _quorum(require_list_of_dicts(session.get(paths.STATUS), "the cluster status")))
    except errors.Denied:
        return Quorum(quorate=None, reason=NO_SYS_AUDIT, denied=True)
    except Malformed as error:
        raise session.malformed(paths.STATUS, str(error)) from None
    if found.quorate is False:
        _search(session)
    return found


def _search(session: HttpSession) -> None:
    """Prefer a server of the cluster that has a quorum, if there is one."""
    with session.within(SEARCH_PATIENCE):
        for position, ask in session.others(SEARCH_EVERY):
            try:
                found = _quorum(require_list_of_dicts(ask(paths.STATUS), "the cluster status"))
            except (errors.ProxmoxError, Malformed):
                continue
            known = None if found.told is None else session.memory.known_members(session.cluster, found.told)
            if found.quorate and found.departure_from(known) is None:
                session.prefer(position)
                return


def _as_known(session: HttpSession, found: Quorum) -> Quorum:
    """Return the quorum, and remember the nodes of its cluster; none of a server that is of another one than is known.
    A host by itself is never remembered: nobody can leave it.
    """
    told = found.told
    if told is None:
        return found
    known = session.memory.known_members(session.cluster, told)
    departure = found.departure_from(known)
    if departure is not None:
        return _left(session, departure)
    # Without a quorum it may be one node that was cut off: what is known already stays.
    is_news = told != known and (found.quorate or known is None)
    if is_news and not found.standalone:
        session.memory.note_members(session.cluster, told)
    return found


def _left(session: HttpSession, departure: Departure) -> Quorum:
    known, told = departure.known, departure.told
    where = "itself alone" if told.name is None else f"the cluster {told.name or '(no name)'} of {told.listed}"
    reason = f"{session.url} tells of {where}, and {session.cluster} is a cluster of {known.listed}"
    return Quorum(
        quorate=False,
        reason=f"{reason}: it left that, or has just started",
        told=told,
        advice=f"if {session.cluster} is only {told.listed} now: proximity-tui connect --retrust {session.cluster}",
    )


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
        alone = Membership(None, _names(members))
        return Quorum(quorate=None, standalone=True, nodes_online=online, nodes_total=1, told=alone)
    quorate, names = as_bool(clusters[0].get("quorate"), "quorate"), _names(members)
    return Quorum(
        quorate=quorate,
        nodes_online=online,
        nodes_total=len(members),
        reason=None if quorate else _no_quorum(online, len(members)),
        apart=frozenset(str(row.get("name")) for row in members if _how_many_online([row]) != 1),
        told=Membership(plain(str(clusters[0].get("name") or ""), limit=_LONGEST_NAME), names) if names else None,
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
