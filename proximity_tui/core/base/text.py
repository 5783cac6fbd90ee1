"""Text from outside, made visible and harmless, and figures made short enough for a column.

Knows nothing of terminals or markup: it only says which characters may be shown as they are, and how wide they are.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

_LARGEST = 2**63 - 1
_MOST_QUOTED = 40

Word = TypeVar("Word", bound=StrEnum)

UNEXPECTED = "unexpected error (a bug in proximity-tui)"
"""What a person reads of an error that nobody expected."""


def plain(text: str, *, limit: int | None = None) -> str:
    """Return `text` as one visible line: characters that a terminal would obey or hide are written out.

    C0 controls and DEL become control pictures (ESC is ␛, newline is ␊). Everything else that cannot be seen becomes
    `⟨U+202E⟩`: C1 controls, bidi marks, zero-width characters, BOM, exotic spaces, variation selectors, surrogates,
    private and unassigned code points. Combining marks and wide characters stay. The result is always `isprintable()`,
    and applying it again changes nothing. Law 7: the screen never lies, so text from outside is shown, never
    interpreted.

    `limit` is a number of characters (at least 1); a longer result ends in `…`.
    """
    if text.isascii() and text.isprintable() and (limit is None or len(text) <= limit):
        # As nearly all text: thousands of names are looked at in each list.
        return text
    if limit is not None:
        # No replacement is shorter than what it replaces, so what lies beyond the limit cannot matter.
        text = text[: limit + 1]
    shown = text if _is_plain(text) else text.translate(_ONE_LINE)
    if limit is not None and len(shown) > limit:
        return shown[: limit - 1] + "…"
    return shown


def plain_multiline(text: str) -> str:
    """Return `text` for a log or a description: lines stay lines, tabs become spaces, the rest is as in `plain`."""
    lines = text.replace("\r\n", "\n")
    if not all(_is_plain(line) for line in lines.split("\n")):
        lines = lines.translate(_MANY_LINES).expandtabs(8)
    return lines


def quoted(word: str) -> str:
    """Return a wrong word as an error repeats it: with its blanks, and not all of thousands of characters."""
    return repr(word if len(word) <= _MOST_QUOTED else f"{word[:_MOST_QUOTED]}...")


def unexpected(error: Exception) -> str:
    """Return the words for an error of ours that is in the log. Its own text stays there: anything may be in it."""
    return f"{UNEXPECTED}, see the log: {type(error).__name__}"


def display_width(text: str) -> int:
    """Return the number of terminal columns that a plain text takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def whole_number(text: str) -> int | None:
    """Return the number in `text`; None for anything else, and for a number larger than any row id."""
    # Python refuses to read a number of thousands of digits.
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(_LARGEST)) or int(text) > _LARGEST:
        return None
    return int(text)


def read_word(text: object, otherwise: Word) -> Word:
    """Return the word of an enumeration that is written as `text`; `otherwise`, one of them, for anything else."""
    return next((word for word in type(otherwise) if word.value == text), otherwise)


def number_of(number: int, word: str) -> str:
    """Return a number of things: `1 run`, `2 runs`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def settings_differ(number: int) -> str:
    """Return how many settings differ, as the beginning of a sentence: `1 setting differs`, `2 settings differ`."""
    return "1 setting differs" if number == 1 else f"{number} settings differ"


def human_bytes(count: int) -> str:
    """Return a number of bytes in at most four characters: `512B`, `412M`, `2.0G` (powers of 1024); `huge` beyond
    `999E`.
    """
    if count < 0:
        return "-" + human_bytes(-count)
    if count >= 999 << 60:
        return "huge"
    size, unit = float(count), "B"
    for unit in "BKMGTPE":
        # Four digits would widen the column, so 1000M is already 1.0G.
        if size < 999.5 or unit == "E":
            break
        size /= 1024
    return f"{size:.0f}{unit}" if unit == "B" or size >= 9.95 else f"{size:.1f}{unit}"


def human_age(seconds: float) -> str:
    """Return a span of time in coarse steps: `4s`, `2m`, `9h 5m`, `14h`, `12d 4h`, `98d`.

    Coarse on purpose: an unchanged text is not painted again. A negative age (two clocks that disagree) keeps its sign,
    because hiding it would be a lie.
    """
    if seconds < 0:
        whole = human_age(-seconds)
        return whole if whole == "0s" else "-" + whole
    if seconds < 60:
        return f"{int(seconds)}s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h {minutes}m" if minutes and hours < 10 else f"{hours}h"
    days, hours = divmod(hours, 24)
    return f"{days}d {hours}h" if hours and days < 30 else f"{days}d"


def percent(fraction: float) -> str:
    """Return a fraction (as Proxmox reports load) in whole percent: `0.414` is `41%`."""
    return f"{fraction:.0%}"


# Characters that Python calls printable although nothing of them can be seen (Unicode: default ignorable).
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def _is_plain(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not _UNSEEN.search(text))


class _TranslateTable(dict[int, str]):
    """A table for `str.translate`: control pictures are stored, every other character is decided when it occurs."""

    def __missing__(self, code_point: int) -> str:
        # Not stored: a hostile text could otherwise fill the table with every code point there is.
        character = chr(code_point)
        return character if _is_plain(character) else f"⟨U+{code_point:04X}⟩"


_ONE_LINE = _TranslateTable({**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"})
_MANY_LINES = _TranslateTable({**_ONE_LINE, 0x09: "\t", 0x0A: "\n"})


def describe(items: Sequence[str]) -> str:
    """Return a list as a person would say it: `a, b and c`."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def first_of(items: Sequence[str], most: int, kind: str = "") -> str:
    """Return the first of many, and how many there are besides: `a, b and 4 more`, with a `kind` `and 4 more paths`."""
    besides = len(items) - most
    more = f" and {besides} more {kind}".rstrip() if besides > 0 else ""
    return f"{', '.join(items[:most])}{more}"


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "", shown: Callable[[str], str] = str) -> str:
    """Return the question whether the nearest of the `known` words was meant, written as `shown` writes it, or
    `otherwise` where none is near.
    """
    # A slip is rare, and every command knows words.
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1)
    return f"did you mean {shown(near[0])}?" if near else otherwise


MOST_SHARED = 200_000
"""Words that are shared; with more than that all are let go, and shared again as they are read."""

_shared: dict[str, str] = {}

share = _shared.setdefault
"""Called with a word twice, returns the one object for it. Who shares many calls `let_go` before. Unlike `sys.intern`
it lets go: the first releases of Python 3.12 keep what was interned for good, and names of guests come and go.
"""


def let_go() -> None:
    """Let go of all shared words where there are too many. What holds one of them keeps it."""
    if len(_shared) > MOST_SHARED:
        _shared.clear()


def shared(word: str) -> str:
    """Return the word, as the same object wherever it is read."""
    let_go()
    return share(word, word)
