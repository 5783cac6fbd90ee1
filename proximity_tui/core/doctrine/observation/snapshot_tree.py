"""The snapshots of a guest as a tree: each below the one before it, the present below the one that it is at.

A line of snapshots without a branch stays at one depth; only where several follow the same one are they indented. Every
snapshot stands in the tree exactly once, also where its parent is not listed, or is its own descendant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Snapshot, SnapshotList


@value_object
class Branch:
    """One line of the tree. `snapshot` is None for the present."""

    snapshot: Snapshot | None
    depth: int
    """The number of forks above it."""
    forks: bool
    """Whether it is one of several that follow the same one."""


_Children = Mapping[str | None, list[Snapshot | None]]


def tree(listed: SnapshotList) -> tuple[Branch, ...]:
    """Return the lines of the tree from the top down, and the present where it stands."""
    names = {one.name for one in listed.snapshots}
    children: dict[str | None, list[Snapshot | None]] = {}
    for one in listed.snapshots:
        children.setdefault(one.parent if one.parent in names else None, []).append(one)
    children.setdefault(listed.parent if listed.parent in names else None, []).append(None)
    seen: set[str] = set()
    lines = list(_below(None, children, 0, seen))
    # What is its own ancestor hangs on nothing.
    for one in listed.snapshots:
        if one.name not in seen:
            lines += _line(one, children, 0, seen, forks=False)
    if all(line.snapshot is not None for line in lines):
        lines.append(Branch(None, 0, forks=False))
    return tuple(lines)


def later_than(listed: SnapshotList, name: str) -> tuple[Snapshot, ...]:
    """Return the snapshots that were taken after the one called `name`, on whichever branch, oldest first. One whose
    time is not known is among them.
    """
    chosen = listed.find(name)
    if chosen is None:
        return ()
    others = (one for one in listed.snapshots if one.name != name)
    return tuple(one for one in others if one.at is None or chosen.at is None or one.at > chosen.at)


def children_of(listed: SnapshotList, name: str) -> tuple[Snapshot, ...]:
    """Return the snapshots that directly follow the one called `name`."""
    return tuple(one for one in listed.snapshots if one.parent == name)


def _below(parent: str | None, children: _Children, depth: int, seen: set[str]) -> Iterator[Branch]:
    following = children.get(parent, [])
    forks = len(following) > 1 and parent is not None
    for one in following:
        yield from _line(one, children, depth + forks, seen, forks=forks)


def _line(one: Snapshot | None, children: _Children, depth: int, seen: set[str], *, forks: bool) -> Iterator[Branch]:
    if one is None:
        yield Branch(None, depth, forks)
    elif one.name not in seen:
        seen.add(one.name)
        yield Branch(one, depth, forks)
        yield from _below(one.name, children, depth, seen)
