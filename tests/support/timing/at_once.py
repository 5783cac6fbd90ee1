"""Several people who act at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tests.support.timing.waiting import LONGEST

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T]:
    """What the calls return, in their order; each is made on a thread of its own, none before all are ready.

    It returns when the last of them has. What one of them raises is raised here.
    """
    together = threading.Barrier(len(calls))

    def make(call: Callable[[], T]) -> T:
        together.wait(timeout=LONGEST)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(make, calls))
