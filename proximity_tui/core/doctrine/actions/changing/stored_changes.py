"""What came of a change, by what its config says afterwards: never by the answer alone (laws 5 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.settings import has_value
from proximity_tui.core.doctrine.observation.identity import compare
from proximity_tui.core.model import Fingerprint, Match
from proximity_tui.core.model.actions.plan_options import ConfigChange
from proximity_tui.core.model.guests.guest_config import ROOT, Device


@value_object
class StoredSettings:
    """What came of the settings of a change, by their keys."""

    active: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    """Stored, and taken at the next start of the container."""
    missing: tuple[str, ...] = ()
    """Not stored: the setting is what it was, or what somebody else made it."""

    @property
    def kept(self) -> tuple[str, ...]:
        """Every setting that Proxmox stored."""
        return (*self.active, *self.pending)

    @property
    def sentence(self) -> str:
        """The sentence of what the config shows: who made a setting what it is now is not known."""
        parts = [
            f"stored: {describe(self.active)}" if self.active else "",
            f"stored, but pending until the next start: {describe(self.pending)}" if self.pending else "",
            f"not as written: {describe(self.missing)}" if self.missing else "",
        ]
        return "; ".join(part for part in parts if part)


def what_was_stored(
    changes: Sequence[ConfigChange], config: Mapping[str, Any], with_pending: Mapping[str, Any]
) -> StoredSettings:
    """Return what came of `changes`, from the config as it is and from the one with what is pending."""
    active: list[str] = []
    pending: list[str] = []
    missing: list[str] = []
    for change in changes:
        if has_value(change.key, change.value, config):
            active.append(change.key)
        elif has_value(change.key, change.value, with_pending):
            pending.append(change.key)
        else:
            missing.append(change.key)
    return StoredSettings(tuple(active), tuple(pending), tuple(missing))


def followed(recorded: Mapping[str, Any], with_pending: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return a recorded config that follows what we did to `keys`, a pending setting among them, and to nothing else:
    what drifted stays a drift. Its digest is that of the config that was read.
    """
    found = dict(recorded)
    for key in (*keys, "digest"):
        if key in with_pending:
            found[key] = with_pending[key]
        else:
            found.pop(key, None)
    return found


def followed_fingerprint(
    recorded: Fingerprint | None, planned: Fingerprint | None, seen: Fingerprint | None, keys: Iterable[str]
) -> Fingerprint | None:
    """Return the recorded fingerprint with what our change of `keys` made of it; None where it stays as it is. A change
    of ours proves nothing: it counts only where the guest of the plan surely was the recorded one; the marker stays.
    """
    if recorded is None or seen is None or compare(recorded, planned).match is not Match.SAME:
        return None
    changed = set(keys)
    found = replace(
        recorded,
        hostname=seen.hostname if "hostname" in changed else recorded.hostname,
        rootfs=seen.rootfs if ROOT in changed else recorded.rootfs,
        hwaddrs=seen.hwaddrs if any(key.startswith(Device.NETWORK) for key in changed) else recorded.hwaddrs,
    )
    return None if found == recorded else found
