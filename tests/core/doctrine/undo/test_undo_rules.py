"""Event → what takes it back: only what is true, and bound to what was shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.undo.undo_kinds import UNDONE_BY, WHY_NEVER, UndoKind, newest_decision
from proximity_tui.core.doctrine.undo.undo_rules import (
    UndoPlan,
    has_changed,
    opposite_request,
    plan_baseline,
    plan_reattach,
    plan_reopen,
    plan_stop_managing,
    undo_kind,
)
from proximity_tui.core.model import Action, Event, Plan, Refusal, RefusalCode, Step, StepName
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.actions.port_plan import PortChange, PortRequest
from proximity_tui.core.model.alert import Acknowledgement, Alert, Delivery, DeliveryState, Severity
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry
from tests.support.records.make import NOON, adopted, container, observation

SEEN = Acknowledgement(NOON, "ann@ops", "known")


def event(action: str, **evidence: Any) -> Event:
    return Event(42, NOON, "ann@ops", action, 1, "prod", 101, "…", evidence, "hash")


def alert(**changes: Any) -> Alert:
    usual = Alert(
        7, Severity.RED, "replaced", "prod", 101, 1, "web1", "…", NOON, NOON, 1, SEEN, None, None, {},
        Delivery(DeliveryState.NONE),
    )  # fmt: skip
    return replace(usual, **changes)


def test_what_was_only_seen_is_no_decision_and_the_newest_decision_is_meant() -> None:
    trail = [event(EventAction.OBSERVE), event(EventAction.ALERT), event(Action.ADOPT), event(Action.SOFT_DELETE)]
    assert newest_decision(trail) is trail[2]
    assert newest_decision(trail[:2]) is None


def test_of_every_action_it_is_known_whether_it_can_be_undone() -> None:
    assert {*UNDONE_BY, *WHY_NEVER} >= set(Action)
    assert not UNDONE_BY.keys() & WHY_NEVER.keys()


def test_what_a_person_does_beside_the_containers_is_not_passed_over_for_something_older() -> None:
    for action in (EventAction.FREEZE, EventAction.ARM, EventAction.JOB_PAUSED, EventAction.LINT_WAIVED):
        trail = [event(EventAction.OBSERVE), event(action), event(Action.ADOPT)]
        assert newest_decision(trail) is trail[1]
        refused = undo_kind(trail[1])
        assert isinstance(refused, Refusal)
        assert "what was seen" not in refused.reason


def test_a_renamed_cluster_is_a_decision_about_the_cluster_and_about_no_container() -> None:
    renamed = event(EventAction.CLUSTER_RENAMED)
    assert newest_decision([renamed]) is None
    assert newest_decision([replace(renamed, container=None)]) is not None


@pytest.mark.parametrize("action", [*WHY_NEVER, EventAction.OBSERVE])
def test_what_cannot_be_undone_is_refused_with_the_reason(action: str) -> None:
    refused = undo_kind(event(action))
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.NOT_UNDOABLE
    assert WHY_NEVER.get(action, "of what was seen") in refused.reason
    assert action not in UNDONE_BY


def test_a_soft_delete_is_taken_back_for_the_same_guest_only() -> None:
    tombstone = container(closed_at=NOON, closed_reason="forgotten by choice")
    asked = event(Action.SOFT_DELETE, ports_freed=[8101])
    plan = plan_reattach(asked, tombstone, None, observation())
    assert isinstance(plan, UndoPlan)
    assert plan.kind is UndoKind.REATTACH
    assert "Ports 8101 come back as far as they are still free." in plan.steps[-1].reason
    assert not has_changed(plan.guest, observation())
    assert has_changed(plan.guest, observation(digest="d2"))
    assert has_changed(plan.guest, observation(node="pve2"))
    assert has_changed(plan.guest, None)
    assert not has_changed(None, None)
    stranger = observation(fingerprint=replace(observation().fingerprint, hwaddrs=frozenset({"XX"}), marker=None))  # type: ignore[type-var]
    refused = plan_reattach(asked, tombstone, None, stranger)
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.IDENTITY_UNSURE
    again = plan_reattach(asked, tombstone, container(id=9), None)
    assert isinstance(again, Refusal)
    assert again.code is RefusalCode.MANAGED


def test_an_adoption_is_taken_back_by_the_soft_delete_that_it_is() -> None:
    closing = Plan(Action.SOFT_DELETE, "prod", 201, "db1", (Step(StepName.RELEASE, "closes our record"),), "…")
    plan = plan_stop_managing(event(Action.ADOPT), adopted(), closing)
    assert isinstance(plan, UndoPlan)
    assert plan.closing is closing
    assert plan.steps == closing.steps
    assert "(takes back event 42: adopt, " in plan.summary, "the event is the adoption, not its end"
    held = Refusal(RefusalCode.BUSY, "an operation holds it")
    assert plan_stop_managing(event(Action.ADOPT), adopted(), held) is held
    closed = plan_stop_managing(event(Action.ADOPT), adopted(closed_at=NOON, closed_reason="vanished"), closing)
    assert isinstance(closed, Refusal)
    assert closed.code is RefusalCode.CLOSED


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"resolved_at": NOON, "resolution": "it is back"}, "is over (it is back)"),
        ({"acknowledged": None}, "is not acknowledged"),
        ({"acknowledged": replace(SEEN, by="bob@ops", at=NOON + timedelta(1))}, "acknowledged again since event 42"),
    ],
)
def test_only_the_present_acknowledgement_is_taken_back(changes: dict[str, Any], says: str) -> None:
    asked = event(EventAction.ALERT_ACKNOWLEDGED, note="known", alert=7)
    plan = plan_reopen(asked, alert(), asked)
    assert isinstance(plan, UndoPlan)
    assert plan.acknowledgement == SEEN
    refused = plan_reopen(asked, alert(**changes), None)
    assert isinstance(refused, Refusal)
    assert refused.code is RefusalCode.CHANGED
    assert says in refused.reason


@pytest.mark.parametrize(("name", "target"), [("web1", "web1"), (None, "quorum_lost")])
def test_an_alert_about_no_guest_is_named_by_its_kind(name: str | None, target: str) -> None:
    asked = event(EventAction.ALERT_ACKNOWLEDGED, note="known", alert=7)
    plan = plan_reopen(asked, alert(name=name, kind="quorum_lost"), asked)
    assert isinstance(plan, UndoPlan)
    assert plan.name == target


def test_only_the_newest_baseline_is_taken_back() -> None:
    asked = event(Action.ACCEPT_DRIFT, baseline_before=1, baseline=2, changed=["memory"])
    plan = plan_baseline(asked, container(), 2)
    assert isinstance(plan, UndoPlan)
    assert plan.baseline == 2
    assert "It differs in memory." in plan.steps[0].reason
    first = event(Action.ACCEPT_DRIFT, baseline_before=None, baseline=1)
    for refused, code in (
        (plan_baseline(asked, container(), 3), RefusalCode.CHANGED),
        (plan_baseline(first, container(), 1), RefusalCode.NOT_UNDOABLE),
        (plan_baseline(asked, container(closed_at=NOON, closed_reason="vanished"), 2), RefusalCode.CLOSED),
    ):
        assert isinstance(refused, Refusal)
        assert refused.code is code


HELD = PortHolding(7, 8101, 80, NOON, 1, "prod", 101, "web1")
MOVED = replace(HELD, id=8, public=8102)


@pytest.mark.parametrize(
    ("before", "after", "now", "request_"),
    [
        (None, HELD, HELD, PortRequest(PortChange.RELEASE, "record/7")),
        (HELD, None, None, PortRequest(PortChange.RESERVE, None, 8101, 1, 80)),
        (HELD, MOVED, MOVED, PortRequest(PortChange.MOVE, "record/8", 8101, 1, 80)),
        (HELD, MOVED, replace(MOVED, container_port=443), None),
        (None, HELD, None, None),
    ],
)
def test_a_port_is_taken_back_by_the_opposite_change_while_it_is_as_it_was_left(
    before: PortHolding | None, after: PortHolding | None, now: PortHolding | None, request_: PortRequest | None
) -> None:
    asked = event(EventAction.PORT_MOVED, before=before and before.evidence, after=after and after.evidence)
    registry = PortRegistry(() if now is None else (replace(now, name="renamed"),), range(8100, 9000))
    found = opposite_request(asked, registry)
    if request_ is None:
        assert isinstance(found, Refusal)
        assert found.code is RefusalCode.CHANGED
    else:
        assert found == request_
