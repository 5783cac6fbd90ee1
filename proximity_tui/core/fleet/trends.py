"""The CPU of the last hour of every guest: from the lists that are read anyway, and after a start from what is kept.
Pure.

A guest takes one byte for each five minutes: the highest reading of them, of one reading a minute.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Inventory
from proximity_tui.core.model.guests.guest_list import cpu_shares

SLOTS = 12
SLOT = 300
"""Seconds of a slot."""
MINUTE = 60
FULL = 100
"""A byte is 0 where nothing was read, else one more than the percent in use."""


@value_object
class Slot:
    """The highest readings in five minutes. Guests stand in the order of their VMIDs."""

    number: int
    vmids: array[int]
    highest: bytes

    def of(self, vmid: int) -> int:
        """Return the byte of a guest."""
        place = bisect_left(self.vmids, vmid)
        return self.highest[place] if place < len(self.vmids) and self.vmids[place] == vmid else 0

    def with_kept(self, kept: Mapping[int, float]) -> Slot:
        """Return the slot with what was kept of some guests, listed or not: the higher one of each two readings."""
        vmids = self.vmids if kept.keys() <= set(self.vmids) else array("Q", sorted({*self.vmids, *kept}))
        return self.with_later(Slot(self.number, vmids, bytes(_byte(kept.get(vmid)) for vmid in vmids)))

    def with_later(self, later: Slot) -> Slot:
        """Return the slot with another reading, of the guests that it lists."""
        if self.vmids == later.vmids:
            return Slot(self.number, self.vmids, bytes(map(max, self.highest, later.highest)))
        return Slot(self.number, later.vmids, bytes(map(max, map(self.of, later.vmids), later.highest)))


@value_object
class CpuTrend:
    """The last hour of one cluster."""

    minute: int
    """the minute of the last reading: there is one in each"""
    slots: tuple[Slot, ...]

    @property
    def newest(self) -> int:
        """The number of the slot of the last reading."""
        return self.minute * MINUTE // SLOT

    def with_kept(self, kept: Iterable[tuple[int, Mapping[int, float]]]) -> CpuTrend:
        """Return this with what was kept of this hour: numbers of slots, each with shares by VMID."""
        slots = {slot.number: slot for slot in self.slots}
        listed = self.slots[-1].vmids
        for number, shares in kept:
            if shares and self.newest - SLOTS < number <= self.newest:
                slot = slots.get(number) or Slot(number, listed, bytes(len(listed)))
                slots[number] = slot.with_kept(shares)
        return CpuTrend(self.minute, tuple(slots[number] for number in sorted(slots))[-SLOTS:])

    def of(self, vmid: int, now: datetime, started: datetime) -> tuple[float | None, ...]:
        """Return the CPU of a guest as shares, oldest first, None where nothing was read. Slots that began before its
        start are left out: another guest may have had its VMID.
        """
        newest, since = int(now.timestamp()) // SLOT, started.timestamp()
        bytes_by_slot = {slot.number: slot.of(vmid) for slot in self.slots if slot.number * SLOT >= since}
        found = (bytes_by_slot.get(number, 0) for number in range(newest - SLOTS + 1, newest + 1))
        return tuple((one - 1) / FULL if one else None for one in found)


@value_object
class CpuTrends:
    """The trends of all clusters."""

    by_cluster: Mapping[str, CpuTrend] = field(default_factory=dict)

    def with_readings(self, inventories: Iterable[Inventory]) -> CpuTrends:
        """Return these with what is new; themselves where no cluster has a reading of a new minute."""
        fresh = {one.cluster: found for one in inventories if (found := self._later(one)) is not None}
        return CpuTrends({**self.by_cluster, **fresh}) if fresh else self

    def with_kept(self, cluster: str, kept: Iterable[tuple[int, Mapping[int, float]]]) -> CpuTrends:
        """Return these with what was kept of the last hour of a cluster, as `CpuTrend.with_kept` says; themselves where
        that adds nothing.
        """
        known = self.by_cluster.get(cluster)
        fresh = known.with_kept(kept) if known is not None else None
        return self if fresh is None or fresh == known else CpuTrends({**self.by_cluster, cluster: fresh})

    def _later(self, inventory: Inventory) -> CpuTrend | None:
        seconds = int(inventory.taken_at.timestamp())
        known = self.by_cluster.get(inventory.cluster)
        if known is not None and known.minute - seconds // MINUTE > 1:
            # Of the future: the clock was set back since.
            known = None
        if known is not None and seconds // MINUTE <= known.minute:
            return None
        shares = cpu_shares(inventory.guests)
        vmids = array("Q", sorted(shares))
        reading = Slot(seconds // SLOT, vmids, bytes(_byte(shares[vmid]) for vmid in vmids))
        slots = known.slots if known is not None else ()
        if slots and slots[-1].number == reading.number:
            slots, reading = slots[:-1], slots[-1].with_later(reading)
        elif slots and slots[-1].vmids == vmids:
            # The same guests again: one array for the whole hour.
            reading = Slot(reading.number, slots[-1].vmids, reading.highest)
        return CpuTrend(seconds // MINUTE, (*slots, reading)[-SLOTS:])


def _byte(cpu: float | None) -> int:
    return 0 if cpu is None else 1 + min(FULL, max(0, round(cpu * FULL)))
