"""The one judge of identity: it says for every observer which guest is at the VMID of a record.

A config has the fingerprint and can be compared. A list has none: its node, type, lock and tags are live; its name,
figures and status are as old as the last broadcast and may even be those of a former guest of that VMID (observed on
Proxmox VE 9.2). The consequences of an answer are not known here: see `match_row`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.base.text import plain, quoted
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.expected_fingerprint import recognise
from proximity_tui.core.doctrine.observation.identity import UNSETTLED_LOCKS, identify, unsettled
from proximity_tui.core.model import Container, Guest, GuestConfig, GuestDetail, Identity, IdentityCause, Match, Status
from proximity_tui.core.model.container import RecordFacts
from proximity_tui.core.model.guests.guest import display_name
from proximity_tui.core.model.guests.guest_config import tags
from proximity_tui.core.model.guests.guest_list import ListedFacts

ComparableRow = Guest | ListedFacts
"""A row of a list: a guest, or as much of it as is compared with a record."""

Read = GuestConfig | GuestDetail
"""A config that was read: by one request, or as a part of an inspection."""

LIST_AGE = timedelta(seconds=14)
"""How old the status in the list of a healthy cluster may be at most (recorded: 10 s of broadcast, 4 s of caches)."""

SURE_FOR = timedelta(hours=1)
"""How long the fingerprint of a guest is taken for known at most while the list gives no reason to doubt it."""

AHEAD = timedelta(minutes=1)
"""How much the clocks of two hosts may differ. What is known from later than that was known before a clock was set
back."""


NO_DATA = "Proxmox has no current data about it"
"""What is known of a guest whose status is not."""

_RAN_ON = Identity(Match.SAME, ("it has run without a break since its fingerprint was read",), IdentityCause.RAN_ON)
_ONLY_LISTED = Identity(Match.UNSURE, ("a list shows no fingerprint",), IdentityCause.LISTED_ONLY)
"""The two answers that a row of the list usually gives."""
_MARKED = Identity(Match.SAME, ("agrees: our marker",))


@value_object
class GuestDescription:
    """The description of a guest in its record, without the status; only ever taken from a config that was compared."""

    node: str
    name: str
    tags: tuple[str, ...]
    template: bool


def judge(container: Container, seen: ComparableRow | Read, at: datetime) -> Identity:
    """Return the identity of `seen`, a row of the list that was read at `at` or a config, for a record: same,
    different, unsure, a placeholder, or older than what is known.
    """
    known = container.identity_seen_at
    if known is not None and at < known <= at + AHEAD:
        return Identity(Match.OLDER, ("it was read before the fingerprint was last seen",))
    return _judge_row(container, seen, at) if isinstance(seen, Guest | ListedFacts) else _judge_config(container, seen)


def description_of(read: Read) -> GuestDescription:
    """Return the name, node and tags of a guest by its config."""
    config = read.config or {}
    hostname = read.fingerprint.hostname if read.fingerprint else None
    return GuestDescription(
        read.node, display_name(hostname, read.vmid), tags_in(config), str(config.get("template", 0)) == "1"
    )


def who_is_there(identity: Identity, read: Read | None) -> str:
    """Return the reason why a record is replaced: the guest that has its VMID, by its own config
    where that was read.
    """
    if read is None:
        return identity.sentence
    return f"CT {read.vmid} is now {description_of(read).name}: {identity.sentence}"


def tags_in(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tags of a config, plain, as Proxmox splits them: at `;`, `,` and blanks."""
    return tuple(plain(tag, limit=1000) for tag in tags(config.get("tags")))


def oddness(container: Container, guest: ComparableRow) -> str | None:
    """Return the difference between a row and our record that raises doubt, or None."""
    live = _live_oddness(container, guest)
    if live is not None:
        return live
    name = guest.name
    if name is not None and name != container.name and name != "".join(container.name.split()):
        return f"it is called {guest.name} now"
    if guest.template is not None and guest.template != container.template:
        return "it became a template" if guest.template else "it is no longer a template"
    return None


def was_set_back(known: datetime, at: datetime) -> bool:
    """Return whether a clock was set back since something was `known`, by the time of a later reading, `at`: then that
    does not tell which of the two is younger.
    """
    return known > at + AHEAD


def identity_is_due(container: Container | RecordFacts, guest: ComparableRow, at: datetime) -> bool:
    """Return whether the fingerprint should be read again although the row, listed at `at`, looks unchanged (law 3).

    A guest is only destroyed while it is stopped. So for `SURE_FOR` a guest that has run without a break since its
    fingerprint was read is taken for the same; one that was started or stopped since then may be another.
    """
    known = container.identity_seen_at
    if known is None or was_set_back(known, at) or at - known >= SURE_FOR:
        return True
    if guest.status is Status.RUNNING:
        return guest.uptime is None or at - timedelta(seconds=guest.uptime) > known
    return container.state.value != guest.status.value or container.state_since > known


def has_run_on(container: Container, guest: ComparableRow, at: datetime) -> bool:
    """Return whether a row, listed at `at`, is certainly that of the recorded guest: nothing in it is odd, and it has
    run without a break since its fingerprint was read, however long ago that is.

    Enough for its figures, which change nothing; whoever acts has the fingerprint read again after `SURE_FOR`.
    """
    known = container.identity_seen_at
    if known is None or was_set_back(known, at) or guest.uptime is None or guest.status is not Status.RUNNING:
        return False
    cause = judge(container, guest, at).cause
    is_only_listed = cause is IdentityCause.LISTED_ONLY
    return cause is IdentityCause.RAN_ON or (is_only_listed and at - timedelta(seconds=guest.uptime) <= known)


def _judge_config(container: Container, read: Read) -> Identity:
    if read.lock in UNSETTLED_LOCKS:
        return Identity(Match.PLACEHOLDER, (unsettled(read.lock or ""),))
    cause = identify(container, read.fingerprint, read.lock).cause
    if cause is IdentityCause.ONLY_MARKER and not container.is_tombstone:
        # Enough to say what is seen of what we made; whoever changes or destroys it is told that it is unsure.
        return _MARKED
    return recognise(container, read.fingerprint, read.lock)


def _judge_row(container: Container, guest: ComparableRow, at: datetime) -> Identity:
    if not guest.is_container:
        return Identity(
            Match.DIFFERENT, (f"VMID {guest.vmid} is now the virtual machine {quoted(guest.display_name)}",)
        )
    if guest.lock in UNSETTLED_LOCKS:
        return Identity(Match.PLACEHOLDER, (unsettled(guest.lock or ""),))
    if guest.name is None and guest.status is Status.UNKNOWN:
        return Identity(Match.PLACEHOLDER, (NO_DATA,))
    if guest.name == f"CT{guest.vmid}" != container.name:
        return Identity(Match.PLACEHOLDER, ("Proxmox shows it as being created",))
    odd = oddness(container, guest)
    known = container.identity_seen_at
    just_read = known is not None and at - known < LIST_AGE and not was_set_back(known, at)
    if odd is not None and just_read and _live_oddness(container, guest) is None:
        return Identity(Match.OLDER, (f"the list may be older than its fingerprint: {odd}",))
    if odd is not None:
        return Identity(Match.UNSURE, (odd,))
    if guest.status is Status.RUNNING and not identity_is_due(container, guest, at):
        return _RAN_ON
    return _ONLY_LISTED


def _live_oddness(container: Container, guest: ComparableRow) -> str | None:
    """Return the difference in the part of a row that is always live, or None."""
    if container.node is not None and guest.node != container.node:
        return f"it is on {guest.node} now"
    if guest.tags == container.tags or frozenset(guest.tags) == frozenset(container.tags):
        return None
    return "its tags changed"
