"""The settings of a guest as text: sorted, one a line, and their changes: fields with their values, and who changed
them. Secrets are masked unless requested. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from proximity_tui.core.base.secret import masked_field, masked_setting, masked_text
from proximity_tui.core.base.text import plain, plain_multiline, settings_differ
from proximity_tui.core.doctrine.observation.config_drift import SettingChange
from proximity_tui.core.doctrine.observation.config_fields import FieldChange
from proximity_tui.core.model.config_revision import Attribution, RevisionCause
from proximity_tui.screens.text.lines import HangingLine, TextLine
from proximity_tui.widgets.glyphs import glyphs


def settings_lines(config: Mapping[str, Any], *, reveal: bool) -> list[TextLine]:
    """Return every setting by name. `reveal` shows secrets, too."""
    lines: list[TextLine] = []
    for key in sorted(config):
        first, *more = _setting_text(key, config[key], reveal=reveal).split("\n")
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
            "not set" if value is None else _setting_text(change.key, value, reveal=reveal)
            for value in (change.recorded, change.seen)
        )
        lines.append([(f"{change.key}: ", "accent"), (f"{was} {glyphs().leads_to} {now}", "normal")])
    return lines


def hidden_hint(*, reveal: bool, key: str) -> TextLine:
    """Return the hint whether secrets are shown, and the key that changes it."""
    text = f"Secrets are shown; {key} hides them." if reveal else f"Possible secrets are masked; {key} shows them."
    return [(text, "dim")]


_HANG = 6


def change_lines(changes: Iterable[FieldChange], *, reveal: bool) -> list[TextLine]:
    """Return a line for each changed field: what it was in red, what it became in green."""
    return [_change_line(change, reveal=reveal) for change in changes]


def changes_words(changes: Iterable[FieldChange], *, reveal: bool = False) -> str:
    """Return the changed fields in one line: `net0.bridge vmbr0 → vmbr1; +tags prod`."""
    return "; ".join(_words(change, reveal=reveal) for change in changes)


def attribution_words(told: Attribution) -> str:
    """Return who changed a config, and what tells; `not known` where nothing does."""
    match told.cause:
        case RevisionCause.SEEN:
            return "not known"
        case RevisionCause.CAPTURED:
            return plain(masked_text(told.note, leaving=False))
        case _:
            return plain(f"{told.by or 'not known'}: {masked_text(told.note, leaving=False)}")


def _setting_text(key: str, value: Any, *, reveal: bool) -> str:
    if not reveal:
        value = masked_setting(key, value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return plain_multiline(text.rstrip("\n"))


def _change_line(change: FieldChange, *, reveal: bool) -> TextLine:
    was, now = (_value(change, value, reveal=reveal) for value in (change.before, change.after))
    if was is None:
        return HangingLine([("  + ", "good"), (f"{change.label} ", "accent"), (now or "", "good")], _HANG)
    if now is None:
        return HangingLine([("  - ", "bad"), (f"{change.label} ", "accent"), (was, "bad")], _HANG)
    arrow = f" {glyphs().leads_to} "
    pieces = [("    ", "normal"), (f"{change.label} ", "accent"), (was, "bad"), (arrow, "dim"), (now, "good")]
    return HangingLine(pieces, _HANG)  # type: ignore[arg-type]


def _words(change: FieldChange, *, reveal: bool) -> str:
    was, now = (_value(change, value, reveal=reveal) for value in (change.before, change.after))
    if was is None:
        return f"+{change.label} {now}"
    return f"-{change.label} {was}" if now is None else f"{change.label} {was} {glyphs().leads_to} {now}"


def _value(change: FieldChange, value: str | None, *, reveal: bool) -> str | None:
    if value is None:
        return None
    return plain(value if reveal else masked_field(change.key, change.field, value)) or '""'
