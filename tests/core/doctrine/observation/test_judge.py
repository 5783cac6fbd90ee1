"""Who is at a VMID: one answer for a row of the list, another for a config, and which of them may rename anything."""

from __future__ import annotations

import pickle

import pytest

from proximity_tui.core.doctrine.observation.judge import (
    SURE_FOR,
    GuestDescription,
    description_of,
    has_run_on,
    identity_is_due,
    judge,
    who_is_there,
)
from proximity_tui.core.doctrine.observation.match_row import follow
from proximity_tui.core.model import (
    Container,
    Guest,
    GuestConfig,
    Identity,
    IdentityCause,
    Match,
    Presence,
    State,
    Status,
)
from tests.support.records.make import MARKER, after, container, fingerprint, guest, inventory

LATER = after(60)
RUNNING = container(identity_seen_at=after(0))
STOPPED = container(identity_seen_at=after(0), state=State.STOPPED, status=Status.STOPPED, state_since=after(-60))
BARE = guest(name=None, template=None, status=Status.UNKNOWN)
MAKING = guest(name="CT101", status=Status.STOPPED)


def config(**changes: object) -> GuestConfig:
    """The config of web1, with another fingerprint."""
    print = fingerprint(**changes)
    settings = {"hostname": print.hostname, "tags": "b;a", "template": 1}
    return GuestConfig(101, "pve2", LATER, None, settings, print)


@pytest.mark.parametrize(
    ("record", "row", "match"),
    [
        (RUNNING, guest(uptime=90), Match.SAME),
        (RUNNING, guest(uptime=30), Match.UNSURE),
        (STOPPED, guest(status=Status.STOPPED), Match.UNSURE),
        (RUNNING, guest(uptime=90, name="alpha"), Match.UNSURE),
        (RUNNING, guest(uptime=90, node="pve2"), Match.UNSURE),
        (RUNNING, guest(uptime=90, tags=("a",)), Match.UNSURE),
        (RUNNING, guest(type="qemu"), Match.DIFFERENT),
        (RUNNING, guest(lock="create"), Match.PLACEHOLDER),
        (RUNNING, BARE, Match.PLACEHOLDER),
        (RUNNING, MAKING, Match.PLACEHOLDER),
        (container(identity_seen_at=after(50)), guest(name="alpha", uptime=90), Match.OLDER),
        (container(identity_seen_at=after(50)), guest(name="alpha", node="pve2"), Match.UNSURE),
        (container(identity_seen_at=after(61)), guest(uptime=90), Match.OLDER),
        # A clock was set back: what is yet to come is no knowledge (N68).
        (container(identity_seen_at=after(3600)), guest(lock="create"), Match.PLACEHOLDER),
        (container(identity_seen_at=after(3600)), guest(uptime=90), Match.UNSURE),
        (container(identity_seen_at=after(3600)), guest(uptime=90, name="alpha"), Match.UNSURE),
    ],
)
def test_a_row_says_same_only_of_what_ran_without_a_break(record: Container, row: Guest, match: Match) -> None:
    assert judge(record, row, LATER).match is match


def test_what_was_read_before_a_clock_was_set_back_does_not_show_that_a_guest_ran_on() -> None:
    assert has_run_on(container(identity_seen_at=after(0)), guest(uptime=90), LATER)
    assert not has_run_on(container(identity_seen_at=after(3600)), guest(uptime=90), LATER)


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (guest(uptime=90), IdentityCause.RAN_ON),
        (guest(uptime=30), IdentityCause.LISTED_ONLY),
        (guest(uptime=90, name="alpha"), None),
        (guest(lock="create"), None),
    ],
    ids=str,
)
def test_rules_are_told_by_a_word_whether_a_row_ran_on_or_is_all_that_was_read(
    row: Guest, cause: IdentityCause | None
) -> None:
    assert judge(RUNNING, row, LATER).cause is cause


def test_two_identities_are_equal_by_what_they_say_to_a_person() -> None:
    identity = judge(RUNNING, guest(uptime=90), LATER)
    assert identity == Identity(identity.match, identity.reasons)
    assert pickle.loads(pickle.dumps(identity)).cause is identity.cause


def test_a_container_that_is_called_like_a_placeholder_is_none() -> None:
    record = container(name="CT101", identity_seen_at=after(0))
    assert judge(record, guest(name="CT101", uptime=90), LATER).match is Match.SAME


@pytest.mark.parametrize(
    ("record", "read", "match"),
    [
        (container(), config(), Match.SAME),
        (container(), config(hwaddrs=frozenset({"BC:24:11:FF:FF:FF"}), marker=None), Match.DIFFERENT),
        (container(), config(marker=None), Match.UNSURE),
        (container(fingerprint=None, marker=MARKER), config(), Match.SAME),
        (container(fingerprint=None, marker=MARKER), config(marker=None), Match.DIFFERENT),
        # What a destroy left has no marker, whoever it was: neither ours nor another guest's.
        (container(fingerprint=None, marker=MARKER), config(rootfs=None), Match.UNSURE),
        (container(fingerprint=None, marker=MARKER), config(rootfs=None, marker=None), Match.UNSURE),
        (container(fingerprint=None), config(), Match.UNSURE),
        # Clones copy markers: a closed record without a fingerprint is recognised by nothing.
        (container(fingerprint=None, marker=MARKER, closed_at=after(0)), config(), Match.UNSURE),
        (container(identity_seen_at=after(61)), config(), Match.OLDER),
    ],
)
def test_a_config_is_compared(record: Container, read: GuestConfig, match: Match) -> None:
    assert judge(record, read, read.taken_at).match is match


def test_a_record_takes_over_what_a_compared_config_says_and_nothing_of_the_row() -> None:
    seen = follow(RUNNING, inventory(guest(name="alpha", node="pve2"), taken_at=LATER), config(hostname="web2"))
    assert seen.description == GuestDescription("pve2", "web2", ("b", "a"), True)
    assert description_of(config(hostname=None)).name == "CT101", "as Proxmox calls what has no name"
    for other in (config(marker=None), config(marker="f" * 32, hwaddrs=frozenset())):
        assert follow(RUNNING, inventory(guest(), taken_at=LATER), other).description is None


@pytest.mark.parametrize("row", [BARE, MAKING, guest(name="alpha"), guest(node="pve2")], ids=str)
def test_a_row_that_says_otherwise_confirms_nothing_and_asks_for_the_config(row: Guest) -> None:
    missed = container(presence=Presence.UNKNOWN, presence_reason="missing?", missing_since=after(0))
    seen = follow(missed, inventory(row, taken_at=LATER))
    assert (seen.presence, seen.confirmed, seen.description) == (Presence.UNKNOWN, False, None)
    assert seen.suspicious


@pytest.mark.parametrize("row", [BARE, MAKING, guest(lock="create"), guest(lock="rollback")], ids=str)
def test_a_placeholder_makes_the_fingerprint_due_until_it_was_read(row: Guest) -> None:
    assert follow(STOPPED, inventory(row, taken_at=LATER)).doubted
    due = container(identity_due_since=after(1), identity_seen_at=after(0))
    settled = follow(due, inventory(guest(uptime=90), taken_at=LATER))
    assert settled.suspicious == "it was shown as being created"


def test_a_row_whose_config_was_read_before_is_not_read_again() -> None:
    renamed = inventory(guest(name="web 2"), taken_at=LATER)
    assert follow(RUNNING, renamed, unchanged=True).suspicious is None


def test_who_took_the_place_is_named_by_its_own_config_where_that_was_read() -> None:
    read = config(hwaddrs=frozenset({"BC:24:11:99:99:99"}), marker=None, hostname="shop")
    other = judge(RUNNING, read, LATER)
    assert other.match is Match.DIFFERENT
    assert who_is_there(other, None) == other.sentence
    assert who_is_there(other, read) == f"CT 101 is now shop: {other.sentence}"


def test_a_fingerprint_is_due_again_after_a_while_and_after_each_start() -> None:
    known = container(identity_seen_at=after(0))
    assert not identity_is_due(known, guest(uptime=10_000), after(SURE_FOR.total_seconds() - 1))
    assert identity_is_due(known, guest(uptime=10_000), after(SURE_FOR.total_seconds()))
    assert not identity_is_due(known, guest(uptime=60), after(60)), "it started in the second in which it was read"
    assert identity_is_due(known, guest(uptime=59), after(60))


@pytest.mark.parametrize("seconds", [60, 2 * SURE_FOR.total_seconds()], ids=["just read", "read long ago"])
def test_a_guest_has_run_on_unless_it_started_after_its_fingerprint_was_read(seconds: float) -> None:
    for earlier, ran in ((1, True), (0, True), (-1, False)):
        assert has_run_on(RUNNING, guest(uptime=seconds + earlier), after(seconds)) is ran, earlier


@pytest.mark.parametrize(
    ("known", "match"),
    [
        (None, Match.UNSURE),
        (59, Match.SAME),
        (60, Match.SAME),
        (61, Match.OLDER),
        (120, Match.OLDER),
        (121, Match.UNSURE),
    ],
)
def test_a_row_is_older_than_a_fingerprint_by_a_minute_at_most(known: float | None, match: Match) -> None:
    """A fingerprint of later than that was read before a clock was set back."""
    seen_at = None if known is None else after(known)
    assert judge(container(identity_seen_at=seen_at), guest(uptime=90), LATER).match is match


@pytest.mark.parametrize(("known", "match"), [(None, Match.UNSURE), (46, Match.UNSURE), (47, Match.OLDER)])
def test_a_name_in_the_list_is_as_old_as_the_last_broadcast(known: float | None, match: Match) -> None:
    seen_at = None if known is None else after(known)
    assert judge(container(identity_seen_at=seen_at), guest(uptime=90, name="alpha"), LATER).match is match


@pytest.mark.parametrize(
    ("state", "since", "due"),
    [(State.STOPPED, 0, False), (State.STOPPED, 1, True), (State.RUNNING, -60, True)],
    ids=["as it was", "stopped since then", "was running"],
)
def test_of_a_stopped_guest_the_fingerprint_holds_while_it_was_stopped_all_the_time(
    state: State, since: float, due: bool
) -> None:
    known = container(identity_seen_at=after(0), state=state, state_since=after(since))
    assert identity_is_due(known, guest(status=Status.STOPPED), LATER) is due
