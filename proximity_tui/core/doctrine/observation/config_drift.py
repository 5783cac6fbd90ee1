"""The settings of a container's config that changed since its clinical record, without a judgement.

There are two sources: a close inspection has the whole config (`drift`); a row of the list shows four settings, each
only in part (`drift_in_list`). Settings that change by themselves are left out: the digest follows every other change,
and a lock is temporary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS
from proximity_tui.core.doctrine.observation.judge import LIST_AGE, ComparableRow, was_set_back
from proximity_tui.core.model.guests.guest_config import is_property_string, named_properties, tags

PASSING = frozenset({"digest", "lock", "parent", "pending", "snapshots", "snapstate", "snaptime"})
"""What changes by itself. `parent` names the latest snapshot: taking one changes nothing of the container."""

LISTED = frozenset({"cores", "hostname", "memory", "tags"})
"""The settings that a row of the list shows. Not the size of a volume: of a running container `maxdisk` is what its
file system says, not what was configured (observed on Proxmox VE 9.2)."""

DEFAULTS: Mapping[str, object] = {
    "cmode": "tty",
    "console": 1,
    "cpulimit": 0,
    "debug": 0,
    "memory": 512,
    "onboot": 0,
    "protection": 0,
    "swap": 512,
    "template": 0,
    "tty": 2,
    "unprivileged": 0,
}
"""What Proxmox takes for a setting that is not set, where every version takes the same."""

_MIB = 2**20
_NUMBER = re.compile(r"\d+(\.\d+)?")
_WORDS = frozenset({"description", "hostname"})
"""Settings whose digits are a text: a host may be called 007."""


@value_object
class SettingChange:
    """One setting: the recorded and the seen value; None where it was not, or is not, set."""

    key: str
    recorded: Any
    seen: Any


@value_object
class Compared:
    """The drift that is known before a list is read: the newest clinical record, and the last inspection that compared
    the whole config with it.
    """

    recorded: Mapping[str, Any]
    """The settings of the clinical record that are among `LISTED`."""
    changed: frozenset[str] = frozenset()
    """The watched settings that the last inspection found changed."""
    at: datetime | None = None
    """When that was; None when nobody has looked since the record was captured."""
    addresses: tuple[str, ...] = ()
    """The addresses in the clinical record. They are compared with nothing."""
    unwatched: frozenset[str] = frozenset()
    """The settings among `LISTED` whose changes do not count."""


def drift(recorded: Mapping[str, Any] | None, seen: Mapping[str, Any] | None) -> tuple[SettingChange, ...] | None:
    """Return the settings that differ between two configs as Proxmox gives them, by name; None where a config is
    missing. Another order of tags or properties, a number sent as text, and a default that is written out are none.
    """
    if recorded is None or seen is None:
        return None
    keys = sorted((recorded.keys() | seen.keys()) - PASSING)
    changes = (SettingChange(key, recorded.get(key), seen.get(key)) for key in keys)
    return tuple(one for one in changes if not same_setting(one.key, one.recorded, one.seen))


def same_setting(key: str, one: object, other: object) -> bool:
    """Return whether two values of a setting mean the same to Proxmox; None is the value of one that is not set."""
    return _meaning(key, one) == _meaning(key, other)


def drift_in_list(known: Compared | None, guest: ComparableRow, listed_at: datetime) -> frozenset[str] | None:
    """Return the settings that are known to be changed without another request: those that the row of the list shows as
    changed, and of the others those that the last inspection found changed. Return None where there is nothing to
    compare with.

    A row may be `LIST_AGE` old, so a younger inspection is believed for every setting.
    """
    if known is None or guest.lock in UNSETTLED_LOCKS:
        return None
    if known.at is not None and listed_at - known.at < LIST_AGE and not was_set_back(known.at, listed_at):
        return known.changed
    listed = _shown(known.recorded, guest).items()
    shown = {key: value for key, value in listed if value is not None and key not in known.unwatched}
    return frozenset(key for key, changed in shown.items() if changed) | (known.changed - shown.keys())


def _shown(recorded: Mapping[str, Any], guest: ComparableRow) -> dict[str, bool | None]:
    """Return per setting whether the row shows it as changed; None where the row cannot tell. Name and figures are
    missing until a node has reported its guest; tags come from the config itself.
    """
    return {
        "cores": _cores_changed(recorded.get("cores"), guest),
        "hostname": None if guest.name is None else guest.name != _name_in_list(recorded.get("hostname"), guest),
        "memory": _memory_changed(recorded.get("memory"), guest),
        "tags": frozenset(guest.tags) != frozenset(map(plain, tags(recorded.get("tags")))),
    }


def _cores_changed(recorded: object, guest: ComparableRow) -> bool | None:
    """Return whether the cores changed; None where the row cannot tell. `maxcpu` is the cores, else the CPU limit, else
    the number of CPUs of the host, so it tells only where cores were set.
    """
    cores = _number("cores", recorded)
    return None if guest.maxcpu is None or not cores else guest.maxcpu != cores


def _memory_changed(recorded: object, guest: ComparableRow) -> bool | None:
    memory = _number("memory", recorded)
    return None if guest.maxmem is None or memory is None else guest.maxmem != memory * _MIB


def _name_in_list(hostname: object, guest: ComparableRow) -> str:
    """Return the name that the list shows for a hostname: it has no blanks, and a name of its own for a guest without
    one.
    """
    return plain("".join(str(hostname).split())) if hostname not in (None, "") else f"CT{guest.vmid}"


def _number(key: str, value: object) -> float | None:
    meaning = _meaning(key, value)
    return meaning if isinstance(meaning, float) else None


def _meaning(key: str, value: object) -> object:
    """Return a value in one normal form, whichever way Proxmox wrote it."""
    if key == "tags":
        return frozenset(tags(value))
    value = DEFAULTS.get(key) if value is None else value
    if key in _WORDS:
        return value if value is None else str(value)
    if is_property_string(key) and isinstance(value, str):
        return named_properties(value)
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        try:
            return float(value)
        except OverflowError:
            return str(value)
    return value
