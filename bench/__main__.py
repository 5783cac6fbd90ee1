"""Runs the benchmarks: `python -m bench`, or those that are named: `python -m bench commands reconcile`.

The screen is measured at the sizes of `--sizes`, beside programs that are made of the usual packages.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

BENCHMARKS = ("screens", "commands", "reconcile", "listing", "rows", "text", "slow_line", "held", "operators", "idle")
SIZES = (50, 500, 5_000)


def main() -> int:
    """Run them; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="containers on the screen")
    parser.add_argument("--minutes", type=float, help="for `operators` and `idle`, which take five and fifteen")
    parser.add_argument("--picture", type=Path, help="where to draw the growth, as SVG")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHMARKS]:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    # An installed program is compiled, as the packages of the other programs are: with this, ours would not be.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in arguments.names or BENCHMARKS:
        if name == "screens":
            _screens(arguments.sizes, arguments.picture)
        elif name in ("operators", "idle"):
            _endurance(name, arguments.minutes)
        else:
            importlib.import_module(f"bench.{name}").run()
    return 0


def _endurance(name: str, minutes: float | None) -> None:
    from bench import endurance

    measure = endurance.operators if name == "operators" else endurance.idle
    measure() if minutes is None else measure(minutes)


def _screens(sizes: list[int], picture: Path | None) -> None:
    from bench import picture as drawing
    from bench import screens

    found = {size: screens.measure(size) for size in sizes}
    screens.report(found)
    if picture is not None:
        drawing.write(picture, found)


if __name__ == "__main__":
    sys.exit(main())
