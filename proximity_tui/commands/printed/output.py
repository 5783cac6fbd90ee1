"""The output of commands: one JSON document, or lines and tables for people.

No text from outside reaches a terminal raw, and no secret from the settings of a guest is printed. Times are UTC in
JSON and local, with their offset, for people. It knows no command and no shape of a document.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from select import PIPE_BUF, select
from typing import Any

from proximity_tui.commands.printed.progress_line import out_of_the_way
from proximity_tui.commands.printed.stderr_lines import answer_given, when_read
from proximity_tui.core.base.advised_commands import as_called, document_as_called
from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.parts import Part
from proximity_tui.core.base.secret import masked, masked_setting, masked_text
from proximity_tui.core.base.text import display_width, plain

NOTHING = "–"
"""What a table shows where there is nothing to show."""

_answered: list[Callable[[], object]] = []
"""Who is told that the document of this command was written."""

MOST_LINES = 40
"""Lines of one part of a report that people see; a program gets all of them."""


def document(content: object, *, reveal: bool = False) -> None:
    """Print the one JSON document of this command on stdout; with `reveal` also values that may be secret."""
    data = document_as_called(json.loads(json.dumps(content, default=_encode)))
    text = json.dumps(data if reveal else masked(data, leaving=False), indent=2)
    # The only character that JSON lets through and a terminal may obey; everything beyond ASCII is escaped.
    text = text.replace("\x7f", "\\u007f")
    # A short one is written at once, or not at all, where there is room.
    if len(text) < PIPE_BUF:
        _wait_for_room()
        _tell_answered()
    _write(text)
    # Where it cannot be written, the end of the command says so.
    with suppress(OSError):
        sys.stdout.flush()
        _tell_answered()


@contextmanager
def answered_by(told: Callable[[], object]) -> Iterator[None]:
    """Call `told` meanwhile when the document is, or certainly will be, written whole."""
    _answered.append(told)
    try:
        yield
    finally:
        answer_given(given=False)
        _answered.remove(told)


def print_line(text: str, *, reveal: bool = False) -> None:
    """Print a line for a person on stdout; with `reveal` also values that may be secret."""
    _write(plain(as_called(text)) if reveal else _printable(text))


def note(text: str, *, waits: bool = True) -> None:
    """Print a line for a person on stderr, which stays free for people when stdout is for a program. Where it cannot be
    written nobody reads it: no work, no answer and no exit code depends on it. Without `waits`, and after the document
    of the command, no reader is waited for.
    """
    line = _printable(text)
    with suppress(OSError):
        when_read(lambda: print(line, file=sys.stderr), waits=waits)


def table(headers: Sequence[str], rows: Sequence[Sequence[str | None]], *, verbatim: bool = False) -> None:
    """Print aligned columns under their headers. A value that is None or empty becomes a dash; with `verbatim` no value
    is advice.
    """
    printable = _quoted if verbatim else _printable
    shown = [[printable(cell) if cell else NOTHING for cell in row] for row in rows]
    lines = [list(headers), *shown]
    widths = [max(map(display_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell + " " * (width - display_width(cell)) for cell, width in zip(line, widths, strict=True))
        _write("  ".join(padded).rstrip())


def print_parts(title: str, parts: Iterable[Part]) -> None:
    """Print a report for a person: each part with its sum, and the beginning of its lines."""
    from proximity_tui.widgets.glyphs import with_bars

    print_line(title)
    for part in parts:
        print_line("")
        print_line(f"{part.title.upper()}  {part.summary}")
        for text in with_bars([(line.text, line.share) for line in part.lines])[:MOST_LINES]:
            print_line(f"  {text}")
        if len(part.lines) > MOST_LINES:
            print_line(f"  and {len(part.lines) - MOST_LINES} more")


def pairs(values: Mapping[str, str | None], indent: str = "", *, reveal: bool = False) -> None:
    """Print one aligned line per name and value; with `reveal` also values that may be secret."""
    width = max(map(display_width, values), default=0)
    printable = plain if reveal else _printable
    for name, value in values.items():
        _write(f"{indent}{plain(name)}{' ' * (width - display_width(name))}  {printable(value) if value else NOTHING}")


def print_settings(title: str, values: Mapping[str, Any], *, reveal: bool) -> None:
    """Print a title and one aligned line per setting; what may be secret is masked, unless it is to `reveal` it."""
    print_line("")
    print_line(title)
    shown = {key: str(values[key] if reveal else masked_setting(key, values[key])) for key in sorted(values)}
    pairs(shown, indent="  ", reveal=reveal)


def utc(moment: datetime | None) -> str | None:
    """Return a time as JSON has it: `2026-11-23T14:02:31Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def local(moment: datetime | None) -> str | None:
    """Return a time as people read it: `2026-11-23 15:02:31 +0100`."""
    return None if moment is None else local_time(moment)


def _tell_answered() -> None:
    answer_given(given=True)
    for told in _answered:
        told()


def _wait_for_room() -> None:
    """Wait until stdout takes more, for as long as its reader likes: until then a signal still ends the command."""
    # What has no number, or is closed, lets nobody wait.
    with suppress(OSError, ValueError):
        select([], [sys.stdout], [])


def _write(line: str) -> None:
    with out_of_the_way():
        print(line)


def _printable(text: str) -> str:
    return _quoted(as_called(text))


def _quoted(text: str) -> str:
    return plain(masked_text(text, leaving=False))


def _encode(value: object) -> Any:
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: getattr(value, entry.name) for entry in dataclasses.fields(value)}
    return str(value)
