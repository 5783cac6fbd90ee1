"""The draw of what one run looks at, where there may be more than it has requests for."""

from __future__ import annotations

from collections.abc import Collection
from random import sample


def draw(numbers: Collection[int], most: int) -> list[int]:
    """Return at most so many of the numbers, in their order. They are drawn by lot: those that come first today would
    come first tomorrow, and keep the others waiting for ever.
    """
    return sorted(sample(sorted(numbers), min(len(numbers), most)))
