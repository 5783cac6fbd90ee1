"""The task log of a node, and one task. A token sees its own tasks; others' take Sys.Audit on the node."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import invalid
from proximity_tui.simulator.parameters import BOOLEAN, COUNT, INTEGER, STRING, VMID, Field
from proximity_tui.simulator.routing import Call, Listing, route
from proximity_tui.simulator.world.worker_tasks import Task

_UPID = re.compile(
    r"UPID:(?P<node>[^:\s]+):[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:[^:\s/]+:[^:\s/]*:(?P<user>[^:\s]+):\Z"
)


@route(
    "GET",
    "/nodes/{node}/tasks",
    {
        "errors": BOOLEAN,
        "limit": COUNT,
        "since": INTEGER,
        "source": Field(parameters.one_of("archive", "active", "all")),
        "start": COUNT,
        "statusfilter": STRING,
        "typefilter": STRING,
        "until": INTEGER,
        "userfilter": STRING,
        "vmid": VMID,
    },
)
def listing(call: Call) -> Listing:
    """Return the tasks, newest first. By default only finished ones: running tasks take `source=active` or `all`."""
    source = call.params.get("source", "archive")
    everything = call.may(f"/nodes/{call.node}", "Sys.Audit")
    found = [
        task
        for task in reversed(call.cluster.tasks.all)
        if task.node == call.node
        and (everything or _owns(call, task.user))
        and source in ("all", "active" if task.running else "archive")
        and _wanted(call, task)
    ]
    found.sort(key=lambda task: not task.running)
    start, limit = int(call.params.get("start", 0)), int(call.params.get("limit", 50))
    page = found[start : start + limit] if limit else found[start:]
    return Listing([_row(task) for task in page], len(found))


@route("GET", "/nodes/{node}/tasks/{upid}")
def index(call: Call) -> list[dict[str, str]]:
    _task(call)
    return [{"name": "log"}, {"name": "status"}]


@route("GET", "/nodes/{node}/tasks/{upid}/status")
def status(call: Call) -> dict[str, Any]:
    """Return the status of a task; a running one has no exit status."""
    task = _task(call)
    row = _facts(task) | {"user": task.owner, "status": "running" if task.running else "stopped"}
    if task.token_name:
        row["tokenid"] = task.token_name
    if not task.running:
        row["exitstatus"] = task.exitstatus
    return row


@route("GET", "/nodes/{node}/tasks/{upid}/log", {"start": COUNT, "limit": COUNT, "download": BOOLEAN})
def log(call: Call) -> Listing:
    """Return numbered lines. A log that does not exist is a line that says so, and an empty one is `no content`."""
    _check(call)
    task = call.cluster.tasks.find(str(call.params["upid"]))
    if task is None:
        return Listing([{"n": 1, "t": "unable to open file - No such file or directory"}], 1)
    lines = task.log or ["no content"]
    start, limit = int(call.params.get("start", 0)), int(call.params.get("limit", 50))
    numbered = [{"n": number, "t": line} for number, line in enumerate(lines, start=1)]
    return Listing(numbered[start : start + limit] if limit else numbered[start:], len(lines))


@route("DELETE", "/nodes/{node}/tasks/{upid}")
def stop(call: Call) -> None:
    """Abort a task; null even where there was nothing left to abort."""
    upid = _parse(call)
    if not _owns(call, upid["user"]):
        call.need(f"/nodes/{call.node}", "Sys.Modify")
    task = call.cluster.tasks.find(str(call.params["upid"]))
    if task:
        call.cluster.tasks.abort(task)


def _parse(call: Call) -> re.Match[str]:
    match = _UPID.match(str(call.params["upid"]))
    if match is None:
        raise invalid({"upid": "unable to parse worker upid"})
    if match["node"] != call.node:
        raise invalid({"upid": "no such task"})
    return match


def _check(call: Call) -> None:
    if not _owns(call, _parse(call)["user"]):
        call.need(f"/nodes/{call.node}", "Sys.Audit")


def _task(call: Call) -> Task:
    _check(call)
    task = call.cluster.tasks.find(str(call.params["upid"]))
    if task is None:
        raise invalid({"upid": "no such task"})
    return task


def _owns(call: Call, user: str) -> bool:
    return user == call.token.id


def _wanted(call: Call, task: Task) -> bool:
    return all(fits(task, call.params[name]) for name, fits in _FILTERS.items() if name in call.params)


def _kind(task: Task) -> str:
    status = task.exitstatus or "unknown"
    if status == "OK":
        return "ok"
    if status.startswith("WARNINGS:"):
        return "warning"
    return "unknown" if status in ("unknown", "unexpected status") else "error"


_FILTERS: Mapping[str, Callable[[Task, Any], bool]] = {
    "vmid": lambda task, vmid: task.id == str(vmid),
    "typefilter": lambda task, wanted: task.type == wanted,
    "userfilter": lambda task, part: str(part) in task.user,
    "since": lambda task, moment: task.starttime >= moment,
    "until": lambda task, moment: task.starttime <= moment,
    "errors": lambda task, only: not only or not (task.running or _kind(task) in ("ok", "warning")),
    "statusfilter": lambda task, kinds: task.running or _kind(task) in re.split(r"[,;\s]+", str(kinds)),
}
"""Whether a task fits the value of a parameter, by its name."""


def _row(task: Task) -> dict[str, Any]:
    """Return the row of a task. A running one carries its token in `user`; a finished one has it apart."""
    row = _facts(task)
    if task.running:
        return row | {"user": task.user, "status": "RUNNING", "saved": "0"}
    row |= {"user": task.owner, "endtime": task.endtime, "status": task.exitstatus}
    return row | ({"tokenid": task.token_name} if task.token_name else {})


def _facts(task: Task) -> dict[str, Any]:
    """Return what is known of a task from its first moment on."""
    return {
        "upid": task.upid,
        "node": task.node,
        "pid": task.pid,
        "pstart": task.pstart,
        "starttime": task.starttime,
        "type": task.type,
        "id": task.id,
    }
