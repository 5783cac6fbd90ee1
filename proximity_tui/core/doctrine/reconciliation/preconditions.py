"""The first rung of the ladder: is a cluster that answers to be believed when it no longer lists something (law 2)?

Each check returns None when there is no doubt, else what the whole cluster does not pass, and why.
"""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.doctrine.observation.privileges import sees_some_guest
from proximity_tui.core.doctrine.reconciliation.verdict import Blocked, VerdictReason
from proximity_tui.core.model import Quorum

QUORUM_NOT_KNOWN = "whether it is quorate is not known"


def check_cluster_quorum(quorum: Quorum) -> Blocked | None:
    """Return what blocks a node without a majority, or of which that is not known: its list may be old. Else return
    None.
    """
    if quorum.allows_conclusions:
        return None
    advice = "" if quorum.advice is None else f"; {quorum.advice}"
    lost = f"{quorum.reason or 'the cluster has no quorum'}: the answers of this node may be old{advice}"
    unknown = quorum.reason or QUORUM_NOT_KNOWN
    return Blocked(VerdictReason.QUORUM, lost if quorum.quorate is False else unknown)


def check_privileges(permissions: Mapping[str, frozenset[str]]) -> Blocked | None:
    """Return what blocks a token that may no longer see any guest at all, else None. `permissions` maps paths to its
    privileges.
    """
    if sees_some_guest(permissions):
        return None
    lost = "our token no longer has VM.Audit on any path that shows a guest (needed on /vms, propagated, or a pool)"
    return Blocked(VerdictReason.PRIVILEGES, lost)


def check_root_ca(cluster: str, known: str | None, shown: str) -> Blocked | None:
    """Return what blocks a cluster that shows another root CA than the `known` one, else None."""
    if known is None or shown == known:
        return None
    return Blocked(VerdictReason.IDENTITY, f"another cluster answers for {cluster}: its root CA is {shown[:23]}…")
