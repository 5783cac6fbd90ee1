"""The garbage collector of a process that runs for long, once it is loaded."""

import gc

YOUNG, OLDER, OLDEST = 5_000, 10, 40
"""New objects after which Python looks for garbage among them: a millisecond. The looks after which it includes those
that survived one, and how many of these looks later everything: a list of thousands of containers is no reason yet.
"""


def keep_loaded_objects() -> None:
    """Take everything that was loaded as lasting, so that nobody looks through it again, and collect from now on."""
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
