"""The comparison of a close inspection with the clinical record; it remembers the changed settings for the lists.

It sends no request: the inspection is given. Only our own database is written, and only for the recorded guest.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.config_drift import SettingChange, drift
from proximity_tui.core.doctrine.observation.config_fields import FieldChange, field_changes
from proximity_tui.core.doctrine.observation.identity import another_guest
from proximity_tui.core.doctrine.observation.judge import judge
from proximity_tui.core.engine.observe.status_update import config_seen
from proximity_tui.core.model import ClinicalRecord, Container, GuestDetail, GuestLookup, Identity, Match
from proximity_tui.core.model.drift_rules import WATCH_ALL, DriftRules
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.records.clinical_records import Revision
from proximity_tui.core.store.revisions import drifts

log = logging.getLogger(__name__)

_OURS = (Match.SAME, Match.UNSURE, Match.OLDER)
"""The guests whose settings are compared: ours and settled, and those that are not certainly ours, as the differences
say why not. The config of another guest at the VMID (law 3), or of one that is being created or destroyed, is no drift
of ours."""


@value_object
class Comparison:
    """The newest clinical record, if there is one, and the watched changes since, by setting and field by field; None
    where nothing could be compared.
    """

    kept: ClinicalRecord | None
    changes: tuple[SettingChange, ...] | None = None
    fields: tuple[FieldChange, ...] | None = None
    reason: str = ""
    """Why the clinical record was captured, and by whom where a person accepted it."""
    not_ours: str | None = None
    """Why the config that was read is not compared: it is not that of the recorded guest, or not settled."""


def compare_with_record(
    container: Container, seen: GuestLookup | None, *, remember: bool, rules: DriftRules = WATCH_ALL
) -> Comparison:
    """Return the changes that an inspection of the recorded guest found, as far as the rules watch them. With
    `remember` the lists show them from now on, as far as the database takes it; in read-only nothing is remembered.
    """
    latest = clinical_records.latest(container.id)
    kept, reason = (latest.record, latest.reason) if latest is not None else (None, "")
    if not isinstance(seen, GuestDetail):
        return Comparison(kept, reason=reason)
    identity = judge(container, seen, seen.taken_at)
    if identity.match not in _OURS:
        return Comparison(kept, reason=reason, not_ours=_not_ours(container, seen, identity))
    recorded = latest.record.config if latest is not None else None
    if latest is None or recorded is None or seen.config is None:
        return Comparison(kept, reason=reason)
    fields = field_changes(recorded, seen.config)
    if remember:
        try:
            _remember(container, latest, seen, fields, identity.match)
        except StoreError as error:
            # On a full disk, for one: what differs can be told all the same.
            log.warning("what was seen of %s was not recorded: %s", container.label, error)
    watched = tuple(field for field in fields if rules.watches(field.label))
    keys = {field.key for field in watched}
    changes = tuple(change for change in drift(recorded, seen.config) or () if change.key in keys)
    return Comparison(latest.record, changes, watched, latest.reason)


def keep_config(container: Container, seen: GuestDetail) -> None:
    """Keep the config that an inspection found, and what the lists show of it. Raises `StoreError`."""
    latest = clinical_records.latest(container.id)
    if latest is not None and latest.record.config is not None and seen.config is not None:
        match = judge(container, seen, seen.taken_at).match
        _remember(container, latest, seen, field_changes(latest.record.config, seen.config), match)


def _not_ours(container: Container, seen: GuestDetail, identity: Identity) -> str:
    """Return the sentence about an inspected guest that is not the recorded one, or not settled."""
    if identity.match is Match.DIFFERENT:
        return another_guest(seen.vmid, identity)
    return f"the config of {container.name} is not settled: {identity.sentence}"


def _remember(
    container: Container, latest: Revision, seen: GuestDetail, fields: Iterable[FieldChange], match: Match
) -> None:
    """Remember the changed settings of an inspected guest, which was judged as `match`."""
    if container.is_tombstone:
        return
    config = config_seen(seen) if match is Match.SAME else None
    if config is not None:
        clinical_records.remember_config(container.id, config)
    if match in _OURS:
        drifts.remember_drift(container.id, latest.revision, (field.label for field in fields), seen.taken_at)
