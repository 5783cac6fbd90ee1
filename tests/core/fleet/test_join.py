"""What a row says by its fields, so that nobody has to read it out of a sentence."""

from __future__ import annotations

import pytest

from proximity_tui.core.fleet import SECOND_LIST_DUE, FleetRow, managed_rows
from proximity_tui.core.fleet.join import last_seen_online
from proximity_tui.core.model import Container, Presence
from tests.core.model.guests.test_guest_list import guests_made_of
from tests.core.model.guests.test_guest_list import read as list_of
from tests.core.proxmox.scripted import guest_row, node_row
from tests.support.records.make import after, container

MISSED = container(presence=Presence.UNKNOWN, presence_reason=None, missing_since=after(0))


def row(record: Container, unreachable: dict[str, str] | None = None) -> FleetRow:
    [found] = managed_rows([record], {}, [], unreachable or {})
    return found


def test_a_container_that_was_missed_once_says_that_a_second_list_is_due() -> None:
    found = row(MISSED)
    assert (found.missing, found.reason) == (True, SECOND_LIST_DUE)


def test_it_is_not_counted_down_while_the_cluster_is_silent_or_the_breaker_holds_it() -> None:
    silent = row(MISSED, {"prod": "prod does not answer"})
    assert (silent.missing, silent.reason) == (False, "prod does not answer")
    held = row(container(presence=Presence.UNKNOWN, presence_reason="held by the breaker", missing_since=after(0)))
    assert (held.missing, held.reason) == (False, "held by the breaker")


@pytest.mark.parametrize(
    ("lock", "presence", "unsettled"),
    [
        ("destroyed", Presence.UNKNOWN, True),
        ("backup", Presence.UNKNOWN, False),
        ("create", Presence.PRESENT, False),
        (None, Presence.UNKNOWN, False),
    ],
)
def test_a_lock_is_what_is_waited_for_only_where_its_guest_is_being_made_or_unmade(
    lock: str | None, presence: Presence, unsettled: bool
) -> None:
    assert row(container(lock=lock, presence=presence, presence_reason="-")).unsettled is unsettled


def test_while_a_node_is_offline_no_guest_is_made_to_tell_when_those_on_it_were_seen() -> None:
    """Each list of the cluster is asked that, for as long as the node is away."""
    rows = [guest_row(101), guest_row(102, node="pve2")]
    before = list_of([node_row("pve2"), *rows])
    now = list_of([node_row("pve2", "offline"), *rows], before)
    assert last_seen_online(before, now, {}) == {102: before.taken_at}
    assert guests_made_of(now) == guests_made_of(before) == []
