"""The calls of the simulated API, one module per area. Importing a module registers its routes."""

from __future__ import annotations

import importlib

_MODULES = (
    "cluster_status",
    "resources",
    "node_api",
    "storage_content",
    "lxc",
    "graphs",
    "lxc_config",
    "lxc_status",
    "lxc_create",
    "lxc_restore",
    "lxc_clone",
    "destroy_and_migrate",
    "vzdump",
    "lxc_snapshots",
    "node_tasks",
)


def register() -> None:
    """Make every route known; a second call changes nothing."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}")
