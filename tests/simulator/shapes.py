"""The language in which answers of the Proxmox VE API are compared: the endpoint, the kind of each row, its
fields and their JSON types, texts freed of pids, digests and UPIDs. It knows neither simulator nor
recordings nor pytest; the distiller and the conformance test both speak it, so that they cannot mean
different things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

UPID = re.compile(r"UPID:[^:\s]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:[^:\s/]+:[^:\s/]*:[^:\s]+:")

_UNSTABLE = (
    (UPID, "<upid>"),
    (re.compile(r"\.tmp\.\d+"), ".tmp.<pid>"),
    (re.compile(r"\bline \d+"), "line <n>"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<digest>"),
    (re.compile(r"Temporary failure in name resolution|Name or service not known"), "<resolver>"),
)

_PATTERNS = (
    (re.compile(r"/tasks/[^/]+"), "/tasks/{upid}"),
    (re.compile(r"/nodes/[^/]+"), "/nodes/{node}"),
    (re.compile(r"/(lxc|qemu)/\d+"), r"/\1/{vmid}"),
    (re.compile(r"/snapshot/[^/]+"), "/snapshot/{snapname}"),
    (re.compile(r"/storage/[^/]+"), "/storage/{storage}"),
)

_NAMED: dict[str, tuple[str, ...]] = {
    "GET /access/permissions": (),
    "GET /cluster/resources": ("id", "status", "lock", "template"),
    "GET /cluster/status": ("type", "name", "online", "quorate"),
    "GET /nodes": ("node", "status"),
    "GET /nodes/{node}/lxc": ("vmid", "status", "lock", "template"),
    "GET /nodes/{node}/lxc/{vmid}": ("subdir",),
    "GET /nodes/{node}/lxc/{vmid}/interfaces": ("name",),
    "GET /nodes/{node}/lxc/{vmid}/pending": ("key",),
    "GET /nodes/{node}/lxc/{vmid}/snapshot": ("name", "parent"),
    "GET /nodes/{node}/lxc/{vmid}/status": ("subdir",),
    "GET /pools": ("poolid",),
}
"""The keys that tell one row of a list from another, and the state it is listed in."""

_UNNAMED = ("storage", "network", "sdn", "pool")
"""Rows of `/cluster/resources` that are compared by their fields only."""

_CONFIG = (
    *("lock", "tags", "description", "hostname", "memory"),
    *("cores", "features", "parent", "template", "protection"),
)
_TELLING: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/tasks/{upid}/status", ("status", "exitstatus")),
    ("/status/current", ("vmid", "name", "status", "lock", "template", "tags")),
    ("/snapshot/{snapname}/config", ("description", "hostname", "tags")),
    (
        "/config",
        _CONFIG,
    ),
    ("/feature", ("hasFeature",)),
)
"""The values worth comparing, by the end of the endpoint."""

LISTS_OF_HISTORY = ("/tasks", "/rrddata", "/log")
"""Endpoints whose rows tell what happened before: only what *every* recorded row has is asked of them."""


def normalise(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, name in _UNSTABLE:
        text = pattern.sub(name, text)
    return text


def endpoint(method: str, path: str) -> str:
    """`GET /nodes/{node}/lxc/{vmid}/config` for any such request."""
    path = re.sub(r"/+", "/", path).rstrip("/")
    for pattern, name in _PATTERNS:
        path = pattern.sub(name, path)
    return f"{method} {path}"


def is_history(of_endpoint: str) -> bool:
    """Whether the rows of this endpoint are a history rather than the present state."""
    return of_endpoint.endswith(LISTS_OF_HISTORY)


def kind(of_endpoint: str, row: dict[str, Any]) -> str:
    """What sort of row this is: rows of one kind have the same fields, but for those only there when set."""
    if of_endpoint.endswith("/rrddata"):
        return "gap" if set(row) == {"time"} else "sample"
    if of_endpoint.endswith("/tasks/{upid}/status"):
        return str(row.get("status"))
    if of_endpoint.endswith("/tasks"):
        return "finished" if "endtime" in row else "active"
    if of_endpoint.endswith("/config"):
        return "creating" if row.get("lock") == "create" else "config"
    if of_endpoint.endswith("/snapshot"):
        return "current" if row.get("name") == "current" else "snapshot"
    sort = str(row.get("type", ""))
    state = row.get("status", "")
    return f"{sort} {state}".strip() if isinstance(state, str) else sort


def fields(value: dict[str, Any]) -> dict[str, str]:
    """Every field of a row by its dotted path (`ha.managed`, `ip-addresses[].prefix`) with its JSON type."""
    found: dict[str, str] = {}
    for path, name in _walk("", value):
        found[path] = merge((found[path], name)) if path in found else name
    return found


def type_of(value: Any) -> str:
    """The JSON type: null, bool, int, number, string, list, object."""
    if value is None:
        return "null"
    for python, name in ((bool, "bool"), (int, "int"), (float, "number"), (str, "string"), (list, "list")):
        if isinstance(value, python):
            return name
    return "object"


def merge(types: Iterable[str]) -> str:
    """One name for a field seen with several types; an integer is also a number."""
    names = {name for joined in types for name in joined.split("|")}
    if "number" in names:
        names.discard("int")
    return "|".join(sorted(names))


def fits(seen: str, recorded: str) -> bool:
    """Whether a field with type `seen` may stand where `recorded` was seen."""
    allowed = set(recorded.split("|"))
    return all(name in allowed or (name == "int" and "number" in allowed) for name in seen.split("|"))


def rows_of(data: Any) -> list[dict[str, Any]]:
    """The objects of an answer: those of a list, or the one object itself."""
    if isinstance(data, dict):
        return [data]
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []


def is_map(of_endpoint: str) -> bool:
    """Whether the answer's keys are names rather than fields."""
    return of_endpoint == "GET /access/permissions"


def names_of(of_endpoint: str, data: Any) -> list[str] | None:
    """Which things an answer lists: `101 running` for a guest, `pve2 online` for a node, a path of
    permissions. None where a list is a history or the answer is no list."""
    if is_map(of_endpoint):
        return sorted(data)
    if isinstance(data, list) and (not data or of_endpoint in _NAMED):
        keys = _NAMED.get(of_endpoint, ())
        rows = (row for row in rows_of(data) if row.get("type") not in _UNNAMED)
        return sorted(" ".join(str(row[key]) for key in keys if key in row) for row in rows)
    return None


def says(of_endpoint: str, data: Any) -> dict[str, Any]:
    """The few values of an answer that are facts in themselves, e.g. how a task ended."""
    if of_endpoint.endswith("/log"):
        last = normalise(data[-1]["t"]) if data else ""
        return {"last line": last} if last.startswith(("TASK", "no content", "unable to open")) else {}
    if of_endpoint == "GET /cluster/nextid":
        return {"data": data}
    if not isinstance(data, dict):
        return {}
    telling = next((keys for ending, keys in _TELLING if of_endpoint.endswith(ending)), ())
    found = {key: data[key] for key in telling if key in data}
    return {key: normalise(value) if isinstance(value, str) else value for key, value in found.items()}


def summary(data: Any) -> str:
    """What the answer is as a whole: its type, or for a UPID the task it names."""
    if isinstance(data, str) and UPID.fullmatch(data):
        _, node, _, _, _, task, guest, user, _ = data.split(":")
        return f"upid {node} {task} {guest} {user}"
    return type_of(data)


def _walk(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and (value or not prefix):
        for name, inner in value.items():
            yield from _walk(f"{prefix}.{name}" if prefix else name, inner)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _walk(f"{prefix}[]", inner)
    else:
        yield prefix, type_of(value)
