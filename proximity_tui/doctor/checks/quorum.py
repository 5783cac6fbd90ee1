"""The check of the quorum, as the node that answers sees it, and of the nodes that are online."""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.model import NodeStatus
from proximity_tui.doctor.facts import ClusterFacts
from proximity_tui.doctor.finding import Finding, fail, ok, unanswered, warn

AREA = "quorum"


def judge(facts: ClusterFacts) -> Iterator[Finding]:
    """Yield the findings; nothing where no server could be contacted."""
    quorum = facts.quorum
    if "quorum" in facts.trouble:
        yield unanswered(AREA, facts.name, facts.trouble["quorum"])
    if quorum is not None:
        nodes = f"{quorum.nodes_online} of {quorum.nodes_total} nodes online" if quorum.nodes_total else "nodes unknown"
        if quorum.standalone:
            yield ok(AREA, facts.name, "a single host, which needs no quorum")
        elif quorum.quorate is None:
            said = f"it is not known: {quorum.reason or 'the token may not see it'}"
            yield warn(AREA, facts.name, said, "until then no absence is concluded (see privileges)")
        elif not quorum.quorate:
            said = f"the cluster has no quorum ({nodes}): nothing can be changed, and nothing is concluded"
            yield fail(AREA, facts.name, said, "bring the missing nodes back; on a node: pvecm status")
        else:
            yield ok(AREA, facts.name, f"quorate, {nodes}")
    for node in facts.nodes:
        if node.status != NodeStatus.ONLINE:
            said = f"node {node.name} is {node.status}: its containers can be neither inspected nor changed"
            yield warn(AREA, facts.name, said, f"start {node.name}, or look at its pvestatd")
