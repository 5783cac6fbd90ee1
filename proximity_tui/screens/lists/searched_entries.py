"""What a filter looks in: the texts and the values of the entries of a list. It draws nothing."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from proximity_tui.screens.lists.entry_row import EntryRow
from proximity_tui.screens.lists.list_entry import Moment
from proximity_tui.widgets.table.filter import Filter, Term, searchable, texts_of

MOST_VALUES = 5_000
"""The number of entries in which the values of a field are looked up."""


class SearchedEntries:
    """The entries of a list that a filter is tried on. A subclass keeps the rows, and says which of them changed."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        """The moment of all cells, fields and details."""
        self.rows: list[EntryRow] = []
        """The rows for the table, in order."""
        self._by_key: dict[str, EntryRow] = {}
        self._texts: dict[str, str] = {}
        """The texts in which words are looked for, of those entries in which any was."""
        self._values: dict[str, frozenset[str]] = {}
        """The values of fields that were offered as completions."""

    def values_of(self, key: str) -> frozenset[str]:
        """Return the texts that this field has in the first entries; they are looked up once until entries change."""
        if key not in self._values:
            found = [row.entry.field(key, self.moment) for row in self.rows[:MOST_VALUES]]
            self._values[key] = frozenset(texts_of(found))
        return self._values[key]

    def matching(self, wanted: Filter, keys: Iterable[str]) -> list[str]:
        """Return those of the keys whose entries the filter accepts."""
        found = list(keys)
        if wanted.words:
            self.prepare(found)
        texts = self._texts
        for word in wanted.words:
            found = [key for key in found if word.is_in(texts[key])]
        for term in wanted.others:
            found = [key for key in found if self._meets(term, key)]
        return found

    def prepare(self, keys: Iterable[str]) -> None:
        """Make the texts in which words are looked for. They are kept until their entries change."""
        for key in keys:
            if key not in self._texts:
                self._texts[key] = searchable(self._by_key[key].entry.fields(self.moment))

    @property
    def is_prepared(self) -> bool:
        """True when all texts are made."""
        return len(self._texts) == len(self._by_key)

    def forget_texts(self) -> None:
        """Drop these texts: nobody filters any more."""
        self._texts.clear()

    def forget_values(self, changed: AbstractSet[str]) -> None:
        """Drop the values of all fields, and the texts of the entries with these keys: they are others now."""
        self._values.clear()
        for key in changed & self._texts.keys():
            del self._texts[key]

    def _meets(self, term: Term, key: str) -> bool:
        entry = self._by_key[key].entry
        fields = entry.fields(self.moment) if term.key is None else {term.key: entry.field(term.key, self.moment)}
        return term.holds(fields)
