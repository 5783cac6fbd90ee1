"""The comparison of a close inspection with the clinical record; it remembers the changed settings for the lists.

It sends no request: the inspection is given. Only our own database is written, and only for the recorded guest.
"""

from __future__ import annotations

from collections.abc import Iterable

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.drift import SettingChange, drift
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.engine.observe.status_update import config_seen
from proximity_tui.core.model import ClinicalRecord, Container, GuestDetail, GuestLookup, Match
from proximity_tui.core.store.records import clinical
from proximity_tui.core.store.records.clinical import Revision

_OURS = (Match.SAME, Match.UNSURE, Match.OLDER)
"""The guests whose settings are compared: ours and settled. The config of another guest at the VMID (law 3), or of one
that is being created or destroyed, is no drift of ours."""


@value_object
class Comparison:
    """The newest clinical record, if there is one, and the changes since; None where nothing could be compared."""

    kept: ClinicalRecord | None
    changes: tuple[SettingChange, ...] | None


def compare_with_record(container: Container, seen: GuestLookup | None, *, remember: bool) -> Comparison:
    """Return the changes that an inspection found. With `remember` the lists show them from now on; a read-only session
    does not remember.
    """
    latest = clinical.latest(container.id)
    if latest is None:
        return Comparison(None, None)
    if not isinstance(seen, GuestDetail):
        return Comparison(latest.record, None)
    changes = drift(latest.record.config, seen.config)
    if remember and changes is not None and not container.is_tombstone:
        _remember(container, latest, seen, changes)
    return Comparison(latest.record, changes)


def _remember(container: Container, latest: Revision, seen: GuestDetail, changes: Iterable[SettingChange]) -> None:
    match = judge(container, seen, seen.taken_at).match
    config = config_seen(seen) if match is Match.SAME else None
    if config is not None:
        clinical.remember_config(container.id, config)
    if match in _OURS:
        clinical.remember_drift(container.id, latest.revision, (change.key for change in changes), seen.taken_at)
