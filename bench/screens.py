"""The screen beside other programs: start, keys, bytes, processor and memory at several sizes, all in one run.

Every figure is measured for all programs in turns, so that a busy machine is as busy for each of them: read the ratios.
"""

from __future__ import annotations

import json
import ssl
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.cluster import API, STATISTICS
from bench.emulator import Screen
from bench.ours import Access, cluster, configure, record_everything
from bench.terminal import DOWN, ESCAPE, PYTHON, UP, Burst, Program, least_bytes

STARTS = 3
"""Starts of each program; the median counts. The rest is measured in one run, of many keys and refreshes."""
KEYS = (*[DOWN] * 45, *[UP] * 15)
"""Pressed one by one; every size has that many rows."""
REFRESH = 2.0
"""Seconds between two refreshes while they are measured."""
REFRESHES = 5
NEVER = 3600.0
"""Seconds between two refreshes where there should be none."""
IDLE = 10.0
SILENCE = 0.08
"""Seconds without output after which a picture is complete."""
NOT_LIVE = ("as of", "asking", "starting")
"""What our first line says as long as it shows the last known list, or records without an answer."""

Figures = dict[str, float]
"""A figure by its name: seconds, bytes, megabytes or counts, as `LABELS` say."""

LABELS: Mapping[str, tuple[str, float, str]] = {
    "first_byte": ("start → first byte", 1000, "ms"),
    "last_known": ("start → last known list", 1000, "ms"),
    "live": ("start → live list", 1000, "ms"),
    "requests_start": ("requests before the live list", 1, ""),
    "key_p50": ("key → paint, refresh off, p50", 1000, "ms"),
    "key_p99": ("key → paint, refresh off, p99", 1000, "ms"),
    "busy_key_p50": ("key → paint, refresh on, p50", 1000, "ms"),
    "busy_key_p99": ("key → paint, refresh on, p99", 1000, "ms"),
    "key_bytes": ("bytes per key", 1, "B"),
    "refresh_cpu": ("processor per refresh, all changed", 1000, "ms"),
    "refresh_bytes": ("bytes per refresh, all changed", 1, "B"),
    "refresh_least": ("  of these a plain difference needs", 1, "B"),
    "refresh_requests": ("requests per refresh", 1, ""),
    "idle_cpu": ("processor while idle, refresh off", 100, "% of a core"),
    "idle_bytes": ("bytes while idle, a minute", 1, "B"),
    "memory": ("memory", 1, "MB"),
    "filter": ("filter, per keystroke", 1000, "ms"),
    "help": ("close help", 1000, "ms"),
    "back": ("back to Fleet", 1000, "ms"),
}
"""Per figure: what it is, the factor to its unit, and the unit."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program that shows the list."""

    name: str
    argv: Callable[[float], Sequence[str]]
    """The command line for a number of seconds between two refreshes."""
    environ: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False

    def run(self, interval: float) -> Program:
        """Start it."""
        return Program([PYTHON, *self.argv(interval)], dict(self.environ))


def measure(count: int) -> dict[str, Figures]:
    """Return the figures of each program for `count` guests."""
    with tempfile.TemporaryDirectory() as name, cluster(count) as access:
        folder = Path(name)
        record_everything(folder, count)
        programs = contenders(folder, access)
        found: dict[str, Figures] = {one.name: {} for one in programs}
        for one in programs:
            # Once without counting: compiled modules, pages of the disk, and the list that the next start shows.
            with one.run(NEVER) as program:
                program.until(is_live)
                program.end()
        for figures, runs in ((_starts, STARTS), (_calm, 1), (busy, 1)):
            _add(found, programs, access, figures, runs)
        return found


def report(found: Mapping[int, Mapping[str, Figures]]) -> None:
    """Print a table for each size: the programs side by side, and ours as a ratio to plain."""
    for count, programs in found.items():
        names = list(programs)
        print(f"\n{count:,} containers")
        print(f"  {'':<38}" + "".join(f"{name:>14}" for name in names) + f"{'ours/plain':>14}")
        for key, (label, factor, unit) in LABELS.items():
            if not any(key in figures for figures in programs.values()):
                continue
            cells = [f"{programs[name][key] * factor:,.1f}" if key in programs[name] else "–" for name in names]
            ours, plain = programs["ours"].get(key), programs["plain"].get(key)
            ratio = f"{ours / plain:.2f}" if ours is not None and plain else "–"
            title = f"{label}, {unit}" if unit else label
            print(f"  {title:<38}" + "".join(f"{cell:>14}" for cell in cells) + f"{ratio:>14}")


def contenders(folder: Path, access: Access) -> list[Contender]:
    """Return the programs to compare; ours first. It finds its database in `folder`."""
    environ = {"BENCH_SECRET": access.token_secret, "HOME": str(folder)}
    environ |= {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("STATE", "DATA", "CACHE", "CONFIG")}

    def ours(interval: float) -> Sequence[str]:
        return ["-m", "proximity_tui", "--config", str(configure(folder, access, f"{interval:.0f}s"))]

    def other(name: str) -> Contender:
        return Contender(
            name, lambda interval: ["-m", f"bench.programs.{name}", *access.arguments, str(interval)], environ
        )

    return [Contender("ours", ours, environ, ours=True), other("plain"), other("prototype"), other("floor")]


def _add(
    found: dict[str, Figures],
    programs: Sequence[Contender],
    access: Access,
    figures: Callable[[Contender, Access], Figures],
    runs: int,
) -> None:
    """Measure all programs in turns, so many times, and add the medians."""
    taken: dict[str, list[Figures]] = {one.name: [] for one in programs}
    for _ in range(runs):
        for one in programs:
            taken[one.name].append(figures(one, access))
            print(".", end="", file=sys.stderr, flush=True)
    for name, several in taken.items():
        found[name] |= {key: statistics.median(one[key] for one in several) for key in several[0]}


def _starts(one: Contender, access: Access) -> Figures:
    before = requests_sent(access)
    with one.run(NEVER) as program:
        live = program.until(is_live)
        asked = requests_sent(access) - before
        figures = {"first_byte": program.first_byte, "live": live, "requests_start": float(asked)}
        if one.ours:
            figures["last_known"] = program.until(is_listed)
        program.end()
    return figures


def _calm(one: Contender, access: Access) -> Figures:
    """Measure what happens while no refresh comes."""
    with one.run(NEVER) as program:
        program.until(is_live)
        program.settle(2.0)
        figures = {f"key_{name}": value for name, value in _keys(program).items()}
        program.settle(1.0)
        before, size = program.cost(), program.size
        program.listen(IDLE)
        after = program.cost()
        figures |= {
            "idle_cpu": (after.cpu - before.cpu) / IDLE,
            "idle_bytes": (program.size - size) * 60 / IDLE,
            "memory": after.memory,
        }
        if one.ours:
            figures |= _our_keys(program)
        program.end()
    return figures


def busy(one: Contender, access: Access) -> Figures:
    """Measure refreshes in which every figure changes, and keys meanwhile."""
    with one.run(REFRESH) as program:
        program.until(is_live)
        program.listen(3 * REFRESH)
        before, asked, start = program.cost(), _statistics(access), len(program.output)
        while (refreshes := _lists(answered := _statistics(access)) - _lists(asked)) < REFRESHES:
            program.listen(REFRESH / 4)
        program.settle(REFRESH / 4)
        after = program.cost()
        output = program.output[start:]
        figures = {
            "refresh_cpu": (after.cpu - before.cpu) / refreshes,
            "refresh_bytes": sum(len(data) for _, data in output) / refreshes,
            "refresh_requests": (sum(answered.values()) - sum(asked.values())) / refreshes,
            "refresh_least": least_bytes(program.output, start) / refreshes,
        }
        keys = _keys(program)
        program.end()
    return figures | {f"busy_key_{name}": value for name, value in keys.items()}


def _keys(program: Program) -> Figures:
    bursts = [program.press(key, SILENCE / 2) for key in KEYS]
    first = sorted(burst.first for burst in bursts)
    return {
        "p50": statistics.median(first),
        "p99": first[int(len(first) * 0.99)],
        "bytes": statistics.median(float(burst.size) for burst in bursts),
    }


def _our_keys(program: Program) -> Figures:
    """Measure what only our program has: a filter, a help, other screens."""
    program.press(b"/", SILENCE)
    typed = [program.press(bytes([letter]), SILENCE) for letter in b"ct-00"]
    program.press(ESCAPE, 0.3)
    opened: list[Burst] = []
    back: list[Burst] = []
    for _ in range(3):
        program.press(b"?", 0.3)
        opened.append(program.press(ESCAPE, 0.3))
        program.press(b"5", 0.3)
        back.append(program.press(b"1", 0.3))
    return {
        "filter": statistics.median(burst.last for burst in typed),
        "help": statistics.median(burst.last for burst in opened),
        "back": statistics.median(burst.last for burst in back),
    }


def is_listed(screen: Screen) -> bool:
    """Return whether guests are shown, live or not."""
    return sum("ct-0" in line for line in screen.lines) >= 20


def is_live(screen: Screen) -> bool:
    """Return whether figures are shown that only an answer of the cluster has, and no word that they are old."""
    lines = screen.lines
    figures = sum("ct-0" in line and "%" in line for line in lines) >= 20
    return figures and not any(words in lines[0] for words in NOT_LIVE)


def _statistics(access: Access) -> Mapping[str, int]:
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(access.url + API + STATISTICS, context=context) as answer:
        found: Mapping[str, int] = json.load(answer)
        return found


def requests_sent(access: Access) -> int:
    """Return how many requests the cluster was sent so far."""
    return sum(_statistics(access).values())


def _lists(found: Mapping[str, int]) -> int:
    return found.get("/cluster/resources", 0)
