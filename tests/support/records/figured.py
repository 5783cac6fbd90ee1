"""Figures of the past for a record: what a process would have written down minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core import store
from proximity_tui.core.model import Container
from proximity_tui.core.model.guests.figures import MINUTE, FigurePoint, MinuteReadings
from proximity_tui.core.store.figures import folding, minutes


def write_figures(
    container: Container,
    until: datetime,
    span: timedelta,
    figures: Callable[[float], dict[str, Any]],
    every: int = 1,
) -> None:
    """Write what `figures` says of each minute (its age in days) down, and fold the hours that are over."""
    last = int(until.timestamp()) // MINUTE
    with store.transaction():
        for age in range(int(span.total_seconds()) // MINUTE, 0, -every):
            point = FigurePoint(until - timedelta(minutes=age), **figures(age / 1440))
            minutes.write(MinuteReadings(container.cluster, last - age, {container.id: point}))
        fold_all(container.cluster, until)


def fold_all(cluster: str, now: datetime, at_once: int = folding.AT_ONCE) -> None:
    """Fold every hour of a cluster that is over, as the reconciler does over several runs."""
    after = 0
    while (step := folding.fold(cluster, now, after, at_once)).minutes:
        after = step.up_to or 0
