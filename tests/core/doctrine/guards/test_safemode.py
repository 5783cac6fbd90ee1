"""Who may change what: freezes hold for everybody, and a production cluster must be armed by who acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.doctrine.guards.safemode import Arming, Freeze, check_may_write, headline, person_of
from proximity_tui.core.model import Actor

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANNA = Actor("anna", "jump1", "proximity@pve!tui")
FREEZE = Freeze(1, "prod", "bob@jump2", "storage moves", NOW - MINUTE, NOW + 120 * MINUTE)
ARMING = Arming(1, "prod", "anna@jump1", "ticket 42", NOW - MINUTE, NOW + 9 * MINUTE)
PRODUCTION = frozenset({"prod"})


def judge(cluster: str = "prod", *freezes: Freeze, armings: tuple[Arming, ...] = (ARMING,), now: datetime = NOW) -> str:
    """The code of the refusal, or `yes`."""
    refused = check_may_write(cluster, ANNA, freezes, armings, now, PRODUCTION)
    return refused.code if refused else "yes"


def test_who_armed_a_production_cluster_may_change_it() -> None:
    assert judge() == "yes"


@pytest.mark.parametrize(
    "armings",
    [
        (),
        (replace(ARMING, person="bob@jump2"),),
        (replace(ARMING, person="anna@jump2"),),
        (replace(ARMING, cluster="attic"),),
        (replace(ARMING, until=NOW),),
    ],
    ids=["nobody", "another person", "on another host", "another cluster", "over"],
)
def test_what_is_not_armed_by_who_acts_now_is_refused(armings: tuple[Arming, ...]) -> None:
    assert judge(armings=armings) == "disarmed"
    assert judge("attic", armings=armings) == "yes", "only production clusters have to be armed"


def test_the_refusal_tells_what_to_type_and_how_long_it_holds() -> None:
    refused = check_may_write("prod", ANNA, (), (), NOW, PRODUCTION)
    assert refused is not None
    assert refused.reason.endswith(
        "anna@jump1 has not armed it: `proximity-tui arm --cluster prod --reason TEXT` gives you"
        " write mode for 10 minutes"
    )


def test_it_does_not_matter_which_token_speaks_for_a_person() -> None:
    assert person_of(replace(ANNA, token=None)) == person_of(ANNA)


def test_a_freeze_of_a_cluster_holds_there_and_only_there() -> None:
    assert judge("prod", FREEZE) == "frozen"
    assert judge("attic", FREEZE) == "yes"


def test_a_freeze_of_everything_holds_everywhere_and_comes_before_arming() -> None:
    everything = replace(FREEZE, cluster=None)
    assert judge("attic", everything) == "frozen"
    assert judge("prod", everything, armings=()) == "frozen"


def test_a_freeze_ends_at_its_time_and_one_without_a_time_does_not() -> None:
    assert FREEZE.until is not None
    assert judge("prod", FREEZE, now=FREEZE.until - MINUTE, armings=()) == "frozen"
    assert judge("attic", replace(FREEZE, cluster=None), now=FREEZE.until) == "yes"
    assert judge("prod", replace(FREEZE, until=None), now=NOW + timedelta(days=400)) == "frozen"


def test_a_refusal_says_who_why_and_until_when() -> None:
    refused = check_may_write("prod", ANNA, [FREEZE], [], NOW, PRODUCTION)
    assert refused is not None
    assert refused.reason == (
        "prod is frozen by bob@jump2 since 2026-11-23 13:59 UTC, until 2026-11-23 16:00 UTC: storage moves"
    )


def test_the_headline_tells_of_freezes_first_then_of_ones_own_write_mode() -> None:
    both = {"prod", "attic"}
    assert headline(ANNA, [FREEZE], [ARMING], NOW, both) == f"FROZEN: {FREEZE.brief}"
    assert headline(ANNA, [], [ARMING], NOW, both) == "ARMED: prod for 9 min"
    assert headline(Actor("bob", "jump2"), [], [ARMING], NOW, both) is None
    assert headline(ANNA, [FREEZE], [ARMING], NOW, {"attic"}) is None


def test_the_header_tells_of_an_arming_until_its_very_end() -> None:
    assert headline(ANNA, (), (ARMING,), NOW, PRODUCTION) == "ARMED: prod for 9 min"
    assert headline(ANNA, (), (ARMING,), ARMING.until, PRODUCTION) is None
