"""What voids a confirmed plan, and that what cannot be read is never told as a change."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest, plan_adoption
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest, plan_clone
from proximity_tui.core.doctrine.actions.power_rules import plan_power
from proximity_tui.core.model import Action, GuestDetail, Plan, RefusalCode, Status
from proximity_tui.core.model.guests.guest_detail import Gap, Unread
from tests.support.records.make import container, fingerprint, observation

UNREAD = {
    "config": None,
    "fingerprint": None,
    "digest": None,
    "gaps": (Gap(Unread.CONFIG, "the token lacks VM.Audit on /vms/101"),),
}


def planned() -> Plan:
    plan = plan_power(container(), Action.REBOOT, observation(digest="d1"))
    assert isinstance(plan, Plan), plan
    return plan


@pytest.mark.parametrize(
    ("seen", "code", "said"),
    [
        (observation(digest="d1"), None, ""),
        (observation(digest="d2"), "changed", "the config of web1 changed since the plan was made"),
        (observation(digest="d1", node="pve2"), "changed", "moved from pve1 to pve2"),
        (observation(**UNREAD), "identity_unsure", "could not be read (the token lacks VM.Audit on /vms/101)"),
    ],
    ids=["as it was", "changed", "moved", "unread"],
)
def test_a_config_that_cannot_be_read_did_not_change(seen: GuestDetail, code: str | None, said: str) -> None:
    refused = plan_validity.check_config_and_node(planned(), seen)
    assert (refused.code if refused is not None else None) == code
    assert said in (refused.reason if refused is not None else "")


def doubtful(**changes: Any) -> GuestDetail:
    """A guest with our marker and other hardware addresses: ours, or a clone of it."""
    return observation(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:00:00:99"}), **changes))


def test_law_3_a_doubt_that_nobody_was_shown_voids_the_plan() -> None:
    plan = plan_power(container(), Action.STOP, observation())
    assert isinstance(plan, Plan)
    refused = plan_validity.check_no_new_doubt(plan, container(), doubtful())
    assert refused is not None
    assert refused.code is RefusalCode.IDENTITY_UNSURE
    assert "no hardware address agrees" in refused.reason
    assert "nothing was sent for this step" in refused.reason


def test_a_doubt_that_was_shown_holds_only_for_the_guest_that_was_shown() -> None:
    plan = plan_power(container(), Action.STOP, doubtful())
    assert isinstance(plan, Plan)
    assert any("identity weakened" in one for one in plan.warnings)
    assert plan_validity.check_no_new_doubt(plan, container(), doubtful()) is None
    other = observation(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:00:00:77"})))
    refused = plan_validity.check_no_new_doubt(plan, container(), other)
    assert refused is not None
    assert refused.code is RefusalCode.IDENTITY_UNSURE


def test_what_never_had_a_fingerprint_is_acted_on_as_it_was_shown() -> None:
    """An adopted container whose config our token may not read."""
    ours = container(fingerprint=None, marker=None)
    plan = plan_power(ours, Action.STOP, observation(**UNREAD))
    assert isinstance(plan, Plan)
    assert plan_validity.check_no_new_doubt(plan, ours, observation(**UNREAD)) is None


def test_what_our_own_operation_makes_of_a_guest_is_no_doubt() -> None:
    plan = plan_power(container(), Action.STOP, observation())
    assert isinstance(plan, Plan)
    seen = doubtful()
    ours = container(expected_fingerprint=seen.fingerprint)
    assert plan_validity.check_no_new_doubt(plan, ours, seen) is None


def copied() -> Plan:
    """The plan of a clone of web1."""
    seen = observation(status=Status.STOPPED)
    plan = plan_clone(container(), CloneRequest("web2"), seen, 105, "cafe")
    assert isinstance(plan, Plan), plan
    return plan


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (observation(status=Status.STOPPED), None),
        (observation(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:00:00:99"}), marker=None)), "another guest"),
        (observation(node="pve2"), "the source CT 101 moved from pve1 to pve2"),
        (observation(digest="d2"), "the config of the source CT 101 changed"),
        (observation(**UNREAD), "could not be read (the token lacks VM.Audit on /vms/101)"),
    ],
    ids=["as it was", "another guest", "moved", "changed", "unread"],
)
def test_a_clone_is_made_of_the_very_source_that_was_shown(seen: GuestDetail, said: str | None) -> None:
    refused = plan_validity.check_same_source(copied(), seen)
    assert refused is None if said is None else said in getattr(refused, "reason", "")


def test_law_3_an_adoption_takes_no_other_guest_than_the_one_that_was_shown() -> None:
    plan = plan_adoption(101, AdoptionRequest(), observation(), None, "web1")
    assert isinstance(plan, Plan)
    assert plan_validity.check_as_shown(plan, observation(), "d1") is None
    other = observation(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:00:00:99"}), marker=None))
    refused = plan_validity.check_as_shown(plan, other, "d1")
    assert refused is not None
    assert "CT 101 is another guest than in the plan" in refused.reason
