"""The cells of tasks. Pure. Meaning never rests on the tone: the words say the same (law 7)."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.base.text import human_age
from proximity_tui.core.fleet import TaskRow
from proximity_tui.core.model import Task
from proximity_tui.screens.presentation.ages import coarse_age
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.table.cells import Cell


def end_cell(task: Task) -> Cell:
    """Return how a task ended, or that it runs."""
    signs = glyphs()
    if task.running:
        return Cell("running", "accent", sign=signs.half)
    if task.succeeded:
        warned = task.exitstatus != "OK"
        return Cell(str(task.exitstatus), "warn" if warned else "good", sign=signs.warning if warned else signs.on)
    if task.failed:
        return Cell(str(task.exitstatus), "bad", sign=signs.failed)
    return Cell("result unknown", "warn", sign=signs.unknown)


def by_cell(row: TaskRow) -> Cell:
    """Return who began a task; ours are marked."""
    return Cell(f"us ({row.task.user})", "accent", brief="us") if row.ours else Cell(row.task.user)


def lasted_cell(task: Task, now: datetime) -> Cell:
    """Return how long a task took, or has run. The clock of Proxmox may be ahead of ours."""
    if task.running:
        seconds = max(0.0, (now - task.started_at).total_seconds())
        return Cell(coarse_age(seconds), order=seconds)
    if task.ended_at is None:
        return Cell("?", "dim", order=-1)
    seconds = (task.ended_at - task.started_at).total_seconds()
    return Cell(human_age(seconds), order=seconds)


def began_cell(task: Task, now: datetime) -> Cell:
    """Return when a task began, in local time."""
    return Cell(time_of_day(task.started_at, now), order=task.started_at.timestamp())
