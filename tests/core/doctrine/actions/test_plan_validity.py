"""What voids a confirmed plan, and that what cannot be read is never told as a change."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.power_rules import plan_power
from proximity_tui.core.model import Action, GuestDetail, Plan
from proximity_tui.core.model.guests.guest_detail import Gap, Unread
from tests.support.records.make import container, observation

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
