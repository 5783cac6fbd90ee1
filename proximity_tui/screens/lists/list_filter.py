"""The part of a list that is shown: the rows that a filter accepts, and on request only those that need a person.

It knows no widget.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from proximity_tui.screens.command_line.line_completion import complete_filter
from proximity_tui.screens.lists.entry_list import EntryList
from proximity_tui.screens.lists.list_entry import Moment
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.table.filter import BadFilter, Filter, parse

T = TypeVar("T")

AT_ONCE, PREPARED_AT_ONCE = 2_000, 10_000
"""The number of rows on which a filter is tried at once, and where their texts are made already; more are tried a slice
at a time."""

SLICE = 500
"""The number of rows of a slice: a few milliseconds, in which no key is taken."""

FILTER_LIMIT = 1.0
"""Seconds of processor time for the whole list; a filter that takes longer is refused."""

TOO_SLOW = "This filter is too slow for this list. Use a simpler regular expression."


class ListFilter:
    """The filter of one list."""

    def __init__(self, entries: EntryList, keys: Collection[str]) -> None:
        """Filter these entries; `keys` are valid in `key:value`."""
        self.wanted = Filter("", ())
        self.urgent_only = False
        self._entries = entries
        self._keys = keys

    def __bool__(self) -> bool:
        """Return whether anything may be hidden."""
        return bool(self.wanted) or self.urgent_only

    @property
    def text(self) -> str:
        """The text as it was typed."""
        return self.wanted.text

    @property
    def label(self) -> str:
        """Return the shown part in words, for a person; empty when all is shown."""
        what = ["! needs attention"] if self.urgent_only else []
        return "  ".join([*what, f"/ {self.text}"] if self.wanted else what)

    @property
    def export_label(self) -> str:
        """Return the shown part in words, for the head of a file."""
        return " ".join((*(["!"] if self.urgent_only else []), self.text)).strip()

    @property
    def at_once(self) -> int:
        """The number of rows on which it may be tried without a pause."""
        if self.wanted.costly:
            return SLICE
        return PREPARED_AT_ONCE if self._entries.is_prepared else AT_ONCE

    def is_outdated(self, before: View, now: View) -> bool:
        """Return whether it compares figures, and those of the second view are of other polls."""
        return self.wanted.is_live and before.polls != now.polls

    def understand(self, text: str) -> Filter | str:
        """Return the filter in `text`, or a sentence that says what is wrong with it."""
        fresh = parse(text, self._keys)
        if isinstance(fresh, BadFilter):
            return fresh.reason
        return TOO_SLOW if fresh.costly and self._seconds_for(fresh) > FILTER_LIMIT else fresh

    def read(self, items: Sequence[object], at: Moment) -> None:
        """Take over the items of a list that is not on the screen, so that their values are known."""
        self._entries.show(items, at)

    def complete(self, text: str) -> list[str]:
        """Return what a filter that was begun may become, the best first."""
        return complete_filter(text, self._keys, self._entries.values_of)

    def allows(self, key: str, value: str) -> bool:
        """Return whether the conditions for this key accept the value."""
        return all(term.holds({key: [value]}) for term in self.wanted.terms if term.key == key)

    def accepted(self, keys: Iterable[str]) -> set[str]:
        """Return those of the keys that are shown; an entry that is gone meanwhile is not."""
        entries = self._entries
        listed: Iterable[str] = filter(entries.keys.__contains__, keys)
        if self.urgent_only:
            listed = [key for key in listed if (entry := entries.get(key)) and entry.urgent]
        return set(entries.matching(self.wanted, listed))

    def accepts(self, key: str) -> bool:
        """Return whether the entry with this key is shown."""
        return bool(self.accepted([key]))

    def _seconds_for(self, fresh: Filter) -> float:
        """Return the processor time of a filter for the whole list, in seconds, judged by its first rows."""
        tried = self._entries.rows[:SLICE]
        began = time.thread_time()
        for row in tried:
            self._entries.matching(fresh, [row.key])
            if time.thread_time() - began > FILTER_LIMIT:
                break
        return (time.thread_time() - began) * len(self._entries) / max(1, len(tried))


def slices(several: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield them a slice at a time."""
    for start in range(0, len(several), SLICE):
        yield several[start : start + SLICE]
