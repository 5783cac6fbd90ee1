"""The main screens: a number leads to them, or they are typed by name. Each is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from proximity_tui.screens.keyboard.screen_ids import ScreenId


def _everything() -> Screen[Any]:
    from proximity_tui.screens.everything_screen import EverythingScreen

    return EverythingScreen()


def _fleet() -> Screen[Any]:
    from proximity_tui.screens.fleet_screen import FleetScreen

    return FleetScreen()


def _unmanaged() -> Screen[Any]:
    from proximity_tui.screens.unmanaged_screen import UnmanagedScreen

    return UnmanagedScreen()


def _alerts() -> Screen[Any]:
    from proximity_tui.screens.alerts.alerts_screen import AlertsScreen

    return AlertsScreen()


def _jobs() -> Screen[Any]:
    from proximity_tui.screens.jobs.jobs_screen import JobsScreen

    return JobsScreen()


def _audit() -> Screen[Any]:
    from proximity_tui.screens.audit.audit_screen import AuditScreen

    return AuditScreen()


def _nodes() -> Screen[Any]:
    from proximity_tui.screens.cluster.nodes_screen import NodesScreen

    return NodesScreen()


def _storage() -> Screen[Any]:
    from proximity_tui.screens.cluster.storages_screen import StoragesScreen

    return StoragesScreen()


def _pulse() -> Screen[Any]:
    from proximity_tui.screens.pulse_screen import PulseScreen

    return PulseScreen()


def _tasks() -> Screen[Any]:
    from proximity_tui.screens.cluster.tasks_screen import TasksScreen

    return TasksScreen()


def _ports() -> Screen[Any]:
    from proximity_tui.screens.ports.ports_screen import PortsScreen

    return PortsScreen()


def _top() -> Screen[Any]:
    from proximity_tui.screens.top_screen import TopScreen

    return TopScreen()


def _lint() -> Screen[Any]:
    from proximity_tui.screens.lint.lint_screen import LintScreen

    return LintScreen()


def _stats() -> Screen[Any]:
    from proximity_tui.screens.stats_screen import StatsScreen

    return StatsScreen()


def _templates() -> Screen[Any]:
    from proximity_tui.screens.templates.templates_screen import TemplatesScreen

    return TemplatesScreen()


MAIN: dict[ScreenId, Callable[[], Screen[Any]]] = {
    ScreenId.EVERYTHING: _everything,
    ScreenId.FLEET: _fleet,
    ScreenId.UNMANAGED: _unmanaged,
    ScreenId.ALERTS: _alerts,
    ScreenId.JOBS: _jobs,
    ScreenId.AUDIT: _audit,
    ScreenId.NODES: _nodes,
    ScreenId.STORAGE: _storage,
    ScreenId.TASKS: _tasks,
    ScreenId.PULSE: _pulse,
    ScreenId.PORTS: _ports,
    ScreenId.LINT: _lint,
    ScreenId.TOP: _top,
    ScreenId.STATS: _stats,
    ScreenId.TEMPLATES: _templates,
}
"""The main screens; the command of that id in `keys` has the number, if there is one."""
