"""The text of one close inspection: backups, gaps, or the reason why there was none. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, label, of_owner
from proximity_tui.core.model import Container, GuestLookup, GuestNotSeen
from proximity_tui.screens.container.overview import pair
from proximity_tui.screens.text.lines import TextLine

FEW = 5
"""How many backups are named."""


def inspection_lines(container: Container, seen: GuestLookup | None) -> Iterator[TextLine]:
    """Yield the lines; none before the inspection."""
    if seen is None:
        return
    if isinstance(seen, GuestNotSeen):
        yield pair("inspection", (f"the container cannot be inspected: {seen.reason}", "warn"))
        return
    for gap in seen.gaps:
        yield pair("not known", (str(gap), "warn"))
    named = [label(one, container) for one in seen.backups[:FEW]]
    if len(seen.backups) > FEW:
        named.append(f"and {len(seen.backups) - FEW} older ones of VMID {container.vmid}")
    if not of_owner(seen.backups, container, BackupOwner.OURS):
        named.insert(0, "not known" if seen.backups_unlisted else "none found")
    for place, text in enumerate(named):
        yield pair("" if place else "backups", (text, "normal"))
    for reason in seen.backups_unlisted:
        yield pair("", (reason, "warn"))
