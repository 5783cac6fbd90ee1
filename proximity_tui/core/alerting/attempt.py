"""The attempts to send to one place: one at a time, each on a thread of its own that is waited for a limited time.

A place may begin to answer and never end; no limit of a library counts that. Whoever hangs there is not waited for,
and is not joined by others, so that a place costs one thread, whatever it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from proximity_tui.core.base.value_object import value_object

LIMIT = 30.0
"""Seconds for a whole message, however slow the other side is. Other processes leave a claim alone for longer."""


@value_object
class NotTaken:
    """The end of an attempt that no receipt ended: the reason, as a sentence continues `it`, and whether the message
    may have arrived all the same.
    """

    reason: str
    may_have_arrived: bool = False


def unanswered(how: str) -> NotTaken:
    """Return the end of an attempt that was never answered, and how it ended here."""
    return NotTaken(f"it did not answer{how}", may_have_arrived=True)


class Attempts:
    """The attempts at one place, made by one thread."""

    def __init__(self, place: str) -> None:
        """`place` names the threads."""
        self._place = place
        self._hanging: threading.Thread | None = None

    def make(self, send: Callable[[], NotTaken | None]) -> NotTaken | None:
        """Call `send` and wait. Return what it returns: None when the message was taken, else why not."""
        if self._hanging is not None and self._hanging.is_alive():
            return unanswered(": the message before is still on its way")
        ends: list[NotTaken | None] = []

        def attempt() -> None:
            try:
                ends.append(send())
            except Exception as error:
                # Its words may repeat a part of the address.
                ends.append(NotTaken(f"it could not be used: {type(error).__name__}"))

        thread = threading.Thread(target=attempt, name=f"attempt at {self._place}", daemon=True)
        thread.start()
        thread.join(LIMIT)
        if ends:
            return ends[0]
        self._hanging = thread
        return unanswered(f" within {LIMIT:.0f} s")
