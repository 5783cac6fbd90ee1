"""The figures of a container since its page is open, and its tasks. Pure but for what asks: `tasks_of`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from proximity_tui.core.base.text import human_age, human_bytes, number_of, percent
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.downsampling import downsampled
from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import GuestRow
from proximity_tui.core.model import Guest, Status, Task
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.container.sections import pair
from proximity_tui.screens.presentation.figure_cells import measured
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.glyphs import sparkline

NOWHERE = "its node is not known, or its cluster is not configured"


KEPT = 400
"""How many readings are kept: more than the widest terminal shows."""

NARROW, WIDE = 8, 120

A_DAY = 20 * 3600
"""Seconds from which on the hour alone does not say when a point was measured."""

HARDLY = 0.1
"""The share by which values may differ and still count as a constant."""
LOW = 10.0
"""How many times as high as a constant its scale is: it is then the lowest of eight bars."""


class GuestLocation(NamedTuple):
    """The location of a guest."""

    cluster: str
    node: str
    vmid: int


def location_of(row: GuestRow) -> GuestLocation | None:
    """Return where a guest is by its row, if that says it."""
    return None if row.vmid is None or row.node is None else GuestLocation(row.cluster, row.node, row.vmid)


def tasks_of(client: PveClient | None, location: GuestLocation | None) -> tuple[tuple[Task, ...] | None, str | None]:
    """Return the tasks of a container that its node lists, newest first. An empty list is reported, too; one that
    cannot be read hides no other.
    """
    if location is None or client is None:
        return None, f"{NOWHERE.capitalize()}."
    gaps: list[str] = []
    try:
        found = client.find_tasks(location.node, location.vmid, gaps=gaps)
    except ProxmoxError as error:
        return None, f"The tasks cannot be read: {error}"
    if gaps and not found:
        return None, f"The tasks cannot be read: {gaps[0]}"
    if gaps:
        return found, f"Not every task can be read: {gaps[0]}"
    return found, None if found else f"{location.node} has no task of CT {location.vmid}."


class Figures(Protocol):
    """The figures that a reading and a point of the history share."""

    @property
    def cpu(self) -> float | None: ...
    @property
    def mem(self) -> float | None: ...
    @property
    def maxmem(self) -> float | None: ...
    @property
    def netin(self) -> float | None: ...
    @property
    def netout(self) -> float | None: ...


@value_object
class Reading:
    """The figures of the guest in one inventory. `netin` and `netout` are bytes per second since the reading before."""

    at: datetime
    cpu: float | None
    mem: float | None
    maxmem: float | None
    netin: float | None
    netout: float | None
    counted_in: int | None
    counted_out: int | None


def add_reading(readings: Sequence[Reading], poll: PollResult | None, vmid: int | None) -> tuple[Reading, ...]:
    """Return the readings with the newest one, unless it is known already. A guest that is not listed, or does
    not run, leaves a gap.

    Readings of later than the newest list are of a clock that was put back since: nobody knows their age any more.
    """
    inventory = poll.inventory if poll is not None else None
    if inventory is None or (readings and readings[-1].at == inventory.taken_at):
        return tuple(readings)
    readings = [one for one in readings if one.at < inventory.taken_at]
    found = inventory.guests.get(vmid or 0)
    running = None if found is None else measured(found, found.status)
    guest = running or Guest(vmid or 0, "", "lxc", Status.UNKNOWN)
    before = readings[-1] if readings else None
    seconds = (inventory.taken_at - before.at).total_seconds() if before else 0.0
    fresh = Reading(
        at=inventory.taken_at,
        cpu=guest.cpu,
        mem=guest.mem,
        maxmem=guest.maxmem,
        netin=_rate(before.counted_in if before else None, guest.netin, seconds),
        netout=_rate(before.counted_out if before else None, guest.netout, seconds),
        counted_in=guest.netin,
        counted_out=guest.netout,
    )
    return (*readings, fresh)[-KEPT:]


def live_lines(readings: Sequence[Reading], width: int, now: datetime) -> list[TextLine]:
    """Return the figures since the page is open."""
    if not readings:
        return [[("No readings since this page was opened.", "dim")]]
    span = human_age((readings[-1].at - readings[0].at).total_seconds())
    age = human_age(max(0.0, (now - readings[-1].at).total_seconds()) // 15 * 15)
    times = f"{number_of(len(readings), 'reading')} over {span}, the last about {age} ago"
    return [[(f"Since this page was opened: {times}", "dim")], [], *_bars(readings, width)]


def _room(width: int) -> int:
    """Return the cells of a chart on a page of this width."""
    return max(NARROW, min(WIDE, width - 52))


def time_axis(times: Sequence[datetime], room: int) -> str:
    """Return the line under a chart of `room` cells, one for each of the newest `times`: the time of its first, its
    middle and its last point, each where it is drawn. What finds no room is left out.
    """
    shown = times[-room:]
    seconds = (shown[-1] - shown[0]).total_seconds()
    form = "%H:%M" if seconds < A_DAY else "%m-%d %H:%M"
    first, middle, last = (f"{shown[at].astimezone():{form}}" for at in (0, len(shown) // 2, -1))
    start, end = room - len(shown), room - len(last)
    line = last.rjust(room)
    if start + len(first) < end:
        line = line[:start] + first + line[start + len(first) :]
    place = start + len(shown) // 2 - len(middle) // 2
    if start + len(first) < place and place + len(middle) < end:
        line = line[:place] + middle + line[place + len(middle) :]
    return line


def _bars(points: Sequence[Figures], width: int) -> list[TextLine]:
    room = _room(width)
    newest = points[-1]
    received, sent = [point.netin for point in points], [point.netout for point in points]
    rows = (
        ("cpu", [point.cpu for point in points], 1.0, _percent(newest.cpu), percent(1)),
        ("memory", [point.mem for point in points], newest.maxmem, _memory(newest), _bytes(newest.maxmem)),
        ("net in", received, scale_of(received), _per_second(newest.netin), _per_second(scale_of(received))),
        ("net out", sent, scale_of(sent), _per_second(newest.netout), _per_second(scale_of(sent))),
    )
    return [
        pair(
            name,
            (sparkline(downsampled(values, room), room, high=high), "accent"),
            (f"  {text}", "normal"),
            (f"  scale 0 to {top}", "dim"),
        )
        if high
        else pair(name, (sparkline(downsampled(values, room), room), "accent"), (f"  {text}", "normal"))
        for name, values, high, text, top in rows
    ]


def scale_of(values: Sequence[float | None]) -> float | None:
    """Return the end of the scale for what has no limit of its own. What hardly changes is low on it: a line at the
    upper edge would look like a peak.
    """
    known = [value for value in values if value is not None]
    highest = max(known, default=0.0)
    if not highest:
        return None
    return highest if min(known) < (1 - HARDLY) * highest else highest * LOW


def _bytes(value: float | None) -> str:
    return human_bytes(int(value)) if value else ""


def _percent(value: float | None) -> str:
    return "not measured" if value is None else percent(value)


def _memory(point: Figures) -> str:
    if point.mem is None:
        return "not measured"
    return human_bytes(int(point.mem)) + (f"/{human_bytes(int(point.maxmem))}" if point.maxmem else "")


def _per_second(value: float | None) -> str:
    return "not measured" if value is None else f"{human_bytes(int(value))}/s"


def _rate(before: int | None, now: int | None, seconds: float) -> float | None:
    """Return bytes per second; None where a counter is missing or was reset because the guest was started."""
    if before is None or now is None or seconds <= 0 or now < before:
        return None
    return (now - before) / seconds
