"""The identity of a guest: is the guest at this VMID still the one that we recorded?

Proxmox has no immutable guest id: a freed VMID is handed out again at once. So identity is judged on evidence (law 3):
type, hardware addresses, root volume, and the marker that we write into what we create. The *name* of a guest decides
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Fingerprint, Identity, IdentityCause, Lock, Match
from proximity_tui.core.model.guests.guest_config import ROOT, Device, devices, properties

UNSETTLED_LOCKS = frozenset({Lock.CREATE, Lock.DESTROYED, Lock.ROLLBACK})
"""While one of these is held the config is not the guest's own: wait."""

DESCRIPTION = "Created by Proximity TUI. The next line is how it is recognised; please keep it."

_NEVER_RECORDED = Identity(Match.UNSURE, ("no fingerprint was ever recorded",))
_UNREAD = Identity(Match.UNSURE, ("its config could not be read",))
_NOT_MARKED = Identity(Match.DIFFERENT, ("it does not have our marker",))
_ONLY_MARKED = Identity(Match.UNSURE, ("no fingerprint was ever recorded",), IdentityCause.ONLY_MARKER)
_NOT_PROMISED = Identity(Match.DIFFERENT, ("neither its hardware addresses nor its name are those of the backup",))

_MARKER = re.compile(r"^proximity-tui:([0-9a-f]{32})\s*$", re.MULTILINE)
_IS_HWADDR = re.compile(r"[0-9A-Fa-f:]{17}")


def marker_line(marker: str) -> str:
    """Return the line that marks a container as created by us; `marker` is 32 hex digits. It lives in the description,
    which rollback keeps and migration carries; clones copy it, so alone it proves nothing.
    """
    return f"proximity-tui:{marker}"


def described(marker: str) -> str:
    """Return the description of what we create: what it is, and the line with its marker."""
    return f"{DESCRIPTION}\n{marker_line(marker)}"


def marker_in(description: object) -> str | None:
    """Return the marker in a description, or None. Proxmox appends a newline to what was written."""
    found = _MARKER.search(description) if isinstance(description, str) else None
    return found.group(1) if found else None


def fingerprint_of(config: Mapping[str, Any]) -> Fingerprint:
    """Return the fingerprint in the config of a container as `GET …/config?current=1` returns it; its texts are made
    plain, as everything that may be shown.
    """
    addresses = (network.named.get("hwaddr", "") for _, network in devices(config, Device.NETWORK))
    rootfs = config.get(ROOT)
    unprivileged = config.get("unprivileged")
    return Fingerprint(
        type="lxc",
        hwaddrs=frozenset(address.upper() for address in addresses if _IS_HWADDR.fullmatch(address)),
        rootfs=_plain(properties(rootfs).volume) if isinstance(rootfs, str) else None,
        hostname=_plain(_text(config.get("hostname"))),
        ostype=_plain(_text(config.get("ostype"))),
        arch=_plain(_text(config.get("arch"))),
        unprivileged=None if unprivileged is None else str(unprivileged) == "1",
        marker=marker_in(config.get("description")),
    )


def compare(recorded: Fingerprint | None, seen: Fingerprint | None, lock: str | None = None) -> Identity:
    """Return whether `seen` is the guest that was `recorded`.

    Same: the marker (where one is expected) and at least one hardware address agree; without network cards, the root
    volume, ostype, arch and unprivileged all agree. Different: another type, or nothing that identifies agrees.
    Everything between is unsure, and unsure never destroys without a second, typed, confirmation.
    """
    if recorded is None:
        return _NEVER_RECORDED
    if seen is None:
        return _UNREAD
    if recorded.type != seen.type:
        return Identity(Match.DIFFERENT, (f"it was {recorded.type} and is now {seen.type}",))
    return unsettled_identity(seen, lock) or _compare_settled(recorded, seen)


def unsettled_identity(seen: Fingerprint, lock: str | None) -> Identity | None:
    """Return the doubt about a guest whose config is being written, or is only what a destroy left of it, else None."""
    if lock in UNSETTLED_LOCKS:
        return Identity(Match.UNSURE, (f"locked ({lock}): its config is not settled",))
    return Identity(Match.UNSURE, ("its config has no root volume",)) if seen.rootfs is None else None


def judge_marker(marker: str, seen: Fingerprint | None, lock: str | None = None) -> Identity:
    """Return whether `seen` is the guest that we asked Proxmox to make with this marker, and never read since.

    It carries the marker from its first settled config on: a settled guest without it is another one. Before that, and
    of what a destroy left, nothing can be said: the remains of ours have no marker, either. The marker alone proves no
    more than that it may be ours (clones copy it), so it is unsure, too, with that as the cause.
    """
    if seen is None:
        return _UNREAD
    return unsettled_identity(seen, lock) or (_ONLY_MARKED if seen.marker == marker else _NOT_MARKED)


def identify(container: Container, seen: Fingerprint | None, lock: str | None = None) -> Identity:
    """Return whether `seen` is the guest of a record: by its fingerprint (`compare`), and where an operation ended
    before it had recorded one, by our marker (`judge_marker`). Of what was restored without a marker the backup tells
    by what it is not another one.
    """
    if container.fingerprint is None and container.marker is not None:
        return judge_marker(container.marker, seen, lock)
    promised = container.promised
    if container.fingerprint is None and promised and seen and promised.hwaddrs and not unsettled_identity(seen, lock):
        alike = promised.hwaddrs & seen.hwaddrs or promised.hostname == seen.hostname
        return _NEVER_RECORDED if alike else _NOT_PROMISED
    return compare(container.fingerprint, seen, lock)


def half_destroyed(recorded: Fingerprint | None, lock: str | None, seen: Fingerprint | None = None) -> str | None:
    """Return the evidence that a destroy left only remains of a guest, or is at its last steps; None when there is
    none. `seen` is its fingerprint, if it was read: a container that had a root volume has one as long as it exists.
    """
    if lock == Lock.DESTROYED:
        return "it is locked (destroyed)"
    had_one = recorded is not None and recorded.rootfs is not None
    if had_one and seen is not None and seen.rootfs is None and lock not in UNSETTLED_LOCKS:
        return "its config has no root volume any more"
    return None


def weakened(identity: Identity) -> str:
    """Return what is said of a guest whose identity is not certain."""
    return f"identity weakened: {identity.sentence}"


def unsettled(lock: str) -> str:
    """Return the reason to wait for a guest under one of the `UNSETTLED_LOCKS`."""
    return f"locked ({lock}): it is being created, destroyed or rolled back"


@value_object
class _Agreement:
    """The parts that agree of two settled fingerprints of the same type."""

    card: bool
    """At least one hardware address."""
    marker: bool
    marker_expected: bool
    """Whether there is a marker in our record at all."""
    volume_and_system: bool
    """Root volume and system."""
    name: bool
    cards_gone: bool
    """Whether the guest that is seen has no network card."""


_Row = tuple[Callable[[_Agreement], bool], Match, str | None]
"""When a row of a table holds, what it says, and why (None: the agreements say so themselves)."""

_WITH_CARDS: tuple[_Row, ...] = (
    (lambda it: it.card and (it.marker or not it.marker_expected), Match.SAME, None),
    (lambda it: it.card, Match.UNSURE, "a hardware address agrees, but our marker is gone from the description"),
    (lambda it: it.marker, Match.UNSURE, "our marker is there, but no hardware address agrees (clones copy markers)"),
    (lambda it: it.volume_and_system and it.cards_gone, Match.UNSURE, "its network cards are gone; the rest agrees"),
    (
        lambda it: it.volume_and_system and it.name and not it.marker_expected,
        Match.UNSURE,
        "every hardware address changed; volume, system and name agree",
    ),
    (lambda it: True, Match.DIFFERENT, "no hardware address agrees"),
)
"""For a guest that had network cards when it was recorded; the first row that holds decides."""

_WITHOUT_CARDS: tuple[_Row, ...] = (
    (
        lambda it: it.marker_expected and not it.marker,
        Match.DIFFERENT,
        "our marker is gone and it never had a network card to identify it",
    ),
    (lambda it: it.volume_and_system and (it.marker or it.name), Match.SAME, None),
    (
        lambda it: it.marker or it.volume_and_system,
        Match.UNSURE,
        "without network cards, volume, system and name do not all agree",
    ),
    (
        lambda it: True,
        Match.DIFFERENT,
        "volume and system differ, and it never had a network card to identify it",
    ),
)
"""For a guest that had no network card when it was recorded; the first row that holds decides."""


def _compare_settled(recorded: Fingerprint, seen: Fingerprint) -> Identity:
    """Return how two settled fingerprints of the same type compare, by the table of their kind."""
    if seen.marker is not None and seen.marker != recorded.marker:
        return Identity(Match.DIFFERENT, ("it carries the marker of another container",))
    agreement = _Agreement(
        card=bool(recorded.hwaddrs & seen.hwaddrs),
        marker=recorded.marker is not None and recorded.marker == seen.marker,
        marker_expected=recorded.marker is not None,
        volume_and_system=_same_volume_and_system(recorded, seen),
        name=recorded.hostname == seen.hostname,
        cards_gone=not seen.hwaddrs,
    )
    table = _WITH_CARDS if recorded.hwaddrs else _WITHOUT_CARDS
    match, why = next((match, why) for holds, match, why in table if holds(agreement))
    return Identity(match, _agreements(recorded, seen) if why is None else (why,))


def _same_volume_and_system(recorded: Fingerprint, seen: Fingerprint) -> bool:
    return (recorded.rootfs, recorded.ostype, recorded.arch, recorded.unprivileged) == (
        seen.rootfs,
        seen.ostype,
        seen.arch,
        seen.unprivileged,
    )


def _agreements(recorded: Fingerprint, seen: Fingerprint) -> tuple[str, ...]:
    common = len(recorded.hwaddrs & seen.hwaddrs)
    found = []
    if recorded.marker and recorded.marker == seen.marker:
        found.append("our marker")
    if common:
        found.append(f"{common} of {len(recorded.hwaddrs)} hardware addresses")
    if recorded.rootfs == seen.rootfs:
        found.append("the root volume")
    return (f"agrees: {', '.join(found)}",)


def _text(value: object) -> str | None:
    """Return a value as text, or None when it is empty; a hostname of digits comes as a number (recorded)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def _plain(text: str | None) -> str | None:
    return None if text is None else plain(text)


def another_guest(vmid: int, identity: Identity) -> str:
    """Return the sentence that a VMID has another guest than the recorded one, with the evidence."""
    return f"CT {vmid} is another guest now: {identity.sentence}"
