"""The requests whose answers do not depend on our token's privileges, and the one about the privileges.

A list that misses a guest proves nothing; `is_free` does, because Proxmox answers it without looking at privileges (law
2; the ladder, rung 4).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.model.names import SMALLEST_NEW_VMID
from proximity_tui.core.model.privilege import HeldPrivileges
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.json_values import Malformed, as_int, require_dict
from proximity_tui.core.proxmox.decode.names_in_answers import as_vmid
from proximity_tui.core.proxmox.transport.http import HttpSession

MOST_TAKEN = 1000
"""How many VMIDs in a row may turn out to be taken while we look for a free one."""

_TAKEN = "already exists"


def is_free(session: HttpSession, vmid: int) -> bool:
    """Return whether no guest of any type has this VMID anywhere in the cluster. Any answer other than yes and no
    raises.
    """
    path = paths.cluster("nextid")
    try:
        answer = as_int(session.get(path, vmid=paths.vmid(vmid)), "the answer")
        if answer != vmid:
            raise Malformed(f"asked about {vmid}, answered about {answer}")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    except errors.RefusedByProxmox as error:
        if _TAKEN in error.errors.get("vmid", ""):
            return False
        raise
    return True


def next_free(session: HttpSession, avoid: Collection[int | None] = ()) -> int:
    """Return the VMID that Proxmox would give to the next guest, or the first free one after it that is not in `avoid`.
    It is not reserved. Raises Unknown when implausibly many are said to be taken.
    """
    path = paths.cluster("nextid")
    try:
        candidate = as_vmid(as_int(session.get(path), "the answer"), "the answer")
        if candidate < SMALLEST_NEW_VMID:
            raise Malformed(f"{candidate} is no VMID for a new guest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    fresh = (vmid for vmid in range(candidate, paths.LARGEST_VMID + 1) if vmid not in avoid)
    for vmid in islice(fresh, MOST_TAKEN):
        if is_free(session, vmid):
            return vmid
    raise session.malformed(path, f"{candidate} is said to be free, but it and the following VMIDs are taken")


def permissions(session: HttpSession, of: str | None = None) -> Mapping[str, frozenset[str]]:
    """Return the privileges of our token by path, only those of the path `of` if given (pools are included). Empty when
    it has none. Raises ProxmoxError.
    """
    path = paths.top("access", "permissions")
    wanted = {} if of is None else {"path": of}
    try:
        found = require_dict(session.get_kept(path, **wanted), "the permissions")
        readable = {place: granted for place, granted in found.items() if isinstance(granted, dict)}
        if found and not readable:
            raise Malformed("no path of the permissions can be read")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    # A path that cannot be read grants nothing: less is known then, and never more.
    return {plain(place): _held(granted) for place, granted in readable.items()}


def _held(granted: Mapping[str, Any]) -> frozenset[str]:
    """Return the privileges of a path. Proxmox tells of each whether it propagates; what cannot be read does not."""
    held = frozenset(map(plain, granted))
    propagated = frozenset(plain(one) for one, passed in granted.items() if passed in (1, "1"))
    return held if propagated == held else HeldPrivileges(held, propagated)


def granted_on(session: HttpSession, path: str) -> frozenset[str]:
    """Return what our token may do on exactly this path. Raises ProxmoxError."""
    return permissions(session, path).get(path, frozenset())


def cluster_identity(session: HttpSession, node: str) -> str:
    """Return the fingerprint of the cluster's root CA, the same on every node and for the life of the cluster.

    Raises ProxmoxError.
    """
    path = paths.node(node, "certificates", "info")
    try:
        return session.get_root_ca(path)
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
