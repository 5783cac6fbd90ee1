"""The guests of a cluster in one request, and whether that list may prove an absence.

A row that cannot be read is set aside. If it names its guest, nothing is known of that guest, and the list is as
complete as before. If not, it may be any guest, and the list proves nobody's absence (law 2). The doctrine judges gaps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import BadRow, Guest, Inventory, NodeReading, Quorum, StorageReading
from proximity_tui.core.model.guests.guest_list import GuestList
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.json_values import (
    GUEST_TYPES,
    Malformed,
    as_bool,
    as_bytes,
    as_int,
    as_load,
    as_seconds,
    as_status,
    as_tags,
    as_text,
    require_dict,
    require_list,
)
from proximity_tui.core.proxmox.decode.names_in_answers import as_node_name
from proximity_tui.core.proxmox.decode.node_rows import node_reading, storage_reading
from proximity_tui.core.proxmox.decode.rows import MOST_KEPT, Fields, bad_row, kept, notes_on, why_not
from proximity_tui.core.proxmox.transport.http import HttpSession

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.decode.guest_rows import ListedGuest, UndecodedRows

_MOST_REASONS = 20
_LIST = "the list of guests"
_NO_GUESTS = ("node", "storage")
_ID = re.compile(r"(?:lxc|qemu|openvz)/([1-9][0-9]{0,8})")


def read_inventory(session: HttpSession, now: datetime, before: Inventory | None = None) -> Inventory:
    """Return one reading by one `GET /cluster/resources`; `now` is when it is sent. The quorum is not part of it. What
    is the same as in `before` is the same object.

    Raises a ProxmoxError when there is no list at all.
    """
    # Imported late, as in `transport.answers`.
    from proximity_tui.core.proxmox.decode.guest_rows import UndecodedRows

    list_ = _List(before)
    try:
        answer = session.get(paths.RESOURCES)
        if isinstance(answer, UndecodedRows):
            list_.add_rows(answer)
        else:
            for row in require_list(answer, "the list of resources"):
                list_.take(row)
    except Malformed as error:
        raise session.malformed(paths.RESOURCES, str(error)) from None
    session.set_aside(paths.RESOURCES, list_.set_aside, list_.notes)
    reasons = list_.reasons()
    return Inventory(
        cluster=session.cluster,
        taken_at=now,
        guests=list_.guest_list(),
        nodes=list_.nodes,
        quorum=Quorum(quorate=None, reason="the quorum was not read"),
        complete=not reasons,
        reasons=reasons,
        set_aside=list_.set_aside,
        storages=list_.storages,
    )


class _List:
    """The rows of one list of resources, sorted."""

    def __init__(self, before: Inventory | None) -> None:
        guests: Mapping[int, Guest] = {} if before is None else before.guests
        self._guests_before = guests
        self._nodes_before: Mapping[str, NodeReading] = {} if before is None else before.nodes
        self._storages_before: Mapping[str, StorageReading] = {} if before is None else before.storages
        self._rows_before: Mapping[int, ListedGuest | Guest] = guests.rows if isinstance(guests, GuestList) else {}
        self._rows: dict[int, ListedGuest | Guest] = {}
        """Every guest, by a row in which all is as usual, or as it was read field by field."""
        self._differing: set[int] = set()
        """The guests that are not known to be those of the list before, but for figures."""
        self.nodes: dict[str, NodeReading] = {}
        self.storages: dict[str, StorageReading] = {}
        self.notes: list[str] = []
        self._known: dict[int, BadRow] = {}
        """What was set aside and says of which guest it is."""
        self._others: list[BadRow] = []
        self._anybodys: list[str] = []

    def take(self, row: object) -> None:
        """Sort one row in, or set it aside."""
        try:
            self._sort_in(Fields(require_dict(row, "it")))
        except (Malformed, RecursionError) as error:
            self._put_aside(row, why_not(error))

    def take_text(self, row: bytes) -> None:
        """Decode one row and sort it in, or set it aside."""
        try:
            decoded = json.loads(row)
        except ValueError:
            # A number of thousands of digits, for one.
            self._put_aside(row.decode(errors="replace"), "it cannot be decoded")
        except RecursionError as error:
            self._put_aside(row.decode(errors="replace"), why_not(error))
        else:
            self.take(decoded)

    def add_rows(self, answer: UndecodedRows) -> None:
        """Sort in all rows of an answer: those that are as usual here, in one loop, and the others one by one."""
        rows, before = self._rows, self._rows_before
        for row, text in answer:
            if row is not None and (vmid := row.vmid) not in rows and vmid not in self._known:
                known = before.get(vmid)
                if known is not None and not isinstance(known, Guest):
                    # Of a stopped guest nothing differs at all, which is seen at the speed of C.
                    if known == row:
                        rows[vmid] = known
                        continue
                    if row.has_facts_of(known):
                        rows[vmid] = row
                        continue
                if row.can_be_read():
                    rows[vmid] = row
                    self._differing.add(vmid)
                    continue
            self.take_text(bytes(text))

    def add(self, guest: Guest) -> bool:
        """Add a guest; return False where its VMID is listed already."""
        vmid = guest.vmid
        if vmid in self._rows or vmid in self._known:
            return False
        self._rows[vmid] = kept(self._guests_before, vmid, guest)
        self._differing.add(vmid)
        return True

    def guest_list(self) -> GuestList[ListedGuest]:
        """Return the guests, once all rows are sorted in."""
        return GuestList(self._rows, self._guests_before, self._differing)

    @property
    def set_aside(self) -> tuple[BadRow, ...]:
        """The rows that cannot be read: one for each guest, and the first of those that name no guest."""
        return (*self._known.values(), *self._others)

    def reasons(self) -> tuple[str, ...]:
        """Return the reasons why the list does not cover every guest."""
        reasons = list(self._anybodys)
        if not self.nodes:
            reasons.append("the list names no node")
        if len(reasons) > _MOST_REASONS:
            reasons[_MOST_REASONS:] = [f"and {len(reasons) - _MOST_REASONS} more"]
        return tuple(reasons)

    def _sort_in(self, fields: Fields) -> None:
        kind = fields.row.get("type")
        if kind == "node":
            node = node_reading(fields)
            self.nodes[node.name] = kept(self._nodes_before, node.name, node)
        elif kind in GUEST_TYPES:
            guest = _guest(fields, str(kind))
            if not self.add(guest):
                raise Malformed(f"VMID {guest.vmid} is listed twice")
        elif kind == "storage" and "vmid" not in fields.row:
            storage = storage_reading(fields)
            key = f"{storage.node}/{storage.storage}"
            self.storages[key] = kept(self._storages_before, key, storage)
        elif not isinstance(kind, str) or "vmid" in fields.row:
            raise Malformed(f"type {plain(str(kind), limit=40)}")
        if len(self.notes) < MOST_KEPT:
            self.notes += notes_on(fields, _LIST)

    def _put_aside(self, row: object, why: str) -> None:
        vmid = _whose(row)
        if vmid is not None:
            # Also when another row of this VMID was read before: of two, neither is believed.
            self._rows.pop(vmid, None)
            self._known.setdefault(vmid, bad_row(_LIST, why, row, vmid))
            return
        if len(self._others) < MOST_KEPT:
            self._others.append(bad_row(_LIST, why, row))
        if not (isinstance(row, dict) and row.get("type") in _NO_GUESTS):
            self._anybodys.append(f"a row of the list of guests is malformed: {plain(why, limit=200)}")


def _whose(row: object) -> int | None:
    """Return the guest of a row that cannot be read; None where it names none, or two."""
    if not isinstance(row, dict):
        return None
    told = {found for found in (_vmid(row.get("vmid")), _vmid_in_id(row.get("id"))) if found is not None}
    return told.pop() if len(told) == 1 else None


def _vmid(value: object) -> int | None:
    try:
        vmid = as_int(value, "a VMID")
    except Malformed:
        return None
    return vmid if paths.SMALLEST_VMID <= vmid <= paths.LARGEST_VMID else None


def _vmid_in_id(value: object) -> int | None:
    found = _ID.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else _vmid(found.group(1))


def _guest(fields: Fields, kind: str) -> Guest:
    """Return the guest of a row. Raises Malformed without VMID, node or status, and where a lock, HA or the tags cannot
    be read: "not known" would be taken for "none" there.
    """
    vmid = _vmid(fields.row.get("vmid"))
    if vmid is None:
        raise Malformed("its VMID cannot be read")
    return Guest(
        vmid=vmid,
        node=fields.required("node", as_node_name),
        type=kind,
        status=fields.required("status", as_status),
        # A blank name is none.
        name=(fields.optional("name", as_text) or "").strip() or None,
        template=fields.optional("template", as_bool),
        tags=fields.decisive("tags", as_tags) or (),
        lock=fields.decisive("lock", as_text),
        pool=fields.optional("pool", as_text),
        hastate=fields.decisive("hastate", as_text),
        uptime=fields.optional("uptime", as_seconds),
        cpu=fields.optional("cpu", as_load),
        maxcpu=fields.optional("maxcpu", as_load),
        mem=fields.optional("mem", as_bytes),
        maxmem=fields.optional("maxmem", as_bytes),
        disk=fields.optional("disk", as_bytes),
        maxdisk=fields.optional("maxdisk", as_bytes),
        netin=fields.optional("netin", as_bytes),
        netout=fields.optional("netout", as_bytes),
        diskread=fields.optional("diskread", as_bytes),
        diskwrite=fields.optional("diskwrite", as_bytes),
    )
