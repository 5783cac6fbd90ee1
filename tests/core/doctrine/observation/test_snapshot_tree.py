"""The tree of snapshots: one line each, the present where it stands, and no snapshot lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.doctrine.observation.snapshot_tree import children_of, later_than, tree
from proximity_tui.core.model import Snapshot, SnapshotList

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def listed(*pairs: tuple[str, str | None], parent: str | None) -> SnapshotList:
    """A list of snapshots, a minute apart, of `(name, parent)` pairs."""
    found = tuple(
        Snapshot(name, NOON + timedelta(minutes=number), parent=before) for number, (name, before) in enumerate(pairs)
    )
    return SnapshotList(NOON, found, parent, "digest")


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (listed(parent=None), ["now"]),
        (listed(("a", None), ("b", "a"), parent="b"), ["a", "b", "now"]),
        (listed(("a", None), ("b", "a"), parent="a"), ["a", "  b", "  now"]),
        (listed(("a", None), ("b", "a"), ("c", "a"), ("d", "c"), parent="d"), ["a", "  b", "  c", "  d", "  now"]),
        (listed(("a", "gone"), parent="also-gone"), ["a", "now"]),
        (listed(("a", None), ("b", None), parent="b"), ["a", "b", "now"]),
        (listed(("a", "b"), ("b", "a"), parent="b"), ["a", "b", "  now"]),
    ],
    ids=["none", "line", "back-at-the-first", "branches", "parents-not-listed", "two-roots", "own-ancestors"],
)
def test_each_snapshot_and_the_present_stand_in_the_tree_once(given: SnapshotList, lines: list[str]) -> None:
    drawn = ["  " * line.depth + (line.snapshot.name if line.snapshot else "now") for line in tree(given)]
    assert drawn == lines


def test_a_line_without_a_branch_stays_at_one_depth() -> None:
    lines = tree(listed(("a", None), ("b", "a"), ("c", "b"), parent="c"))
    assert {line.depth for line in lines} == {0}


def test_a_fork_is_indented_and_the_present_with_it() -> None:
    lines = tree(listed(("a", None), ("b", "a"), parent="a"))
    assert [(line.snapshot.name if line.snapshot else None, line.depth, line.forks) for line in lines] == [
        ("a", 0, False),
        ("b", 1, True),
        (None, 1, True),
    ]


def test_what_is_later_is_told_by_time_and_one_without_a_time_counts_as_later() -> None:
    found = listed(("a", None), ("b", "a"), ("c", "a"), parent="c")
    undated = SnapshotList(NOON, (*found.snapshots, Snapshot("d")), "c", None)
    assert [one.name for one in later_than(undated, "b")] == ["c", "d"]
    assert [one.name for one in children_of(undated, "a")] == ["b", "c"]
    assert later_than(undated, "nosuch") == ()
