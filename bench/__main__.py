"""Runs every benchmark, or those named on the command line: `python -m bench reconcile`."""

from __future__ import annotations

import importlib
import sys

BENCHMARKS = ("reconcile", "listing", "rows", "text")


def main() -> int:
    wanted = sys.argv[1:] or BENCHMARKS
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in wanted:
        importlib.import_module(f"bench.{name}").run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
