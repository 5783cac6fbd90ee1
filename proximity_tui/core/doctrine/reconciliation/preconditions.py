"""The first rung of the ladder: may a cluster that answers be believed when it no longer lists something (law 2)?

Each returns None when there is nothing to doubt, else the rung on which the whole cluster stays behind, and why.
"""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.doctrine.reconciliation.verdict import Trouble, VerdictReason
from proximity_tui.core.model import Quorum


def check_cluster_quorum(quorum: Quorum) -> Trouble | None:
    """Doubts a node that sees no majority, or of which that is not known: its list may be old."""
    if quorum.allows_conclusions:
        return None
    lost = "the cluster has no quorum: what this node says may be old"
    return (
        VerdictReason.QUORUM,
        lost if quorum.quorate is False else quorum.reason or "whether it is quorate is not known",
    )


def check_privileges(permissions: Mapping[str, frozenset[str]]) -> Trouble | None:
    """Doubts a list that was made for a token which may see no guest at all any more. `permissions` are its privileges
    by path."""
    if any("VM.Audit" in privileges for privileges in permissions.values()):
        return None
    return VerdictReason.PRIVILEGES, "our token has VM.Audit nowhere any more (needed on /vms or a pool)"


def check_root_ca(cluster: str, known: str | None, shown: str) -> Trouble | None:
    """Doubts whoever shows another root CA than the one that is `known` for the cluster, if one is."""
    if known is None or shown == known:
        return None
    return VerdictReason.IDENTITY, f"another cluster answers for {cluster}: its root CA is {shown[:23]}…"
