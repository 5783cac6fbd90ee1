"""What the threads of this process wait for from outside, and since when, so that a person can be told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from proximity_tui.core.base.value_object import value_object


@value_object
class Wait:
    """One thread that waits for an answer."""

    subject: str
    """Who is asked, and what, as `lab: reading config of CT 105 on pve1`."""
    since: float
    """By the monotonic clock."""


_waits: dict[int, Wait] = {}


@contextmanager
def waiting_for(subject: str) -> Iterator[None]:
    """Note that the calling thread waits for an answer meanwhile."""
    thread = threading.get_ident()
    _waits[thread] = Wait(subject, time.monotonic())
    try:
        yield
    finally:
        _waits.pop(thread, None)


def longest_wait() -> Wait | None:
    """Return what is waited for the longest now; None where nobody waits."""
    return min(tuple(_waits.values()), key=lambda one: one.since, default=None)
