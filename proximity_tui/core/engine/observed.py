"""How what was seen of a container is written down: by a verdict, by a row of the list, by a close look.

A guest that was not seen keeps its old values, its last status among them, and their age; only what was seen just now
is as young as now. Whoever shows a record says `unknown` for what is not present.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.doctrine.observation import Seen, list_is_older
from proximity_tui.core.doctrine.verdict import Rung, Verdict
from proximity_tui.core.model import Guest, Inventory, Observation, Presence
from proximity_tui.core.store.records import Observed


def observed(
    verdict: Verdict, inventory: Inventory, unread: Collection[int] = (), confirmed: Collection[int] = ()
) -> Observed:
    """A verdict of the reconciler, as the store takes it. Of `unread` VMIDs no new name is believed; of `confirmed`
    ones the fingerprint was seen to be the recorded one."""
    container = verdict.container
    guest = inventory.guests.get(container.vmid or 0)
    if verdict.presence is Presence.PRESENT and guest is not None:
        seen = _from_row(container.id, guest, Presence.PRESENT, None, inventory.taken_at)
        if list_is_older(container, inventory):
            seen = replace(seen, status=container.status)
        if guest.vmid in confirmed:
            seen = replace(seen, identity_seen_at=inventory.taken_at)
        return _without_looks(seen) if guest.vmid in unread else seen
    keeps_waiting = verdict.rung in (Rung.SECOND_LOOK, Rung.BREAKER, Rung.PROVED)
    since = verdict.missing_since or container.missing_since
    return Observed(
        container.id,
        container.status,
        verdict.presence,
        verdict.reason,
        missing_since=since if keeps_waiting else None,
        half_destroyed_since=_half_destroyed_since(verdict),
        lock=guest.lock if guest else container.lock,
    )


def from_list(seen: Seen, at: datetime) -> Observed:
    """A row of the list (or its absence) as the store takes it. `at` is when the list was read."""
    container = seen.container
    if seen.guest is None or seen.presence is not Presence.PRESENT:
        missing_since = container.missing_since if seen.guest is None else None
        reason = container.presence_reason if missing_since else seen.reason
        return Observed(
            container.id,
            container.status,
            seen.presence,
            reason,
            missing_since=missing_since,
            half_destroyed_since=container.half_destroyed_since,
            lock=seen.guest.lock if seen.guest is not None and seen.guest.type == "lxc" else container.lock,
        )
    # Not the status of the row: right after an operation the list is older than what we saw ourselves.
    row = replace(_from_row(container.id, seen.guest, seen.presence, seen.reason, at), status=seen.status)
    return _without_looks(row) if seen.suspicious else row


def from_look(container: int, seen: Observation) -> Observed:
    """A close look as the store takes it."""
    return Observed(
        container,
        seen.status,
        Presence.PRESENT,
        observed_at=seen.taken_at,
        node=seen.node,
        name=seen.fingerprint.hostname if seen.fingerprint else None,
        template=seen.template,
        lock=seen.lock,
    )


def _half_destroyed_since(verdict: Verdict) -> datetime | None:
    """What is neither seen whole nor seen as another guest is as half destroyed as it was."""
    if verdict.presence is Presence.REPLACED:
        return None
    return verdict.half_destroyed_since or verdict.container.half_destroyed_since


def _without_looks(row: Observed) -> Observed:
    """The row without what made it odd: were the new name written down, nobody would ever look closely again."""
    return replace(row, name=None, template=None)


def _from_row(container: int, guest: Guest, presence: Presence, reason: str | None, at: datetime) -> Observed:
    return Observed(
        container,
        guest.status,
        presence,
        reason,
        observed_at=at,
        node=guest.node,
        name=guest.name,
        tags=guest.tags,
        template=guest.template,
        lock=guest.lock,
    )
