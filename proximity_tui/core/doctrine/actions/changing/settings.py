"""The rules for single settings of a config: which may be written, what their values may be, which wait for a start.

The grammar is that of Proxmox's schema (8.4 and 9.2); what a token may not set, and what a running container takes at
once, was observed on Proxmox VE 9.2. Nothing here knows a plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.masking import masked_field
from proximity_tui.core.base.text import did_you_mean
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.setting_values import (
    SETTINGS,
    ValueCheck,
    wrong_mount,
    wrong_network,
)
from proximity_tui.core.doctrine.observation.config_drift import same_setting
from proximity_tui.core.doctrine.observation.config_fields import FieldChange, field_changes
from proximity_tui.core.doctrine.observation.identity import marker_in, marker_line
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import ConfigChange
from proximity_tui.core.model.guests.guest_config import (
    ROOT,
    is_disk,
    is_network,
    named_properties,
    properties,
    tags,
)

_FIXED = frozenset({"arch", "ostype", "unprivileged"})
_NO_SETTINGS = frozenset({"digest", "lock", "parent", "snapstate", "snaptime", "template"})
_ROOT_ONLY = re.compile(r"hookscript|dev\d+|lxc(\..*)?")
_BY_HAND = "Run `pct set` on the node"
_AT_ONCE = frozenset(
    {"cores", "cpulimit", "cpuunits", "description", "hostname", "memory", "onboot", "protection", "startup", "swap"}
    | {"tags"}
)
_MARKER_LINE = re.compile(r"^proximity-tui:[0-9a-f]{32}\s*\n?", re.MULTILINE)


@value_object
class Consent:
    """What a person asked for by name, because a change of it can lose data, or make a guest another one."""

    disks: bool = False
    hardware_addresses: bool = False


NO_CONSENT = Consent()


def check_setting(change: ConfigChange, config: Mapping[str, Any], consent: Consent = NO_CONSENT) -> Refusal | None:
    """Return the refusal to write one setting into `config`, else None."""
    key = change.key
    if key in _FIXED:
        return Refusal(RefusalCode.INVALID, f"{key} is fixed when a container is made: nothing can change it later")
    if key in _NO_SETTINGS:
        return Refusal(RefusalCode.INVALID, f"{key} is not a setting: Proxmox writes it itself")
    if _ROOT_ONLY.fullmatch(key):
        raw = key.startswith("lxc")
        return _only_root(f"sets {key}", "Edit the config file on the node" if raw else _BY_HAND)
    if key == ROOT or (is_disk(key) and not consent.disks):
        return Refusal(RefusalCode.INVALID, f"{key} is a disk: it is only grown here (disk=+4G), never set or removed")
    if is_network(key) and not consent.hardware_addresses and _loses_address(change, config):
        return Refusal(
            RefusalCode.INVALID,
            f"{key} keeps its hardware address, by which the container is recognised; `proximity-tui set"
            " --hardware-addresses` allows the change",
        )
    if change.value is None and (key in config or key in SETTINGS):
        return None
    return _check_value(key, change.value or "")


def _check_value(key: str, value: str) -> Refusal | None:
    if key == "features" and set(properties(value).named) - {"nesting"}:
        return _only_root("sets features other than nesting")
    check = _value_check(key)
    if check is None:
        advice = did_you_mean(key, SETTINGS, shown=repr)
        return Refusal(RefusalCode.INVALID, ": ".join(filter(None, (f"there is no setting {key!r}", advice))))
    wrong = check(value)
    return None if wrong is None else Refusal(RefusalCode.INVALID, f"{key}: {wrong}")


def _value_check(key: str) -> ValueCheck | None:
    """Return what says what is wrong with a value of a setting; None where there is no such setting."""
    if is_disk(key):
        return wrong_mount
    return wrong_network if is_network(key) else SETTINGS.get(key)


def _only_root(what: str, how: str = _BY_HAND) -> Refusal:
    return Refusal(RefusalCode.DENIED, f"only root@pam itself {what}, never an API token. {how}")


def is_set_at_once(key: str) -> bool:
    """Return whether a running container takes the setting at once; others may wait for its next start."""
    return key in _AT_ONCE or is_network(key)


def completed(change: ConfigChange, config: Mapping[str, Any], marker: str | None) -> ConfigChange:
    """Return the change as it is to be written: with what the setting is now, tags in Proxmox's order, the hardware
    address that a network card has, and our `marker` in the description, by which the container is recognised.
    """
    before = config.get(change.key)
    return ConfigChange(change.key, _whole(change, before, marker), None if before is None else str(before))


def _whole(change: ConfigChange, before: object, marker: str | None) -> str | None:
    key, value = change.key, change.value
    if key == "description":
        return _with_marker(value, marker)
    if value is None:
        return None
    if key == "tags":
        return ";".join(sorted({tag.lower() for tag in tags(value)})) or None
    if is_network(key) and "hwaddr" not in properties(value).named:
        known = properties(before).named.get("hwaddr") if before is not None else None
        return value if known is None else f"{value},hwaddr={known}"
    return value


def without_marker(description: str) -> str:
    """Return a description without the line by which we recognise what we created."""
    return _MARKER_LINE.sub("", description).rstrip("\n")


def _with_marker(text: str | None, marker: str | None) -> str | None:
    own = without_marker(text or "")
    lines = [own] if own else []
    return "\n".join([*lines, marker_line(marker)] if marker else lines) or None


def has_value(key: str, value: str | None, config: Mapping[str, Any]) -> bool:
    """Return whether `config` has the setting with that value (None: not at all), however Proxmox wrote it."""
    seen = config.get(key)
    if value is None or seen is None:
        return same_setting(key, value, seen) or (value in (None, "") and seen in (None, ""))
    if key == "description":
        return str(seen).rstrip("\n") == value.rstrip("\n") and marker_in(seen) == marker_in(value)
    if is_network(key) or key in ("features", "startup"):
        return _properties(key, value, seen) == _properties(key, seen, value)
    return same_setting(key, value, seen)


def _properties(key: str, value: object, other: object) -> Mapping[str, str]:
    """Return the properties of a setting as they compare with those of `other`: Proxmox adds what is not given."""
    found = named_properties(value)
    found.pop("type", None)
    if "hwaddr" not in named_properties(other):
        found.pop("hwaddr", None)
    if key == "startup" and "volume" in found:
        found["order"] = found.pop("volume")
    return found


def differences(change: ConfigChange) -> tuple[str, ...]:
    """Return what a change makes different, as a person reads it: `net0.bridge vmbr0 -> vmbr1`. Secrets are masked: it
    goes into the audit trail.
    """
    before, after = ({} if value is None else {change.key: value} for value in (change.before, change.value))
    return tuple(_sentence(one) for one in field_changes(before, after))


def _sentence(field: FieldChange) -> str:
    before, after = (
        None if value is None else masked_field(field.key, field.field, value) for value in (field.before, field.after)
    )
    if field.key in ("tags", "description") and None in (before, after):
        return f"{field.label} {'-' if after is None else '+'}{after or before}"
    if after is None:
        return f"{field.label} removed (was {before})"
    return f"{field.label} {'not set' if before is None else before} \N{RIGHTWARDS ARROW} {after}"


def _loses_address(change: ConfigChange, config: Mapping[str, Any]) -> bool:
    known = properties(config.get(change.key, "")).named.get("hwaddr")
    if known is None:
        return False
    given = None if change.value is None else properties(change.value).named.get("hwaddr", known)
    return given is None or given.upper() != known.upper()
