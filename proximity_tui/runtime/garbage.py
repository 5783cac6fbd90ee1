"""The garbage collector of a process that runs for long, once it is loaded."""

import gc

LASTING = 20_000
"""New objects after which Python looks for garbage: a list of thousands of containers is no reason yet."""


def settle() -> None:
    """Take everything that was loaded as lasting, so that nobody looks through it again, and collect from now on."""
    gc.freeze()
    gc.set_threshold(LASTING)
