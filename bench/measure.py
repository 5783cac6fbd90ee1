"""Measuring and printing: the median of several runs, and ratios to the first line."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """The median wall time of `work`, after one run that does not count."""
    work()
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def report(title: str, lines: dict[str, float]) -> None:
    """Print each line's time and its ratio to the first."""
    print(f"\n{title}")
    first = next(iter(lines.values()))
    for name, seconds in lines.items():
        print(f"  {name:<58} {seconds * 1000:10.1f} ms   x {seconds / first:8.2f}")
