"""The figures of a guest with a bar of their share, for lists with room. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proximity_tui.config.schema import Threshold
from proximity_tui.core.model import Guest
from proximity_tui.screens.presentation.figure_cells import (
    age_tone,
    disk_cell,
    figure_tone,
    memory_cell,
    nothing,
    used_disk,
)
from proximity_tui.widgets.glyphs import bar, sparkline
from proximity_tui.widgets.table.cells import Cell

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
