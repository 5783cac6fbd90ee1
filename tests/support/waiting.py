"""Waiting for a condition where no event loop runs: threads, processes, rows."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], timeout: float = 60.0) -> None:
    """Return as soon as `condition()` is true; fail when it is not after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not so after {timeout} s"
        time.sleep(0.005)
