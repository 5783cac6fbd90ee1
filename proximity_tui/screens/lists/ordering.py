"""The order of a list as a word: `cpu`, or `-cpu` for the reverse."""

from __future__ import annotations

from proximity_tui.widgets.table.row_table import RowTable

_FROM_THE_LOWEST = frozenset({"vmid", "public", "inner", "seq", "number", "next"})
"""Numbers that name something, or tell what comes first: no figures of which the highest are looked for."""


def order_of(table: RowTable) -> str:
    """Return the order of the list; empty for its own."""
    now = table.sorting
    return "" if now is None else f"{'-' if now[1] else ''}{now[0]}"


def order_out_of_sight(table: RowTable) -> str:
    """Return the order by a column that has no room here, as `by disk` with the sign of the order; else nothing."""
    now = table.sorting
    if now is None or now[0] in {one.column.id for one in table.placed}:
        return ""
    signs = table.signs
    return f"by {now[0]}{signs.descending if now[1] else signs.ascending}"


def order_by(table: RowTable, order: str) -> str | None:
    """Order the list, without an order as it is by itself; return why that is not possible in a sentence, or None."""
    if not order:
        table.sort(None)
        return None
    if table.sort_by(order.removeprefix("-"), reverse=order.startswith("-")):
        return None
    known = ", ".join(column.id for column in table.columns)
    return f"There is no column {order.removeprefix('-')} to sort by; there are {known}."


def sort_list(table: RowTable, column: str) -> str | None:
    """Order by a column, or by the next one where none is named. A second time reverses it; figures begin with the
    highest. Return why it is not possible, or None.
    """
    if not column:
        table.sort_next()
        return None
    if column.startswith("-") or column not in {one.id for one in table.columns}:
        return order_by(table, column)
    if table.sorting is not None and table.sorting[0] == column:
        table.sort_reverse()
        return None
    is_figure = column not in _FROM_THE_LOWEST and any(
        one.id == column and one.align == "right" for one in table.columns
    )
    return order_by(table, f"-{column}" if is_figure else column)
