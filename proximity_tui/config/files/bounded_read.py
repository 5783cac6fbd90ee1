"""The reading of a file that a person named: at most so much of it, and never for longer than `PATIENCE`. What is named
may be a pipe that nobody writes into.
"""

from __future__ import annotations

import errno
import os
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds for the whole of a file. Whoever writes into a pipe may have to unlock a store first."""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open the file at `path` for `read_from`, without waiting for anybody who writes. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read_from(descriptor: int, largest: int) -> bytes:
    """Return the content of an `opened` file, at most `largest` bytes of it. Raises OSError, and TimeoutError where it
    does not end within `PATIENCE`.
    """
    ready = select.poll()
    ready.register(descriptor, select.POLLIN)
    deadline, content = time.monotonic() + PATIENCE, b""
    while len(content) < largest:
        left = deadline - time.monotonic()
        if left <= 0 or not ready.poll(left * 1000):
            raise TimeoutError(errno.ETIMEDOUT, f"it did not end within {PATIENCE:g}s: does anybody write into it?")
        chunk = os.read(descriptor, largest - len(content))
        if not chunk:
            break
        content += chunk
    return content


def read_file(path: Path, largest: int) -> bytes:
    """Return the content of the file at `path`, as `read_from`."""
    with opened(path) as descriptor:
        return read_from(descriptor, largest)
