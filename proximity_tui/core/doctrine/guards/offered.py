"""The guard of names: whether what somebody named is among what the cluster offers.

A name that is not offered is refused before anything is planned, with the names that are. What the token may not see
becomes a warning, not a refusal (law 2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from proximity_tui.core.base.text import describe, did_you_mean, first_of
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import NodeStatus, Refusal, RefusalCode
from proximity_tui.core.model.privilege import Privilege

SEES_STORAGES = frozenset({Privilege.STORAGE_AUDIT, Privilege.STORAGE_SPACE})
"""Either of them on a storage shows it in lists."""

SEES_BRIDGES = frozenset({Privilege.SDN_AUDIT, Privilege.SDN_USE})
"""The same for a bridge. Proxmox VE 7 shows all."""

SEES_POOLS = frozenset({Privilege.POOL_AUDIT, Privilege.POOL_MANAGE})
"""The same for a resource pool."""

_NAMED = 12
"""Names in a sentence; more help nobody."""


@value_object
class Offer:
    """The names of one kind that a cluster offers at one place.

    `what` is the kind in words (`storage`), `where` the place (`for root volumes on pve2`). `sees_all` is None where
    it is not known whether the token sees all of it; `unseen` says why, or which privilege shows it.
    """

    what: str
    where: str
    names: Collection[str]
    sees_all: bool | None = True
    unseen: str = ""


@value_object
class Unchecked:
    """A requested name that could not be checked: the sentence for the plan."""

    sentence: str


def check_offered(wanted: str, offer: Offer) -> Refusal | Unchecked | None:
    """Return None when `wanted` is offered, the refusal when it certainly is not, else the reason why it cannot be
    checked.
    """
    if wanted in offer.names:
        return None
    if not offer.sees_all:
        return Unchecked(f"not checked: {offer.what} {wanted} {offer.where}; {offer.unseen}")
    return Refusal(RefusalCode.NOT_FOUND, f"there is no {offer.what} {wanted} {offer.where}; {_instead(wanted, offer)}")


def check_node(wanted: str, nodes: Mapping[str, NodeStatus], cluster: str) -> Refusal | None:
    """Return a refusal for a node that the cluster does not have or that is not online, else None. `nodes` maps each
    node to its status.
    """
    missing = check_offered(wanted, Offer("node", f"in {cluster}", nodes))
    if isinstance(missing, Refusal):
        return missing
    if nodes[wanted] == NodeStatus.ONLINE:
        return None
    online = [node for node, status in nodes.items() if status == NodeStatus.ONLINE]
    which = f"online nodes: {describe(online)}" if online else "no node is online"
    return Refusal(RefusalCode.OFFLINE, f"node {wanted} is {nodes[wanted]}; {which}")


def _instead(wanted: str, offer: Offer) -> str:
    if not offer.names:
        return "there are none"
    # Upper case and a domain are what people add.
    known = {name.lower(): name for name in offer.names}
    bare = wanted.lower().partition(".")[0]
    guess = did_you_mean(bare if bare in known else wanted.lower(), known, shown=known.__getitem__)
    return f"{guess} there are: {first_of(sorted(offer.names), _NAMED)}".lstrip()
