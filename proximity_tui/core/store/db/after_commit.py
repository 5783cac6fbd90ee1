"""What is said of a transaction once it is committed, and not at all where it was rolled back: a line of the log that
tells of what was written would lie, or be told twice when the transaction is tried again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class _Waiting(threading.local):
    """What waits for the end of the innermost transaction of a thread; None where none is open."""

    calls: list[Callable[[], None]] | None = None


_waiting = _Waiting()


def after_commit(call: Callable[[], None]) -> None:
    """Call it once the outermost transaction of this thread is committed; at once where none is open."""
    if _waiting.calls is None:
        call()
    else:
        _waiting.calls.append(call)


@contextmanager
def saying_afterwards(unknown: type[Exception]) -> Iterator[None]:
    """Keep what is to be said until the transaction within has ended: inside another one, until that has. It is also
    said where the transaction ends with the error `unknown`: what may have been written must not go without a word.
    """
    around, mine = _waiting.calls, list[Callable[[], None]]()
    _waiting.calls = mine
    committed = False
    try:
        yield
        committed = True
    except unknown:
        committed = True
        raise
    finally:
        _waiting.calls = around
        if committed:
            for call in mine:
                after_commit(call)
