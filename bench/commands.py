"""Commands as whole processes, beside bare Python and beside the least that Python can do for the same answer."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ours import cluster, configure, record_everything

RUNS = 7
FLOOR = """
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("SELECT * FROM container WHERE closed_at IS NULL")
names = [column[0] for column in rows.description]
print(json.dumps([dict(zip(names, row)) for row in rows], default=str))
"""
"""Every record as JSON, without asking what it means."""


@dataclass(frozen=True, slots=True)
class Time:
    """The median of several runs of a process."""

    wall: float
    cpu: float


def run() -> None:
    """Measure and print."""
    _report("beside bare Python", measure(50, ("--version", "--help", "list")))
    _report("beside every record as JSON, by hand", measure(5_000, ("list --json", "audit", "alerts --json")))


def measure(count: int, commands: Sequence[str]) -> Mapping[str, Time]:
    """Return the time of each command over `count` records, of bare Python, and of the floor, all in turns."""
    with tempfile.TemporaryDirectory() as name, cluster(count, still=True) as access:
        folder = Path(name)
        record_everything(folder, count)
        config = str(configure(folder, access, "10s"))
        environ = {**os.environ, "BENCH_SECRET": access.token_secret, "HOME": name, "XDG_CACHE_HOME": name}
        argvs = {
            "python -c pass": ["-c", "pass"],
            f"sqlite3 and json: {count:,} records": ["-c", FLOOR, str(folder / "proximity.db")],
            **{
                f"{one}, {count:,} records": ["-m", "proximity_tui", "--config", config, *one.split()]
                for one in commands
            },
        }
        taken: dict[str, list[Time]] = {name: [] for name in argvs}
        for _ in range(RUNS + 1):
            for label, argv in argvs.items():
                taken[label].append(_time([sys.executable, *argv], environ))
    return {
        label: Time(statistics.median(one.wall for one in runs[1:]), statistics.median(one.cpu for one in runs[1:]))
        for label, runs in taken.items()
    }


def _time(argv: Sequence[str], environ: Mapping[str, str]) -> Time:
    begun, before = time.perf_counter(), _children_cpu()
    subprocess.run(argv, env=dict(environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return Time(time.perf_counter() - begun, _children_cpu() - before)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _report(title: str, found: Mapping[str, Time]) -> None:
    print(f"\ncommands, {title}{'':<12}      wall        cpu   x Python    x floor")
    bare, floor = list(found.values())[:2]
    for label, one in found.items():
        print(
            f"  {label:<48}{one.wall * 1000:8.0f} ms {one.cpu * 1000:7.0f} ms {one.cpu / bare.cpu:10.1f}"
            f" {one.cpu / floor.cpu:10.1f}"
        )
