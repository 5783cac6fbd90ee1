"""The download of a template: the audit trail is its journal, and who asks again follows what is under way."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.guards import permit
from proximity_tui.core.engine import downloads
from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.model.actions.template_plan import TemplateDownload, TemplatePlan, TemplateRequest
from proximity_tui.core.store import database, events, safe_modes
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.simulator import Simulator
from tests.support.house import AheadClock, House
from tests.support.timing.meddling import asked, when

WANTED = TemplateRequest("lab", "pve1", "local", "debian-13-standard_13.1-2_amd64.tar.zst")


def planned(house: House) -> TemplatePlan:
    plan = house.engine.plan_download(WANTED)
    assert isinstance(plan, TemplatePlan), plan
    return plan


def download(house: House) -> TemplateDownload:
    end = house.engine.download(planned(house))
    assert isinstance(end, TemplateDownload), end
    return end


def told() -> list[str]:
    """What the audit trail says of downloads, oldest first."""
    return [one.message for one in reversed(events.list_events()) if one.action == "template-download"]


def test_the_intent_is_in_the_trail_before_the_request_and_the_task_before_its_end(
    house: House, simulator: Simulator
) -> None:
    by_then: dict[str, list[str]] = {}
    when(simulator, asked("POST", "/aplinfo"), lambda: by_then.update(sent=told()))
    when(simulator, lambda entry: "/tasks/UPID" in entry.path, lambda: by_then.update(followed=told()))
    end = download(house)
    assert (end.error, isinstance(downloads.outcome_of(end), Done)) == (None, True)
    assert [len(by_then["sent"]), len(by_then["followed"])] == [1, 2]
    asked_for, began, done = told()
    assert asked_for.endswith(": asked for")
    assert began.endswith(f": its task is {end.task}")
    assert done == f"downloaded {WANTED.volid} on pve1"


def test_what_is_not_as_it_was_shown_is_not_downloaded(house: House, simulator: Simulator) -> None:
    plan = planned(house)
    simulator.faults.rewrite(lambda rows: [row | {"headline": "another one"} for row in rows], "/aplinfo")
    refused = house.engine.download(plan)
    assert isinstance(refused, Refusal)
    assert (refused.code, isinstance(downloads.outcome_of(refused), Refused)) == ("changed", True)
    assert (house.wire(), told()) == ([], [])


def test_a_cluster_that_is_frozen_while_its_templates_are_read_is_left_alone(
    house: House, simulator: Simulator
) -> None:
    plan = planned(house)
    when(simulator, asked("GET", "/aplinfo"), lambda: safe_modes.freeze("lab", "anna", "hands off"))
    refused = house.engine.download(plan)
    assert isinstance(refused, Refusal)
    assert (refused.code, house.wire(), told()) == (RefusalCode.FROZEN, [], [])


def test_a_task_whose_end_nobody_saw_is_followed_by_who_asks_again(house: House, simulator: Simulator) -> None:
    when(simulator, asked("POST", "/aplinfo"), lambda: simulator.faults.answer(500, "nobody can say now", "/tasks/"))
    lost = house.impatient(hurry=2000).download(planned(house))
    assert isinstance(lost, TemplateDownload)
    assert lost.unknown
    assert lost.task is not None
    assert isinstance(downloads.outcome_of(lost), Resumable)
    simulator.faults.clear()
    assert planned(house).follows == lost.task
    found = download(house)
    assert (found.task, found.error) == (lost.task, None)
    assert len(house.wire()) == 1
    again = house.engine.plan_download(WANTED)
    assert isinstance(again, Refusal)
    assert again.code == "unchanged"


def test_a_task_that_failed_says_why_and_may_be_asked_for_again(house: House, simulator: Simulator) -> None:
    simulator.world.fail_next_task("download", None, "write failed: No space left on device")
    failed = download(house)
    assert not failed.unknown
    assert "No space left on device" in str(failed.error)
    assert isinstance(downloads.outcome_of(failed), Failed)
    assert planned(house).follows is None
    assert download(house).error is None


def test_a_database_that_keeps_the_intent_waiting_for_longer_than_the_permit_sends_nothing(
    simulator: Simulator, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = AheadClock()
    house = House({"lab": simulator}, database, clock)
    plan, write = planned(house), events.append

    def slowly(**values: Any) -> Any:
        clock.ahead += permit.LIFETIME.total_seconds() + 1
        return write(**values)

    with monkeypatch.context() as patch:
        patch.setattr(events, "append", slowly)
        end = house.engine.download(plan)

    assert isinstance(end, TemplateDownload), end
    assert (end.unknown, "has expired" in str(end.error), "nothing was sent" in str(end.error)) == (False, True, True)
    assert house.wire() == []
    assert told()[-1].endswith(f"failed: {end.error}")
    assert download(house).error is None


def test_a_database_that_is_away_while_it_is_downloaded_does_not_call_it_failed(
    house: House, simulator: Simulator
) -> None:
    """The request was sent: it is followed to its end, which is told with what the audit trail lacks."""
    plan = planned(house)
    when(simulator, asked("POST", "/aplinfo"), lambda: refuse_events("the disk is full"))
    end = house.engine.download(plan)
    assert isinstance(end, TemplateDownload), end
    assert end.error == (
        f"downloaded {WANTED.volid} on pve1; its end is not in the audit trail:"
        " the disk that holds the database is full"
    )
    assert WANTED.volid in {one.volid for one in house.clients["lab"].templates("pve1")}


def refuse_events(why: str) -> None:
    with database.unit():
        run_sql(
            database.proxy.obj, f"CREATE TRIGGER away BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
