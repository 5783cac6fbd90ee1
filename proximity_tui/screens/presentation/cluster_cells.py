"""The cells of nodes and storages. Pure. Meaning never rests on the tone: the words say the same (law 7)."""

from __future__ import annotations

from proximity_tui.core.base.text import human_bytes, number_of, percent
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.fleet import NodeRow, StorageRow
from proximity_tui.core.model import NodeReading, NodeStatus, StorageReading, StorageStatus
from proximity_tui.core.model.node import MAINTENANCE
from proximity_tui.screens.presentation.figure_cells import age_tone, nothing
from proximity_tui.widgets.glyphs import bar, glyphs
from proximity_tui.widgets.table.cells import Cell


def node_status_cell(row: NodeRow) -> Cell:
    """Return the status of a node; a node out of service says so."""
    signs = glyphs()
    if row.status is NodeStatus.OFFLINE:
        return Cell("offline", "bad", sign=signs.failed)
    if row.status is NodeStatus.UNKNOWN:
        return Cell("unknown", "warn", sign=signs.unknown)
    if row.hastate == MAINTENANCE:
        return Cell("maintenance", "warn", sign=signs.half)
    return Cell("online", "good", sign=signs.on)


def storage_status_cell(row: StorageRow) -> Cell:
    """Return the status of a storage; a nearly full one says so."""
    signs = glyphs()
    if row.status is not StorageStatus.AVAILABLE:
        return Cell("unavailable", "bad", sign=signs.failed)
    return Cell("nearly full", "warn", sign=signs.warning) if row.full else Cell("available", "good", sign=signs.on)


def share_cell(share: float | None, tone: Tone) -> Cell:
    """Return a share as a bar and in percent; empty where it is not known."""
    if share is None:
        return nothing()
    return Cell(f"{bar(share)} {percent(share):>4}", tone, share, brief=percent(share))


def cpu_of(node: NodeReading | None, stale: bool) -> Cell:
    """Return the CPU of a node in use, of all its cores."""
    return nothing() if node is None or node.cpu is None else Cell(percent(node.cpu), age_tone(stale), node.cpu)


def used_of(used: int | None, total: int | None, stale: bool) -> Cell:
    """Return what is used of what, as `12G/64G`."""
    if used is None:
        return nothing()
    return Cell(amount(used, total), age_tone(stale), used)


def amount(used: int | None, total: int | None) -> str:
    """Return what is used of what in words; `?` for what is not known."""
    return f"{'?' if used is None else human_bytes(used)}/{'?' if total is None else human_bytes(total)}"


def guests_cell(row: NodeRow) -> Cell:
    """Return how many guests of a node run, and how many it has."""
    return Cell(f"{row.running}/{row.guests}", order=row.guests) if row.guests else nothing()


def node_notes(row: NodeRow) -> Cell:
    """Return what its status means for our containers: what is unknown, or would be."""
    count = number_of(row.managed, "container")
    if row.status is NodeStatus.OFFLINE:
        unknown = f"the status of {count} is unknown"
        return Cell(unknown if row.managed else "no container of ours is on it", "warn", brief=f"{row.managed} unknown")
    if row.reason is not None:
        return Cell(row.reason, "warn")
    if row.hastate == MAINTENANCE:
        return Cell("HA starts nothing on it", "warn")
    brief = f"{row.managed} unknown if it fails"
    return Cell(f"{count} unknown if it fails", "dim", brief=brief) if row.managed else nothing()


def storage_notes(row: StorageRow, reading: StorageReading | None) -> Cell:
    """Return why a storage cannot be used, and how much is left of one that is nearly full."""
    if row.reason is not None:
        return Cell(row.reason, "warn")
    if row.full and reading is not None and reading.maxdisk is not None and reading.disk is not None:
        return Cell(f"{human_bytes(max(0, reading.maxdisk - reading.disk))} left", "warn")
    return nothing()


def where_cell(row: StorageRow) -> Cell:
    """Return the node of a storage, or on how many a shared one is."""
    if not row.shared:
        return Cell(row.nodes[0])
    return Cell(f"shared by {len(row.nodes)}" if len(row.nodes) > 1 else f"shared ({row.nodes[0]})")


def content_words(content: tuple[str, ...]) -> str:
    """Return what a storage may hold, as people call it."""
    return ", ".join(_CONTENT.get(one, one) for one in content)


_CONTENT = {
    "rootdir": "CT disks",
    "images": "VM disks",
    "vztmpl": "templates",
    "backup": "backups",
    "iso": "ISO",
    "snippets": "snippets",
}
