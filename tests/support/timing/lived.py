"""Lets time pass as on a machine that is awake: by every clock. `time_machine` alone sets only the wall clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import time_machine

from proximity_tui.core.base import clock
from proximity_tui.core.model import Operation
from proximity_tui.core.store.records import operations


@contextmanager
def awake() -> Iterator[None]:
    """The kernel of this machine counts whatever the wall clock does meanwhile."""
    with patch.object(clock, "uptime_ms", lambda: int(time.time() * 1000)):
        yield


@contextmanager
def after_living(span: timedelta) -> Iterator[None]:
    """So much later by every clock: nobody set one, and the machine was awake all the time."""
    before = clock.uptime_ms
    with (
        time_machine.travel(datetime.now().astimezone() + span, tick=True),
        patch.object(clock, "uptime_ms", lambda: before() + int(span.total_seconds() * 1000)),
    ):
        yield


def heard_of_for_an_hour(operation: Operation) -> Operation:
    """The same operation, of whose owner the last heartbeat comes only in an hour. Nobody carries it on, so without
    this it would be taken for abandoned when a busy machine is fifteen seconds late.
    """
    before = clock.uptime_ms
    with patch.object(clock, "uptime_ms", lambda: before() + 3_600_000):
        operations.heartbeat(operation.id, operation.owner)
    return operations.get(operation.id)
