"""5,000 rows in our RowTable beside Textual's DataTable: load, and an update of one row in a hundred."""

from __future__ import annotations

import asyncio
import time

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from bench.measure import report
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

ROWS, COLUMNS = 5_000, 8


class Stage(App[None]):
    """Both tables, one above the other."""

    def compose(self) -> ComposeResult:
        yield RowTable([Column(f"c{number}", f"C{number}", 10) for number in range(COLUMNS)])
        yield DataTable[str]()


def run() -> None:
    """Measure and print."""
    asyncio.run(_measure())


async def _measure() -> None:
    app = Stage(ansi_color=None)
    async with app.run_test(size=(150, 45)) as pilot:
        ours, theirs = app.query_one(RowTable), app.query_one(DataTable)
        for number in range(COLUMNS):
            theirs.add_column(f"C{number}", key=f"c{number}", width=10)
        cells = [[f"{row}.{column}" for column in range(COLUMNS)] for row in range(ROWS)]
        times: dict[str, float] = {}

        async def timed(name: str, work: object) -> None:
            begun = time.process_time()
            work()  # type: ignore[operator]
            await pilot.pause()
            times[name] = time.process_time() - begun

        def load_theirs() -> None:
            for number, row in enumerate(cells):
                theirs.add_row(*row, key=str(number))

        def touch() -> None:
            for number in range(0, ROWS, 100):
                cells[number][3] = f"new {number}"

        def update_theirs() -> None:
            for number in range(0, ROWS, 100):
                theirs.update_cell(str(number), "c3", cells[number][3])

        def show_ours() -> None:
            ours.show([Row(str(number), tuple(row)) for number, row in enumerate(cells)])

        await timed("RowTable: load", show_ours)
        await timed("DataTable: load", load_theirs)
        touch()
        await timed("RowTable: one row in a hundred changed", show_ours)
        await timed("DataTable: one row in a hundred changed", update_theirs)
        report(f"{ROWS} rows of {COLUMNS} columns, CPU time until idle", times)
