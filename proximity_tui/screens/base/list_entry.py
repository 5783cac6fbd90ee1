"""One entry of a list screen: its cells, its fields for the filter, its story. It does not know its kind.

Long lists make the words of an entry only when they are drawn: 5,000 at once would block the screen for 0.4 s
(measured).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, overload

from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.filter import Fields


class Listed(Protocol):
    """The interface of an entry for a list screen."""

    @property
    def key(self) -> str:
        """Its identity, whatever line it stands on."""
        ...

    @property
    def urgent(self) -> bool:
        """True when it needs a person."""
        ...

    @property
    def seen_at(self) -> datetime | None:
        """The time at which its data was seen."""
        ...

    def make_cells(self) -> Sequence[str | Cell]:
        """Return its cells, in the order of the columns."""
        ...

    def make_fields(self) -> Fields:
        """Return its fields for the filter."""
        ...

    def make_detail(self) -> str:
        """Return everything about it, in one line."""
        ...


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry with complete words, for lists that are never long."""

    row: Row
    fields: Fields
    story: str = ""
    seen_at: datetime | None = None
    urgent: bool = False

    @property
    def key(self) -> str:
        """The key of its row."""
        return self.row.key

    def make_cells(self) -> Sequence[str | Cell]:
        """Return the cells of its row."""
        return self.row.cells

    def make_fields(self) -> Fields:
        """Return its fields."""
        return self.fields

    def make_detail(self) -> str:
        """Return its story."""
        return self.story


class Cells(Sequence[str | Cell]):
    """The cells of an entry, made when the first of them is read."""

    def __init__(self, entry: Listed) -> None:
        self._entry = entry
        self._made: Sequence[str | Cell] | None = None

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, index: int) -> str | Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str | Cell]: ...
    def __getitem__(self, index: int | slice) -> str | Cell | Sequence[str | Cell]:
        return self._all[index]

    @property
    def _all(self) -> Sequence[str | Cell]:
        if self._made is None:
            self._made = self._entry.make_cells()
        return self._made
