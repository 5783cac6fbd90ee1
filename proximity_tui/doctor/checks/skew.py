"""The check that the clocks of the servers and ours agree: evidence is compared by time, and so are tasks."""

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
    """Yield one finding for each URL whose clock was read."""
    for endpoint in facts.endpoints:
        if endpoint.ahead is None:
            continue
        apart = difference(endpoint.ahead)
        if apart is None:
            yield ok(AREA, facts.name, f"{endpoint.url} and this host agree")
            continue
        said = f"the clock of {endpoint.url} is {apart}"
        level = fail if abs(endpoint.ahead) > WRONG else warn
        yield level(AREA, facts.name, said, HOW_TO_COMPARE)


def difference(ahead: timedelta) -> str | None:
    """Return the difference of a clock that is `ahead` of ours, in words; None where they agree."""
    if abs(ahead) <= NOTICEABLE:
        return None
    where = "ahead of" if ahead > timedelta(0) else "behind"
    return f"{abs(ahead).total_seconds():.0f} s {where} this host's"
