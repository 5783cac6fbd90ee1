"""The figures of a guest: as cells, with a bar of their share for lists with room, and as the amounts that a filter
compares. What is not known is no value: its cell is empty, and no condition holds for it.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proximity_tui.config.schema import Threshold
from proximity_tui.core.base.text import human_age, human_bytes, percent
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.model import Guest, NodeReading, Status
from proximity_tui.widgets.glyphs import bar, glyphs, sparkline
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.filter import Field
from proximity_tui.widgets.table.quantity import Amount


def measured(guest: Guest | None, status: Status) -> Guest | None:
    """Return the guest of which Proxmox measures what it uses: one that runs. Of any other it says 0."""
    return guest if status is Status.RUNNING else None


def used_disk(running: Guest | None) -> int | None:
    """Return how much of the disk of a running guest is in use; None where Proxmox does not measure that: of virtual
    machines it says 0.
    """
    return None if running is None else running.disk or None


def nothing() -> Cell:
    """Return the cell for no value; it sorts below every figure."""
    return Cell("", "dim", order=-1, sign=glyphs().nothing)


def cpu_cell(guest: Guest | None, stale: bool, limits: Threshold | None = None) -> Cell:
    """Return the CPU in use, of the guest's own limit. Without a visible running guest it is empty."""
    if guest is None or guest.cpu is None:
        return nothing()
    return Cell(percent(guest.cpu), figure_tone(guest.cpu, 1, limits, stale=stale), guest.cpu)


def memory_cell(guest: Guest | None, stale: bool, limits: Threshold | None = None) -> Cell:
    """Return the memory in use, and its limit. Without a visible running guest it is empty."""
    if guest is None or guest.mem is None:
        return nothing()
    of = f"/{human_bytes(guest.maxmem)}" if guest.maxmem else ""
    return Cell(human_bytes(guest.mem) + of, figure_tone(guest.mem, guest.maxmem, limits, stale=stale), guest.mem)


def uptime_cell(one: Guest | NodeReading | None, stale: bool) -> Cell:
    """Return how long a guest or a node has run. Without one that is visible and runs it is empty."""
    if one is None or one.uptime is None:
        return nothing()
    return Cell(human_age(one.uptime), age_tone(stale), one.uptime)


def disk_cell(guest: Guest | None, stale: bool) -> Cell:
    """Return the size of the disk, whether the guest runs or not."""
    if guest is None or guest.maxdisk is None:
        return nothing()
    return Cell(human_bytes(guest.maxdisk), age_tone(stale), guest.maxdisk)


def cores_of(number: float) -> str:
    """Return a number of cores, which may be a part of one: `1 core`, `0.5 cores`."""
    return f"{number:g} core{'' if number == 1 else 's'}"


def figure_tone(part: float | None, whole: float | None, limits: Threshold | None, *, stale: bool = False) -> Tone:
    """Return the tone of a figure by the share that is in use. One that is older than it should be is only dim."""
    if stale or limits is None or part is None or not whole:
        return age_tone(stale)
    share = 100 * part / whole
    return "bad" if share >= limits.red else "warn" if share >= limits.amber else "normal"


def age_tone(stale: bool) -> Tone:
    """Return the tone of a figure: dim where it is older than it should be."""
    return "dim" if stale else "normal"


def cpu(guest: Guest | None) -> Field:
    """Return the CPU in use, in percent of the guest's own limit."""
    return () if guest is None or guest.cpu is None else Amount(guest.cpu * 100)


def memory(guest: Guest | None) -> Field:
    """Return the memory in use, in bytes and in percent of its limit."""
    return () if guest is None or guest.mem is None else Amount(guest.mem, _share(guest.mem, guest.maxmem))


def disk(guest: Guest | None, running: Guest | None) -> Field:
    """Return the size of the disk in bytes, and how much of it is used in percent, where that is measured."""
    if guest is None or guest.maxdisk is None:
        return ()
    return Amount(guest.maxdisk, _share(used_disk(running), guest.maxdisk))


def uptime(guest: Guest | None) -> Field:
    """Return how long the guest has run, in seconds."""
    return () if guest is None or guest.uptime is None else Amount(guest.uptime)


def count(number: int | None) -> Field:
    """Return a number, as of changed settings."""
    return () if number is None else Amount(number)


BAR = 6
"""Cells of the bar beside a figure in a list."""

AMOUNT, SIZE = 9, 5
"""Cells of a figure with its limit, as `768M/2.0G`, and of one without."""


def memory_bar(guest: Guest | None, stale: bool, limits: Threshold) -> Cell:
    """Return the memory in use with a bar."""
    cell = memory_cell(guest, stale, limits)
    return cell if guest is None else with_bar(cell, guest.mem, guest.maxmem, AMOUNT)


def disk_bar(guest: Guest | None, running: Guest | None, stale: bool, limits: Threshold) -> Cell:
    """Return the size of the disk, with a bar where its use is measured."""
    cell, used = disk_cell(guest, stale), used_disk(running)
    if guest is None or used is None:
        return cell
    toned = replace(cell, tone=figure_tone(used, guest.maxdisk, limits, stale=stale))
    return with_bar(toned, used, guest.maxdisk, SIZE)


def with_bar(cell: Cell, part: float | None, whole: float | None, room: int) -> Cell:
    """Return the cell of a figure with a bar of its share before it. The figure takes `room` cells, and stands alone
    where the column is narrow or the share is not known.
    """
    if part is None or not whole:
        return cell
    sign = bar(part / whole, BAR) + " " * (room - len(cell.text))
    return replace(cell, sign=sign, brief=cell.text)


def trend_cell(shares: Sequence[float | None], stale: bool) -> Cell:
    """Return the CPU of the last hour as a line of bars on a scale of 0 to 100 %, sorted by its highest."""
    known = [share for share in shares if share is not None]
    if not known:
        return nothing()
    return Cell(sparkline(shares, len(shares), high=1.0), age_tone(stale), max(known))


def _share(part: int | None, whole: int | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
