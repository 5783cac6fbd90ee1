"""What Proxmox says is written down without touching what is ours (laws 2, 4 and 8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proximity_tui.core.model import Presence, Status
from proximity_tui.core.store import changes, events
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.records import StatusUpdate, observe
from tests.core.store.making import a_container, close, raw

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
    compared: dict[str, Any] = {"observed_at": BEFORE, "identity_seen_at": BEFORE}
    made = observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, **compared, node="pve2", name="shop")])
    assert [(event.action, event.evidence) for event in made] == [
        ("moved", {"from": "pve1", "to": "pve2"}),
        ("renamed", {"from": "web1", "to": "shop"}),
    ]
    assert events.list_events(container=web.id)[:2] == tuple(reversed(made))


@pytest.mark.parametrize(
    "description", [{"node": "pve2"}, {"name": "shop"}, {"tags": ("a",)}, {"template": False}], ids=str
)
def test_law_3_nothing_is_written_from_a_guest_that_was_not_compared(description: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="not compared"):
        StatusUpdate(1, Status.RUNNING, Presence.PRESENT, observed_at=BEFORE, **description)


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


def test_an_older_list_without_the_guest_does_not_undo_that_it_was_seen() -> None:
    """Two processes ask the cluster, and the older answer is written down last."""
    web = a_container()
    observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=LATER)])
    observe([StatusUpdate(web.id, None, Presence.UNKNOWN, "not in the list", read_at=BEFORE)])
    assert records.get(web.id).presence is Presence.PRESENT
    observe([StatusUpdate(web.id, None, Presence.UNKNOWN, "not in the list", read_at=LATER)])
    assert records.get(web.id).presence is Presence.UNKNOWN


def test_a_later_list_which_has_no_fingerprint_does_not_undo_what_a_config_said() -> None:
    """The config was read after one list, and another process wrote a later one before that was written down."""
    stranger, ours = (a_container(vmid=vmid, fingerprint=None) for vmid in (101, 102))
    observe([StatusUpdate(ours.id, Status.RUNNING, Presence.PRESENT, doubted_at=BEFORE)])
    for one in (stranger, ours):
        observe([StatusUpdate(one.id, Status.STOPPED, Presence.PRESENT, observed_at=LATER)])
    compared: dict[str, Any] = {"identity_read": True, "identity_seen_at": BEFORE, "node": "pve2"}
    observe(
        [
            StatusUpdate(stranger.id, None, Presence.REPLACED, "another guest", read_at=BEFORE),
            StatusUpdate(ours.id, Status.RUNNING, Presence.PRESENT, observed_at=BEFORE, lock="backup", **compared),
        ]
    )
    assert records.get(stranger.id).presence is Presence.REPLACED
    after = records.get(ours.id)
    assert (after.identity_seen_at, after.identity_due_since, after.node) == (BEFORE, None, "pve2")
    assert (after.status, after.lock, after.observed_at) == (Status.STOPPED, None, LATER), "the list was later"


def test_an_older_config_does_not_undo_what_a_later_one_said() -> None:
    web = a_container()
    observe([StatusUpdate(web.id, None, Presence.REPLACED, "another guest", read_at=BEFORE)])
    assert records.get(web.id).presence is Presence.PRESENT


def test_only_a_config_ends_that_another_guest_is_there() -> None:
    web = a_container(fingerprint=None)
    observe([StatusUpdate(web.id, None, Presence.REPLACED, "another guest", read_at=BEFORE)])
    observe([StatusUpdate(web.id, None, Presence.PRESENT, observed_at=LATER)])
    assert records.get(web.id).presence is Presence.REPLACED
    observe([StatusUpdate(web.id, None, Presence.PRESENT, observed_at=LATER, identity_read=True)])
    assert records.get(web.id).presence is Presence.PRESENT


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


def test_many_are_written_together_each_with_its_own_values_and_only_what_differs() -> None:
    webs = [a_container(vmid=vmid, name=f"web{vmid}") for vmid in range(100, 106)]
    at = [BEFORE + timedelta(seconds=number) for number in range(6)]
    updates = [StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=at[n]) for n, web in enumerate(webs)]
    description: dict[str, Any] = {"observed_at": LATER, "identity_seen_at": LATER, "node": "pve1"}
    updates[1] = StatusUpdate(
        webs[1].id, Status.STOPPED, Presence.PRESENT, **description, tags=("a", "b"), template=True
    )
    updates[2] = StatusUpdate(webs[2].id, Status.STOPPED, Presence.PRESENT, **description, tags=(), template=False)
    updates[3] = StatusUpdate(webs[3].id, Status.RUNNING, Presence.UNKNOWN, "missing?", missing_since=LATER)
    observe(updates)
    after = [records.get(web.id) for web in webs]
    assert [one.observed_at for one in after] == [at[0], LATER, LATER, None, at[4], at[5]]
    assert [(one.tags, one.template) for one in after[1:3]] == [(("a", "b"), True), ((), False)]
    assert (after[3].missing_since, after[3].presence_reason) == (LATER, "missing?")
    assert after[3].doubt_clock is not None
    assert after[3].doubt_clock.at != LATER, "the clocks were read when the doubt was written"
    assert [one.name for one in after] == [web.name for web in webs]


def test_the_later_observation_of_another_process_stays() -> None:
    web, other = a_container(vmid=101), a_container(vmid=102)
    observe([StatusUpdate(web.id, Status.RUNNING, Presence.PRESENT, observed_at=LATER)])
    raw(f"UPDATE container SET observed_at = '2999-01-01T00:00:00Z' WHERE id = {other.id}")
    observe([StatusUpdate(one.id, Status.STOPPED, Presence.PRESENT, observed_at=BEFORE) for one in (web, other)])
    assert (records.get(web.id).status, records.get(web.id).observed_at) == (Status.RUNNING, LATER)
    assert records.get(other.id).status is Status.STOPPED, "a time in the future was seen before a clock was set back"


def test_a_fleet_that_is_as_recorded_is_seen_again_by_one_statement() -> None:
    webs = [a_container(vmid=vmid) for vmid in (101, 102, 103, 104)]
    lab, gone, unseen = a_container(vmid=101, cluster="lab"), a_container(vmid=105), a_container(vmid=106)
    observe([StatusUpdate(one.id, one.status, one.presence, observed_at=BEFORE) for one in (*webs, lab, gone)])
    close(gone)
    observe([StatusUpdate(webs[3].id, webs[3].status, webs[3].presence, observed_at=LATER + timedelta(seconds=1))])
    assert records.seen_again("prod", LATER, but={webs[1].id}, seq=changes.latest())
    after = [records.get(one.id).observed_at for one in (*webs, lab, gone, unseen)]
    assert after == [LATER, BEFORE, LATER, LATER + timedelta(seconds=1), BEFORE, BEFORE, None]


def test_what_was_changed_meanwhile_is_left_to_the_next_list() -> None:
    web, other, lab = a_container(vmid=101), a_container(vmid=102), a_container(vmid=101, cluster="lab")
    observe([StatusUpdate(one.id, one.status, one.presence, observed_at=BEFORE) for one in (web, other, lab)])
    assert records.seen_again("lab", LATER, but=(), seq=changes.latest())
    seq = changes.latest()
    for one in (web, lab):
        raw(f"UPDATE container SET status = 'unknown' WHERE id = {one.id}")
    added = a_container(vmid=103, observed_at=BEFORE)
    assert records.seen_again("prod", LATER, but=(), seq=seq)
    assert [records.get(one.id).observed_at for one in (web, other, lab, added)] == [BEFORE, LATER, LATER, BEFORE]
    assert records.seen_again("prod", LATER + timedelta(seconds=1), but={other.id}, seq=changes.latest())
    again = [records.get(one.id).observed_at for one in (web, other, lab, added)]
    assert again == [LATER + timedelta(seconds=1), LATER, LATER, LATER + timedelta(seconds=1)]


def test_nothing_is_seen_again_where_what_changed_is_not_known_or_too_many_are_left_out() -> None:
    web = a_container()
    observe([StatusUpdate(web.id, web.status, web.presence, observed_at=BEFORE)])
    assert not records.seen_again("prod", LATER, but=range(10_000), seq=changes.latest())
    seq = changes.latest()
    raw("DELETE FROM change")
    assert not records.seen_again("prod", LATER, but=(), seq=seq)
    assert records.get(web.id).observed_at == BEFORE
