"""Changes to the text of a configuration that leave everything else in it as it was written, comments included.

Imported only where a file is edited: to read one needs no `tomlkit`. It writes no file; see `config/files/edit.py`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.values import pinned

_MARK = "\ufeff"
"""The byte order mark with which some editors begin a text; TOML knows none."""


def with_cluster(text: str, name: str, values: Mapping[str, Any]) -> str:
    """Return `text` with one more cluster at its end. Raises ConfigError where the layout of the file does not allow
    that.
    """
    wanted = _content(text)
    if name in wanted.get("clusters", {}):
        raise ConfigError(f"clusters.{name} is already there")
    wanted.setdefault("clusters", {})[name] = values
    separator = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    # Not into the parsed document: there it would come between the last cluster and the comment above the next table.
    added = tomlkit.dumps({"clusters": {name: {key: _inline(value) for key, value in values.items()}}})
    return _agreed(text + separator + added, wanted, f"clusters.{name} cannot be added to this file; add it by hand")


def with_fingerprints(text: str, name: str, fingerprints: Sequence[str]) -> str:
    """Return `text` with other pinned certificates for a cluster, in the place of those that it has. Raises ConfigError
    where it has none.
    """
    pins = pinned(fingerprints)
    by_hand = f"clusters.{name}.fingerprint cannot be replaced in this file; write it by hand: {_value(pins)}"
    try:
        document = tomlkit.parse(text.removeprefix(_MARK))
        table: Any = document["clusters"][name]
        _replace_pins(table, pins)
    except (TOMLKitError, KeyError, TypeError):
        raise ConfigError(by_hand) from None
    wanted = _content(text)
    wanted["clusters"][name]["fingerprint"] = pins
    mark = _MARK if text.startswith(_MARK) else ""
    return _agreed(mark + document.as_string(), wanted, by_hand)


def with_name(text: str, old: str, new: str) -> str:
    """Return `text` with another name for a cluster. Raises ConfigError that names the line to change by hand."""
    by_hand = f"write it by hand: the table [clusters.{old}] is to be called [clusters.{new}]"
    # By hand: tomlkit renames no table, and one that is taken out and put back loses its place and its spelling.
    name = rf"(\ufeff?[ \t]*(?:\[[ \t]*)?clusters[ \t]*\.[ \t]*)([\"']?){re.escape(old)}\2(?=[ \t]*[\].])"
    changed = re.sub(rf"^{name}", rf"\g<1>{new}", text, flags=re.MULTILINE)
    wanted = _content(text)
    tables = wanted.get("clusters", {})
    wanted["clusters"] = {new if one == old else one: table for one, table in tables.items()}
    return _agreed(changed, wanted, by_hand)


def _replace_pins(table: Any, pins: str | list[str]) -> None:
    """Replace the value; in a list of several lines only what differs, for each may have a comment of its own."""
    present = table["fingerprint"]
    if not (isinstance(present, Array) and isinstance(pins, list) and "\n" in present.as_string()):
        table["fingerprint"] = pins
        return
    for place in reversed(range(len(present))):
        if present[place] not in pins:
            del present[place]
    for place, pin in enumerate(pins):
        if place >= len(present) or present[place] != pin:
            present.insert(place, pin)


def _inline(value: Any) -> Any:
    """Return a value to be written on one line; a table would get a header of its own."""
    if not isinstance(value, Mapping):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _value(value: Any) -> str:
    return str(tomlkit.item(value).as_string())


def _agreed(changed: str, wanted: dict[str, Any], complaint: str) -> str:
    """Return `changed` if it holds exactly the wanted content; otherwise raise ConfigError: nothing else may change."""
    try:
        same = _content(changed) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise ConfigError(complaint)
    return changed


def _content(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix(_MARK))
