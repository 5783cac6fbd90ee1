"""The memory of a process that runs for long: one heap for all of its threads, and when its garbage is collected.

The GNU library gives almost each thread a heap of its own, and what is freed in one of them serves no other thread. We
have a dozen threads, of which only one at a time runs Python: their heaps were a fifth empty, and never given back.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import Any

YOUNG, OLDER, OLDEST = 5_000, 2, 2
"""New objects after which Python looks for garbage among them: a millisecond. The looks after which it includes those
that survived one: the few of them keep this one short while a long list is read. How many of these looks later it
includes everything that is not taken as lasting: each dialog that was closed leaves a megabyte or more.
"""
EVERYTHING = 2
"""The generation of a look that includes everything that is not taken as lasting."""

_M_ARENA_MAX = -8
"""The number of this setting in `malloc.h` of the GNU library."""


def keep_loaded_objects() -> None:
    """Take everything that was loaded as lasting, so that nobody looks through it again, and collect from now on."""
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)


def keep_survivors(is_settled: Callable[[], bool]) -> None:
    """Take as lasting whatever is left after each look through everything, unless something is there that leaves
    garbage when it goes, as a dialog. A list of thousands of containers is looked through once then, and not each time.
    """

    def looked(phase: str, about: Mapping[str, Any]) -> None:
        if phase == "stop" and about["generation"] == EVERYTHING and is_settled():
            gc.freeze()

    gc.callbacks.append(looked)


def limit_malloc_arenas() -> None:
    """Let all threads that are begun from now on use the heap of the first one. Does nothing where the C library has no
    such setting.
    """
    import ctypes

    try:
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    except (AttributeError, OSError, TypeError):
        # Another C library: it has its own ways.
        return
