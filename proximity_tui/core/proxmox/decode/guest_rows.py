"""The quick reading of the long list of guests: each row is decoded by itself, straight into the types it should have.

It takes only rows in which every field is exactly as Proxmox VE sends it. Every other row is decoded as plain JSON and
read field by field by `inventory`, so what it makes of a row is never different, only sooner. A guest is made of its
row when somebody looks at it (`GuestList`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from proximity_tui.core.base.text import let_go, plain, share
from proximity_tui.core.model import Guest, Status
from proximity_tui.core.model.guests.guest_list import ListedFacts
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.json_values import LONGEST_SPAN, MOST_CORES, TEXT_LIMIT, as_tags
from proximity_tui.core.proxmox.errors import InvalidName

# Beyond 2**53 a number is read as a float, which rounds it.
_Bytes = Annotated[int, Meta(ge=0, le=2**53)] | None
# Each of these words is one object, in however many rows it stands. A row with another one is read field by field.
_Type = Literal["lxc", "qemu", "openvz"]
_Status = Literal["running", "stopped", "unknown"]
_Load = Annotated[float, Meta(ge=0, le=MOST_CORES)] | None


class ListedGuest(Struct, dict=True):
    """A row in which every field is as Proxmox VE sends it."""

    vmid: Annotated[int, Meta(ge=paths.SMALLEST_VMID, le=paths.LARGEST_VMID)]
    node: str
    type: _Type
    status: _Status
    name: str | None = None
    template: bool | int | None = None
    tags: str | None = None
    lock: str | None = None
    pool: str | None = None
    hastate: str | None = None
    uptime: Annotated[int, Meta(ge=0, le=int(LONGEST_SPAN))] | None = None
    cpu: _Load = None
    maxcpu: _Load = None
    mem: _Bytes = None
    maxmem: _Bytes = None
    disk: _Bytes = None
    maxdisk: _Bytes = None
    netin: _Bytes = None
    netout: _Bytes = None
    diskread: _Bytes = None
    diskwrite: _Bytes = None

    def has_facts_of(self, other: ListedGuest) -> bool:
        """Return whether it differs from another row of its VMID at most in figures. Written out, as `guest_list` has
        the facts: it is asked of each row of each list.
        """
        return (
            self.name == other.name
            and self.status == other.status
            and self.node == other.node
            and self.type == other.type
            and self.tags == other.tags
            and self.lock == other.lock
            and self.template == other.template
            and self.pool == other.pool
            and self.maxmem == other.maxmem
            and self.maxcpu == other.maxcpu
        )

    def can_be_read(self) -> bool:
        """Return whether a guest can be made of it: whether its node and its template flag are as usual, too."""
        try:
            return bool(_node(self.node)) and self.template in _FLAGS
        except InvalidName:
            return False

    @property
    def facts(self) -> ListedFacts:
        """The part of a row that is compared with a record: the same as of its guest."""
        return ListedFacts(
            self.vmid,
            self.type == "lxc",
            _node(self.node),
            _STATUS.get(self.status, Status.UNKNOWN),
            _name(self.name),
            _FLAGS[self.template],
            () if self.tags is None else _tags(self.tags),
            None if self.lock is None else _text(self.lock),
            None if self.pool is None else _text(self.pool),
            self.uptime,
            self.maxcpu,
            self.maxmem,
        )

    @cached_property
    def guest(self) -> Guest:
        """The guest of a row that can be read, made once."""
        return Guest(
            self.vmid,
            _node(self.node),
            self.type,
            _STATUS.get(self.status, Status.UNKNOWN),
            _name(self.name),
            _FLAGS[self.template],
            () if self.tags is None else _tags(self.tags),
            _text(self.lock),
            _text(self.pool),
            _text(self.hastate),
            self.uptime,
            self.cpu,
            self.maxcpu,
            self.mem,
            self.maxmem,
            self.disk,
            self.maxdisk,
            self.netin,
            self.netout,
            self.diskread,
            self.diskwrite,
        )


class _ListDocument(Struct):
    data: list[Raw]


class UndecodedRows:
    """The rows of an answer as they were sent; iterating decodes each, None unless it is a guest's and as usual."""

    def __init__(self, rows: Sequence[Raw]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[ListedGuest | None, Raw]]:
        """Decode and yield one row after the other, each as it was sent, too."""
        let_go()
        decode = _row.decode
        for row in self._rows:
            try:
                found = decode(row)
            except (msgspec.MsgspecError, RecursionError):
                yield None, row
            else:
                # One object for each node, instead of one for each of its guests; a name is that of the record, too.
                found.node = share(found.node, found.node)
                if found.name is not None:
                    found.name = share(found.name, found.name)
                yield found, row


_document, _row = msgspec.json.Decoder(_ListDocument), msgspec.json.Decoder(ListedGuest)
_STATUS = {"running": Status.RUNNING, "stopped": Status.STOPPED}
_FLAGS = {None: None, 0: False, 1: True}


def split_rows(body: bytes) -> UndecodedRows | None:
    """Return the rows of an answer; None for one that is not an object with a list in `data`, or not plain JSON."""
    try:
        body.decode()
        return UndecodedRows(_document.decode(body).data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _text(value: str | None) -> str | None:
    return None if value is None else plain(value, limit=TEXT_LIMIT)


def _name(value: str | None) -> str | None:
    """Return a name, plain; a blank one is none."""
    return None if value is None else plain(value, limit=TEXT_LIMIT).strip() or None


@lru_cache(maxsize=256)
def _node(name: str) -> str:
    return paths.node_name(name)


@lru_cache(maxsize=1024)
def _tags(text: str) -> tuple[str, ...]:
    return as_tags(text, "tags")
