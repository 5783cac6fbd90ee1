"""The privileges that hold on a path, and the fewest `pveum` lines that grant a token the missing ones.

Pure. An entry on a deeper path replaces the inherited ones, so a role that is granted there also carries the privileges
that hold there now; roles on the same path add up. The lines grant to user and token: a token with privilege separation
has only the privileges that both have.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Mapping

from proximity_tui.core.base.text import first_of
from proximity_tui.core.model import names
from proximity_tui.core.model.privilege import HeldPrivileges, Privilege

Permissions = Mapping[str, frozenset[str]]
"""Path to the privileges that hold there, as `/access/permissions` tells them."""

AUDIT = Privilege.VM_AUDIT
QUORUM = Privilege.SYS_AUDIT
BUILT_IN_LOOK = "PVEAuditor"
"""A role that every Proxmox VE has, for who needs nothing but to look."""

ALWAYS_TOLD = ("/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms")
"""Paths that Proxmox tells of a token whenever it has anything there: to be silent about one is to say "nothing"."""


def granted_at(path: str, granted: Permissions) -> frozenset[str]:
    """Return the privileges on a path. A path that is not listed has what the nearest listed path above it passes
    on.
    """
    if path in granted or path in ALWAYS_TOLD:
        return granted.get(path, frozenset())
    return granted_below(_above(path), granted)


def granted_below(path: str, granted: Permissions) -> frozenset[str]:
    """Return the privileges on what is below a path and is not listed itself. An entry without propagation holds on
    its own path alone: below it counts what the path above passes on.
    """
    if path in granted:
        passed = _passed_on(granted[path])
        return passed if passed or path == "/" else granted_below(_above(path), granted)
    return frozenset() if path in ALWAYS_TOLD else granted_below(_above(path), granted)


def _above(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _passed_on(held: frozenset[str]) -> frozenset[str]:
    return held.propagated if isinstance(held, HeldPrivileges) else held


def sees_some_guest(granted: Permissions) -> bool:
    """Return whether our token may see any guest at all: by `/vms`, by its own path, or by a pool."""
    if AUDIT in granted_below("/vms", granted):
        return True
    return any(AUDIT in held for path, held in granted.items() if path.startswith(("/vms/", "/pool/")))


def is_propagated(privilege: str, held: frozenset[str]) -> bool:
    """Return whether a privilege of those that hold on a path is passed on to the paths below it."""
    return privilege in _passed_on(held)


def why_hidden(granted: Permissions) -> str | None:
    """Return the reason why a list of guests may be incomplete, by our token's privileges; None where it sees all
    guests.
    """
    if AUDIT in granted_below("/vms", granted):
        return None
    paths = sorted(path for path, privileges in granted.items() if AUDIT in privileges and path.count("/") > 1)
    if not paths and AUDIT in granted_at("/vms", granted):
        return "our token has VM.Audit on /vms without propagation, so it shows no guest (needs it propagated)"
    if not paths:
        return "our token has VM.Audit on no path, so every guest is hidden from it (needs VM.Audit on /vms)"
    named = first_of(paths, 3, "paths")
    return f"our token has VM.Audit on {named} only, and other guests are hidden from it (needs VM.Audit on /vms)"


def is_shown(vmid: int | None, granted: Permissions) -> bool:
    """Return whether our token may see the guest at a VMID, so that a list without it says something."""
    return AUDIT in granted_at(f"/vms/{vmid}", granted)


def why_not_listed(cluster: str, vmid: int, granted: Permissions) -> str | None:
    """Return the reason why a list lacks a VMID that our token may not see; None where it may. Whether that exists is
    not known.
    """
    if is_shown(vmid, granted):
        return None
    return f"no VM.Audit on /vms/{vmid}: our token may not see it, and it is not in the list of {cluster}"


def why_no_tasks(granted: Permissions | None) -> str | None:
    """Return the reason why an empty list of tasks may hide some; None where our token sees them all. `granted` is None
    where its privileges could not be read.
    """
    if granted is None:
        return "whether our token may see tasks is not known (it needs Sys.Audit on /)"
    return None if QUORUM in granted_at("/", granted) else "our token sees only its own tasks (needs Sys.Audit on /)"


def why_unlisted(vmid: int, audit: bool | None) -> str:
    """Return the sentence about a VMID that is taken and not listed. `audit` says whether our token has VM.Audit there;
    None means that this is not known. A missing row alone does not prove a lost privilege.
    """
    if audit:
        return f"VMID {vmid} exists and is not in this list, although our token has VM.Audit on /vms/{vmid}"
    if audit is None:
        return f"VMID {vmid} exists and is not in this list; whether our token may see it is not known"
    # The cause stands first: a narrow list shows only the beginning.
    return f"no VM.Audit on /vms/{vmid}: VMID {vmid} exists, but our token may not see it"


def grant(
    role: str,
    privileges: Collection[str],
    paths: Iterable[str],
    token_id: str,
    granted: Permissions,
    *,
    propagate: bool = True,
) -> tuple[str, ...]:
    """Return the `pveum` lines that grant a token privileges on paths, to be run on any node as root."""
    places = tuple(paths)
    family = next(iter(privileges)).partition(".")[0]
    # What holds on `/vms` alone is not to hold for every guest by our advice.
    held = {
        path: (granted_below if propagate and path in ALWAYS_TOLD else granted_at)(path, granted) for path in places
    }
    carried = {one for path in places for one in held[path] if one.startswith(f"{family}.")}
    wanted = [*privileges, *sorted(carried - set(privileges))]
    made: tuple[str, ...] = (f'pveum role add {role} --privs "{" ".join(wanted)}"',)
    if wanted == [AUDIT]:
        role, made = BUILT_IN_LOOK, ()
    user, token = shlex.quote(names.user_of(token_id)), shlex.quote(token_id)
    here = "" if propagate else " --propagate 0"
    return (
        *made,
        *(f"pveum acl modify {path}{here} --users {user} --tokens {token} --roles {role}" for path in places),
    )


def restore_audit(vmids: Collection[int], token_id: str, granted: Permissions) -> tuple[str, ...]:
    """Return the fewest `pveum` lines after which a token sees these VMIDs again: one entry on `/vms`, or one for each
    guest whose own entry overrides `/vms`.
    """
    everywhere = AUDIT not in granted_below("/vms", granted)
    paths = ["/vms"] if everywhere or not vmids else [f"/vms/{vmid}" for vmid in sorted(vmids)]
    # Proxmox does not tell of a path where nothing holds: what `/vms` gives does not reach a hidden guest.
    nothing = {path: frozenset[str]() for path in paths if path != "/vms"}
    return grant("ProximityLook", (AUDIT,), paths, token_id, {**nothing, **granted})


def restore_quorum(token_id: str) -> tuple[str, ...]:
    """Return the `pveum` lines after which a token sees the quorum again."""
    return grant("ProximityQuorum", (QUORUM,), ("/",), token_id, {}, propagate=False)
