"""What all plans for a guest share: a free record, a guest that was seen, and what the plan is bound to."""

from __future__ import annotations

from dataclasses import replace

from proximity_tui.core.doctrine.actions.guest_plan import guest_to_act_on, identity_doubts, plan_for_guest
from proximity_tui.core.model import Action, GuestNotSeen, Presence, Refusal
from tests.support.records.make import container, observation


def test_only_a_guest_that_was_seen_of_a_free_record_is_acted_on() -> None:
    seen, missing = observation(), GuestNotSeen("lab", 101, observation().taken_at, Presence.ABSENT, "not listed")
    assert guest_to_act_on(container(), seen) is seen
    held, gone = guest_to_act_on(replace(container(), operation=7), seen), guest_to_act_on(container(), missing)
    assert isinstance(held, Refusal)
    assert isinstance(gone, Refusal)
    assert (held.code, gone.code) == ("busy", "absent")


def test_a_plan_is_bound_to_the_guest_and_the_record_that_it_was_made_from() -> None:
    record, seen = container(), observation()
    plan = plan_for_guest(record, seen, Action.REBOOT, summary="reboot it", steps=())
    assert (plan.version, plan.node, plan.digest, plan.fingerprint) == (
        record.version,
        seen.node,
        seen.digest,
        seen.fingerprint,
    )


def test_a_guest_whose_identity_is_not_certain_is_warned_of() -> None:
    certain, doubtful = observation(), observation(fingerprint=None)
    assert identity_doubts(container(), certain) == ()
    assert identity_doubts(container(), doubtful)[0].startswith("identity weakened: ")
