"""The baseline of before holds again, as a new clinical record: nothing that was accepted is removed."""

import pytest

from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import baselines, clinical_records
from proximity_tui.core.store.revisions import drifts
from tests.core.store.making import ANNA, CONFIG, a_container, captured

pytestmark = pytest.mark.usefixtures("opened")

ACCEPTED = {**CONFIG, "memory": 4096}


def test_the_baseline_of_before_is_the_newest_record_again_and_what_was_accepted_is_drift() -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adoption")
    clinical_records.add_revision(web.id, captured(config=ACCEPTED), "accepted")
    made = baselines.return_to(web, 1, 2, ANNA, 42)
    latest = clinical_records.latest(web.id)
    assert latest is not None
    assert (made.revision, latest.revision, latest.record.config) == (3, 3, CONFIG)
    kept = clinical_records.revision(web.id, 2)
    assert kept is not None
    assert kept.record.config == ACCEPTED
    told = events.list_events(container=web.id)[0]
    assert (told.action, told.actor) == (EventAction.BASELINE_RETURNED, ANNA)
    assert {"event": 42, "baseline_before": 2, "baseline": 3, "same_as": 1}.items() <= told.evidence.items()
    assert drifts.changed_labels("prod")[web.id] == ("memory",)


@pytest.mark.parametrize(("before", "latest"), [(1, 1), (1, 3), (9, 2)])
def test_another_baseline_than_was_shown_is_left_alone(before: int, latest: int) -> None:
    web = a_container()
    clinical_records.add_revision(web.id, captured(), "adoption")
    clinical_records.add_revision(web.id, captured(config=ACCEPTED), "accepted")
    with pytest.raises(LostRace, match="changed since it was shown"):
        baselines.return_to(web, before, latest, ANNA, 42)
    newest = clinical_records.latest(web.id)
    assert newest is not None
    assert newest.revision == 2
