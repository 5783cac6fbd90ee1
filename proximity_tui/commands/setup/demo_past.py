"""The past of a demo: weeks of figures of its containers, so that charts, `:top` and uptime show something at once.

The present figures of a simulated guest are a function of seed, VMID and time; so are these. Only a demo has them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.model import Guest, Status
from proximity_tui.core.model.guests.figures import DAY, HOUR, MINUTE, FigurePoint, MinuteReadings
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.figures import minutes
from proximity_tui.core.store.figures.past import Measure, write_past
from proximity_tui.core.store.records import records

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

DAYS = 21
"""Days that are written."""
_GROWN = 0.75
"""The part of its present disk use that the fullest disk grew by in these days."""
_UPTIME = 3600.0
_PATIENCE = 5.0
"""Seconds that the end of a demo waits at most for the container that is being written."""

log = logging.getLogger(__name__)


@contextmanager
def past_of(context: AppContext, cluster: str, seed: int) -> Iterator[None]:
    """Write the past of the containers that run, on a thread of its own; what is not written at the end is given up."""
    stop, ended = threading.Event(), threading.Event()
    spawn("demo-past", _write, context, cluster, seed, stop, ended)
    try:
        yield
    finally:
        stop.set()
        ended.wait(_PATIENCE)


def _write(context: AppContext, cluster: str, seed: int, stop: threading.Event, ended: threading.Event) -> None:
    try:
        now = context.clock.now()
        guests = context.clients[cluster].inventory().guests
        measured = measures(guests, cluster, seed, now)
        _write_last_hour(cluster, measured, now)
        for container, measure in measured.items():
            if stop.is_set():
                return
            write_past(container, measure, now, DAYS)
    except StoreError as error:
        log.warning("the past of the demo was not written: %s", error)
    except Exception:
        log.exception("unexpected error while the past of the demo was written")
    finally:
        ended.set()


def _write_last_hour(cluster: str, measured: Mapping[int, Measure], now: datetime) -> None:
    """Write the minutes of the last hour: they are folded like any others, and lists show them at once."""
    this_minute = int(now.timestamp()) // MINUTE
    with transaction():
        for minute in range(this_minute - HOUR // MINUTE, this_minute):
            at = datetime.fromtimestamp(minute * MINUTE, UTC)
            minutes.write(MinuteReadings(cluster, minute, {one: measure(at) for one, measure in measured.items()}))


def measures(guests: Mapping[int, Guest], cluster: str, seed: int, now: datetime) -> dict[int, Measure]:
    """Return the figures over time of each record whose guest runs, by its id; the fullest disk is one that grew."""
    running = {
        one.id: guest
        for one in records.active(cluster)
        if (guest := guests.get(one.vmid or 0)) is not None and guest.status is Status.RUNNING and guest.maxdisk
    }
    fullest = max(running, key=lambda one: (running[one].disk or 0) / (running[one].maxdisk or 1), default=None)
    return {one: _measure(seed, guest, now, _GROWN if one == fullest else 0.0) for one, guest in running.items()}


def _measure(seed: int, guest: Guest, now: datetime, grown: float) -> Measure:
    from proximity_tui.simulator.world import load_figures

    maxmem, maxdisk = guest.maxmem or 0, guest.maxdisk or 0

    def measure(at: datetime) -> FigurePoint:
        load = load_figures.load(seed, guest.vmid, at.timestamp(), _UPTIME, maxmem, maxdisk)
        age = (now - at) / timedelta(seconds=DAY) / DAYS
        return FigurePoint(
            at,
            cpu=load.cpu,
            mem=load.mem,
            disk=load.disk * (1 - grown * age),
            netin=load.netin / _UPTIME,
            netout=load.netout / _UPTIME,
            diskread=load.diskread / _UPTIME,
            diskwrite=load.diskwrite / _UPTIME,
            maxmem=maxmem,
            maxdisk=maxdisk,
        )

    return measure
