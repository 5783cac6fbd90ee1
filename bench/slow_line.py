"""The screen over a line of 256 kbit/s and 200 ms, beside the plain program: start, keys, pages, and what is sent."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.ours import Access, cluster, record_everything
from bench.relay import BITS, DELAY
from bench.screens import Contender, Figures, contenders, is_listed, is_live
from bench.terminal import DOWN, PAGE_DOWN, PYTHON, Program

COUNT = 5_000
REFRESH = 10.0
"""Seconds between two refreshes, in which every figure changes."""
SILENCE = 0.3
"""Seconds without output after which a picture is complete; the line itself never pauses so long."""
KEYS = (*[DOWN] * 30, *[PAGE_DOWN] * 10)

LABELS = {
    "first_byte": "start → first byte",
    "last_known": "start → last known list",
    "live": "start → live list",
    "key_p50": "key → first byte, p50",
    "key_p99": "key → first byte, p99",
    "page_p50": "page down → whole picture, p50",
    "page_p99": "page down → whole picture, p99",
}


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, cluster(COUNT) as access:
        folder = Path(name)
        record_everything(folder, COUNT)
        programs = [one for one in contenders(folder, access) if one.name in ("ours", "plain")]
        found = {one.name: measure(one, access) for one in programs}
    print(f"\n{BITS // 1000} kbit/s, {DELAY * 2000:.0f} ms there and back, {COUNT:,} containers")
    print(f"  {'':<38}" + "".join(f"{name:>14}" for name in found) + f"{'ours/plain':>14}")
    for key, label in LABELS.items():
        _print(f"{label}, ms", [figures.get(key, 0.0) * 1000 for figures in found.values()])
    for key, label in (("key_bytes", "bytes per key"), ("page_bytes", "bytes per page down")):
        _print(label, [figures[key] for figures in found.values()])


def measure(one: Contender, access: Access) -> Figures:
    """Return the figures of a program; times in seconds."""
    with one.run(REFRESH) as program:
        # Once without counting: it leaves the last list of the last list.
        program.until(is_live)
        program.end()
    with Program([PYTHON, "-m", "bench.relay", PYTHON, *one.argv(REFRESH)], dict(one.environ)) as program:
        live = program.until(is_live)
        figures = {"first_byte": program.first_byte, "live": live}
        if one.ours:
            figures["last_known"] = program.until(is_listed)
        program.settle(2.0)
        bursts = [(key, program.press(key, SILENCE)) for key in KEYS]
        program.end()
    keys = [burst for key, burst in bursts if key == DOWN]
    pages = [burst for key, burst in bursts if key == PAGE_DOWN]
    return figures | {
        "key_p50": statistics.median(one.first for one in keys),
        "key_p99": max(one.first for one in keys),
        "key_bytes": statistics.median(float(one.size) for one in keys),
        "page_p50": statistics.median(one.last for one in pages),
        "page_p99": max(one.last for one in pages),
        "page_bytes": statistics.median(float(one.size) for one in pages),
    }


def _print(label: str, values: Sequence[float]) -> None:
    ours, plain = values
    ratio = f"{ours / plain:.2f}" if plain else "–"
    print(
        f"  {label:<38}" + "".join(f"{value:>14,.0f}" if value else f"{'–':>14}" for value in values) + f"{ratio:>14}"
    )
