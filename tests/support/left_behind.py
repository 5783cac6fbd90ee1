"""The work that a test left behind when it ended: in the next test it would write into another database."""

from __future__ import annotations

import sys
import threading
from types import FrameType

from proximity_tui.core.base.daemon_threads import DaemonExecutor
from tests.support.timing.waiting import until

WORKERS = (
    "call-",
    "command-",
    "demo-past",
    "figures-",
    "gained-",
    "heartbeat-",
    "jobs-",
    "lease-",
    "many-",
    "poller-",
    "read-",
    "refresh-",
    "start-",
    "task ",
    "write-",
)
"""How the names of those threads of the program begin that read or write the database."""


def wait_for_it() -> None:
    """Return once no such thread is at work. What they asked a cluster comes, or fails because that is gone."""
    if at_work():
        until(lambda: not at_work())


def at_work() -> list[str]:
    """Return the names of the threads that are at work; one of a pool that waits for work is not."""
    workers = [thread for thread in threading.enumerate() if thread.name.startswith(WORKERS)]
    frames = sys._current_frames() if workers else {}
    return [thread.name for thread in workers if not _is_idle(frames.get(thread.ident or 0))]


def _is_idle(frame: FrameType | None) -> bool:
    """Return whether a thread waits for work, and there is none; of one that has no frame that is not known."""
    while frame is not None:
        if frame.f_code is DaemonExecutor._next_call.__code__:
            return not frame.f_locals["self"]._waiting
        frame = frame.f_back
    return False
