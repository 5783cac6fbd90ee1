"""The base of the lists of nodes and storages: rows made of the last list of each cluster while the screen is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import STALE_AFTER, kept
from proximity_tui.core.fleet.cluster_rows import Keyed
from proximity_tui.core.model import Inventory
from proximity_tui.screens.lists.empty_state import NOTHING_CHECKED, unanswered
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.lists.list_screen import ListScreen
from proximity_tui.screens.presentation.ages import since
from proximity_tui.screens.view.view import View, same_objects
from proximity_tui.widgets.table.columns import Column


class SurroundingRow(Keyed, Protocol):
    """The row of a node or a storage."""

    @property
    def cluster(self) -> str:
        """Its cluster."""
        ...

    @property
    def needs_a_person(self) -> bool:
        """True when it does not work as it should."""
        ...


AnyRow = TypeVar("AnyRow", bound=SurroundingRow)

_CLUSTER = Column("cluster", "CLUSTER", 8, flex=1, max=16, priority=2)


@value_object
class ClusterEntry(FewFields, Generic[AnyRow]):
    """What a cluster consists of, as an entry of a list: seen when its list was read."""

    row: AnyRow

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.row.key

    @property
    def urgent(self) -> bool:
        """True when it does not work as it should."""
        return self.row.needs_a_person

    def seen_at(self, at: Moment) -> datetime | None:
        """Return the time of the last list."""
        inventory = last_inventory(at, self.row.cluster)
        return None if inventory is None else inventory.taken_at


class ClusterList(ListScreen, Generic[AnyRow]):
    """A list of what clusters consist of. A subclass makes the rows, and opens the page of one."""

    COLUMNS: Sequence[Column]

    def __init__(self) -> None:
        super().__init__()
        self._sources: tuple[object, ...] = ()
        """What the rows were made of."""
        self._rows: Sequence[AnyRow] = ()

    def rows(self, view: View, inventories: Mapping[str, Inventory], silent: Mapping[str, str]) -> Sequence[AnyRow]:
        """Return the rows, what needs a person first."""
        raise NotImplementedError

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there is more than one."""
        return with_cluster(self.COLUMNS, view)

    def items(self, view: View) -> Sequence[AnyRow]:
        """Return the rows; what says what it said is the same object. They are made again when a list came, or one of
        our containers changed.
        """
        sources = *view.polls.values(), view.rows, self.controller.context
        if same_objects(sources, self._sources):
            return self._rows
        self._sources = sources
        inventories = {name: poll.inventory for name, poll in view.polls.items() if poll.inventory is not None}
        silent = {name: poll.error for name, poll in view.polls.items() if poll.error is not None}
        self._rows = kept(self._rows, self.rows(view, inventories, silent))
        return self._rows

    def on_screen_suspend(self) -> None:
        """Let go of the lists: while another screen is shown they only get old."""
        self._sources = ()

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason, cluster by cluster."""
        if view.taken_at is None:
            return "Loading."
        sentences = [unanswered(poll, now) or self.why_none(poll.cluster) for poll in view.polls.values()]
        return " ".join(sentences) or NOTHING_CHECKED

    def why_none(self, cluster: str) -> str:
        """Return why a cluster that answers shows nothing."""
        raise NotImplementedError

    def current(self) -> AnyRow | None:
        """Return the row under the cursor, unless it is gone."""
        entry = self.current_entry()
        row: AnyRow | None = entry.row if isinstance(entry, ClusterEntry) else None
        return row

    def do_open(self) -> None:
        """Open the page of the current row."""
        raise NotImplementedError


def with_cluster(columns: Sequence[Column], view: View) -> Sequence[Column]:
    """Return the columns, after that of the cluster where there is more than one."""
    return (_CLUSTER, *columns) if len(view.polls) > 1 else columns


def last_inventory(at: Moment, cluster: str) -> Inventory | None:
    """Return the last list of a cluster."""
    poll = at.view.polls.get(cluster)
    return None if poll is None else poll.inventory


def is_stale(at: Moment, cluster: str) -> bool:
    """Return whether the last list of a cluster is older than it should be."""
    inventory = last_inventory(at, cluster)
    return inventory is None or (since(inventory.taken_at, at.now) or 0.0) > STALE_AFTER
