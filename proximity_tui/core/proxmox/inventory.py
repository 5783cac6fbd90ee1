"""All guests of a cluster in one request, and whether the cluster may be believed about who is missing.

A row that cannot be read makes the inventory incomplete, with the reason, and spoils no other row (law 2). It
does not judge anything: what a gap means is the doctrine's business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from proximity_tui.core.model import Guest, Inventory, Quorum
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.reading import (
    Malformed,
    as_amount,
    as_bool,
    as_float,
    as_int,
    as_status,
    as_tags,
    as_text,
    require_dict,
    require_list,
    require_list_of_dicts,
)
from proximity_tui.core.proxmox.session import Session
from proximity_tui.core.text import plain

T = TypeVar("T")

GUEST_TYPES = ("lxc", "qemu", "openvz")
_MOST_REASONS = 20

NO_SYS_AUDIT = "whether the cluster is quorate cannot be seen: the token lacks Sys.Audit on /"


def read_inventory(session: Session, now: datetime) -> Inventory:
    """One reading by one `GET /cluster/resources`; `now` is when it is asked. The quorum is not part of it.

    Raises a ProxmoxError when there is no list at all.
    """
    path = paths.cluster("resources")
    try:
        rows = require_list(session.get(path), "the list of resources")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    guests: dict[int, Guest] = {}
    nodes: dict[str, str] = {}
    reasons: list[str] = []
    for row in rows:
        try:
            _sort_in(require_dict(row, "a row"), guests, nodes, reasons)
        except Malformed as error:
            reasons.append(f"a row of the list of guests is malformed: {error}")
    if not nodes:
        reasons.append("the list names no node")
    if len(reasons) > _MOST_REASONS:
        reasons[_MOST_REASONS:] = [f"and {len(reasons) - _MOST_REASONS} more"]
    return Inventory(
        cluster=session.cluster,
        taken_at=now,
        guests=guests,
        nodes=nodes,
        quorum=Quorum(quorate=None, reason="the quorum was not read"),
        complete=not reasons,
        reasons=tuple(reasons),
    )


def read_quorum(session: Session) -> Quorum:
    """Whether the node we talk to sees a majority of its cluster. Denied is an answer too: quorate None, with
    why.

    Raises every other ProxmoxError.
    """
    path = paths.cluster("status")
    try:
        rows = require_list_of_dicts(session.get(path), "the cluster status")
        return _quorum(rows)
    except errors.Denied:
        return Quorum(quorate=None, reason=NO_SYS_AUDIT)
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def _quorum(rows: list[Mapping[str, Any]]) -> Quorum:
    members = [row for row in rows if row.get("type") == "node"]
    clusters = [row for row in rows if row.get("type") == "cluster"]
    online = sum(as_bool(row.get("online"), "online") for row in members)
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
        reason=None if quorate else f"the cluster has no quorum ({online} of {len(members)} nodes online)",
    )


def _sort_in(row: Mapping[str, Any], guests: dict[int, Guest], nodes: dict[str, str], reasons: list[str]) -> None:
    kind = row.get("type")
    if kind == "node":
        status = row.get("status")
        name = as_text(row.get("node"), "the name of a node")
        nodes[name] = status if status in ("online", "offline") else "unknown"
    elif kind in GUEST_TYPES:
        guest = _guest(row, str(kind), reasons)
        if guest.vmid in guests:
            raise Malformed(f"VMID {guest.vmid} is listed twice")
        guests[guest.vmid] = guest
    elif not isinstance(kind, str) or "vmid" in row:
        raise Malformed(f"type {plain(str(kind), limit=40)}")


def _guest(row: Mapping[str, Any], kind: str, reasons: list[str]) -> Guest:
    """The guest of a row. Without VMID, node or status there is none; any other bad value costs only
    itself."""
    vmid = as_int(row.get("vmid"), "a VMID")
    if not paths.SMALLEST_VMID <= vmid <= paths.LARGEST_VMID:
        raise Malformed(f"{vmid} is not a VMID")
    where = f"of guest {vmid}"
    try:
        node = paths.node_name(row.get("node"))
    except ValueError:
        raise Malformed(f"the node {where} is {ascii(row.get('node'))[:40]}") from None
    status = as_status(row.get("status"), f"the status {where}")

    def optional(key: str, read: Callable[[object, str], T]) -> T | None:
        if row.get(key) is None:
            return None
        try:
            return read(row[key], f"{key} {where}")
        except Malformed as error:
            reasons.append(str(error))
            return None

    return Guest(
        vmid=vmid,
        node=node,
        type=kind,
        status=status,
        # A blank name is none (N30).
        name=(optional("name", as_text) or "").strip() or None,
        template=optional("template", as_bool),
        tags=optional("tags", as_tags) or (),
        lock=optional("lock", as_text),
        pool=optional("pool", as_text),
        hastate=optional("hastate", as_text),
        uptime=optional("uptime", as_amount),
        cpu=optional("cpu", as_float),
        maxcpu=optional("maxcpu", as_float),
        mem=optional("mem", as_amount),
        maxmem=optional("maxmem", as_amount),
        disk=optional("disk", as_amount),
        maxdisk=optional("maxdisk", as_amount),
        netin=optional("netin", as_amount),
        netout=optional("netout", as_amount),
    )
