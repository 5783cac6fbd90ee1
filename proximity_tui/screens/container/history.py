"""The history of a container: our events, and its Proxmox tasks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from proximity_tui.core.base.text import human_age
from proximity_tui.core.model import Event, Task
from proximity_tui.screens.container.overview import local_time
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.tones import Tone

TASK_COLUMNS = (
    Column("at", "BEGAN", 24),
    Column("type", "TASK", 10, flex=1, max=16),
    Column("user", "BY", 10, flex=2, max=40, priority=3),
    Column("lasted", "LASTED", 7, align="right", priority=4),
    Column("end", "END", 10, flex=4),
)


def event_lines(found: Sequence[Event]) -> list[TextLine]:
    """Return the events of a record, the newest first."""
    if not found:
        return [[("There are no events yet.", "dim")]]
    lines: list[TextLine] = []
    for event in found:
        lines.append([(f"{local_time(event.at)}  ", "dim"), (event.action, "accent"), (f"  {event.message}", "normal")])
        lines.append([(f"    by {event.actor}", "dim")])
    return lines


def task_row(task: Task) -> Row:
    """Return one task, keyed by its UPID."""
    words, tone = _end(task)
    lasted = human_age((task.ended_at - task.started_at).total_seconds()) if task.ended_at is not None else ""
    began = Cell(local_time(task.started_at), order=task.started_at.timestamp())
    return Row(task.upid, (began, task.type, task.user, lasted, Cell(words, tone)))


def _end(task: Task) -> tuple[str, Tone]:
    if task.running:
        return "runs", "accent"
    if task.exitstatus is None:
        return "ended, result unknown", "warn"
    return task.exitstatus, "good" if task.succeeded else "bad"
