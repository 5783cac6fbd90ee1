"""The screens that commands apply to, and the sets of them that have commands in common."""

from __future__ import annotations

from enum import StrEnum


class ScreenId(StrEnum):
    """The screens that commands apply to. A dialog is not among them: its keys are its own."""

    EVERYTHING = "everything"
    FLEET = "fleet"
    UNMANAGED = "unmanaged"
    ALERTS = "alerts"
    ALERT = "alert"
    JOBS = "jobs"
    AUDIT = "audit"
    PULSE = "pulse"
    CONTAINER = "container"
    GUEST = "guest"
    """The page of an unmanaged container."""
    READ_ONLY = "read-only"
    """The page of a guest that is never touched: a virtual machine or a template."""
    NODES = "nodes"
    NODE = "node"
    """The page of a node."""
    STORAGE = "storage"
    STORAGE_PAGE = "storage-page"
    TASKS = "tasks"
    PORTS = "ports"
    LINT = "lint"
    TOP = "top"
    REVISIONS = "revisions"
    """The configs that one container had."""
    SNAPSHOTS = "snapshots"
    """The snapshots of one container."""
    STATS = "stats"
    TEMPLATES = "templates"
    BACKUPS = "backups"
    """The backups of one container."""


EVERYWHERE = frozenset(ScreenId)
GUEST_LISTS = frozenset({ScreenId.EVERYTHING, ScreenId.FLEET, ScreenId.UNMANAGED})
AROUND = frozenset({ScreenId.NODES, ScreenId.STORAGE, ScreenId.TASKS, ScreenId.PORTS, ScreenId.TOP})
"""The lists of what stands around the guests."""
LISTS = GUEST_LISTS | AROUND | {ScreenId.ALERTS, ScreenId.JOBS, ScreenId.AUDIT, ScreenId.LINT, ScreenId.TEMPLATES}
SCREENS = LISTS | {ScreenId.PULSE, ScreenId.STATS}
"""The main screens: what a number leads to, or a name that is typed."""
REVISIONS = frozenset({ScreenId.REVISIONS})
SNAPSHOTS = frozenset({ScreenId.SNAPSHOTS})
BACKUPS = frozenset({ScreenId.BACKUPS})
OF_CONTAINER = REVISIONS | SNAPSHOTS | BACKUPS
"""The lists about one container: a key on its row or page leads there, and esc leads back."""
ROWS = LISTS | OF_CONTAINER
"""Every list: what can be filtered, sorted and saved."""
OUR_PAGE = frozenset({ScreenId.CONTAINER})
PAGE = OUR_PAGE | {ScreenId.GUEST}
PAGES = PAGE | {ScreenId.READ_ONLY}
READABLE = ROWS | PAGES | {ScreenId.ALERT, ScreenId.NODE, ScreenId.STORAGE_PAGE, ScreenId.PULSE, ScreenId.STATS}
OF_NODES = frozenset({ScreenId.NODES, ScreenId.NODE})
ALARMS = frozenset({ScreenId.ALERTS, ScreenId.ALERT})
JOBS = frozenset({ScreenId.JOBS})
LINT = frozenset({ScreenId.LINT})
PORTS = frozenset({ScreenId.PORTS})
OF_A_TIME = frozenset({ScreenId.TOP, ScreenId.STATS})
MARKABLE = GUEST_LISTS | {ScreenId.ALERTS}
GUESTS = GUEST_LISTS | PAGE
OURS = OUR_PAGE | {ScreenId.FLEET, ScreenId.EVERYTHING}
