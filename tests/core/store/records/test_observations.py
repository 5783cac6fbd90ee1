"""What Proxmox says is written down without touching what is ours (laws 2, 4 and 8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.model import Presence, Status
from proximity_tui.core.store import events
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.records import StatusUpdate, observe
from tests.core.store.making import a_container, close

pytestmark = pytest.mark.usefixtures("opened")

BEFORE = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
LATER = BEFORE + timedelta(seconds=10)


def test_what_was_seen_is_recorded_and_state_and_version_are_not_touched() -> None:
    web = a_container()
    observe(
        [
            StatusUpdate(
                web.id,
                Status.STOPPED,
                Presence.PRESENT,
                observed_at=BEFORE,
                identity_seen_at=BEFORE,
                node="pve1",
                name=web.name,
                tags=("a", "b"),
                template=False,
                lock="backup",
            )
        ]
    )
    after = records.get(web.id)
    assert (after.status, after.observed_at, after.tags, after.lock) == (Status.STOPPED, BEFORE, ("a", "b"), "backup")
    assert (after.state, after.state_since, after.version) == (web.state, web.state_since, web.version)


def test_what_was_not_seen_keeps_what_was_known() -> None:
    web = a_container(tags=("a",), observed_at=BEFORE)
    observe([StatusUpdate(web.id, Status.UNKNOWN, Presence.UNKNOWN, presence_reason="pve1 cannot be reached")])
    after = records.get(web.id)
    assert (after.node, after.name, after.tags, after.observed_at) == (web.node, web.name, ("a",), BEFORE)
    assert (after.status, after.presence_reason) == (Status.UNKNOWN, "pve1 cannot be reached")


def test_a_move_and_a_new_name_are_events() -> None:
    web = a_container(name="web1")
    compared = {"observed_at": BEFORE, "identity_seen_at": BEFORE}
    made = observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, **compared, node="pve2", name="shop")])
    assert [(event.action, event.evidence) for event in made] == [
        ("moved", {"from": "pve1", "to": "pve2"}),
        ("renamed", {"from": "web1", "to": "shop"}),
    ]
    assert events.list_events(container=web.id)[:2] == tuple(reversed(made))


@pytest.mark.parametrize("face", [{"node": "pve2"}, {"name": "shop"}, {"tags": ("a",)}, {"template": False}], ids=str)
def test_law_3_nothing_is_written_from_a_guest_that_was_not_compared(face: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="not compared"):
        StatusUpdate(1, Status.RUNNING, Presence.PRESENT, observed_at=BEFORE, **face)


def test_that_a_fingerprint_is_due_is_kept_until_it_was_read() -> None:
    web = a_container()
    for moment in (BEFORE, LATER):
        observe([StatusUpdate(web.id, Status.UNKNOWN, Presence.UNKNOWN, doubted_at=moment)])
    observe([StatusUpdate(web.id, Status.STOPPED, Presence.PRESENT, observed_at=LATER)])
    assert records.get(web.id).identity_due_since == BEFORE
    observe([StatusUpdate(web.id, Status.STOPPED, Presence.PRESENT, observed_at=LATER, identity_read=True)])
    assert records.get(web.id).identity_due_since is None


def test_seeing_the_same_again_makes_no_event() -> None:
    web = a_container()
    for moment in (BEFORE, LATER):
        assert observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=moment)]) == ()
    assert records.get(web.id).observed_at == LATER


def test_an_older_sight_does_not_overwrite_a_newer_one() -> None:
    web = a_container()
    observe([StatusUpdate(web.id, Status.STOPPED, Presence.PRESENT, observed_at=LATER)])
    observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=BEFORE)])
    assert records.get(web.id).status is Status.STOPPED


def test_n68_a_sight_that_is_yet_to_come_keeps_nobody_from_seeing() -> None:
    """A clock was set back by an hour. The clocks of two hosts are never quite the same, and that is something else."""
    now = datetime.now(UTC)
    web = a_container()
    observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=now + timedelta(seconds=20))])
    assert records.seen_since(web.id, now)
    observe([StatusUpdate(web.id, Status.STOPPED, Presence.PRESENT, observed_at=now)])
    assert records.get(web.id).status is Status.RUNNING
    observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=now + timedelta(hours=1))])
    assert not records.seen_since(web.id, now)
    observe([StatusUpdate(web.id, Status.STOPPED, Presence.PRESENT, observed_at=now)])
    assert (records.get(web.id).status, records.get(web.id).observed_at) == (Status.STOPPED, now)


def test_since_when_a_guest_is_missed_is_kept_and_cleared() -> None:
    web = a_container()
    observe([StatusUpdate(web.id, Status.UNKNOWN, Presence.UNKNOWN, missing_since=BEFORE)])
    assert records.get(web.id).missing_since == BEFORE
    observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=LATER)])
    assert records.get(web.id).missing_since is None


def test_a_tombstone_is_not_observed() -> None:
    tombstone = close(a_container())
    observe([StatusUpdate(tombstone.id, Status.RUNNING, Presence.PRESENT, observed_at=BEFORE)])
    assert records.get(tombstone.id) == tombstone
