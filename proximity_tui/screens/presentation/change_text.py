"""How the changes of a config are called: fields with their values, who changed them. Secrets are masked."""

from __future__ import annotations

from collections.abc import Iterable

from proximity_tui.core.base.secret import masked_field, masked_text
from proximity_tui.core.base.text import plain
from proximity_tui.core.doctrine.observation.config_fields import FieldChange
from proximity_tui.core.model.config_revision import Attribution, RevisionCause
from proximity_tui.screens.text.lines import HangingLine, TextLine
from proximity_tui.widgets.glyphs import glyphs

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
