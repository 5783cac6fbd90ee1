"""Drift as a history: every config that a container had, what each changed and by whom, and what differs now.

It sends no request: the inspection is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.config_fields import FieldChange, field_changes
from proximity_tui.core.engine.observe.drift_check import Comparison, compare_with_record
from proximity_tui.core.model import Container, GuestDetail, GuestLookup, GuestNotSeen
from proximity_tui.core.model.config_revision import ConfigRevision
from proximity_tui.core.model.drift_rules import WATCH_ALL, DriftRules
from proximity_tui.core.store.revisions import revisions


@value_object
class TimelineEntry:
    """One revision: what it changed of the one before, and whether it is what drift is compared with."""

    revision: ConfigRevision
    before: ConfigRevision | None
    """None of the first."""
    changes: tuple[FieldChange, ...]
    is_baseline: bool
    is_now: bool


@value_object
class DriftHistory:
    """Everything that is known of how the config of a container changed."""

    container: Container
    compared: Comparison
    timeline: tuple[TimelineEntry, ...]
    """The newest first."""
    seen: GuestDetail | None
    """The guest as it is now; None where it was not seen."""
    not_compared: str | None
    """Why there is no comparison with the present config, where there is none."""

    @property
    def baseline(self) -> TimelineEntry | None:
        """The revision that drift is compared with; None where there is none."""
        return next((one for one in self.timeline if one.is_baseline), None)


def read_drift_history(
    container: Container, seen: GuestLookup | None, *, remember: bool, rules: DriftRules = WATCH_ALL
) -> DriftHistory:
    """Return the history of a container, with a fresh inspection. With `remember` what is seen is kept."""
    compared = compare_with_record(container, seen, remember=remember, rules=rules)
    now = seen if isinstance(seen, GuestDetail) else None
    config = now.config if now is not None else None
    known = revisions.history(container.id)
    baseline = compared.kept.config if compared.kept is not None else None
    entries = _entries(known, baseline, config if compared.not_ours is None else None)
    return DriftHistory(container, compared, entries, now, _why_not_compared(container, seen, compared))


def _entries(
    known: Sequence[ConfigRevision], baseline: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> tuple[TimelineEntry, ...]:
    as_recorded, as_now = _newest_like(known, baseline), _newest_like(known, now)
    pairs = zip((None, *known), known, strict=False)
    entries = [
        TimelineEntry(
            one,
            before,
            () if before is None else field_changes(before.config, one.config),
            one.number == as_recorded,
            one.number == as_now,
        )
        for before, one in pairs
    ]
    return tuple(reversed(entries))


def _newest_like(known: Sequence[ConfigRevision], config: Mapping[str, Any] | None) -> int | None:
    """Return the number of the newest revision that says the same as a config."""
    if config is None:
        return None
    return next((one.number for one in reversed(known) if not field_changes(one.config, config)), None)


def _why_not_compared(container: Container, seen: GuestLookup | None, compared: Comparison) -> str | None:
    if seen is None:
        return f"CT {container.vmid} was not inspected"
    if isinstance(seen, GuestNotSeen):
        return seen.reason
    if seen.config is None:
        return f"its config cannot be read: {'; '.join(map(str, seen.gaps))}"
    if compared.not_ours is not None:
        return compared.not_ours
    if compared.fields is None:
        return "it has no baseline: `proximity-tui drift accept` makes its present config one"
    return None
