"""The figures of a guest that a filter compares. What is not known is no value: no condition holds for it.

Pure.
"""

from __future__ import annotations

from proximity_tui.core.model import Guest
from proximity_tui.widgets.table.filter import Field
from proximity_tui.widgets.table.quantity import Amount


def cpu(guest: Guest | None) -> Field:
    """Return the CPU in use, in percent of the guest's own limit."""
    return () if guest is None or guest.cpu is None else Amount(guest.cpu * 100)


def memory(guest: Guest | None) -> Field:
    """Return the memory in use, in bytes and in percent of its limit."""
    return () if guest is None or guest.mem is None else Amount(guest.mem, _share(guest.mem, guest.maxmem))


def disk(guest: Guest | None) -> Field:
    """Return the size of the disk in bytes, and how much of it is used in percent."""
    return () if guest is None or guest.maxdisk is None else Amount(guest.maxdisk, _share(guest.disk, guest.maxdisk))


def uptime(guest: Guest | None) -> Field:
    """Return how long the guest has run, in seconds."""
    return () if guest is None or guest.uptime is None else Amount(guest.uptime)


def count(number: int | None) -> Field:
    """Return a number, as of changed settings."""
    return () if number is None else Amount(number)


def _share(part: int | None, whole: int | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
