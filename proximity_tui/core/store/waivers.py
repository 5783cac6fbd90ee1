"""The waivers of lint: given and lifted with an event, never deleted (law 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Actor
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.lint_report import LintFinding, LintRule, Waiver
from proximity_tui.core.store import events
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.db.store_errors import Conflict, RecordNotFound, StoreError
from proximity_tui.core.store.schema.alert_tables import LintWaiverRow

_RULES: Mapping[str, LintRule] = {rule.value: rule for rule in LintRule}


def open_waivers() -> tuple[Waiver, ...]:
    """Return the waivers that hold, oldest first. One of a rule that this version does not know is left out."""
    query = LintWaiverRow.select().where(LintWaiverRow.lifted_at.is_null()).order_by(LintWaiverRow.id)
    with unit():
        return tuple(_waiver(row) for row in dicts(query) if row["rule"] in _RULES)


def waive(finding: LintFinding, by: Actor | str, note: str) -> Waiver:
    """Waive a finding with a note, and return the waiver. Raises `Conflict` where somebody did already."""
    with transaction():
        known = find(finding.rule, finding.subject)
        if known is not None:
            raise Conflict(f"{finding.rule} of {finding.name} is already waived", f"{known.by}: {known.note}")
        try:
            with transaction():
                new: int = LintWaiverRow.insert(
                    rule=finding.rule.value,
                    subject=finding.subject,
                    note=plain(note),
                    waived_at=now(),
                    waived_by=plain(str(by)),
                ).execute()
        except StoreError as error:
            if isinstance(error.__cause__, peewee.IntegrityError):
                raise Conflict(f"{finding.rule} of {finding.name} is already waived", "somebody else") from error
            raise
        message = f"waived {finding.rule} of {finding.name}: {note}"
        _note(finding, by, EventAction.LINT_WAIVED, message, {"reason": finding.reason, "note": note})
        return _get(new)


def lift(finding: LintFinding, by: Actor | str) -> None:
    """Lift the waiver of a finding. Raises `RecordNotFound` where it has none."""
    with transaction():
        known = find(finding.rule, finding.subject)
        if known is None:
            raise RecordNotFound(f"{finding.rule} of {finding.name} is not waived")
        LintWaiverRow.update(lifted_at=now(), lifted_by=plain(str(by))).where(LintWaiverRow.id == known.id).execute()
        message = f"no longer waived: {finding.rule} of {finding.name}"
        _note(finding, by, EventAction.LINT_UNWAIVED, message, {"waived_by": known.by, "note": known.note})


def find(rule: LintRule, subject: str) -> Waiver | None:
    """Return the waiver that holds for a rule and a subject, if any."""
    return next((one for one in open_waivers() if (one.rule, one.subject) == (rule, subject)), None)


def _note(
    finding: LintFinding, by: Actor | str, action: EventAction, message: str, evidence: Mapping[str, Any]
) -> None:
    events.note(finding, by, action, message, {"rule": finding.rule, "subject": finding.subject, **evidence})


def _get(waiver_id: int) -> Waiver:
    with unit():
        return _waiver(dicts(LintWaiverRow.select().where(LintWaiverRow.id == waiver_id))[0])


def _waiver(row: Mapping[str, Any]) -> Waiver:
    return Waiver(row["id"], _RULES[row["rule"]], row["subject"], row["note"], row["waived_by"], row["waived_at"])
