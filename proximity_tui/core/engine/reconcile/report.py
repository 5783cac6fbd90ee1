"""The report of a reconciliation run, and the scope that its writes go through."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import field

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.reconciliation.verdict import Verdict
from proximity_tui.core.model import Presence
from proximity_tui.core.model.job import JobOutcome

WriteScope = Callable[[], AbstractContextManager[None]]
"""Opens a transaction in which the right to write is checked first: the fenced lease of a job, or a plain one."""


@value_object
class Report:
    """The result of a run; its counters are the ones of the command line's JSON."""

    cluster: str
    outcome: JobOutcome
    reasons: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    """Of all containers but those that are as recorded."""
    as_recorded: frozenset[int] = frozenset()
    """The ids of the containers whose rows say what their records say."""
    total_apps: int = 0
    real_vmids_count: int = 0
    orphans_found: int = 0
    expected_orphans: int = 0
    anomalous_orphans: int = 0
    orphans_purged: int = 0
    undecided: int = 0
    hidden: int = 0
    replaced: int = 0
    errors: tuple[str, ...] = field(default=())
    answering: tuple[str, ...] = ()
    """The nodes that may answer, by the list that it judged by."""

    @property
    def counters(self) -> dict[str, int]:
        """The counters by their names in the doctrine."""
        names = (
            "total_apps", "real_vmids_count", "orphans_found", "expected_orphans", "anomalous_orphans",
            "orphans_purged", "undecided", "hidden", "replaced",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    @property
    def waiting(self) -> bool:
        """True when a second list would conclude more."""
        return any(verdict.waits for verdict in self.verdicts)


def open_ids(report: Report) -> frozenset[int]:
    """Return the ids of the containers of the cluster whose records are open."""
    return report.as_recorded.union(one.container.id for one in report.verdicts)


def present_ids(report: Report) -> frozenset[int]:
    """Return the ids of the containers that were seen."""
    seen = (one.container.id for one in report.verdicts if one.presence is Presence.PRESENT and one.confirmed)
    return report.as_recorded.union(seen)
