"""Making 40,000 names harmless, beside copying them."""

from __future__ import annotations

from bench.measure import median_seconds, report
from proximity_tui.core.base.text import plain


def run() -> None:
    """Measure and print."""
    names = [f"web-{number}.example" for number in range(40_000)]
    hostile = [f"\x1b[31mweb-{number}\u202e" for number in range(40_000)]
    report(
        "plain() on 40,000 names",
        {
            "copy them": median_seconds(lambda: [str(name) + "" for name in names]),
            "harmless ones": median_seconds(lambda: [plain(name) for name in names]),
            "hostile ones": median_seconds(lambda: [plain(name) for name in hostile]),
        },
    )
