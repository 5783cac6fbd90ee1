"""The grammar of Proxmox VE's names: nodes, storages, volumes, VMIDs, tasks, users, tokens, bridges, hosts, ports.

It is Proxmox's own (its schema, and recordings), and the only one in the program. It knows no path and no setting; the
caller that refuses a name has a message of its own, only that of a port is the same everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime

from proximity_tui.core.base.late_pattern import late_pattern
from proximity_tui.core.base.value_object import value_object

SMALLEST_VMID = 1
"""Proxmox VE 8 and later begin at 100; 7.4 takes any number, and there may be old guests below."""

SMALLEST_NEW_VMID = 100
"""No new guest gets a VMID below it."""

LARGEST_VMID = 999_999_999

LARGEST_PORT = 65535
"""Of TCP; the smallest is 1."""

LONGEST_USER = 64
"""Characters of `user@realm`."""

PRESENT = "current"
"""The row of the present among the snapshots of a guest. No snapshot can have its name."""

LONGEST_SNAPSHOT_NAME = 40
"""Characters of the name of a snapshot; the shortest has 2."""

LONGEST_TEMPLATE = 255
"""Characters of the volume id that a creation names."""

HA_TASKS = frozenset({"hastart", "hastop", "hamigrate", "harelocate"})
"""The types of the tasks that only queue a request: HA carries it out later."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_STORAGE = r"[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]"
_CONFIG_WORD = r"[A-Za-z][A-Za-z0-9._-]+"
_USER = rf"[^\s:/]+@{_CONFIG_WORD}"
_HEX8 = r"[0-9A-Fa-f]{8}"

_IS_NODE = late_pattern(_LABEL)
_IS_HOSTNAME = late_pattern(rf"(?:{_LABEL}\.)*{_LABEL}")
_IS_STORAGE = late_pattern(_STORAGE)
_UNFIT = r"\s\\?#\x00-\x1f\x7f-\x9f"
_IS_VOLUME = late_pattern(rf"(?P<storage>{_STORAGE}):[^{_UNFIT}]+")
_IS_TEMPLATE = late_pattern(rf"{_STORAGE}:vztmpl/[^{_UNFIT}/]+")
_IS_SNAPSHOT = late_pattern(r"[A-Za-z][A-Za-z0-9_-]+")
_IS_BRIDGE = late_pattern(r"[A-Za-z0-9_.-]+")
_IS_TAG = late_pattern(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
_IS_POOL = late_pattern(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,2}")
_IS_TOKEN = late_pattern(rf"(?P<user>{_USER})!(?P<name>{_CONFIG_WORD})")
_IS_HOST_AND_PORT = late_pattern(
    r"(?:(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*)|\[(?P<address>(?=[^\]]*:)[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?)\])"
    r":(?P<port>[0-9]{1,5})"
)
_IS_UPID = late_pattern(
    rf"UPID:(?P<node>{_LABEL}):(?P<pid>{_HEX8}):(?P<pstart>[0-9A-Fa-f]{{8,9}}):(?P<start>{_HEX8})"
    r":(?P<type>[^:\s/]+):(?P<id>[^:\s/]*):(?P<user>[^:\s/]+):"
)


@value_object
class TokenId:
    """A parsed API token id: `user@realm`, and the token's own name. The user may hold `@` and `!`."""

    user: str
    name: str


@value_object
class Upid:
    """A parsed task id. `node` is where the task ran, and the only node that can be asked about it."""

    text: str
    node: str
    pid: int
    started_at: datetime
    type: str
    id: str
    user: str


def is_node(value: object) -> bool:
    """Return whether `value` can be the name of a node: a host name without dots."""
    return isinstance(value, str) and _IS_NODE().fullmatch(value) is not None


def is_hostname(value: object) -> bool:
    """Return whether a container can be called `value`: labels of a DNS name."""
    return isinstance(value, str) and len(value) <= 253 and _IS_HOSTNAME().fullmatch(value) is not None


def wrong_hostname(value: str) -> str | None:
    """Return what is wrong with the name of a container, as a sentence; None for a valid one."""
    if is_hostname(value):
        return None
    shown = value if len(value) <= 70 else f"{value[:60]}…"
    return f"{shown!r} is not a host name: letters, digits and hyphens, 63 at most between two dots"


def is_vmid(value: object) -> bool:
    """Return whether `value` is an int that a guest can have as its VMID. Text is not a VMID, whatever it says."""
    return isinstance(value, int) and not isinstance(value, bool) and SMALLEST_VMID <= value <= LARGEST_VMID


def is_port(value: object) -> bool:
    """Return whether `value` is an int that a port can have as its number. Text is none, whatever it says."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_PORT


def not_a_port(given: object) -> str:
    """Return the sentence about what is not the number of a port."""
    return f"{given} is not a port: ports go from 1 to {LARGEST_PORT}"


def host_and_port(words: str) -> tuple[str, int] | None:
    """Return the parts of `127.0.0.1:8006`, `name:8006` or `[::1]:8006`, where 0 is any free port; None for all else.

    An IPv6 address has brackets, and nothing else has: `::1:0` could mean two addresses.
    """
    found = _IS_HOST_AND_PORT().fullmatch(words)
    if found is None or int(found["port"]) > LARGEST_PORT:
        return None
    return found["host"] or found["address"], int(found["port"])


def is_storage(value: object) -> bool:
    """Return whether `value` can be the name of a storage."""
    return isinstance(value, str) and _IS_STORAGE().fullmatch(value) is not None


def is_volume(value: object) -> bool:
    """Return whether `value` is a volume id such as `local:vztmpl/debian-12.tar.zst` that leads nowhere else."""
    if not isinstance(value, str) or _IS_VOLUME().fullmatch(value) is None:
        return False
    return "/../" not in value.replace(":", "/") + "/"


def is_template(value: object) -> bool:
    """Return whether `value` can be the volume id of a container template."""
    return is_volume(value) and len(str(value)) <= LONGEST_TEMPLATE and _IS_TEMPLATE().fullmatch(str(value)) is not None


def storage_of(volume: str) -> str:
    """Return the name of the storage that a volume lies on."""
    return volume.partition(":")[0]


def file_of(volume: str) -> str:
    """Return the name of the file in a volume id or a path: `debian-12.tar.zst` of `local:vztmpl/debian-12.tar.zst`."""
    return volume.rpartition("/")[2]


def without_prefix(address: str) -> str:
    """Return an address without the length of its network: `10.0.0.5` of `10.0.0.5/24`."""
    return address.partition("/")[0]


def is_bridge(value: object) -> bool:
    """Return whether `value` can be the name of a bridge."""
    return isinstance(value, str) and _IS_BRIDGE().fullmatch(value) is not None


def is_snapshot(value: object) -> bool:
    """Return whether `value` can be the name of a snapshot: a configuration id of Proxmox."""
    fits = isinstance(value, str) and len(value) <= LONGEST_SNAPSHOT_NAME
    return fits and _IS_SNAPSHOT().fullmatch(str(value)) is not None


def is_tag(value: object) -> bool:
    """Return whether `value` can be a tag of a guest."""
    return isinstance(value, str) and _IS_TAG().fullmatch(value) is not None


def is_pool(value: object) -> bool:
    """Return whether `value` can be the name of a resource pool: up to three levels with a slash between them."""
    return isinstance(value, str) and _IS_POOL().fullmatch(value) is not None


def token_id(value: object) -> TokenId | None:
    """Return the parsed token id in `value`; None if it is none."""
    found = _IS_TOKEN().fullmatch(value) if isinstance(value, str) else None
    if found is None or len(found["user"]) > LONGEST_USER:
        return None
    return TokenId(found["user"], found["name"])


def user_of(token: str) -> str:
    """Return the user of a token id, or `token` itself where it is a user."""
    taken_apart = token_id(token)
    return taken_apart.user if taken_apart is not None else token


def upid(value: object) -> Upid | None:
    """Return the parsed task id in `value`; None if it is none."""
    found = _IS_UPID().fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    return Upid(
        text=found.group(0),
        node=found["node"],
        pid=int(found["pid"], 16),
        started_at=datetime.fromtimestamp(int(found["start"], 16), UTC),
        type=found["type"],
        id=found["id"],
        user=found["user"],
    )
