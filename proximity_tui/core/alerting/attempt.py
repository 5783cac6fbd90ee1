"""The attempts to send to one place: one at a time, each on a thread of its own that is waited for a limited time.

A place may begin to answer and never end; no limit of a library counts that. Whoever hangs there is not waited for,
and is not joined by others, so that a place costs one thread, whatever it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

LIMIT = 30.0
"""Seconds for a whole message, however slow the other side is. Other processes leave a claim alone for longer."""

UNANSWERED = "it did not answer"
"""How a reason begins after which the message may have arrived."""


class Attempts:
    """The attempts at one place, made by one thread."""

    def __init__(self, place: str) -> None:
        """`place` names the threads."""
        self._place = place
        self._hanging: threading.Thread | None = None

    def make(self, send: Callable[[], str | None]) -> str | None:
        """Call `send` and wait. Return what it returns: None when it was taken, else the reason why not."""
        if self._hanging is not None and self._hanging.is_alive():
            return f"{UNANSWERED}: the message before is still on its way"
        ends: list[str | None] = []

        def attempt() -> None:
            try:
                ends.append(send())
            except Exception as error:
                # Its words may repeat a part of the address.
                ends.append(f"it could not be used: {type(error).__name__}")

        thread = threading.Thread(target=attempt, name=f"attempt at {self._place}", daemon=True)
        thread.start()
        thread.join(LIMIT)
        if ends:
            return ends[0]
        self._hanging = thread
        return f"{UNANSWERED} within {LIMIT:.0f} s"
