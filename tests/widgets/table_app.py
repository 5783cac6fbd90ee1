"""A table on a stage of its own, for tests: it records what it says and what it asks to be painted."""

from collections.abc import Iterable
from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from proximity_tui.core.base.tone import Tone
from proximity_tui.widgets.glyphs import UNICODE, Glyphs
from proximity_tui.widgets.table.cells import Cell, Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

COLUMNS = (
    Column("vmid", "VMID", 4, align="right"),
    Column("name", "NAME", 10, flex=1, max=20),
    Column("node", "NODE", 6, priority=2),
    Column("mem", "MEM", 5, align="right", priority=3),
)


class Recorder(RowTable):
    """A table that remembers which lines it asked Textual to paint; a whole repaint is None."""

    asked: list[int | None]

    def refresh(self, *regions: Region, **options: Any) -> "Recorder":
        self.asked = [*getattr(self, "asked", []), *([region.y for region in regions] or (None,))]
        return super().refresh(*regions, **options)


class TableApp(App[None]):
    def __init__(self, empty: str = "no rows", border: bool = False, signs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.table = Recorder(COLUMNS, empty=empty, signs=signs)
        if border:
            self.table.styles.border = ("round", "red")
        self.heard: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_row_table_highlighted(self, message: RowTable.Highlighted) -> None:
        self.heard.append(("highlighted", message.key))

    def on_row_table_selected(self, message: RowTable.Selected) -> None:
        self.heard.append(("selected", (message.key, message.gone)))

    def on_row_table_marks_changed(self, message: RowTable.MarksChanged) -> None:
        self.heard.append(("marks", "".join(sorted(message.keys))))


def row(vmid: int, name: str = "", node: str = "pve1", mem: int = 100, tone: Tone = "normal") -> Row:
    return Row(str(vmid), (str(vmid), Cell(name or f"ct{vmid}", tone), node, Cell(f"{mem}M", order=mem)))


def rows(*vmids: int) -> list[Row]:
    return [row(vmid) for vmid in vmids]


async def settled(pilot: Pilot[Any], table: RowTable, listed: Iterable[Row]) -> None:
    """Show `listed` and let the screen be drawn."""
    table.show(listed)
    await pilot.pause()
