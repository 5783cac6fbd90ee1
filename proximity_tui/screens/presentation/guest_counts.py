"""How many guests there are, by kind, state and cluster, in as many words as there is room for. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from proximity_tui.core.base.text import number_of
from proximity_tui.core.fleet import FleetCounts
from proximity_tui.core.fleet.counts import CountKey
from proximity_tui.core.model import Kind, State, Status
from proximity_tui.core.model.lifecycle import TRANSIENT

URGENT: tuple[State | Status, ...] = (State.ERROR, *sorted(TRANSIENT), Status.UNKNOWN)
"""The states that are told even where room is scarce."""


def summaries(counts: FleetCounts) -> tuple[str, ...]:
    """Return the counts in words, the longest text first. What is not there is left out. The key line asks with each
    key: the same counts are put in words once.
    """
    return _summaries(tuple(counts.by_sort.items()))


@lru_cache(maxsize=4)
def _summaries(by_sort: tuple[tuple[CountKey, int], ...]) -> tuple[str, ...]:
    counts = FleetCounts(dict(by_sort))
    urgent, every = (_states(counts, states) for states in (URGENT, (State.RUNNING, State.STOPPED, *URGENT)))
    kinds = " ".join(_some((counts.kind(kind), kind.value) for kind in (Kind.NATIVE, Kind.ADOPTED)))
    ours = f"{number_of(counts.containers, 'container')}{f': {kinds}' if kinds else ''}"
    others = _some(
        (
            (counts.unmanaged, "unmanaged"),
            (counts.vms, "VM" if counts.vms == 1 else "VMs"),
            (counts.templates, "template" if counts.templates == 1 else "templates"),
        )
    )
    clusters = ", ".join(f"{name} {count}" for name, count in counts.clusters.items())
    clusters = clusters if len(counts.clusters) > 1 else ""
    short = [*_some(((counts.containers, "ct"), (counts.state(State.ERROR), "err")))]
    short += _some(((counts.unmanaged, "unm"), (counts.vms, "VM")))
    lengths = (
        (ours, every, *others, clusters),
        (ours, urgent, *others, clusters),
        (ours, urgent, *others),
        (" ".join(short), clusters),
        (" ".join(short),),
    )
    return tuple(dict.fromkeys("; ".join(filter(None, parts)) for parts in lengths))


def _states(counts: FleetCounts, states: Iterable[State | Status]) -> str:
    return " ".join(_some((counts.state(state), state.value) for state in states))


def _some(counted: Iterable[tuple[int, str]]) -> list[str]:
    return [f"{count} {words}" for count, words in counted if count]
