"""The check that every row in the list of guests can be understood. An unreadable one is shown as Proxmox sent it."""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.model import BadRow
from proximity_tui.doctor.facts import ClusterFacts
from proximity_tui.doctor.finding import Finding, unanswered, warn

AREA = "rows"

_MOST_TOLD = 10


def judge(facts: ClusterFacts) -> Iterator[Finding]:
    """Yield a finding for every row that was set aside. Nothing where every row can be read or no server could be
    contacted.
    """
    if "inventory" in facts.trouble:
        yield unanswered(AREA, facts.name, facts.trouble["inventory"])
    if facts.inventory is None:
        return
    bad = facts.inventory.set_aside
    for row in bad[:_MOST_TOLD]:
        yield _finding(facts.name, row)
    if len(bad) > _MOST_TOLD:
        yield warn(AREA, facts.name, f"and {len(bad) - _MOST_TOLD} more rows cannot be read")


def _finding(name: str, row: BadRow) -> Finding:
    cost = "nothing is concluded of any guest that is not listed" if row.vmid is None else "nothing is known of it"
    return warn(AREA, name, f"{row.sentence}; {cost}", f"the row: {row.raw}")
