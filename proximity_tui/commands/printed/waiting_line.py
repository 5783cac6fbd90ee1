"""The line at the bottom of a terminal that says what a command waits for, and since when: a node that hangs must not
look like a program that does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from proximity_tui.commands.printed.progress_line import ProgressLine
from proximity_tui.core.base.text import human_age

AFTER = 2.0
"""Seconds without an answer after which it is told."""

_PACE = 0.5


@contextmanager
def waits_told() -> Iterator[None]:
    """Show meanwhile, on a terminal, what is waited for. What says more about the work, such as a step that runs,
    stands in its place.
    """
    line = ProgressLine()
    if not line.shown:
        yield
        return
    over = threading.Event()
    threading.Thread(target=_follow, args=(line, over), name="waiting line", daemon=True).start()
    try:
        yield
    finally:
        over.set()
        line.end()


def _follow(line: ProgressLine, over: threading.Event) -> None:
    from proximity_tui.core.base.daemon_threads import longest_wait  # only a terminal needs it

    while not over.wait(_PACE):
        wait = longest_wait()
        lasts = 0.0 if wait is None else time.monotonic() - wait.since
        if wait is None or lasts < AFTER:
            line.clear()
        else:
            line.draw(f"  waiting for {wait.subject}, for {human_age(lasts)}", gives_way=True)
