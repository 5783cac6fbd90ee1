"""`db stats`: the rows and bytes of each table, now and in a year at the rate of the last days. It changes nothing."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import records_of
from proximity_tui.commands.base.exit_codes import Exit
from proximity_tui.commands.printed import output

if TYPE_CHECKING:
    from proximity_tui.core.store.statistics import DatabaseSize, TableSize

_HEADERS = ("TABLE", "ROWS", "SIZE", "ROWS A DAY", "ROWS IN A YEAR", "SIZE IN A YEAR")


def run(args: Namespace) -> int:
    """Measure the database and print it; return the exit code."""
    from proximity_tui.core.store import statistics

    with records_of(args):
        size = statistics.measure()
    if args.json:
        output.document(_document(size))
        return Exit.DONE
    output.table(_HEADERS, [_cells(table) for table in size.tables if table.rows])
    days = f"the last {size.days:.0f} days" if size.days > 1 else "the last day"
    output.print_line(f"{size.label}: {_bytes(size.bytes)}")
    output.print_line(f"in a year, at the rate of {days}: {_bytes(size.bytes_in_a_year)}")
    return Exit.DONE


def _document(size: DatabaseSize) -> dict[str, Any]:
    return {
        "database": size.label,
        "bytes": size.bytes,
        "bytes_in_a_year": size.bytes_in_a_year,
        "days_measured": round(size.days, 2),
        "tables": [
            {
                "table": table.table,
                "rows": table.rows,
                "bytes": table.bytes,
                "rows_per_day": round(table.rows_a_day, 2),
                "rows_in_a_year": table.rows_in_a_year,
                "bytes_in_a_year": table.bytes_in_a_year,
            }
            for table in size.tables
        ],
    }


def _cells(table: TableSize) -> list[str | None]:
    return [
        table.table,
        f"{table.rows:,}",
        _bytes(table.bytes),
        f"{table.rows_a_day:,.0f}" if table.rows_a_day >= 10 else f"{table.rows_a_day:.1f}",
        f"{table.rows_in_a_year:,}",
        _bytes(table.bytes_in_a_year),
    ]


def _bytes(number: int | None) -> str:
    """Return a size for a person: `12.3 MiB`."""
    if number is None:
        return "not known"
    size = float(number)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
