"""What a row of the list changes in our record, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.judge import identity_is_due
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.model import Container, Guest, GuestDetail, Match, Presence, State, Status
from tests.support.records.make import MARKER, after, container, fingerprint, guest, inventory, observation

LATER = after(60)


def test_a_listed_guest_is_present_and_its_status_is_taken_over() -> None:
    seen = follow(container(), inventory(guest(status=Status.STOPPED), taken_at=LATER))
    assert (seen.presence, seen.status, seen.suspicious) == (Presence.PRESENT, Status.STOPPED, None)


def test_right_after_a_change_of_ours_the_list_is_older_than_what_we_saw() -> None:
    started = container(status=Status.RUNNING, state_since=after(0))
    for told in (Status.STOPPED, Status.UNKNOWN):
        assert follow(started, inventory(guest(status=told), taken_at=after(9))).status is Status.RUNNING
        assert follow(started, inventory(guest(status=told), taken_at=after(15))).status is told


def test_a_change_from_before_a_clock_was_set_back_is_younger_than_no_list() -> None:
    """Else the status of a whole day would not be shown."""
    started = container(status=Status.RUNNING, state_since=after(86_400))
    assert follow(started, inventory(guest(status=Status.STOPPED), taken_at=after(60))).status is Status.STOPPED


def test_a_config_says_who_is_there_even_where_the_list_is_older_than_the_last_sight() -> None:
    record = container(observed_at=after(20), identity_seen_at=after(-60), status=Status.RUNNING)
    older = inventory(guest(status=Status.STOPPED), taken_at=after(0))
    stranger = fingerprint(marker=None, hwaddrs=frozenset({"BC:24:11:99:99:99"}), hostname="other")
    same = follow(record, older, observation(taken_at=after(1)))
    other = follow(record, older, observation(taken_at=after(1), fingerprint=stranger))
    assert (same.match, same.presence, same.status) == (Match.SAME, Presence.PRESENT, Status.RUNNING)
    assert (other.match, other.presence, other.status) == (Match.DIFFERENT, Presence.REPLACED, Status.UNKNOWN)
    assert follow(record, older).match is Match.OLDER


def test_a_miss_is_only_unknown() -> None:
    seen = follow(container(), inventory(taken_at=LATER))
    assert (seen.presence, seen.status, seen.reason) == (Presence.UNKNOWN, Status.UNKNOWN, "not in the list of prod")


def test_a_miss_names_the_node_of_which_the_list_tells_nothing() -> None:
    seen = follow(container(), inventory(taken_at=LATER, nodes={"pve2": "online"}))
    assert (seen.presence, "node pve1, where it was seen last" in str(seen.reason)) == (Presence.UNKNOWN, True)


def test_a_miss_does_not_undo_the_verdict_that_it_is_hidden() -> None:
    hidden = container(presence=Presence.HIDDEN, presence_reason="needs VM.Audit")
    seen = follow(hidden, inventory(taken_at=LATER))
    assert (seen.presence, seen.reason) == (Presence.HIDDEN, "needs VM.Audit")


def test_a_guest_on_an_offline_node_is_unknown_whatever_the_list_calls_it() -> None:
    seen = follow(container(), inventory(guest(), taken_at=LATER, nodes={"pve1": "offline"}))
    assert (seen.presence, seen.reason) == (Presence.UNKNOWN, "node pve1 is offline")


def test_a_node_that_is_offline_does_not_undo_that_another_guest_is_there() -> None:
    replaced = container(presence=Presence.REPLACED, presence_reason="CT 105 is now other")
    seen = follow(replaced, inventory(guest(), taken_at=LATER, nodes={"pve1": "offline"}))
    assert (seen.presence, seen.status, seen.reason) == (Presence.REPLACED, Status.UNKNOWN, "CT 105 is now other")


def test_a_virtual_machine_at_the_vmid_replaced_it() -> None:
    assert follow(container(), inventory(guest(type="qemu"), taken_at=LATER)).presence is Presence.REPLACED


def test_a_verdict_of_replaced_stays_until_a_fingerprint_says_otherwise() -> None:
    seen = follow(container(presence=Presence.REPLACED), inventory(guest(), taken_at=LATER))
    assert (seen.presence, seen.suspicious) == (Presence.REPLACED, "it was replaced")


def test_an_odd_row_is_a_reason_to_look_closer_and_no_verdict() -> None:
    odd = [
        (container(), guest(name="other")),
        (container(), guest(template=True)),
        (container(presence=Presence.UNKNOWN), guest()),
    ]
    for record, row in odd:
        seen = follow(record, inventory(row, taken_at=LATER))
        assert seen.presence is Presence.PRESENT
        assert seen.suspicious


@pytest.mark.parametrize(
    ("record", "told", "due"),
    [
        # Its fingerprint was read at 0 s; the list is of 60 s.
        (container(identity_seen_at=after(0)), guest(uptime=90), False),
        (container(identity_seen_at=after(0)), guest(uptime=30), True),
        (container(identity_seen_at=after(0)), guest(uptime=None), True),
        (container(identity_seen_at=None), guest(uptime=90), True),
        (container(identity_seen_at=after(-3600)), guest(uptime=90_000), True),
        # It was read before a clock was set back: whether the guest ran on since then is not known.
        (container(identity_seen_at=after(3600)), guest(uptime=90_000), True),
        (
            container(identity_seen_at=after(3600), state=State.STOPPED, state_since=after(0)),
            guest(status=Status.STOPPED),
            True,
        ),
        (container(identity_seen_at=after(0)), guest(status=Status.STOPPED), True),
        (
            container(identity_seen_at=after(9), state=State.STOPPED, state_since=after(0)),
            guest(status=Status.STOPPED),
            False,
        ),
        (
            container(identity_seen_at=after(0), state=State.STOPPED, state_since=after(9)),
            guest(status=Status.STOPPED),
            True,
        ),
    ],
)
def test_law_3_a_fingerprint_is_due_once_a_guest_was_stopped_since_it_was_read(
    record: Container, told: Guest, due: bool
) -> None:
    assert identity_is_due(record, told, LATER) is due


def test_what_has_no_vmid_yet_is_not_looked_for() -> None:
    seen = follow(container(vmid=None), inventory(guest()))
    assert (seen.presence, seen.guest, seen.reason) == (Presence.UNKNOWN, None, "it has no VMID yet")


def test_a_config_that_was_compared_says_whether_the_identity_is_sure() -> None:
    same = follow(container(), inventory(guest(), taken_at=LATER), observation(taken_at=LATER))
    assert (same.presence, same.match, same.reason) == (Presence.PRESENT, Match.SAME, None)
    weak = follow(
        container(),
        inventory(guest(), taken_at=LATER),
        observation(taken_at=LATER, fingerprint=fingerprint(marker=None)),
    )
    assert (weak.presence, weak.match) == (Presence.PRESENT, Match.UNSURE)
    assert (weak.reason or "").startswith("identity weakened: ")
    assert weak.description is None, "a record takes nothing over of what may be another guest"
    assert same.description is not None


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ({"lock": "create"}, "locked (create): it is being created"),
        ({"lock": "destroyed"}, "locked (destroyed): it is being created, destroyed"),
        ({"fingerprint": fingerprint(rootfs=None)}, "half destroyed? its config has no root volume"),
    ],
)
def test_what_is_not_settled_or_half_destroyed_is_unknown_and_says_which(seen: dict[str, Any], says: str) -> None:
    found = follow(container(), inventory(guest(), taken_at=LATER), observation(taken_at=LATER, **seen))
    assert (found.presence, found.status) == (Presence.UNKNOWN, Status.UNKNOWN)
    assert found.reason is not None
    assert found.reason.startswith(says)


@pytest.mark.parametrize(("seconds", "kept"), [(0, False), (1, True), (60, True), (61, False)])
def test_a_guest_was_seen_after_the_list_only_by_a_time_that_can_be_true(seconds: float, kept: bool) -> None:
    record = container(observed_at=after(3600 + seconds), state_since=after(-3600))
    found = follow(record, inventory(guest(status=Status.STOPPED), taken_at=after(3600)))
    assert (found.status is Status.RUNNING) is kept


def test_a_guest_that_is_half_destroyed_is_not_confirmed_and_has_no_status() -> None:
    seen = follow(container(), inventory(guest(), taken_at=LATER), observation(taken_at=LATER, lock="destroyed"))
    assert (seen.presence, seen.status, seen.confirmed) == (Presence.UNKNOWN, Status.UNKNOWN, False)


@pytest.mark.parametrize(
    ("record", "row", "doubted"),
    [
        (container(), guest(lock="create"), True),
        (container(), guest(name="other"), False),
        (container(fingerprint=None, marker=MARKER), guest(lock="create"), False),
        (container(presence=Presence.UNKNOWN), guest(), True),
        (container(presence=Presence.UNKNOWN, fingerprint=None, marker=MARKER), guest(), False),
        (container(), guest(), False),
    ],
    ids=[
        "a placeholder", "another name", "a placeholder, and no fingerprint", "it was missed",
        "it was missed, and has no fingerprint", "as it was",
    ],
)  # fmt: skip
def test_a_fingerprint_becomes_due_by_what_is_listed_only_where_there_is_one(
    record: Container, row: Guest, doubted: bool
) -> None:
    assert follow(record, inventory(row, taken_at=LATER)).doubted is doubted


READ_SINCE = container(identity_seen_at=after(50))
"""Its fingerprint was read after the config that is compared below."""


@pytest.mark.parametrize(
    ("record", "read", "presence", "confirmed"),
    [
        (container(), observation(taken_at=LATER), Presence.PRESENT, True),
        (READ_SINCE, observation(taken_at=after(40)), Presence.PRESENT, False),
        (container(), observation(taken_at=LATER, lock="create"), Presence.UNKNOWN, False),
        (container(), observation(taken_at=LATER, fingerprint=fingerprint(rootfs=None)), Presence.UNKNOWN, False),
        (container(), observation(taken_at=LATER, fingerprint=None), Presence.PRESENT, True),
    ],
    ids=["the same", "older than what is known", "being made", "half destroyed", "unsure"],
)
def test_a_config_confirms_a_guest_unless_it_is_older_or_of_something_unfinished(
    record: Container, read: GuestDetail, presence: Presence, confirmed: bool
) -> None:
    seen = follow(record, inventory(guest(), taken_at=LATER), read)
    assert (seen.presence, seen.confirmed) == (presence, confirmed)


def test_half_destroyed_is_told_with_what_shows_it() -> None:
    left = observation(taken_at=LATER, fingerprint=fingerprint(rootfs=None))
    seen = follow(container(), inventory(guest(), taken_at=LATER), left)
    assert seen.remains
    assert seen.reason == f"half destroyed? {seen.remains}"


@pytest.mark.parametrize(
    ("record", "row", "told"),
    [
        (container(vmid=None), guest(), "it has no VMID yet"),
        (container(presence=Presence.REPLACED), guest(), "it was replaced"),
        (container(half_destroyed_since=after(0)), guest(), "it was half destroyed"),
        (container(presence=Presence.UNKNOWN), guest(), "it was unknown before"),
        (container(identity_due_since=after(0)), guest(), "it was shown as being created"),
        (container(), guest(name="other"), "it is called other now"),
        (container(), guest(), "None"),
    ],
)
def test_it_is_told_why_a_row_alone_is_not_enough(record: Container, row: Guest, told: str) -> None:
    seen = follow(record, inventory(row, taken_at=LATER))
    assert told in (str(seen.suspicious), str(seen.reason))
