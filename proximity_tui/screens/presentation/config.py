"""The settings of a guest as text: sorted, one a line, secrets masked unless requested, and the differences. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from proximity_tui.core.base.secret import masked_setting
from proximity_tui.core.base.text import plain_multiline, settings_differ
from proximity_tui.core.doctrine.observation.config_drift import SettingChange
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.glyphs import glyphs


def settings_lines(config: Mapping[str, Any], *, reveal: bool) -> list[TextLine]:
    """Return every setting by name. `reveal` shows secrets, too."""
    lines: list[TextLine] = []
    for key in sorted(config):
        first, *more = _value(key, config[key], reveal=reveal).split("\n")
        lines.append([(f"{key}: ", "accent"), (first, "normal")])
        lines += [[(f"    {line}", "normal")] for line in more]
    return lines


def difference_lines(changes: Sequence[SettingChange] | None, *, reveal: bool) -> list[TextLine]:
    """Return the differences from the clinical record."""
    if changes is None:
        return [[("There is no clinical record to compare with.", "dim")]]
    if not changes:
        return [[("No setting differs from the clinical record.", "good")]]
    lines: list[TextLine] = [[(f"{settings_differ(len(changes))} from the clinical record:", "warn")]]
    for change in changes:
        was, now = (
            "not set" if value is None else _value(change.key, value, reveal=reveal)
            for value in (change.recorded, change.seen)
        )
        lines.append([(f"{change.key}: ", "accent"), (f"{was} {glyphs().leads_to} {now}", "normal")])
    return lines


def hidden_hint(*, reveal: bool) -> TextLine:
    """Return the hint whether secrets are shown."""
    return [("Secrets are shown; v hides them." if reveal else "Possible secrets are masked; v shows them.", "dim")]


def _value(key: str, value: Any, *, reveal: bool) -> str:
    if not reveal:
        value = masked_setting(key, value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return plain_multiline(text.rstrip("\n"))
