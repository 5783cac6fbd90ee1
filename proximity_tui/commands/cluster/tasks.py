"""`tasks [--since 8h]`: the tasks of every cluster, those that run first. It changes nothing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import context_of, since_option
from proximity_tui.commands.base.options import json_option
from proximity_tui.commands.base.refresh import PATIENCE, at_once, refresh_all, too_late
from proximity_tui.commands.cluster.answers import ending, refuse_no_cluster, span_words
from proximity_tui.commands.printed import output
from proximity_tui.core.doctrine.observation.privileges import why_no_tasks
from proximity_tui.core.fleet import GuestRow, TaskRow, guest_rows, managed_rows, task_rows
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.core.model import Task
    from proximity_tui.core.proxmox.client import PveClient

_HEADERS = ("OUTCOME", "TASK", "GUEST", "BY", "BEGAN", "LASTED", "NODE", "CLUSTER")


def arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `tasks`."""
    since_option(parser, 'only those that run, or began within it, such as "8h" or "2d"')
    json_option(parser)


def run(args: Namespace) -> int:
    """Print one row per task of each cluster that answers. Returns 4 when one does not. Raises CommandEnd where no
    cluster is enabled.
    """
    from proximity_tui.core.store.records import records

    with context_of(args) as context:
        refuse_no_cluster(context, args.cluster)
        polls = refresh_all(context, args.cluster)
        clients = {name: context.clients[name] for name in polls.inventories}
        answers = at_once(context, {name: partial(_ask, client) for name, client in clients.items()}, PATIENCE)
        containers = records.active(args.cluster)
        guests = [
            *managed_rows(containers, polls.inventories, (), polls.silent),
            *guest_rows(polls.inventories, containers),
        ]
        now = context.clock.now()
    silent = [*polls.silent.values(), *(one for one in answers.values() if isinstance(one, str))]
    silent += [too_late(name) for name in clients.keys() - answers.keys()]
    found = {name: tasks for name, tasks in answers.items() if not isinstance(tasks, str)}
    for name in (name for name, tasks in found.items() if not tasks):
        output.note(f"{name} lists no task{_may_hide(clients[name])}.")
    rows = [row for name, tasks in found.items() for row in _rows(name, tasks, clients[name].token_id, guests)]
    _print([row for row in rows if _wanted(row.task, args.since, now)], of=len(rows), as_json=args.json)
    return ending(silent)


def _rows(cluster: str, tasks: Sequence[Task], token_id: str, guests: Iterable[GuestRow]) -> Iterable[TaskRow]:
    names = {row.vmid: row.name for row in guests if row.cluster == cluster}
    return task_rows(cluster, tasks, token_id, names)


def _print(wanted: Sequence[TaskRow], *, of: int, as_json: bool) -> None:
    """Print the rows that are wanted, in their order, `of` so many."""
    if of and not wanted:
        output.note("no task runs now, and none began in this time")
    listed = sorted(wanted, key=lambda row: row.place)
    if as_json:
        output.document([_document(row) for row in listed])
    elif listed:
        output.table(_HEADERS, [_cells(row) for row in listed])


def _ask(client: PveClient) -> Sequence[Task] | str:
    try:
        return client.details.tasks([])
    except ProxmoxError as error:
        return error.sentence


def _may_hide(client: PveClient) -> str:
    """Return why an empty list may hide tasks, to follow it; nothing where there are none for certain."""
    try:
        why = why_no_tasks(client.permissions())
    except ProxmoxError:
        why = why_no_tasks(None)
    return f": {why}" if why else ""


def _wanted(task: Task, since: timedelta | None, now: Any) -> bool:
    return since is None or task.running or bool(now - task.started_at <= since)


def _document(row: TaskRow) -> dict[str, Any]:
    task = row.task
    return {
        "cluster": row.cluster,
        "upid": task.upid,
        "node": task.node,
        "type": task.type,
        "id": task.id,
        "vmid": row.vmid,
        "name": row.name,
        "user": task.user,
        "ours": row.ours,
        "status": task.status,
        "exitstatus": task.exitstatus,
        "started_at": task.started_at,
        "ended_at": task.ended_at,
    }


def _cells(row: TaskRow) -> list[str | None]:
    task = row.task
    lasted = (task.ended_at - task.started_at).total_seconds() if task.ended_at is not None else None
    return [
        "running" if task.running else task.exitstatus or "result unknown",
        task.type,
        row.guest,
        f"{task.user} (us)" if row.ours else task.user,
        output.local(task.started_at),
        span_words(lasted),
        task.node,
        row.cluster,
    ]
