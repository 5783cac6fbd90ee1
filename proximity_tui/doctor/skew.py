"""Whether the clocks of the servers and ours agree: evidence is compared by time, and so are tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from proximity_tui.doctor.facts import ClusterFacts
from proximity_tui.doctor.finding import Finding, fail, ok, warn

AREA = "clock"

NOTICEABLE = timedelta(seconds=5)
WRONG = timedelta(seconds=60)

HOW_TO_COMPARE = "find out which is wrong: timedatectl, chronyc tracking (there and here)"


def judge(facts: ClusterFacts) -> Iterator[Finding]:
    """One finding for each URL whose clock was read."""
    for endpoint in facts.endpoints:
        if endpoint.ahead is None:
            continue
        seconds = endpoint.ahead.total_seconds()
        if abs(endpoint.ahead) <= NOTICEABLE:
            yield ok(AREA, facts.name, f"{endpoint.url} and this host agree")
            continue
        where = "ahead of" if seconds > 0 else "behind"
        said = f"the clock of {endpoint.url} is {abs(seconds):.0f} s {where} this host's"
        level = fail if abs(endpoint.ahead) > WRONG else warn
        yield level(AREA, facts.name, said, HOW_TO_COMPARE)
