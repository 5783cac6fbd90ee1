"""Compares what a close look saw with the clinical record, and remembers for the lists which settings were changed.

It asks nobody: the look is handed in. Only our own database is written, and only of the guest that is the recorded one.
"""

from __future__ import annotations

from dataclasses import dataclass

from proximity_tui.core.doctrine.observation.drift import SettingChange, drift
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.model import ClinicalRecord, Container, GuestDetail, GuestLookup, Match
from proximity_tui.core.store.records import clinical, drifts


@dataclass(frozen=True, slots=True)
class Comparison:
    """The newest clinical record, if there is one, and what changed since; None where nothing could be compared."""

    kept: ClinicalRecord | None
    changes: tuple[SettingChange, ...] | None


def compare_with_record(container: Container, seen: GuestLookup | None, *, remember: bool) -> Comparison:
    """What a look found changed. With `remember` lists know it from now on; a read-only session only looks."""
    latest = clinical.latest(container.id)
    if latest is None:
        return Comparison(None, None)
    if not isinstance(seen, GuestDetail):
        return Comparison(latest.record, None)
    changes = drift(latest.record.config, seen.config)
    if remember and changes is not None and not container.is_tombstone and _is_itself(container, seen):
        drifts.remember(container.id, latest.revision, (change.key for change in changes), seen.taken_at)
    return Comparison(latest.record, changes)


def _is_itself(container: Container, seen: GuestDetail) -> bool:
    """Whether what is compared is ours: what another guest at the VMID is like (law 3), or one that is being made or
    unmade, is no drift of ours."""
    return judge(container, seen, seen.taken_at).match in (Match.SAME, Match.UNSURE, Match.OLDER)
