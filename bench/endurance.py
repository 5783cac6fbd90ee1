"""What only time shows: two operators on one database while a tenth of a large fleet changes each minute, and a quarter
of an hour in which nobody does anything. Memory, threads and descriptors have to stay as they are.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.ours import cluster, record_everything
from bench.screens import contenders, is_live
from bench.terminal import DOWN, UP, Cost, Program

OPERATORS_COUNT = 50_000
OPERATORS_MINUTES = 5.0
CHURN = 0.1
"""Share of the guests whose status is another one after a minute."""
REFRESH = 10.0
"""Seconds between two refreshes."""
KEYS = (*[DOWN] * 20, *[UP] * 20)
"""Pressed in turns, a key a second for each operator."""

IDLE_COUNT = 5_000
IDLE_MINUTES = 15.0
SETTLED_AFTER = 60.0
"""Seconds after which a program has loaded everything that it loads."""


def operators(minutes: float = OPERATORS_MINUTES) -> None:
    """Measure two operators, and print."""
    with tempfile.TemporaryDirectory() as name, cluster(OPERATORS_COUNT, churn=CHURN * REFRESH / 60) as access:
        folder = Path(name)
        record_everything(folder, OPERATORS_COUNT)
        ours = contenders(folder, access)[0]
        with ours.run(REFRESH) as anna, ours.run(REFRESH) as ben:
            both = (anna, ben)
            for program in both:
                program.until(is_live)
            for program in both:
                program.listen(SETTLED_AFTER / 2)
            costs, answers = _worked(both, minutes)
    print(
        f"\ntwo operators, {OPERATORS_COUNT:,} containers, {CHURN:.0%} changed a minute, {minutes:.0f} minutes of keys"
    )
    _report(costs)
    print(f"  key → paint, p50 / p99: {_share(answers, 0.5) * 1000:,.0f} / {_share(answers, 0.99) * 1000:,.0f} ms")


def idle(minutes: float = IDLE_MINUTES) -> None:
    """Measure a program that nobody uses, of a cluster in which nothing changes, and print."""
    with tempfile.TemporaryDirectory() as name, cluster(IDLE_COUNT, still=True) as access:
        folder = Path(name)
        record_everything(folder, IDLE_COUNT)
        with contenders(folder, access)[0].run(REFRESH) as program:
            program.until(is_live)
            program.listen(SETTLED_AFTER)
            costs, sizes = [program.cost()], [program.size]
            for _ in range(round(minutes)):
                program.listen(60.0)
                costs.append(program.cost())
                sizes.append(program.size)
    written = sizes[-1] - sizes[0]
    print(f"\nidle for {minutes:.0f} minutes, {IDLE_COUNT:,} containers, a list every {REFRESH:.0f} s")
    _report([costs])
    print(f"  bytes to the terminal: {written:,} in all, {written / minutes:,.0f} a minute")
    print(f"  processor: {(costs[-1].cpu - costs[0].cpu) / minutes / 60:.2%} of a core")


def _worked(programs: Sequence[Program], minutes: float) -> tuple[list[list[Cost]], list[float]]:
    """Press keys for so long; return what each program used after each half minute, and the times of all keys."""
    costs: list[list[Cost]] = [[program.cost()] for program in programs]
    answers: list[float] = []
    for half in range(round(minutes * 2)):
        end = time.monotonic() + 30.0
        for number in range(30):
            if time.monotonic() > end:
                break
            for program in programs:
                answers.append(program.press(KEYS[(half * 30 + number) % len(KEYS)], 0.05).first)
                program.listen(0.3)
        for program, used in zip(programs, costs, strict=True):
            used.append(program.cost())
    return costs, answers


def _report(costs: Iterable[Sequence[Cost]]) -> None:
    for number, used in enumerate(costs, 1):
        half = len(used) // 2
        early, late = (statistics.mean(one.memory for one in part) for part in (used[:half], used[half:]))
        print(
            f"  program {number}: memory {used[0].memory:.0f} → {used[-1].memory:.0f} MB"
            f" (means of the halves {early:.0f} and {late:.0f}), threads {used[0].threads} → {used[-1].threads},"
            f" descriptors {used[0].descriptors} → {used[-1].descriptors}"
        )


def _share(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
