"""An event for a thread that waits for a file: what sets it makes a pipe readable."""

from __future__ import annotations

import contextlib
import os
import threading


class WakingEvent(threading.Event):
    """An event that also makes a pipe readable, for a thread that waits for a file."""

    def __init__(self) -> None:
        super().__init__()
        self.readable, self._writable = os.pipe()
        os.set_blocking(self.readable, False)

    def set(self) -> None:
        """Set it, and make the pipe readable."""
        super().set()
        os.write(self._writable, b"\0")

    def clear(self) -> None:
        """Clear it, and empty the pipe."""
        super().clear()
        with contextlib.suppress(BlockingIOError):
            os.read(self.readable, 4096)

    def __del__(self) -> None:
        os.close(self.readable)
        os.close(self._writable)
