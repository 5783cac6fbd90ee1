"""The handover of a shift, from records as they are: what is open stands first, and what is older is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.base.parts import Part
from proximity_tui.core.engine.operations.actions import change_ports
from proximity_tui.core.engine.operations.outcome import EngineSettings
from proximity_tui.core.model import Action, Actor, OperationStatus, Presence, State, Status
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.alert import Severity
from proximity_tui.core.model.job import JobOutcome, JobTrigger
from proximity_tui.core.model.port_registry import PortHolding
from proximity_tui.core.store import events, safe_modes
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.jobs import breakers, job_runs, run_days
from proximity_tui.core.store.journal import journal
from proximity_tui.core.store.records.observations import StatusUpdate, observe
from proximity_tui.core.store.schema.alert_tables import AlertRow
from proximity_tui.insight.handover_answer import Handover, gather
from proximity_tui.insight.handover_text import parts
from tests.core.store.making import ANNA, OWNER, a_container, begun, move
from tests.support.servers.databases import both_databases

pytestmark = both_databases

SHIFT = timedelta(hours=8)


@pytest.fixture(autouse=True)
def opened(database: str) -> Iterator[None]:
    store.open_store(database)
    yield
    store.close_store()


def taken(only: str | None = None) -> Handover:
    return gather(now() - SHIFT, now(), ("prod", "lab"), only)


def part(title: str) -> Part:
    (found,) = [one for one in parts(taken()) if one.title == title]
    return found


def run_of(job: str, cluster: str, outcome: JobOutcome, *reasons: str) -> None:
    job_runs.finish(job_runs.start(job, cluster, OWNER, JobTrigger.SCHEDULE), outcome, reasons=reasons)


def test_a_shift_in_which_nothing_happened_is_a_page_of_nothing() -> None:
    told = {one.title: one.summary for one in parts(taken())}
    assert told == {
        "Still open": "nothing",
        "Fleet": "0 containers in 0 clusters",
        "Alerts": "0 opened (0 red), 0 over",
        "Operations": "none",
        "Jobs": "no run",
        "Changes": "none",
    }


def test_the_fleet_is_counted_by_state_and_cluster() -> None:
    for vmid in (101, 102, 103):
        a_container(vmid)
    move(a_container(104), State.ERROR)
    a_container(201, cluster="lab")
    lab, prod = taken().fleet
    assert (prod.cluster, prod.total, dict(prod.states)) == ("prod", 4, {State.RUNNING: 3, State.ERROR: 1})
    assert lab.total == 1
    assert [line.text for line in part("Fleet").lines] == [
        "lab: 1 managed: 1 running",
        "prod: 4 managed: 3 running, 1 error",
    ]


def test_what_is_hidden_or_not_seen_counts_as_neither_running_nor_stopped() -> None:
    a_container(101)
    hidden, unseen = a_container(102), a_container(103)
    observe(
        [
            StatusUpdate(hidden.id, None, Presence.HIDDEN),
            StatusUpdate(unseen.id, Status.UNKNOWN, Presence.UNKNOWN),
        ]
    )
    assert [line.text for line in part("Fleet").lines] == ["prod: 3 managed: 1 running, 2 unknown; 1 hidden"]


def test_what_is_still_open_is_told_with_who_has_seen_it_the_worst_first() -> None:
    alerts.raise_alert("stale_lock", Severity.AMBER, cluster="prod", vmid=107, message="locked")
    alerts.raise_alert("unreachable", Severity.RED, cluster="lab", message="lab is silent")
    seen = alerts.raise_alert("replaced", Severity.RED, cluster="prod", vmid=9, message="another guest")
    alerts.acknowledge(seen.id, f"{ANNA} via x@pve!y", "asked the network people")
    begun()
    safe_modes.freeze("prod", ANNA, "moving house")
    job_runs.pause("janitor", "lab", ANNA, "noisy")
    told = [line.text for line in part("Still open").lines]
    beginnings = [
        "RED       lab: lab is silent",
        "amber     prod: locked",
        "frozen",
        "",
        "paused    janitor of lab",
        "RED",
    ]
    assert all(line.startswith(start) for line, start in zip(told, beginnings, strict=True)), told
    assert "open         soft-delete web1 (prod/101) by anna@jump1" in told[3]
    assert told[-1].endswith("(seen by anna@jump1: asked the network people)")


def test_what_a_person_dismissed_as_not_gone_is_named_until_it_is_seen_again() -> None:
    """Nothing else is open about it: no alert, and no breaker."""
    lost, back = a_container(101), a_container(102)
    breakers.open_breaker("prod", [lost.id, back.id], 2)
    breakers.dismiss("prod", ANNA, "the storage is being moved")
    (line,) = part("Still open").lines
    assert line.text == f"not seen  prod: {lost.name}, {back.name}: dismissed as not gone, and not listed since"
    breakers.seen_again("prod", [back.id])
    (line,) = part("Still open").lines
    assert line.text.startswith(f"not seen  prod: {lost.name}: dismissed")
    assert taken("lab").dismissed == ()
    breakers.seen_again("prod", [lost.id])
    assert part("Still open").summary == "nothing"


def test_what_is_older_than_the_shift_is_told_only_while_it_is_open() -> None:
    before = now() - timedelta(hours=9)
    with time_machine.travel(before, tick=True):
        alerts.raise_alert("unreachable", Severity.RED, cluster="lab", message="still silent")
        over = alerts.raise_alert("replaced", Severity.RED, cluster="prod", message="long over")
        alerts.resolve(over.id, "it went")
        journal.finish(begun().id, OperationStatus.DONE)
        run_of("reconciler", "prod", JobOutcome.FAILED, "no answer")
        a_container(150)
    with transaction():
        # A database server has a clock of its own, by which alerts are opened and resolved.
        AlertRow.update(opened_at=before, last_seen_at=before).execute()
        AlertRow.update(resolved_at=before).where(AlertRow.id == over.id).execute()
    handover = taken()
    assert [alert.message for alert in handover.open_alerts] == ["still silent"]
    assert (handover.opened, handover.over, handover.operations, handover.changes) == ((), (), (), ())
    assert part("Jobs").lines[0].text.startswith("reconciler of prod: no run; the last was failed at ")


def test_runs_are_summed_and_what_was_not_complete_says_why() -> None:
    for _ in range(3):
        run_of("reconciler", "prod", JobOutcome.COMPLETE)
    run_of("reconciler", "prod", JobOutcome.PARTIAL, "pve3 is offline")
    told = part("Jobs")
    assert told.summary == "4 runs: 3 complete, 1 partial"
    assert told.lines[0].text.startswith("reconciler of prod: 4 runs: 3 complete, 1 partial; the last was partial at ")
    assert told.lines[0].text.endswith("(pve3 is offline)")
    assert told.tone == "warn"


def test_the_runs_of_a_month_are_summed_also_those_of_which_only_the_sums_are_left() -> None:
    with time_machine.travel((now() - timedelta(days=10)).replace(hour=6)):
        for _ in range(3):
            run_of("reconciler", "prod", JobOutcome.COMPLETE)
    run_of("reconciler", "prod", JobOutcome.FAILED, "no answer")
    with time_machine.travel(now() - timedelta(days=1)):
        run_of("reconciler", "attic", JobOutcome.COMPLETE)
    assert run_days.thin("prod", now()) == 2
    month = gather(now() - timedelta(days=30), now(), ("prod",))
    assert dict(month.jobs[0].outcomes) == {"complete": 3, "failed": 1}


def test_changes_say_who_made_them() -> None:
    a_container(101)
    a_container(102, actor="bert@jump2 via bert@pve!tui", message="adopted \x1b[31mweb102")
    told = part("Changes")
    assert told.summary == "2: anna@jump1 1, bert@jump2 1"
    assert told.lines[0].text.endswith("prod/102  adopted \u241b[31mweb102  (bert@jump2)")


def test_of_one_action_only_the_last_event_is_told() -> None:
    container = a_container(101, message="adopting web101")
    for action, message in (("adopt", "adopted web101"), ("stop", "asked to stop"), ("stop", "stopped web101")):
        events.append(actor=ANNA, action=Action(action), message=message, container=container.id, cluster="prod")
    assert [event.message for event in taken().changes] == ["stopped web101", "adopted web101"]


def test_two_operations_in_a_row_are_two_changes() -> None:
    container = a_container(101, message="adopted web101")
    for number, message in enumerate(["asked for 2 GiB", "has 2 GiB", "asked for 4 cores", "has 4 cores"]):
        evidence = {"operation": 1 + number // 2}
        about: dict[str, Any] = {"container": container.id, "cluster": "prod", "vmid": 101}
        events.append(actor=ANNA, action=Action.UPDATE, message=message, evidence=evidence, **about)
    handover = taken()
    assert [event.message for event in handover.changes] == ["has 4 cores", "has 2 GiB", "adopted web101"]
    assert dict(handover.changed_by) == {ANNA: 3}


def test_each_port_is_a_change_of_its_own() -> None:
    container = a_container(101)
    for message in ("reserved 8101", "reserved 8102"):
        events.append(actor=ANNA, action=EventAction.PORT_RESERVED, message=message, container=container.id)
    assert [event.message for event in taken().changes][:2] == ["reserved 8102", "reserved 8101"]


def test_the_move_of_a_port_is_one_change_although_both_containers_have_it_in_their_history() -> None:
    web, mail = a_container(101), a_container(102, name="mail")
    settings = EngineSettings(Actor("anna", "jump1"), port_pool=range(8100, 8110))

    def change(request: PortRequest) -> PortHolding:
        plan = change_ports.plan(request, settings, now())
        assert isinstance(plan, PortPlan), plan
        held = change_ports.execute(plan, settings, now())
        assert isinstance(held, PortHolding), held
        return held

    held = change(PortRequest(PortChange.RESERVE, None, container=web.id, container_port=80))
    held = change(PortRequest(PortChange.MOVE, held.key, container=mail.id))
    held = change(PortRequest(PortChange.MOVE, held.key, container=web.id))
    change(PortRequest(PortChange.MOVE, held.key, container=mail.id))
    moves = [one for one in taken().changes if one.action == EventAction.PORT_MOVED]
    assert [one.container for one in moves] == [mail.id, web.id, mail.id]


def test_each_status_that_was_seen_and_each_accepted_config_is_a_change_of_its_own() -> None:
    container = a_container(101, message="adopted web101")
    told: tuple[tuple[Any, str], ...] = (
        (EventAction.OBSERVE, "web101 is stopped"),
        (EventAction.OBSERVE, "web101 is running"),
        (EventAction.OBSERVE, "web101 is stopped"),
        (Action.ACCEPT_DRIFT, "accepted 4 cores"),
        (Action.ACCEPT_DRIFT, "accepted 8 cores"),
        (EventAction.MOVED, "moved to pve2"),
        (EventAction.MOVED, "moved to pve3"),
        ("of-a-later-version", "once"),
        ("of-a-later-version", "twice"),
    )
    for action, message in told:
        events.append(actor="observer", action=action, message=message, container=container.id)
    assert [event.message for event in reversed(taken().changes)] == ["adopted web101", *(one for _, one in told)]


def test_a_status_that_is_seen_meanwhile_does_not_tell_twice_of_one_action() -> None:
    container = a_container(101, message="adopted web101")
    told: tuple[tuple[str, Action | EventAction, str], ...] = (
        (ANNA, Action.STOP, "asked to stop"),
        ("observer", EventAction.OBSERVE, "web101 is stopped"),
        (ANNA, Action.STOP, "stopped web101"),
    )
    for actor, action, message in told:
        events.append(actor=actor, action=action, message=message, container=container.id)
    assert [event.message for event in taken().changes] == ["stopped web101", "web101 is stopped", "adopted web101"]


def test_it_can_be_about_one_cluster_alone() -> None:
    a_container(101)
    a_container(201, cluster="lab")
    alerts.raise_alert("unreachable", Severity.RED, cluster="lab", message="lab is silent")
    handover = taken("prod")
    assert [one.cluster for one in handover.fleet] == ["prod"]
    assert handover.open_alerts == ()
    assert {event.cluster for event in handover.changes} == {"prod"}
    assert {job.cluster for job in handover.jobs} == {"prod"}


def test_a_job_without_a_recorded_run_may_still_have_run_by_hand() -> None:
    assert part("Jobs").lines[0].text == "reconciler of prod: no daemon or screen ever ended a run"
