"""The rows of a list that say of a guest what its record says, or what they said when they were judged last: there is
nothing to judge, and only the time to write; and which of them are due to have their config read all the same.

Of a quiet fleet these are all but a few, so a row is compared without making a guest or a record of it. `match_row` and
the ladder say the same of each of them, only later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from operator import itemgetter
from typing import TypeVar

from proximity_tui.core.doctrine.observation.judge import ComparableRow, identity_is_due
from proximity_tui.core.doctrine.observation.match_row import Seen, list_is_older
from proximity_tui.core.model import Container, Guest, Inventory, Match, NodeStatus, Presence, Status
from proximity_tui.core.model.container import RecordFacts
from proximity_tui.core.model.guests.guest_list import listed_facts
from proximity_tui.core.model.lifecycle import has_followed

Record = Container | RecordFacts
AnyRecord = TypeVar("AnyRecord", bound=Record)
AnyRow = TypeVar("AnyRow", bound=ComparableRow)
_NEVER = datetime.min.replace(tzinfo=UTC)


def confirmed(
    records: Iterable[Record], inventory: Inventory, *, but: Collection[int], most_due: int
) -> frozenset[int]:
    """Return the ids of the records that the rows of a list confirm. Left out are the records in `but`, and as many as
    `most_due` of those whose fingerprint is due to be read and can be, the longest unread first: they are to be judged.
    """
    statuses = inventory.node_statuses
    offline = {name for name, status in statuses.items() if status == NodeStatus.OFFLINE}
    online = {name for name, status in statuses.items() if status == NodeStatus.ONLINE}
    alike: list[tuple[Record, ComparableRow]] = []
    for record in records:
        row = None if record.vmid is None else listed_facts(inventory.guests, record.vmid)
        if row is None or record.id in but or row.node in offline:
            continue
        if is_as_recorded(record, row, inventory.taken_at):
            alike.append((record, row))
    readable = [(record, row) for record, row in alike if record.comparable and row.node in online]
    due = _due(readable, inventory.taken_at, most_due)
    return frozenset(record.id for record, _ in alike if record.id not in due)


def is_as_recorded(record: Record, row: ComparableRow, at: datetime) -> bool:
    """Return whether a row of a list, read at `at`, says what the record says, and neither is in any doubt. A record
    without any evidence of its guest cannot be compared: its row is taken for it, however the guest is described. The
    node of the guest is not judged.
    """
    without_evidence = not record.comparable and record.marker is None
    return (
        row.status is record.status
        and (without_evidence or _described_alike(record, row))
        and _is_in_no_doubt(row)
        and _waits_for_nothing(record)
        and _is_not_younger(record, at)
    )


def says_nothing_new(container: Container, inventory: Inventory) -> bool:
    """Return whether the list only says that a container was seen again: its record would keep all that it has, and the
    same row of a later list would mean the same (`still_holds`).
    """
    row = None if container.vmid is None else listed_facts(inventory.guests, container.vmid)
    return (
        row is not None
        and has_followed(container.state, container.status)
        and inventory.node_status(row.node) is not NodeStatus.OFFLINE
        and not list_is_older(container, inventory)
        and is_as_recorded(container, row, inventory.taken_at)
    )


def still_holds(seen: Seen, inventory: Inventory) -> bool:
    """Return whether nothing is to be written but when it was seen, and the same row of a later list would mean the
    same: its age plays no part, there is no doubt, and the state has followed.
    """
    return (
        seen.guest is not None
        and _is_beyond_doubt(seen)
        and _keeps(seen.container, seen, seen.guest)
        and not list_is_older(seen.container, inventory)
    )


def _is_beyond_doubt(seen: Seen) -> bool:
    """Return whether a row alone, without a config that was read for it, shows the guest of the record."""
    doubted = seen.suspicious is not None or seen.doubted
    return seen.presence is Presence.PRESENT and seen.confirmed and seen.read is None and not doubted


def _keeps(container: Container, seen: Seen, guest: Guest) -> bool:
    """Return whether a record has all that was seen already, and waits for nothing."""
    recorded = container.presence, container.status, container.presence_reason, container.lock
    waits = container.missing_since is not None or container.half_destroyed_since is not None
    is_same = recorded == (seen.presence, seen.status, seen.reason, guest.lock)
    return is_same and not waits and has_followed(container.state, container.status)


def same_row(guest: Guest, before: Guest) -> bool:
    """Return whether two rows of one VMID differ at most in figures, by which nobody is judged."""
    return guest is before or _all_but_figures(guest) == _all_but_figures(before)


def _all_but_figures(guest: Guest) -> tuple[object, ...]:
    return guest.type, guest.node, guest.name, guest.tags, guest.template, guest.lock, guest.status


def due_for_check(seen: Seen, inventory: Inventory) -> Guest | None:
    """Return the row of a container whose config is due to be read although the list that it was `seen` in gives no
    reason for doubt, on a node that answers; else None.
    """
    container, listed = seen.container, seen.guest
    if seen.match is Match.SAME or container.fingerprint is None:
        # A row is the same guest's only while its fingerprint is not due.
        return None
    if listed is None or seen.presence is not Presence.PRESENT or seen.suspicious or listed.lock is not None:
        return None
    if not identity_is_due(container, listed, inventory.taken_at):
        return None
    return listed if inventory.node_status(listed.node) == NodeStatus.ONLINE else None


def _is_in_no_doubt(row: ComparableRow) -> bool:
    return row.is_container and row.lock is None and row.status is not Status.UNKNOWN


def _waits_for_nothing(record: Record) -> bool:
    """Return whether a record says that its guest is there, and nothing else is to be found out about it."""
    return (
        record.presence is Presence.PRESENT
        and record.presence_reason is None
        and record.lock is None
        and record.missing_since is None
        and record.half_destroyed_since is None
        and record.identity_due_since is None
    )


def _is_not_younger(record: Record, at: datetime) -> bool:
    """Return whether a record was seen, and nothing of it later than `at`."""
    seen, known = record.observed_at, record.identity_seen_at
    return seen is not None and seen <= at and (known is None or known <= at)


def _described_alike(record: Record, row: ComparableRow) -> bool:
    same = row.name == record.name and row.node == record.node and row.tags == record.tags
    return same and (row.template is None or row.template == record.template)


def _due(alike: Iterable[tuple[Record, ComparableRow]], at: datetime, most: int) -> frozenset[int]:
    due = (pair for pair in alike if identity_is_due(*pair, at))
    return frozenset(record.id for record, _ in in_turns(due)[:most])


def in_turns(pairs: Iterable[tuple[AnyRecord, AnyRow]]) -> list[tuple[AnyRecord, AnyRow]]:
    """Return records and rows in the order in which their fingerprints are read: of each node the one unread for
    longest, then the next of each. So a node that does not answer keeps none of the others waiting.
    """
    read = Counter[str]()
    turns: list[tuple[int, tuple[AnyRecord, AnyRow]]] = []
    for pair in sorted(pairs, key=lambda pair: pair[0].identity_seen_at or _NEVER):
        turns.append((read[pair[1].node], pair))
        read[pair[1].node] += 1
    return [pair for _, pair in sorted(turns, key=itemgetter(0))]
