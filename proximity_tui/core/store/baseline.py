"""The one-time identity event of each record from before schema 10, made from its first event."""

from __future__ import annotations

import logging

from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.records.trail import IDENTITY, differences, first_told, identity_of, last_told
from proximity_tui.core.store.schema import ContainerRow

DUE = "due"
"""What migration 10 leaves in place of the event. It stays where record and trail do not agree, and is reported."""

log = logging.getLogger(__name__)


def write_due() -> None:
    """Write the events that are due."""
    with transaction():
        for row in dicts(ContainerRow.select().where(ContainerRow.identity_event == DUE)):
            told = None if last_told(row["id"]) else first_told(row["id"])
            if told is None or differences(row, told, "its first event"):
                log.warning("record %d does not agree with the audit trail: see audit verify", row["id"])
                continue
            event = events.append(
                actor="migration",
                action="identity-baseline",
                message=f"the identity of {row['name']} is kept in the audit trail from now on",
                container=row["id"],
                cluster=row["cluster"],
                vmid=row["vmid"],
                evidence={IDENTITY: identity_of(row)},
            )
            ContainerRow.update(identity_event=event.hash).where(ContainerRow.id == row["id"]).execute()
