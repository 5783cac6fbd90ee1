"""What was read of each cluster for one list: how old it is, what is missing of it, and why it is not newer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from proximity_tui.core.base.text import first_of
from proximity_tui.screens.presentation.ages import coarse_age, since

T = TypeVar("T")


class ClusterReadings(Generic[T]):
    """The rows of each cluster, as they were read last. What cannot be read again stays, and says so."""

    def __init__(self, kind: str) -> None:
        """Begin with nothing; `kind` is the word for one row, as `task`."""
        self._kind = kind
        self._rows: dict[str, Sequence[T]] = {}
        self._read_at: dict[str, datetime] = {}
        self._gaps: dict[str, Sequence[str]] = {}
        self._trouble: dict[str, str] = {}

    def take(self, cluster: str, rows: Sequence[T], gaps: Sequence[str], at: datetime) -> None:
        """Keep what was read of a cluster, and what could not be read of it."""
        self._rows[cluster], self._gaps[cluster], self._read_at[cluster] = rows, gaps, at
        self._trouble.pop(cluster, None)

    def fail(self, cluster: str, sentence: str) -> None:
        """Note why a cluster could not be read; what was read of it before stays."""
        self._trouble[cluster] = f"The {self._kind}s of {cluster} cannot be read: {sentence.removesuffix('.')}."

    def rows(self, clusters: Iterable[str]) -> list[T]:
        """Return all rows of these clusters."""
        return [row for cluster in clusters for row in self._rows.get(cluster, ())]

    def read_at(self, cluster: str) -> datetime | None:
        """Return when the rows of a cluster were read; None before."""
        return self._read_at.get(cluster)

    def is_read(self, clusters: Iterable[str]) -> bool:
        """Return whether the rows of one of these clusters were read."""
        return any(one in self._read_at for one in clusters)

    def oldest(self, clusters: Iterable[str]) -> datetime | None:
        """Return when the oldest rows of these clusters were read, of those that could be read again."""
        return min(
            (self._read_at[one] for one in clusters if one in self._read_at and one not in self._trouble), default=None
        )

    def remark(self, cluster: str, now: datetime, silent: str | None = None) -> str | None:
        """Return why the rows of a cluster are old ones, are not all that there are, or are none; else None. `silent`
        says that it does not answer at all.
        """
        why = self._trouble.get(cluster) or silent
        if why is not None and self._rows.get(cluster):
            age = coarse_age(since(self._read_at[cluster], now))
            return f"{why} Its {self._kind}s are shown as they were {age} ago."
        if why is not None:
            return why
        if cluster not in self._read_at:
            return f"Reading the {self._kind}s of {cluster}."
        if gaps := [gap.removeprefix(f"{cluster}: ") for gap in self._gaps[cluster]]:
            return f"Not every {self._kind} of {cluster} can be read: {first_of(gaps, 1)}."
        return None
