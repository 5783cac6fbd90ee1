"""A column is as wide as its rows need it, whoever comes and goes, and one that nobody needs is empty."""

from collections.abc import Collection, Mapping
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.widgets.table.column_needs import ColumnNeeds, fitted
from proximity_tui.widgets.table.columns import Column

NAMES = ("name", "notes")
Rows = dict[str, tuple[int, int]]
WIDTHS = st.tuples(st.integers(0, 5), st.integers(0, 5))


@given(st.lists(st.dictionaries(st.sampled_from("abcde"), st.none() | WIDTHS)), st.data())
def test_needs_follow_changes_as_if_all_rows_were_measured_again(
    history: list[dict[str, tuple[int, int] | None]], data: st.DataObject
) -> None:
    rows: Rows = {}
    needs = ColumnNeeds[tuple[int, int]](NAMES, lambda row: row)
    for changes in history:
        rows = {key: row for key, row in {**rows, **changes}.items() if row is not None}
        for key, row in data.draw(st.dictionaries(st.sampled_from("abcdef"), WIDTHS)).items():
            needs.measure_ahead(key, rows.get(key, row) if data.draw(st.booleans()) else row)
        needs.update(changes, rows.get, partial(are_shown, rows, changes))
        assert needs.needs == {name: max(row[at] for row in rows.values()) for at, name in enumerate(NAMES) if rows}


def test_only_changed_rows_are_measured() -> None:
    measured = []
    needs = ColumnNeeds[tuple[int, int]](NAMES, lambda row: measured.append(row) or row)
    needs.update("ab", {"a": (1, 0), "b": (2, 0)}.get)
    needs.update("b", {"a": (1, 0), "b": (3, 0)}.get)
    assert measured == [(1, 0), (2, 0), (3, 0)]
    ahead = (4, 0)
    needs.measure_ahead("c", ahead)
    needs.update("c", {"a": (1, 0), "b": (3, 0), "c": ahead}.get)
    assert measured == [(1, 0), (2, 0), (3, 0), (4, 0)]


def test_a_column_needs_no_more_than_its_rows_and_no_less_than_its_title() -> None:
    name, notes, figure = (
        Column("name", "NAME", 12, max=40),
        Column("notes", "NOTES", 8, flex=1),
        Column("cpu", "CPU", 4),
    )
    small, empty, same = fitted((name, notes, figure), {"name": 3, "notes": 0})
    assert (small.width, small.want, small.empty) == (4, 4, False)
    assert (empty.width, empty.flex, empty.empty) == (5, 0, True)
    assert same is figure
    (large,) = fitted((name,), {"name": 60})
    assert (large.width, large.want) == (12, 40)


def are_shown(shown: Rows, changes: Collection[str], ahead: Mapping[str, tuple[int, int]]) -> bool:
    return all(key in changes and shown.get(key) is row for key, row in ahead.items())
