"""The calls of the simulated API, one module per area. Importing a module registers its routes."""

from __future__ import annotations

import importlib

_MODULES = (
    "cluster",
    "resources",
    "nodes",
    "storages",
    "containers",
    "graphs",
    "settings",
    "power",
    "creation",
    "restoring",
    "cloning",
    "destroy_and_migrate",
    "backups",
    "snapshots",
    "tasks",
)


def register() -> None:
    """Make every route known; a second call changes nothing."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}")
