"""The paths of the API, built only from pieces that were checked first.

proxmoxer does not escape its arguments: `105/../106` would reach another container. So every piece is matched as a
whole before a path exists, and anything else is an InvalidName.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NewType
from urllib.parse import quote, unquote

from proximity_tui.core.model import names
from proximity_tui.core.model.names import LARGEST_VMID, SMALLEST_VMID, Upid
from proximity_tui.core.proxmox.errors import InvalidName

__all__ = ["LARGEST_VMID", "SMALLEST_VMID", "ApiPath", "Upid"]

ApiPath = NewType("ApiPath", str)
"""A path below `/api2/json`, made by the functions of this module."""

_WORD = re.compile(r"[a-z][a-z0-9-]*")


def node_name(value: object) -> str:
    """Return `value` if it is a node name, else raise InvalidName."""
    return str(_checked(value, names.is_node(value), "a node name"))


def vmid(value: object) -> int:
    """Return `value` if it is an int from 1 to 999999999, else raise InvalidName. Text is never a VMID."""
    _checked(value, names.is_vmid(value), "a VMID")
    return int(str(value))


def storage_name(value: object) -> str:
    """Return `value` if it is the name of a storage, else raise InvalidName."""
    return str(_checked(value, names.is_storage(value), "a storage"))


def volid(value: object) -> str:
    """Return `value` if it is a volume id such as `local:vztmpl/debian-12.tar.zst`, else raise InvalidName."""
    return str(_checked(value, names.is_volume(value), "a volume id"))


def snapshot_name(value: object) -> str:
    """Return `value` if it can be the name of a snapshot, else raise InvalidName."""
    return str(_checked(value, names.is_snapshot(value), "the name of a snapshot"))


def bridge_name(value: object) -> str:
    """Return `value` if it can be the name of a bridge, else raise InvalidName."""
    return str(_checked(value, names.is_bridge(value), "a bridge"))


def upid(value: object) -> Upid:
    """Return the parsed task id in `value`, else raise InvalidName."""
    found = names.upid(value)
    if found is None:
        raise InvalidName("a task id", _shown(value))
    return found


def cluster(*words: str) -> ApiPath:
    """Return `/cluster/…`, from fixed words."""
    return _join("cluster", *map(_word, words))


def top(*words: str) -> ApiPath:
    """Return a path of fixed words: `/version`, `/nodes`, `/access/permissions`."""
    return _join(*map(_word, words))


def node(name: str, *words: str) -> ApiPath:
    """Return `/nodes/{name}/…`, the rest from fixed words."""
    return _join("nodes", node_name(name), *map(_word, words))


def guest(name: str, number: int, *words: str) -> ApiPath:
    """Return `/nodes/{name}/lxc/{number}/…`, the rest from fixed words. There is no path to a virtual machine."""
    return _join("nodes", node_name(name), "lxc", str(vmid(number)), *map(_word, words))


def snapshot(name: str, number: int, of: str, *words: str) -> ApiPath:
    """Return `/nodes/{name}/lxc/{number}/snapshot/{of}/…`, the rest from fixed words."""
    return _join(guest(name, number, "snapshot").removeprefix("/"), snapshot_name(of), *map(_word, words))


def storage(name: str, of: str, word: str) -> ApiPath:
    """Return `/nodes/{name}/storage/{of}/{word}`."""
    return _join("nodes", node_name(name), "storage", storage_name(of), _word(word))


def storage_content(name: str, of: str) -> ApiPath:
    """Return `/nodes/{name}/storage/{of}/content`."""
    return storage(name, of, "content")


def volume(name: str, of: str) -> ApiPath:
    """Return `/nodes/{name}/storage/{its storage}/content/{of}`, for a volume id."""
    return _join(storage_content(name, names.storage_of(volid(of))).removeprefix("/"), quote(of, safe=""))


def task(task_id: Upid, word: str) -> ApiPath:
    """Return `/nodes/{the node of the task}/tasks/{upid}/{word}`."""
    return _join("nodes", node_name(task_id.node), "tasks", quote(task_id.text, safe=":@!"), _word(word))


def spoken(method: str, path: ApiPath) -> str:
    """Return a call in words: `reading config of CT 105 on pve1`, `shutdown of CT 105 on pve1`."""
    pieces = path.strip("/").split("/")
    reading, removing = method == "GET", method == "DELETE"
    if pieces[0] != "nodes" or len(pieces) < 3:
        return f"reading {path}" if reading else f"{method} {path}"
    node, rest = pieces[1], pieces[2:]
    if rest[0] == "storage" and len(rest) > 3:
        return f"{'reading' if reading else 'change of'} {unquote(rest[3])} on {node}"
    subject = f"node {node}"
    if rest[0] == "lxc" and len(rest) > 1:
        subject, rest = f"CT {rest[1]} on {node}", rest[2:]
    if reading:
        return f"reading {' '.join(rest[:1]) or 'the index'} of {subject}"
    if rest[:1] == ["snapshot"] and len(rest) > 1:
        return f"{'removal of' if removing else 'rollback to'} snapshot {rest[1]} of {subject}"
    if removing:
        return f"destruction of {subject}"
    of_node = _OF_A_NODE.get("/".join(rest))
    return f"{rest[-1]} of {subject}" if of_node is None else of_node.format(node)


_OF_A_NODE: Mapping[str, str] = {
    "vzdump": "backup of a CT on {}",
    "aplinfo": "download of a template by {}",
    "lxc": "creation of a CT on {}",
}
"""The changes that are asked of a node as a whole, by the only word of their path."""


def _join(*pieces: str) -> ApiPath:
    return ApiPath("/" + "/".join(pieces))


def _word(value: str) -> str:
    # The words are those of the program: another one is its fault, and not a name that somebody gave.
    if not _WORD.fullmatch(value):
        raise ValueError(f"not a word of an API path: {_shown(value)}")
    return value


def _checked(value: object, good: bool, what: str) -> object:
    if not good:
        raise InvalidName(what, _shown(value))
    return value


def _shown(value: object) -> str:
    return ascii(value)[:80]


RESOURCES = cluster("resources")
"""The list of all guests, nodes and storages."""

STATUS = cluster("status")
"""The quorum and the members."""
