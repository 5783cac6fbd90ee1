"""The connections of this process, and what keeps one open that nobody can use any more."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def open_sockets() -> int:
    """How many sockets this process has."""
    found = 0
    for number in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):
            found += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    return found


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Nothing is closed here because Python found out by itself that nobody has it: that may take hours."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
