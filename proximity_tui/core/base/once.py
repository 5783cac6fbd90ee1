"""`once`: what is made when it is first needed, and once, whichever thread needs it first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def once(make: Callable[[], T]) -> Callable[[], T]:
    """Return a function that makes it at the first call and returns the same object ever after. What `make` raises is
    raised to the caller, and the next call tries again.
    """
    lock = threading.Lock()
    made: list[T] = []

    def get() -> T:
        with lock:
            if not made:
                made.append(make())
            return made[0]

    return get
