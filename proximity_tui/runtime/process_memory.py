"""The memory of a process that runs for long: one heap for all of its threads, and when its garbage is collected.

The GNU library gives almost each thread a heap of its own, and what is freed in one of them serves no other thread. We
have a dozen threads, of which only one at a time runs Python: their heaps were a fifth empty, and never given back.
"""

from __future__ import annotations

import gc

YOUNG, OLDER, OLDEST = 5_000, 2, 32
"""New objects after which Python looks for garbage among them: a millisecond. The looks after which it includes those
that survived one: the few of them keep this one short while a long list is read. How many of these looks later it
includes everything that is not taken as lasting: a list of thousands of containers is no reason yet, but each dialog
that was closed leaves a megabyte or more.
"""
DUE = OLDEST // 2
"""As many of these looks are reason enough to include everything while nobody waits."""

_M_ARENA_MAX = -8
"""The number of this setting in `malloc.h` of the GNU library."""


def keep_loaded_objects() -> None:
    """Take everything that was loaded as lasting, so that nobody looks through it again, and collect from now on."""
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)


def collect_while_nobody_waits() -> None:
    """Look through everything if that is due soon. All threads stand still meanwhile, with 50,000 containers for up to
    half a second: between two keys nobody notices.
    """
    if gc.get_count()[2] >= DUE:
        gc.collect()


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
