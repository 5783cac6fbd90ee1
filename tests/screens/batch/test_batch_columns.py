"""The columns of a dialog for several containers are as wide as its rows need them."""

from __future__ import annotations

from proximity_tui.screens.batch.batch_columns import as_wide_as_needed
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column, arrange


def test_a_name_and_a_reason_are_whole_where_there_is_room_for_both_and_else_neither_takes_all_of_it() -> None:
    columns = (
        Column("vmid", "VMID", 5, flex=1, max=9),
        Column("name", "NAME", 16, flex=2, max=63),
        Column("outcome", "OUTCOME", 16, flex=6),
    )
    long = "staging-with-a-very-long-name-of-fifty-characters"
    reason = "a reason that is longer than the column is wide"
    rows = [Row("a", ("101", long, "")), Row("b", ("102", "web", reason))]
    for width, wide in ((80, (26, 46)), (90, (35, 47)), (106, (49, 47))):
        placed = arrange(as_wide_as_needed(columns, rows), width)
        assert [one.width for one in placed] == [4, *wide]
    short = [Row("a", ("101", long, "soft or hard?"))]
    assert [one.width for one in arrange(as_wide_as_needed(columns, short), 80)] == [4, 49, 13]
    brief = [Row("a", ("101", "web", reason))]
    assert [one.width for one in arrange(as_wide_as_needed(columns, brief), 60)] == [4, 4, 47]
    assert as_wide_as_needed(columns, []) == columns
