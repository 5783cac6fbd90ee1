"""A machine on which each thread may have to wait for its turn: what a busy machine does now and then, done by chance.

With `PROXIMITY_TUI_TEST_SLOW_THREADS=1` (any number is a seed) a thread or a call of an executor may begin late, an
answer of the simulator may come late, and the event loop may stand still. Whichever test fails of it takes it that one
thing happens before another. The threads share one chance, so a seed does not repeat a run exactly.
"""

from __future__ import annotations

import os
import random
import threading
import time
from asyncio import Handle
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from proximity_tui.core.base import daemon_threads
from proximity_tui.simulator.server import transport

P = ParamSpec("P")
T = TypeVar("T")

VARIABLE = "PROXIMITY_TUI_TEST_SLOW_THREADS"

BEGIN, ANSWER, TURN = 0.25, 0.1, 0.002
"""The share of threads and calls that begin late, of answers that come late, and of turns in which the loop stands."""

LATEST = 0.3
"""Seconds that one of them waits at most: several times what a job, a poll or a drawing takes."""


def slow_down() -> None:
    """Make threads wait in this process, where the environment asks for it."""
    seed = os.environ.get(VARIABLE)
    if seed is None:
        return
    chance = random.Random(f"{seed} {os.environ.get('PYTEST_XDIST_WORKER', '')}")

    def late(share: float, call: Callable[P, T]) -> Callable[P, T]:
        @wraps(call)
        def later(*args: P.args, **kwargs: P.kwargs) -> T:
            if chance.random() < share:
                time.sleep(chance.uniform(0, LATEST))
            return call(*args, **kwargs)

        return later

    threading.Thread.run = late(BEGIN, threading.Thread.run)  # type: ignore[method-assign]
    daemon_threads._fulfil = late(BEGIN, daemon_threads._fulfil)
    transport.render = late(ANSWER, transport.render)
    Handle._run = late(TURN, Handle._run)  # type: ignore[method-assign]
