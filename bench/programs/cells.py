"""What each of these programs shows of a guest. Imports nothing that costs."""

from __future__ import annotations

from typing import Any

WIDTH = 12
"""Of a column, in characters."""


def cells_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the cells of a guest."""
    minutes = int(row["uptime"]) // 60
    return (
        str(row["vmid"]),
        row["name"],
        row["node"],
        row["status"],
        f"{row['cpu']:.0%}",
        f"{row['mem'] >> 20}M",
        f"{minutes // 1440}d {minutes // 60 % 24}h",
    )


def line_of(row: dict[str, Any]) -> str:
    """Return the line of a guest."""
    return "".join(cell.ljust(WIDTH) for cell in cells_of(row))
