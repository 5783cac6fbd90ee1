"""`late_pattern`: a regular expression that is compiled when it is first used. A start has hundreds, and uses few."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial


def late_pattern(text: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """Return a function that returns the pattern of `text`, and compiles it at the first call."""
    return cache(partial(re.compile, text, flags))
