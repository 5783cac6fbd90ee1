"""How long our program holds its event loop, and what it needs, with each screen open over a large fleet."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.endurance import CHURN, REFRESH
from bench.ours import Access, cluster, record_everything
from bench.screens import contenders, is_live, requests_sent
from bench.terminal import DOWN, ESCAPE, Program

COUNT = 50_000
TYPED = (
    *("fleet", "everything", "alerts", "jobs", "audit", "nodes", "storage", "pulse"),
    *("top", "stats", "ports", "lint"),
)
"""The main screens, by the names that lead to them."""
BESIDE = {"drift": b"d", "snapshots": b"t", "backups": b"b"}
"""The lists about the current container, by the keys that open them."""
SECONDS = 2.5 * REFRESH
"""How long each is open: at least two lists of the cluster come meanwhile."""


def run(count: int = COUNT) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, cluster(count, churn=CHURN * REFRESH / 60) as access:
        folder, held = Path(name), Path(name) / "held"
        held.touch()
        record_everything(folder, count)
        ours = contenders(folder, access)[0]

        def watched(interval: float) -> Sequence[str]:
            return ["-m", "bench.programs.watched", *ours.argv(interval)[2:]]

        print(f"\n{count:,} containers, {CHURN:.0%} changed a minute, a list every {REFRESH:.0f} s")
        print(f"  {'screen':<12}{'longest callbacks, ms':>30}{'memory':>10}{'bytes/min':>11}{'requests/min':>14}")
        environ = {**ours.environ, "BENCH_HELD": str(held)}
        with replace(ours, argv=watched, environ=environ).run(REFRESH) as program:
            program.until(is_live)
            _report(program, held, access, "start")
            for screen in TYPED:
                program.press(b":", 0.3)
                program.press(screen.encode(), 0.3)
                program.press(b"\r", 1.0)
                _report(program, held, access, screen)
            program.press(b"1", 1.0)
            for screen, key in BESIDE.items():
                program.press(key, 1.0)
                _report(program, held, access, screen)
                program.press(ESCAPE, 1.0)


def _report(program: Program, held: Path, access: Access, name: str) -> None:
    """Let a screen stand open, with a key now and then, and print what that cost."""
    asked, written = requests_sent(access), program.size
    for _ in range(5):
        program.listen(SECONDS / 5)
        program.send(DOWN)
    minutes = SECONDS / 60
    lines = held.read_text().splitlines()
    held.write_text("")
    longest = sorted((float(line.split()[0]) * 1000 for line in lines), reverse=True)[:4]
    print(
        f"  {name:<12}{'  '.join(f'{one:.0f}' for one in longest) or '< 5':>30}{program.cost().memory:>7.0f} MB"
        f"{(program.size - written) / minutes:>11,.0f}{(requests_sent(access) - asked) / minutes:>14,.0f}",
        flush=True,
    )
    if longest and longest[0] > 20:
        for line in sorted(lines, reverse=True)[:3]:
            print(f"      {line}", file=sys.stderr, flush=True)
