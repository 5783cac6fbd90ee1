"""The rows that a name may mean: a guest is found by whatever a person knows of it, and never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from proximity_tui.core.base.text import whole_number
from proximity_tui.core.fleet.row import AnyRow, FleetRow, GuestRow
from proximity_tui.core.model.container import record_number

_ADDRESS = re.compile(r"\d{1,3}(\.\d{0,3}){1,3}(/\d+)?|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){2,7}")


def is_address(word: str) -> bool:
    """Return whether a word is an address, or the beginning of one."""
    return _ADDRESS.fullmatch(word) is not None


def recorded_addresses(row: GuestRow) -> Iterable[str]:
    """Return the addresses in the clinical record of a row."""
    return row.addresses if isinstance(row, FleetRow) else ()


def find_rows(
    rows: Sequence[AnyRow], text: str, addresses: Callable[[GuestRow], Iterable[str]] = recorded_addresses
) -> list[AnyRow]:
    """Return the guests that `text` may mean: a name or a VMID, else a record id (`7` or `id:7`), else an address, with
    `cluster/` in front or not.
    """
    among, rest = _in_cluster(rows, text)
    vmid, record = whole_number(rest), record_number(rest)
    return (
        [row for row in among if row.name == rest or (vmid is not None and row.vmid == vmid)]
        or [row for row in among if record is not None and row.id == record]
        or [row for row in among if rest in addresses(row)]
    )


def find_by_place(rows: Sequence[AnyRow], text: str) -> list[AnyRow]:
    """Return the guests that have a tag, or else are on a node, of this name, with `cluster/` in front or not."""
    among, rest = _in_cluster(rows, text)
    return [row for row in among if rest in row.tags] or [row for row in among if row.node == rest]


def _in_cluster(rows: Sequence[AnyRow], text: str) -> tuple[list[AnyRow], str]:
    """Return the rows of the cluster that stands in front, all where none does, and the rest of the text."""
    cluster, slash, rest = text.rpartition("/")
    return [row for row in rows if not slash or row.cluster == cluster], rest
