"""The check that every URL leads to the recorded cluster of that name, and no two names to the same one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from proximity_tui.doctor.facts import ClusterFacts
from proximity_tui.doctor.finding import Finding, fail, ok, unanswered, warn

AREA = "identity"


def judge(facts: ClusterFacts, known: str | None) -> Iterator[Finding]:
    """Yield one finding for each URL that answers; `known` is the root CA on record."""
    for endpoint in facts.endpoints:
        if not endpoint.answers:
            continue
        seen = endpoint.identity
        if seen is None:
            level = warn if known is None else unanswered
            said = f"{endpoint.url} does not say which cluster it belongs to"
            yield level(AREA, facts.name, said, "on the node: ls -l /etc/pve/pve-root-ca.pem")
        elif known is None:
            yield ok(AREA, facts.name, f"{endpoint.url}: first contact; its root CA is {seen}")
        elif seen == known:
            yield ok(AREA, facts.name, f"{endpoint.url} belongs to the recorded cluster ({seen[:23]}…)")
        else:
            yield fail(
                AREA,
                facts.name,
                f"{endpoint.url} belongs to another cluster than the recorded one of {facts.name}: it is refused",
                f"shown: {seen}",
                f"known: {known}",
                f"correct the URL; or, if {facts.name} was reinstalled: proximity-tui connect --retrust {facts.name}",
            )


def judge_names(all_facts: Sequence[ClusterFacts]) -> Iterator[Finding]:
    """Yield a finding for every cluster that has two names in our records: each container would have two records."""
    first: dict[str, str] = {}
    for facts in all_facts:
        seen = facts.used.identity if facts.used else None
        if seen is None:
            continue
        other = first.setdefault(seen, facts.name)
        if other != facts.name:
            yield twice(facts.name, other)


def twice(name: str, other: str) -> Finding:
    """Return the finding for a cluster that has two names."""
    said = f"{name} and {other} are one and the same cluster: the second name is refused"
    rename = f"or, to call it by the other name from now on: proximity-tui cluster rename {other} {name}"
    return fail(AREA, name, said, "take one of the two out of the configuration (enabled = false)", rename)


def on_record(names: Sequence[str]) -> Mapping[str, str | None]:
    """Return the root CA on record for each cluster. The database must be open."""
    from proximity_tui.core.store import clusters

    return {name: clusters.known_identity(name) for name in names}
