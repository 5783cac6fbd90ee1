"""The clinical record on the page of a container: everything that was captured of it the last time. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proximity_tui.core.base.text import human_bytes
from proximity_tui.core.store.records.clinical_records import Revision
from proximity_tui.screens.container.sections import pair, time_or_never
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.presentation.config_text import hidden_hint, settings_lines
from proximity_tui.screens.text.lines import TextLine

_BYTES = frozenset({"maxmem", "maxswap", "maxdisk", "mem", "swap", "disk", "netin", "netout"})


def clinical_lines(revision: Revision | None, *, reveal: bool) -> list[TextLine]:
    """Return the newest revision; None means that nothing was ever captured."""
    if revision is None:
        return [[("No clinical record: it was adopted without one, so drift cannot be detected.", "warn")]]
    record = revision.record
    lines: list[TextLine] = [
        pair("captured", (time_or_never(revision.captured_at), "normal")),
        pair("why", (f"{revision.reason}, revision {revision.revision}", "normal")),
        pair("status", (f"{record.status} (raw value {record.raw_status})", "normal")),
        *(pair("not read", (gap, "warn")) for gap in record.gaps),
        [],
    ]
    if record.config is None:
        lines.append([("The config could not be read.", "warn")])
    else:
        lines.append([(f"Config, {len(record.config)} settings", "normal")])
        lines += settings_lines(record.config, reveal=reveal)
        lines.append(hidden_hint(reveal=reveal, key=bound_key("reveal")))
    lines += _table("Resources", [{key: _amount(key, value) for key, value in record.resources.items()}])
    lines += _table("Networks", record.networks)
    lines += _table("Interfaces", record.interfaces)
    return [*lines, *_table("Snapshots", record.snapshot_rows)]


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> list[TextLine]:
    lines: list[TextLine] = [[], [(f"{title}{'' if rows else ': none'}", "normal")]]
    for row in rows:
        plain_values = (f"{key} {value}" for key, value in row.items() if not isinstance(value, list | dict))
        lines.append([("  " + "  ".join(plain_values), "dim")])
    return lines


def _amount(key: str, value: Any) -> Any:
    return human_bytes(value) if key in _BYTES and isinstance(value, int) else value
