"""One name for one physical cluster: under two names a guest could be adopted under one and
destroyed under the other.
"""

from __future__ import annotations

from proximity_tui.core.model import Refusal, RefusalCode


def second_name(name: str, known_as: str) -> Refusal:
    """Return the refusal to work under the second `name` of a cluster that our records know as `known_as`."""
    return Refusal(
        RefusalCode.SAME_CLUSTER,
        f"{name} and {known_as} are one and the same cluster (the same root CA), known to our records as {known_as}: "
        f"under the name {name} nothing is read into our records and nothing is changed. Take {name} out of the "
        f"configuration; or, where {known_as} is to be called {name} from now on: "
        f"proximity-tui cluster rename {known_as} {name}",
    )
