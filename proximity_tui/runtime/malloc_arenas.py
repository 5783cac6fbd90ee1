"""Where the C library keeps what the threads of a long process allocate: in one heap for all of them.

The GNU library gives almost each thread a heap of its own, and what is freed in one of them serves no other thread. We
have a dozen threads, of which only one at a time runs Python: their heaps were a fifth empty, and never given back.
"""

from __future__ import annotations

_M_ARENA_MAX = -8
"""The number of this setting in `malloc.h` of the GNU library."""


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
