"""Accepting drift: what is shown of the recorded guest becomes the baseline, and of no other."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.drift.acceptance import plan_acceptance
from proximity_tui.core.model import Action, GuestLookup, Plan, Refusal, RefusalCode, StepName
from tests.support.records.make import adopted, container, fingerprint, observation

RECORDED: dict[str, Any] = {"hostname": "web1", "memory": 512}


def seen_with(**now: Any) -> GuestLookup:
    return observation(config={**RECORDED, **now, "digest": "d1"})


def refused(planned: Plan | Refusal) -> RefusalCode:
    assert isinstance(planned, Refusal), planned
    return planned.code


def accepted(planned: Plan | Refusal) -> Plan:
    assert isinstance(planned, Plan), planned
    return planned


def test_what_differs_is_read_again_and_made_the_baseline() -> None:
    plan = accepted(plan_acceptance(container(), seen_with(memory=2048), RECORDED))
    assert (plan.action, plan.vmid, plan.digest) == (Action.ACCEPT_DRIFT, 101, "d1")
    assert [step.name for step in plan.steps] == [StepName.CAPTURE, StepName.RECORD]
    assert (
        plan.summary == "accept memory as the baseline of web1 (native, CT 101 on pve1): nothing is changed at Proxmox"
    )


def test_what_differs_twice_in_one_setting_is_named_once_and_many_are_counted() -> None:
    volumes = {f"unused{n}": f"local:{n}" for n in range(8)}
    first_six = {f"unused{n}": f"local:{n}" for n in range(6)}
    six = plan_acceptance(container(), seen_with(**first_six), RECORDED)
    assert "unused5" in accepted(six).summary
    assert "more" not in accepted(six).summary
    eight = plan_acceptance(container(), seen_with(**volumes), RECORDED)
    assert "unused5 and 2 more as the baseline" in accepted(eight).summary
    assert "unused6" not in accepted(eight).summary


def test_without_a_baseline_the_present_config_becomes_one() -> None:
    plan = accepted(plan_acceptance(container(), seen_with(), None))
    assert plan.summary.startswith("keep its config as the baseline of web1")


def test_where_nothing_differs_there_is_nothing_to_accept() -> None:
    assert refused(plan_acceptance(container(), seen_with(), RECORDED)) is RefusalCode.NO_DRIFT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lock": "create"}, RefusalCode.LOCKED),
        ({"lock": "destroyed"}, RefusalCode.LOCKED),
        ({"config": None}, RefusalCode.IDENTITY_UNSURE),
        ({"fingerprint": fingerprint(hwaddrs=frozenset({"BC:24:11:FF:FF:FF"}), marker=None)}, RefusalCode.REPLACED),
        ({"fingerprint": None}, RefusalCode.IDENTITY_UNSURE),
    ],
    ids=["being made", "being destroyed", "unread", "another guest", "unsure"],
)
def test_a_guest_that_is_not_surely_ours_and_settled_is_not_accepted(
    changes: dict[str, Any], code: RefusalCode
) -> None:
    seen = observation(**{"config": {**RECORDED, "memory": 1, "digest": "d1"}, **changes})
    assert refused(plan_acceptance(container(), seen, RECORDED)) is code


def test_an_adopted_container_may_have_its_drift_accepted_and_a_held_one_may_not() -> None:
    theirs = adopted()
    seen = observation(vmid=201, fingerprint=theirs.fingerprint, config={"hostname": "db1", "digest": "d1"})
    accepted(plan_acceptance(theirs, seen, {"hostname": "db2"}))
    assert refused(plan_acceptance(container(operation=7), seen_with(memory=1), RECORDED)) is RefusalCode.BUSY
