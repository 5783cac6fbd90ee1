"""What a person asks to be changed, in their words: `memory=1G`, `tags+=web`, `net0.bridge=vmbr1`, `disk=+4G`.

A request is read by itself, and becomes a change with the config that the container has. Whether that may be written is
decided in `change`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.text import did_you_mean
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.setting_values import KNOWN_PROPERTIES, PROPERTY_SWITCHES
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth
from proximity_tui.core.model.guests.guest_config import ROOT, is_property_string, kind_of, named_properties, tags

FRIENDLY = (
    "name", "tags", "description", "onboot", "startup", "protection", "cores", "memory", "swap", "disk",
    "net0.bridge", "net0.tag", "net0.ip", "net0.gw", "nameserver", "searchdomain",
)  # fmt: skip
"""The words that are offered; every setting of Proxmox is taken by its own name, too."""

_ALIASES = {"name": "hostname", "domain": "searchdomain", "dns": "nameserver", "note": "description"}
_SWITCHES = frozenset({"onboot", "protection", "console", "debug"})
_YES = frozenset({"1", "yes", "on", "true"})
_NO = frozenset({"0", "no", "off", "false"})
_MIB = frozenset({"memory", "swap"})
_GROWTH = re.compile(r"(?P<number>\+?\d{1,12}(?:\.\d{1,3})?)(?:(?P<unit>[KMGT])(?:i?B)?)?", re.IGNORECASE | re.ASCII)
_AMOUNT = re.compile(r"(?P<number>\d{1,9}(?:\.\d{1,3})?)\s*(?P<unit>[MGT]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1, "M": 1, "G": 1024, "T": 1024 * 1024}
_GIVEN = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9]*)(?:\.(?P<part>[A-Za-z0-9_-]+))?(?P<how>\+=|-=|=)(?P<value>.*)", re.DOTALL
)


class ChangeOperator(StrEnum):
    """How a request changes a setting."""

    SET = "="
    ADD = "+="
    REMOVE = "-="


@value_object
class SettingRequest:
    """One request: the setting, a property in it (None: the whole), and its value; an empty one removes it."""

    key: str
    value: str
    how: ChangeOperator = ChangeOperator.SET
    part: str | None = None

    @property
    def name(self) -> str:
        """The setting, or the property in it, as a person writes it."""
        return self.key if self.part is None else f"{self.key}.{self.part}"


@value_object
class RequestedChange:
    """The changes of settings and the growth of disks that requests come to."""

    changes: tuple[ConfigChange, ...] = ()
    growth: tuple[DiskGrowth, ...] = ()


def read_request(text: str) -> SettingRequest | Refusal:
    """Return the request in `key=value`, or the refusal of what is none."""
    found = _GIVEN.fullmatch(text)
    if found is None:
        return _wrong(f"{text!r} is not KEY=VALUE, such as memory=1G or tags+=web")
    key, how, part = _ALIASES.get(found["name"], found["name"]), ChangeOperator(found["how"]), found["part"]
    if how is not ChangeOperator.SET and key != "tags":
        return _wrong(f"{found['how']} is for tags: write {found['name']}=VALUE")
    if part is not None and not is_property_string(key):
        return _wrong(f"{key} has no properties: write {found['name']}=VALUE")
    return SettingRequest(key, found["value"].strip(), how, part)


def resolve(requested: Sequence[SettingRequest], config: Mapping[str, Any]) -> RequestedChange | Refusal:
    """Return what the requests come to for a container with this config, one after the other; or the refusal."""
    twice = check_once(requested)
    if twice is not None:
        return twice
    now = dict(config)
    changed: dict[str, None] = {}
    growth: list[DiskGrowth] = []
    for request in requested:
        if request.key == "disk":
            growth.append(DiskGrowth(ROOT, _in_gib(request.value)))
            continue
        value = _value(request, now)
        if isinstance(value, Refusal):
            return value
        now[request.key], changed[request.key] = _with_numbers(request.key, value), None
    return RequestedChange(tuple(ConfigChange(key, now[key]) for key in changed), tuple(growth))


def check_once(requested: Sequence[SettingRequest]) -> Refusal | None:
    """Return the refusal of a setting that gets two values: neither is ignored silently. Tags may come and go."""
    whole = [request.name for request in requested if request.how is ChangeOperator.SET]
    twice = next((name for name in whole if whole.count(name) > 1), None)
    return None if twice is None else _wrong(f"{twice} is given twice: say once what it is to be")


def _value(request: SettingRequest, config: Mapping[str, Any]) -> str | Refusal | None:
    """Return the whole value that a setting gets; None to remove it."""
    if request.part is not None:
        return _with_property(request, config.get(request.key))
    if request.how is not ChangeOperator.SET:
        return _with_tags(request, config.get(request.key))
    if request.value == "":
        return None
    if request.key in _SWITCHES:
        return _switch(request)
    if request.key in _MIB:
        return _mib(request)
    return request.value


def _with_property(request: SettingRequest, now: object) -> str | Refusal | None:
    named = named_properties(now)
    known = KNOWN_PROPERTIES.get(kind_of(request.key), {})
    if known and request.part not in {*known, *named}:
        advice = did_you_mean(str(request.part), known, shown=repr) or f"it has {', '.join(known)}"
        return _wrong(f"{request.key} has no property {request.part!r}: {advice}")
    if request.value == "":
        named.pop(str(request.part), None)
    else:
        named[str(request.part)] = request.value
    volume = named.pop("volume", None)
    parts = [f"{name}={value}" for name, value in named.items()]
    return ",".join(parts if volume is None else [volume, *parts]) or None


def _with_numbers(key: str, value: str | None) -> str | None:
    """Return a value with 1 and 0 for the words of its switches: Proxmox takes both, and configs compare by numbers."""
    switches = PROPERTY_SWITCHES.get(kind_of(key))
    if value is None or switches is None:
        return value
    parts = (part.partition("=") for part in value.split(","))
    return ",".join(f"{name}{sign}{_number(word) if name in switches else word}" for name, sign, word in parts)


def _number(word: str) -> str:
    return "1" if word.lower() in _YES else "0" if word.lower() in _NO else word


def _with_tags(request: SettingRequest, now: object) -> str | None:
    named = {tag.lower() for tag in tags(request.value)}
    had = {tag.lower() for tag in tags(now)}
    return ";".join(sorted(had | named if request.how is ChangeOperator.ADD else had - named)) or None


def _switch(request: SettingRequest) -> str | Refusal:
    number = _number(request.value)
    if number in ("0", "1"):
        return number
    return _wrong(f"{request.key}: yes or no, not {request.value!r}")


def _mib(request: SettingRequest) -> str | Refusal:
    found = _AMOUNT.fullmatch(request.value)
    if found is None:
        return _wrong(f"{request.key}: an amount such as 512 (MiB) or 2G, not {request.value!r}")
    return f"{float(found['number']) * _FACTORS[found['unit'].upper()]:.0f}"


def _in_gib(size: str) -> str:
    """Return a size, or an increase, with its unit: a bare number is one of GiB, as in a creation."""
    found = _GROWTH.fullmatch(size.strip())
    if found is None:
        # It is refused as it was typed.
        return size
    return f"{found['number']}{(found['unit'] or 'G').upper()}"


def _wrong(sentence: str) -> Refusal:
    return Refusal(RefusalCode.INVALID, sentence)
