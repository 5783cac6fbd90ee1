"""What takes an event of the audit trail back, and when that is true.

What was destroyed, or changed since, is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.adoption import check_reattach
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.undo.undo_kinds import UNDONE_BY, WHY_NEVER, UndoKind
from proximity_tui.core.model import (
    Action,
    Container,
    Event,
    Fingerprint,
    GuestDetail,
    GuestLookup,
    Kind,
    Plan,
    Refusal,
    RefusalCode,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.alert import Acknowledgement, Alert
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry


@value_object
class ShownGuest:
    """The guest that a re-attachment was planned for; without digest and fingerprint where its config was not read."""

    digest: str | None
    node: str
    fingerprint: Fingerprint | None


@value_object
class UndoPlan:
    """The plan to take an event back: its steps, and what it was made from. A change of that voids it."""

    kind: UndoKind
    event: Event
    name: str
    summary: str
    steps: tuple[Step, ...]
    warnings: tuple[str, ...] = ()
    guest: ShownGuest | None = None
    """Of a re-attachment: the guest as it was shown."""
    closing: Plan | None = None
    """Of an adoption: the soft delete that takes it back."""
    acknowledgement: Acknowledgement | None = None
    """Of an acknowledgement: the one that is taken back."""
    baseline: int | None = None
    """Of a baseline: the revision of the clinical record that is taken back."""
    port: PortPlan | None = None
    """Of a port: the opposite change."""


def undo_kind(event: Event) -> UndoKind | Refusal:
    """Return what undoes an event, or why nothing does."""
    kind = UNDONE_BY.get(event.action)
    if kind is not None:
        return kind
    why = WHY_NEVER.get(event.action, "it tells of what was seen, not of what somebody did")
    return Refusal(RefusalCode.NOT_UNDOABLE, f"event {event.seq} ({event.action}) cannot be undone: {why}")


def plan_reattach(
    event: Event, tombstone: Container, existing: Container | None, lookup: GuestLookup | None
) -> UndoPlan | Refusal:
    """Return the plan to manage a container again whose record a soft delete closed, or the refusal."""
    refused = check_reattach(tombstone, existing, lookup)
    if refused is not None:
        return refused
    assert isinstance(lookup, GuestDetail), "what was not seen is refused"
    ports = ", ".join(str(port) for port in event.evidence.get("ports_freed") or ())
    back = f" Ports {ports} come back as far as they are still free." if ports else ""
    return UndoPlan(
        UndoKind.REATTACH,
        event,
        tombstone.name,
        f"manage {tombstone.label} again ({event_label(event)})",
        (
            Step(StepName.INSPECT, "The guest must have the recorded fingerprint, and be as it was shown."),
            Step(StepName.CAPTURE, "Its config is captured as a new clinical record."),
            Step(StepName.RECORD, f"A new record of the same kind follows the closed one, with its history.{back}"),
        ),
        guest=ShownGuest(lookup.digest, lookup.node, lookup.fingerprint),
    )


def plan_stop_managing(event: Event, container: Container, closing: Plan | Refusal) -> UndoPlan | Refusal:
    """Return the plan to take an adoption back, by the soft delete `closing`; or the refusal."""
    if container.is_tombstone:
        return refusals.not_managed(container)
    if event.action == Action.ADOPT and container.kind is Kind.NATIVE:
        return Refusal(RefusalCode.CHANGED, f"{container.label} was created by us: there is no adoption to take back")
    if isinstance(closing, Refusal):
        return closing
    return UndoPlan(
        UndoKind.STOP_MANAGING,
        event,
        container.name,
        f"stop managing {container.label} ({event_label(event)})",
        closing.steps,
        closing.warnings,
        closing=closing,
    )


def plan_reopen(event: Event, alert: Alert, present: Event | None) -> UndoPlan | Refusal:
    """Return the plan to take an acknowledgement back, or the refusal; `present` is the event of the one that the alert
    has now, None where it is not known.
    """
    seen = alert.acknowledged
    if alert.resolved_at is not None:
        return Refusal(
            RefusalCode.CHANGED, f"alert {alert.id} is over ({alert.resolution}): nothing waits for a person"
        )
    if seen is None:
        return Refusal(RefusalCode.CHANGED, f"alert {alert.id} is not acknowledged: there is nothing to take back")
    told = event.actor, plain(str(event.evidence.get("note", "")))
    is_the_same = (seen.by, seen.note) == told and (present is None or present.seq == event.seq)
    if not is_the_same:
        changed = f"alert {alert.id} was acknowledged again since event {event.seq}, by {seen.by}"
        return Refusal(RefusalCode.CHANGED, changed)
    reason = f"Alert {alert.id} waits for a person again. The note ({seen.note or 'none'}) stays in the audit trail."
    return UndoPlan(
        UndoKind.REOPEN,
        event,
        alert.name or alert.kind,
        f"withdraw the acknowledgement of alert {alert.id} ({event_label(event)})",
        (Step(StepName.RECORD, reason),),
        acknowledgement=seen,
    )


def plan_baseline(event: Event, container: Container, latest: int | None) -> UndoPlan | Refusal:
    """Return the plan to compare with the baseline of before again, or the refusal; `latest` is the revision of the
    newest clinical record.
    """
    before, made = event.evidence.get("baseline_before"), event.evidence.get("baseline")
    if container.is_tombstone:
        return refusals.not_managed(container)
    if latest != made:
        return Refusal(RefusalCode.CHANGED, f"{container.label} has a newer baseline than that of event {event.seq}")
    if before is None:
        return Refusal(RefusalCode.NOT_UNDOABLE, f"{container.label} had no baseline before event {event.seq}")
    changed = ", ".join(map(str, event.evidence.get("changed") or ()))
    reason = "The previous baseline is used again." + (f" It differs in {changed}." if changed else "")
    return UndoPlan(
        UndoKind.BASELINE,
        event,
        container.name,
        f"compare {container.label} with its former baseline again ({event_label(event)})",
        (Step(StepName.RECORD, reason),),
        baseline=latest,
    )


def plan_port(event: Event, opposite: PortPlan | Refusal) -> UndoPlan | Refusal:
    """Return the plan to make a public port what it was, by the `opposite` change; or the refusal."""
    if isinstance(opposite, Refusal):
        return opposite
    holding = opposite.after or opposite.before
    return UndoPlan(
        UndoKind.PORT,
        event,
        holding.holder if holding is not None else "a port",
        f"change a public port back ({event_label(event)})",
        (Step(StepName.RECORD, f"{opposite.summary}."),),
        opposite.warnings,
        port=opposite,
    )


def event_label(event: Event) -> str:
    """Return which event is taken back: `takes back event 42: adopt, 2026-11-28 20:10 UTC, by root@vm`. Without its
    action the event would seem to be what is going to be done.
    """
    return f"takes back event {event.seq}: {event.action}, {event.at:%Y-%m-%d %H:%M} UTC, by {event.actor}"


def has_changed(shown: ShownGuest | None, now: GuestLookup | None) -> bool:
    """Return whether a guest is not as it was shown; False where none was shown."""
    if shown is None:
        return False
    if not isinstance(now, GuestDetail):
        return True
    return (shown.digest, shown.node, shown.fingerprint) != (now.digest, now.node, now.fingerprint)


def opposite_request(event: Event, registry: PortRegistry) -> PortRequest | Refusal:
    """Return the request that makes a port what it was before an event, or the refusal. The plan of that request says
    whether it may still be so.
    """
    before, after = event.evidence.get("before"), event.evidence.get("after")
    held = None if after is None else _holding(after, registry)
    if after is not None and held is None:
        public = after.get("public")
        return Refusal(RefusalCode.CHANGED, f"port {public} is not held any more as event {event.seq} left it")
    if before is None:
        assert held is not None, "an event of a port tells what was, or what is"
        return PortRequest(PortChange.RELEASE, held.key)
    change = PortChange.RESERVE if held is None else PortChange.MOVE
    return PortRequest(
        change,
        None if held is None else held.key,
        before.get("public"),
        before.get("container"),
        before.get("container_port"),
        before.get("note"),
    )


def _holding(wanted: Mapping[str, Any], registry: PortRegistry) -> PortHolding | None:
    """Return the holding that an event tells of; names may have changed since."""
    same = ("public", "container_port", "container", "note")
    return next((one for one in registry.holdings if all(one.evidence[key] == wanted.get(key) for key in same)), None)
