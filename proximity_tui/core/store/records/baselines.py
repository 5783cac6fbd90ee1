"""The return to the baseline of before: the clinical record of an earlier revision once more, as the newest one.

Clinical records never change and are never removed (law 6), so what was accepted meanwhile stays in the list.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.model import Actor, Container
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import clinical_records
from proximity_tui.core.store.records.clinical_records import Revision
from proximity_tui.core.store.revisions import drifts


def return_to(container: Container, before: int, latest: int, actor: Actor | str, event: int) -> Revision:
    """Make the revision `before` the baseline again in place of `latest`, which `event` made; return the new revision.

    Raises `LostRace` where the newest clinical record is another one by now, or the one of before cannot be found.
    """
    with transaction():
        accepted, former = clinical_records.latest(container.id), clinical_records.revision(container.id, before)
        if accepted is None or accepted.revision != latest or former is None:
            raise LostRace(f"the baseline of {container.label} changed since it was shown")
        made = clinical_records.add_revision(container.id, former.record, f"the baseline of revision {before} again")
        changes = drift(former.record.config, accepted.record.config)
        if changes:
            # What was accepted is what the guest was seen to be: it counts as drift from now on.
            keys = [one.key for one in changes]
            drifts.remember_drift(container.id, made.revision, keys, accepted.captured_at)
        events.note(
            container,
            actor,
            EventAction.BASELINE_RETURNED,
            f"the config of {container.label} is not accepted any more: its baseline of before holds again",
            {"event": event, "baseline_before": latest, "baseline": made.revision, "same_as": before},
        )
    return made
