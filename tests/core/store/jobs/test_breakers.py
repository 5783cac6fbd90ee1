"""The breaker: one question a cluster, answered once by a person, forgotten for whoever is seen again."""

import pytest

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import BreakerAnswer
from proximity_tui.core.store import events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.db.store_errors import Conflict, LostRace, RecordNotFound
from proximity_tui.core.store.jobs import breakers
from tests.core.store.making import ANNA

pytestmark = pytest.mark.usefixtures("opened")


def test_a_cluster_is_frozen_once_until_somebody_answers() -> None:
    assert breakers.state("prod") is None
    opened = breakers.open_breaker("prod", [3, 1, 2], 20)
    assert (opened.missing, opened.total, opened.is_open) == (frozenset({1, 2, 3}), 20, True)
    assert opened.message == "mass disappearance: 3 of 20"
    assert breakers.state("prod") == opened
    assert breakers.state("lab") is None


def test_while_it_is_frozen_only_the_list_of_the_missing_follows() -> None:
    opened = breakers.open_breaker("prod", [1, 2, 3, 4], 20)
    more = breakers.open_breaker("prod", [1, 2, 3, 4, 5], 20)
    assert (more.id, more.opened_at, len(more.missing)) == (opened.id, opened.opened_at, 5)
    assert [event.action for event in events.list_events()] == ["breaker-opened"]


def test_approving_thaws_and_names_the_ones_that_may_be_concluded() -> None:
    breakers.open_breaker("prod", [1, 2], 4)
    answered = breakers.approve("prod", ANNA, "the rack is gone")
    assert (answered.answer, answered.answered_by, answered.note) == (
        BreakerAnswer.APPROVED,
        ANNA,
        "the rack is gone",
    )
    assert breakers.state("prod") is None
    assert breakers.approved_ids("prod") == {1, 2}
    assert breakers.dismissed_ids("prod") == frozenset()
    event = events.list_events()[0]
    assert (event.action, event.actor, event.evidence["missing"]) == ("breaker-approved", ANNA, [1, 2])


def test_dismissing_thaws_and_names_the_ones_that_may_not() -> None:
    breakers.open_breaker("prod", [1, 2], 4)
    breakers.dismiss("prod", ANNA)
    assert breakers.state("prod") is None
    assert breakers.dismissed_ids("prod") == {1, 2}
    assert breakers.approved_ids("prod") == frozenset()


def test_the_answer_ends_the_alert_that_asked() -> None:
    breakers.open_breaker("prod", [1, 2], 4)
    alert = alerts.raise_alert(
        AlertKind.MASS_DISAPPEARANCE, Severity.RED, cluster="prod", message="mass disappearance: 2 of 4"
    )
    breakers.approve("prod", ANNA)
    assert alerts.open_alerts() == ()
    assert alerts.get(alert.id).resolution == "mass disappearance: 2 of 4 (approved)"


def test_an_answer_is_to_what_the_person_saw() -> None:
    shown = breakers.open_breaker("prod", [1, 2], 4).missing
    breakers.open_breaker("prod", [1, 2, 3], 4)
    with pytest.raises(LostRace, match="see which, then answer again"):
        breakers.approve("prod", ANNA, seen=shown)
    assert breakers.state("prod") is not None
    breakers.approve("prod", ANNA, seen=frozenset({1, 2, 3}))


def test_who_answers_second_is_told_who_was_first() -> None:
    with pytest.raises(RecordNotFound, match="not held by the breaker"):
        breakers.approve("prod", ANNA)
    breakers.open_breaker("prod", [1, 2], 4)
    breakers.dismiss("prod", ANNA)
    with pytest.raises(Conflict, match=f"dismissed: {ANNA}"):
        breakers.approve("prod", "bert@jump2")


def test_when_they_all_come_back_nobody_has_to_answer() -> None:
    assert breakers.withdraw("prod", "nothing to withdraw") is None
    breakers.open_breaker("prod", [1, 2], 4)
    withdrawn = breakers.withdraw("prod", "all of them are back")
    assert withdrawn is not None
    assert (withdrawn.answer, withdrawn.answered_by) == (BreakerAnswer.WITHDRAWN, None)
    assert withdrawn.note == "all of them are back"
    assert breakers.approved_ids("prod") | breakers.dismissed_ids("prod") == frozenset()


def test_an_answer_holds_until_the_container_is_seen_again() -> None:
    breakers.open_breaker("prod", [1, 2], 4)
    breakers.approve("prod", ANNA)
    breakers.seen_again("prod", [2, 3])
    assert breakers.approved_ids("prod") == {1}
    breakers.open_breaker("prod", [2, 3], 4)
    breakers.dismiss("prod", ANNA)
    assert breakers.dismissed_ids("prod") == {2, 3}
    assert [known.answer for known in breakers.history("prod")] == ["dismissed", "approved"]
