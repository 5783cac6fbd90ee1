"""The columns of a dialog for several containers are as wide as its rows need them."""

from __future__ import annotations

from proximity_tui.screens.batch.batch_columns import as_wide_as_needed
from proximity_tui.widgets.table.cells import Row
from proximity_tui.widgets.table.columns import Column, arrange


def test_a_name_of_a_few_rows_is_whole_where_there_is_room_and_only_the_rest_is_for_what_grows() -> None:
    columns = (
        Column("vmid", "VMID", 5, flex=1, max=9),
        Column("name", "NAME", 16, flex=2, max=63),
        Column("outcome", "OUTCOME", 16, flex=6),
    )
    long = "staging-with-a-very-long-name-of-fifty-characters"
    rows = [Row("a", ("101", long, "")), Row("b", ("102", "web", "a reason that is longer than the column is wide"))]
    for width in (80, 106):
        placed = arrange(as_wide_as_needed(columns, rows), width)
        assert [one.width for one in placed] == [4, len(long), width - 4 - len(long) - 4]
    assert as_wide_as_needed(columns, []) == columns
