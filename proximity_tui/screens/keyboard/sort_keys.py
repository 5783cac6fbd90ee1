"""The keys that sort by one column, each on every list that has the column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from proximity_tui.screens.keyboard.screen_ids import GUEST_LISTS, ScreenId


class SortKey(NamedTuple):
    """The key of one column, what a person calls the column, and the lists that have it."""

    key: str
    words: str
    where: frozenset[ScreenId]


SORTED_BY: Mapping[str, SortKey] = {
    "name": SortKey("alt+n", "name", GUEST_LISTS | {ScreenId.ALERTS, ScreenId.LINT, ScreenId.TOP, ScreenId.SNAPSHOTS}),
    "vmid": SortKey("alt+v", "VMID", GUEST_LISTS | {ScreenId.LINT, ScreenId.TOP}),
    "node": SortKey("alt+o", "node", GUEST_LISTS | {ScreenId.NODES, ScreenId.TASKS, ScreenId.TEMPLATES}),
    "status": SortKey("alt+s", "status", GUEST_LISTS | {ScreenId.NODES, ScreenId.STORAGE, ScreenId.TEMPLATES}),
    "cpu": SortKey("alt+c", "CPU", GUEST_LISTS | {ScreenId.NODES, ScreenId.TOP}),
    "mem": SortKey("alt+m", "memory", GUEST_LISTS | {ScreenId.NODES, ScreenId.TOP}),
    "disk": SortKey("alt+d", "disk", GUEST_LISTS | {ScreenId.NODES, ScreenId.TOP}),
    "uptime": SortKey("alt+u", "uptime", GUEST_LISTS | {ScreenId.NODES}),
    "age": SortKey("alt+a", "age", frozenset({ScreenId.ALERTS, ScreenId.SNAPSHOTS, ScreenId.BACKUPS})),
}
"""The columns that have a key of their own. `S` and `:sort` take any."""
