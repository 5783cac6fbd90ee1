"""The conversion of an observation into a status update: from a verdict, a row of the list, or a close inspection.

A guest that was not seen keeps its old values, its last status among them, and their age; only what was seen just now
is as young as now. A display of a record shows `unknown` for a guest that is not present. Name, node and tags are only
written where the identity was judged to be the same (law 3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from proximity_tui.core.doctrine.observation.identity import weakened
from proximity_tui.core.doctrine.observation.judge import Read, description_of, judge, who_is_there
from proximity_tui.core.doctrine.observation.match_row import Seen
from proximity_tui.core.doctrine.reconciliation.verdict import Verdict, VerdictReason
from proximity_tui.core.model import Container, Guest, GuestDetail, Identity, Inventory, Match, Presence, Status
from proximity_tui.core.model.config_revision import ConfigSeen
from proximity_tui.core.store.records.records import StatusUpdate


def observed(verdict: Verdict, inventory: Inventory, seen: Seen | None = None) -> StatusUpdate:
    """Return the status update for a verdict of the reconciler; for a guest that is listed, with the `seen` match."""
    container = verdict.container
    if verdict.presence is Presence.PRESENT and seen is not None:
        return from_list(seen, inventory.taken_at)
    guest = inventory.guests.get(container.vmid or 0)
    keeps_waiting = verdict.decided_by in (VerdictReason.SECOND_LIST, VerdictReason.BREAKER, VerdictReason.PROVED)
    since = verdict.missing_since or container.missing_since
    return StatusUpdate(
        container.id,
        None,
        verdict.presence,
        # That a second list is due is told by `missing_since`, and its seconds are old at once.
        None if verdict.decided_by is VerdictReason.SECOND_LIST else verdict.reason,
        read_at=_read_at(seen, inventory.taken_at),
        missing_since=since if keeps_waiting else None,
        half_destroyed_since=_half_destroyed_since(verdict),
        lock=_lock(verdict, guest),
        doubted_at=inventory.taken_at if seen is not None and seen.doubted else None,
    )


def from_list(seen: Seen, at: datetime) -> StatusUpdate:
    """Return the status update for a row of the list (or its absence), with a config where one was read. `at` is when
    the list was read.
    """
    if seen.guest is None or not seen.confirmed or seen.presence is not Presence.PRESENT:
        return _in_doubt(seen, at)
    update = StatusUpdate(
        seen.container.id,
        # Not the status of the row: right after an operation the list is older than what we saw ourselves.
        _news(seen),
        Presence.PRESENT,
        seen.reason,
        observed_at=at,
        lock=_lock_seen(seen),
        doubted_at=at if seen.doubted else None,
        identity_read=_identity_was_read(seen),
    )
    description = seen.description
    if description is None or seen.read is None:
        return update
    return replace(
        update,
        identity_seen_at=seen.read.taken_at,
        node=description.node,
        name=description.name,
        tags=description.tags,
        template=description.template,
        config=config_seen(seen.read),
    )


def unchanged(container: int, at: datetime) -> StatusUpdate:
    """Return the status update for a row of a list, read at `at`, that says what the record says."""
    return StatusUpdate(container, None, Presence.PRESENT, observed_at=at)


def _in_doubt(seen: Seen, at: datetime) -> StatusUpdate:
    """Return the status update where the list does not show that the guest is present and ours."""
    container, guest = seen.container, seen.guest
    # Whoever is listed is not gone, whatever else is doubted of it: a later miss is a first one again.
    still_missing = guest is None or seen.match is Match.OLDER
    missing_since = container.missing_since if still_missing else None
    return StatusUpdate(
        container.id,
        _news(seen) if guest is not None and seen.presence is Presence.PRESENT else None,
        seen.presence,
        container.presence_reason if missing_since is not None else seen.reason,
        read_at=_read_at(seen, at),
        missing_since=missing_since,
        half_destroyed_since=container.half_destroyed_since,
        lock=_lock_seen(seen),
        doubted_at=at if seen.doubted else None,
        identity_read=_identity_was_read(seen),
    )


def _read_at(seen: Seen | None, at: datetime) -> datetime:
    """Return when a guest was read: its config, where that was read, else the list, at `at`."""
    return at if seen is None or seen.read is None else seen.read.taken_at


def _lock_seen(seen: Seen) -> str | None:
    """Return the lock of the guest as it is known now; that of another guest is none of ours."""
    if seen.presence is Presence.REPLACED:
        return None
    return seen.container.lock if seen.guest is None or seen.match is Match.OLDER else seen.guest.lock


def _identity_was_read(seen: Seen) -> bool:
    return seen.read is not None and seen.match in (Match.SAME, Match.UNSURE)


def from_inspection(container: Container, seen: GuestDetail) -> tuple[StatusUpdate | None, Identity]:
    """Return the status update for a close inspection, and the identity of the guest. The update is None for an
    inspection that is older than what is known, or of a placeholder; of another guest it says only that it is there.
    """
    identity = judge(container, seen, seen.taken_at)
    if identity.match in (Match.OLDER, Match.PLACEHOLDER):
        return None, identity
    if identity.match is Match.DIFFERENT:
        reason = who_is_there(identity, seen)
        return StatusUpdate(container.id, None, Presence.REPLACED, reason, read_at=seen.taken_at), identity
    if identity.match is Match.UNSURE:
        there = StatusUpdate(
            container.id, seen.status, Presence.PRESENT, weakened(identity), observed_at=seen.taken_at, lock=seen.lock,
            identity_read=True, half_destroyed_since=container.half_destroyed_since,
        )  # fmt: skip
        return there, identity
    description = description_of(seen)
    same = StatusUpdate(
        container.id, seen.status, Presence.PRESENT, observed_at=seen.taken_at, lock=seen.lock,
        identity_read=True, identity_seen_at=seen.taken_at,
        node=description.node, name=description.name, tags=description.tags,
        template=description.template or seen.template,
        config=config_seen(seen),
    )  # fmt: skip
    return same, identity


def config_seen(read: Read) -> ConfigSeen | None:
    """Return the config of a reading, with the tasks that may tell who changed it; None where it was not read. Only for
    a guest that was judged to be the recorded one.
    """
    if isinstance(read, GuestDetail):
        return None if read.config is None else ConfigSeen(read.config, read.fingerprint_at, read.tasks or ())
    return ConfigSeen(read.config, read.taken_at)


def _news(seen: Seen) -> Status | None:
    """Return the status if it is another one than the record had when it was judged. To write down the same once more
    would undo what an operation saw meanwhile.
    """
    return None if seen.status is seen.container.status else seen.status


def _lock(verdict: Verdict, guest: Guest | None) -> str | None:
    """Return the lock of a listed guest; None for the lock of another guest."""
    if verdict.presence is Presence.REPLACED:
        return None
    return verdict.container.lock if guest is None else guest.lock


def _half_destroyed_since(verdict: Verdict) -> datetime | None:
    """Return the time since which the guest is half destroyed; it is kept unless the guest is seen whole or as another
    one.
    """
    if verdict.presence is Presence.REPLACED:
        return None
    return verdict.half_destroyed_since or verdict.container.half_destroyed_since
