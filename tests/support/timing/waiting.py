"""Waiting for a condition where no event loop runs: threads, processes, rows."""

import time
from collections.abc import Callable, Iterator

LONGEST = 240.0
"""Seconds in which anything happens that a test waits for, on a machine fifty times as slow as a usual one."""


def until(condition: Callable[[], object], timeout: float = LONGEST) -> None:
    """Return as soon as `condition()` is true; fail when it is not after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    pauses = growing_pauses()
    while not condition():
        assert time.monotonic() < deadline, f"not so after {timeout} s"
        time.sleep(next(pauses))


def growing_pauses() -> Iterator[float]:
    """Seconds to pause between two looks at a condition: short at first, and longer while nothing comes of it.

    A look may cost a query or a whole repaint; what is waited for needs the processor more than who waits.
    """
    pause = 0.004
    while True:
        yield pause
        pause = min(pause * 1.3, 0.05)
