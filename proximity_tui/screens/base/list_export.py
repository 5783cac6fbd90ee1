"""The export of a list to a file as text, CSV or JSON, each row with the time at which it was seen (law 7)."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from rich.cells import cell_len

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.user_paths import expanded
from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.text import human_age
from proximity_tui.core.base.value_object import value_object

SEEN_AT = "SEEN_AT"


@value_object
class Export:
    """A list as plain words without signs. Each row is its cells and the time it was seen (None: never)."""

    title: str
    written_at: datetime
    simulated: bool
    filter: str
    total: int
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], datetime | None], ...]

    @property
    def headline(self) -> str:
        """The title, the number of rows, and the age of the oldest."""
        parts = [f"{'SIMULATED ' if self.simulated else ''}{self.title}: {len(self.rows)} of {self.total}"]
        if self.filter:
            parts.append(f"filter {self.filter}")
        seen = [moment for _, moment in self.rows if moment is not None]
        if seen:
            parts.append(f"oldest value {human_age((self.written_at - min(seen)).total_seconds())} old")
        return f"{', '.join(parts)}, written {_iso(self.written_at)}"


def default_name(title: str, now: datetime) -> str:
    """Return a file name that does not exist yet, and sorts by time."""
    return f"proximity-{title}-{now:%Y%m%dT%H%M%SZ}.txt"


def write(name: str, export: Export) -> str | None:
    """Write to a new file, readable by us alone; its extension decides the format. Return the error in a sentence, or
    None.

    It blocks, and never overwrites a file.
    """
    try:
        path = expanded(name)
    except Invalid as error:
        return f"Nothing was written: {name} {error}."
    forms = {".txt": as_text, ".csv": as_csv, ".json": as_json}
    form = forms.get(path.suffix.lower())
    if form is None:
        return "Choose a name that ends in .txt, .csv or .json."
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return f"{name} already exists. Choose another name."
    except OSError as error:
        return f"{name} was not written: {error.strerror or error}."
    try:
        path.write_text(form(_masked(export)), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        # A part of it would look like all of it.
        with suppress(OSError):
            path.unlink()
        return f"{name} was not written: {error.strerror or error}."
    return None


def _masked(export: Export) -> Export:
    rows = tuple((tuple(masked_text(cell, leaving=False) for cell in cells), seen) for cells, seen in export.rows)
    return replace(export, rows=rows)


def as_text(export: Export) -> str:
    """Return a table for people."""
    lines = [(*export.columns, SEEN_AT)] + [(*cells, _iso(seen)) for cells, seen in export.rows]
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(lines[0]))]
    padded = (
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "\n".join((export.headline, "", *(line.rstrip() for line in padded))) + "\n"


def as_csv(export: Export) -> str:
    """Return rows for a spreadsheet. A text that looks like a formula is quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*(name.lower() for name in export.columns), SEEN_AT.lower()))
    for cells, seen in export.rows:
        writer.writerow((*(f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells), _iso(seen)))
    return out.getvalue()


def as_json(export: Export) -> str:
    """Return rows for a program."""
    names = [name.lower() for name in export.columns]
    document = {
        "what": export.title,
        "simulated": export.simulated,
        "written_at": _iso(export.written_at),
        "filter": export.filter or None,
        "total": export.total,
        "rows": [
            {**dict(zip(names, cells, strict=True)), SEEN_AT.lower(): _iso(seen) or None} for cells, seen in export.rows
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
