"""The Nodes screen: the nodes of every cluster, those in trouble first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import NodeRow, node_rows
from proximity_tui.core.model import Inventory, NodeReading
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.cluster.cluster_list import ClusterEntry, ClusterList, is_stale, last_inventory
from proximity_tui.screens.cluster.node_page import NodeScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_entry import Listed, Moment
from proximity_tui.screens.presentation.cluster_cells import cpu_of, guests_cell, node_notes, node_status_cell, used_of
from proximity_tui.screens.presentation.figure_cells import AMOUNT, BAR, uptime_cell, with_bar
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount


def _used_column(id: str, title: str, *, priority: int) -> Column:
    """Return a column of what is used, with room for a bar where the table is wide."""
    want = AMOUNT + 1 + BAR
    return Column(
        id, title, AMOUNT, align="right", priority=priority, live=True, of_now=True, want=want, whole_from=120
    )


class NodesScreen(ClusterList[NodeRow]):
    """Every node."""

    SCREEN_ID = ScreenId.NODES
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.NODES)]
    FILTER_KEYS = frozenset(
        {"node", "cluster", "status", "ha", "note", "guests", "managed", "cpu", "mem", "disk", "uptime"}
    )
    COLUMNS = (
        Column("node", "NODE", 8, flex=1, max=24),
        Column("status", "STATUS", 13, of_now=True),
        Column("cpu", "CPU", 4, align="right", priority=4, live=True, of_now=True),
        _used_column("mem", "MEM", priority=4),
        _used_column("disk", "DISK", priority=7),
        Column("uptime", "UPTIME", 7, align="right", priority=6, live=True, of_now=True),
        Column("guests", "GUESTS", 6, align="right", priority=3),
        Column("managed", "OURS", 4, align="right", priority=5),
        Column("notes", "NOTES", 20, flex=6, priority=2),
    )

    def rows(self, view: View, inventories: Mapping[str, Inventory], silent: Mapping[str, str]) -> Sequence[NodeRow]:
        """Return the nodes."""
        return node_rows(inventories, silent, view.counts.managed_on)

    def entry(self, item: NodeRow) -> Listed:
        """Return the entry of a node."""
        return NodeEntry(item)

    def why_none(self, cluster: str) -> str:
        """Return why there is no node: every list has at least the one that answers."""
        return f"{cluster} lists no node, so its answer is not believed."

    def do_open(self) -> None:
        """Open the page of the current node."""
        row = self.current()
        if row is None:
            self.show_empty_state()
        else:
            self.app.push_screen(NodeScreen(row.cluster, row.name))

    def do_guests(self) -> None:
        """Show the guests of the current node."""
        row = self.current()
        if row is None:
            self.show_empty_state()
        else:
            self.app.routes.open_guests_of(row.cluster, row.name)


@value_object
class NodeEntry(ClusterEntry[NodeRow]):
    """A node in the list."""

    def reading(self, at: Moment) -> NodeReading | None:
        """Return the node as the last list has it."""
        inventory = last_inventory(at, self.row.cluster)
        return None if inventory is None else inventory.nodes.get(self.row.name)

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return a cell; the figures are those of the last list."""
        row, node, stale = self.row, self.reading(at), is_stale(at, self.row.cluster)
        match column:
            case "cluster":
                return row.cluster
            case "node":
                return row.name
            case "status":
                return node_status_cell(row)
            case "cpu":
                return cpu_of(node, stale)
            case "mem":
                return _in_use(node.mem, node.maxmem, stale) if node is not None else ""
            case "disk":
                return _in_use(node.disk, node.maxdisk, stale) if node is not None else ""
            case "uptime":
                return uptime_cell(node, stale)
            case "guests":
                return guests_cell(row)
            case "managed":
                return Cell(str(row.managed), order=row.managed)
            case _:
                return node_notes(row)

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        row, node = self.row, self.reading(at)
        figures = {
            "cpu": None if node is None or node.cpu is None else Amount(node.cpu * 100),
            "mem": None if node is None or node.mem is None else Amount(node.mem, 100 * node.memory_share),
            "disk": None
            if node is None or node.disk is None or not node.maxdisk
            else Amount(node.disk, 100 * node.disk / node.maxdisk),
            "uptime": None if node is None or node.uptime is None else Amount(node.uptime),
        }
        return {
            "node": row.name,
            "cluster": row.cluster,
            "status": node_status_cell(row).text,
            "ha": row.hastate or "",
            "note": node_notes(row).text,
            "guests": Amount(row.guests),
            "managed": Amount(row.managed),
            **{key: figure for key, figure in figures.items() if figure is not None},
        }

    def detail(self, at: Moment) -> str:
        """Return name, status and notes in full."""
        notes = node_notes(self.row).text
        return f"{self.row.name}, {node_status_cell(self.row).text}" + (f": {notes}" if notes else "")


def _in_use(used: int | None, total: int | None, stale: bool) -> Cell:
    return with_bar(used_of(used, total, stale), used, total, AMOUNT)
