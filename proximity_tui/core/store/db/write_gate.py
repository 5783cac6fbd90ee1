"""The gate that every unit of writing passes, so that the program can stop between two of them.

A process that is suspended within one would keep the database from every other process for as long as it is stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class WriteGate:
    """The gate of one process. Units of one thread may nest: the outermost passes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._writing = 0
        self._is_closed = False
        self._thread = threading.local()

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Be in a unit of writing; wait before it while the gate is closed."""
        if getattr(self._thread, "is_writing", False):
            yield
            return
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._writing += 1
        self._thread.is_writing = True
        try:
            yield
        finally:
            self._thread.is_writing = False
            with self._changed:
                self._writing -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self, patience: float) -> Iterator[bool]:
        """Keep new units from beginning; yield whether those under way have ended within `patience` seconds."""
        with self._changed:
            self._is_closed = True
            is_still = self._changed.wait_for(lambda: not self._writing, patience)
        try:
            yield is_still
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()
