"""The backups that jobs over many guests made of single ones: the task of such a job names none, only its log does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.doctrine.actions.backup.job_log import finished
from proximity_tui.core.doctrine.reconciliation.cluster_problems import BACKUP
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.engine.reconcile.random_sample import draw
from proximity_tui.core.model import Task
from proximity_tui.core.proxmox.errors import ProxmoxError

MOST_LOGS = 20
"""How many jobs are read about in one round."""

MOST_LINES = 5000
"""How much of one log is read."""


def single_backups(reader: Reader, tasks: Sequence[Task], wanted: Mapping[str, datetime]) -> list[Task]:
    """Return the last job that backed up each of the `wanted` guests, as a task of that guest alone. `wanted` maps a
    VMID to the time after which the job began. A log that cannot be read says nothing.
    """
    ended = [task for task in tasks if task.type == BACKUP and not task.id and task.succeeded]
    later = [task for task in ended if any(task.started_at > since for since in wanted.values())]
    later.sort(key=lambda task: task.started_at, reverse=True)
    found: dict[str, Task] = {}
    for position in draw(range(len(later)), MOST_LOGS):
        job = later[position]
        open_ones = {guest for guest, since in wanted.items() if guest not in found and job.started_at > since}
        if open_ones:
            found |= {guest: replace(job, id=guest) for guest in open_ones & _backed_up(reader, job)}
    return list(found.values())


def _backed_up(reader: Reader, job: Task) -> set[str]:
    """Return the guests that a job finished to back up, by VMID."""
    found: set[str] = set()
    start = 0
    try:
        while start < MOST_LINES and (lines := reader.task_log(job.upid, start)):
            found |= finished(lines)
            start += len(lines)
    except ProxmoxError:
        # What was read by then was said all the same.
        return found
    return found
