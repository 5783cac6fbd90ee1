"""The execution of accepting drift: the guest is captured, and its config becomes the baseline in one transaction.

It only reads from Proxmox, and a killed process leaves all or nothing, so it needs no journal and no resume.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.drift.acceptance import is_ours_by_marker, plan_acceptance
from proximity_tui.core.doctrine.observation.config_fields import field_changes
from proximity_tui.core.engine.operations.outcome import Done, EngineSettings, Outcome, Refused, unwritten
from proximity_tui.core.engine.operations.plan_check import CapturedGuest, capture_as_shown
from proximity_tui.core.model import Action, Container, GuestLookup, Plan, Refusal
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.config_revision import Attribution, ConfigSeen, RevisionCause
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.core.store.revisions import revisions


def plan(container: Container, lookup: GuestLookup) -> Plan | Refusal:
    """Return the plan for accepting what was seen as the baseline, or the refusal."""
    latest = clinical_records.latest(container.id)
    return plan_acceptance(container, lookup, latest.record.config if latest is not None else None)


def execute(client: PveClient, agreed: Plan, container: Container, note: str, settings: EngineSettings) -> Outcome:
    """Make the config that was shown the baseline; refused as `changed` where it is another one by now. Its config is
    the last thing that is read before the record is written (law 3). Return the outcome.
    """
    found = capture_as_shown(client, agreed, lambda lookup: plan(records.get(container.id), lookup))
    if isinstance(found, Refusal):
        return Refused(found, plan=agreed, container=container)
    try:
        return Done(plan=agreed, container=_record(container, found, note, settings))
    except StoreError as error:
        return unwritten(error, "nothing was accepted", plan=agreed, container=container)


def _record(container: Container, found: CapturedGuest, note: str, settings: EngineSettings) -> Container:
    captured, fingerprint = found.record, found.seen.fingerprint
    with transaction():
        now = records.get(container.id)
        if fingerprint is not None and is_ours_by_marker(now, found.seen):
            message = f"fingerprint of {now.label} recorded, which has our marker: {note}"
            records.set_fingerprint(now, fingerprint, actor=settings.actor, message=message)
        before = clinical_records.latest(container.id)
        recorded = before.record.config if before is not None else None
        reason = f"accepted by {settings.actor}: {note}"
        made = clinical_records.add_revision(container.id, captured, reason)
        if captured.config is not None:
            attribution = Attribution(RevisionCause.CAPTURED, note=reason)
            revisions.keep(container.id, ConfigSeen(captured.config, captured.captured_at), attribution)
        events.note(
            container,
            settings.actor,
            Action.ACCEPT_DRIFT,
            f"accepted the config of {container.label} as its baseline: {note}",
            {
                "digest": captured.digest,
                "baseline_before": before.revision if before is not None else None,
                "baseline": made.revision,
                "changed": [change.label for change in field_changes(recorded, captured.config)],
                "note": note,
            },
        )
        alerts.resolve(alerts.key_of(AlertKind.DRIFT, container=container.id), "accepted", by=settings.actor)
        return records.get(container.id)
