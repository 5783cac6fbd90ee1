"""The difference of two configs field by field: property strings, raw `lxc.*` lines, tags and descriptions taken apart.

`drift` says which settings differ; here each of them is told as a person would: `net0.bridge vmbr0 -> vmbr1`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.model.guests.guest_config import is_property_string, named_properties, tags

RAW = "lxc"
"""The setting that holds all raw lines of the config file, each a pair of key and value."""
_ALWAYS_APART = frozenset({"features", "startup"})
"""Property strings whose fields are switches of their own: one that is not set has none of them."""


@value_object
class FieldChange:
    """One field of a setting: its value before and after; None where it was not, or is not, set."""

    key: str
    """The setting: `net0`."""
    field: str | None
    """The property in it: `bridge`. Of a raw line its own key: `lxc.cap.drop`. None for the setting as a whole."""
    before: str | None
    after: str | None

    @property
    def label(self) -> str:
        """The field as people name it: `net0.bridge`, `memory`, `lxc.cap.drop`."""
        if self.field is None:
            return self.key
        return self.field if self.key == RAW else f"{self.key}.{self.field}"


def field_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[FieldChange, ...]:
    """Return the fields that differ between two configs, by setting; none where a config is missing. What changes by
    itself (digest, lock, …) does not count, nor does another way to write the same.
    """
    return tuple(
        field for change in drift(before, after) or () for field in _fields(change.key, change.recorded, change.seen)
    )


def _fields(key: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if key == "tags":
        yield from _changed_tags(tags(before), tags(after))
    elif key == "description":
        yield from _changed_lines(_lines(before), _lines(after))
    elif key == RAW:
        yield from _changed_raw_lines(_raw_lines(before), _raw_lines(after))
    elif _is_taken_apart(key, before, after):
        yield from _changed_properties(key, before, after)
    else:
        yield FieldChange(key, None, _text(before), _text(after))


def _is_taken_apart(key: str, before: Any, after: Any) -> bool:
    """Return whether each property is told by itself: a device that came or went is told as a whole."""
    is_changed = before is not None and after is not None
    return is_property_string(key) and (is_changed or key in _ALWAYS_APART)


def _changed_properties(key: str, before: Any, after: Any) -> Iterator[FieldChange]:
    was, now = named_properties(before), named_properties(after)
    for name in (*was, *(name for name in now if name not in was)):
        if was.get(name) != now.get(name):
            yield FieldChange(key, name, was.get(name), now.get(name))


def _changed_tags(before: Sequence[str], after: Sequence[str]) -> Iterator[FieldChange]:
    for tag in sorted(set(before) - set(after)):
        yield FieldChange("tags", None, tag, None)
    for tag in sorted(set(after) - set(before)):
        yield FieldChange("tags", None, None, tag)


def _changed_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[FieldChange]:
    for kind, first, end, new, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            for old_line, new_line in zip_longest(before[first:end], after[new:new_end]):
                yield FieldChange("description", None, old_line, new_line)


def _lines(value: Any) -> list[str]:
    return [] if value is None else str(value).rstrip("\n").split("\n")


def _changed_raw_lines(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> Iterator[FieldChange]:
    """Yield the lines that went and came; of a key with one of each, as one that changed."""
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    for key in dict.fromkeys(key for key, _ in (*before, *after)):
        was = [value for (name, value), number in gone.items() if name == key for _ in range(number)]
        now = [value for (name, value), number in come.items() if name == key for _ in range(number)]
        for old_value, new_value in zip_longest(was, now):
            yield FieldChange(RAW, key, old_value, new_value)
    if not gone and not come:
        # The same lines in another order mean something else: an empty `lxc.cap.drop` forgets those before it.
        yield FieldChange(RAW, "lxc.* order", _order(before), _order(after))


def _order(lines: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{key}={value}" for key, value in lines)


def _raw_lines(value: Any) -> list[tuple[str, str]]:
    """Return the pairs of key and value; what is no such pair stands under the setting itself."""
    lines = value if isinstance(value, list | tuple) else () if value is None else (value,)
    return [
        (str(line[0]), str(line[1])) if isinstance(line, list | tuple) and len(line) == 2 else (RAW, str(line))
        for line in lines
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
