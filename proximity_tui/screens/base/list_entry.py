"""One thing that a list screen lists: its cells, what a filter sees of it, its story. It is not known what it is.

Long lists make the words of an entry only when somebody looks at them: 5,000 at once would hold the screen up for
0.4 s (measured).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, overload

from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.filter import Fields


class Listed(Protocol):
    """What a list screen asks of an entry."""

    @property
    def key(self) -> str:
        """What it is, whatever line it stands on."""
        ...

    @property
    def urgent(self) -> bool:
        """Whether it needs a person."""
        ...

    @property
    def seen_at(self) -> datetime | None:
        """When what is said of it was seen."""
        ...

    def make_cells(self) -> Sequence[str | Cell]:
        """Its cells, in the order of the columns."""
        ...

    def make_fields(self) -> Fields:
        """What a filter sees of it."""
        ...

    def make_story(self) -> str:
        """Everything worth saying of it, in one line."""
        ...


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An entry whose words are made already, for lists that are never long."""

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
        """Those of its row."""
        return self.row.cells

    def make_fields(self) -> Fields:
        """As they are."""
        return self.fields

    def make_story(self) -> str:
        """As it is."""
        return self.story


class Cells(Sequence[str | Cell]):
    """The cells of an entry, made when somebody looks at the first of them."""

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
