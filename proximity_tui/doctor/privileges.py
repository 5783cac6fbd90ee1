"""Which privileges each feature needs, which of them a token has, and the exact `pveum` lines for those it lacks.

Pure: permissions in, findings out. The table is that of Proxmox VE's own permission checks; see docs/permissions.md.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from proximity_tui.core.model import names
from proximity_tui.doctor.finding import Finding, Level, ok

AREA = "privileges"
NEWEST = 9

Permissions = Mapping[str, frozenset[str]]
"""Path to the privileges that hold there, as `/access/permissions` tells them."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that the program does, and what the token needs for it at `place`, or deeper.

    `role` is what the advice calls the role that it makes. `since` is the first release that knows the privileges.
    """

    name: str
    lost: str
    place: str
    privileges: tuple[str, ...]
    role: str
    changes: bool = True
    essential: bool = False
    deeper: bool = True
    since: int = 7


_CONFIG = ("VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options")

FEATURES = (
    Feature("see guests", "nothing can be seen or watched", "/vms", ("VM.Audit",), "ProximityLook",
            changes=False, essential=True),
    Feature("see the quorum", "no absence is ever concluded; destroying and rebooting are refused", "/", ("Sys.Audit",),
            "ProximityQuorum", changes=False, essential=True, deeper=False),
    Feature("see who did it", "an alert cannot name who destroyed a container", "/nodes", ("Sys.Audit",),
            "ProximityTasks", changes=False),
    Feature("see backups", "nobody is told which backups there are", "/storage", ("Datastore.Audit",),
            "ProximityBackups", changes=False),
    Feature("power", "start, shutdown, stop and reboot are denied", "/vms", ("VM.PowerMgmt",), "ProximityPower"),
    Feature("destroy", "a hard delete is denied", "/vms", ("VM.Allocate",), "ProximityDestroy"),
    Feature("back up first", "a hard delete cannot back up first", "/vms", ("VM.Backup",), "ProximityBackup"),
    Feature("store backups", "a hard delete has nowhere to back up to", "/storage", ("Datastore.AllocateSpace",),
            "ProximityStore"),
    Feature("create", "containers cannot be made", "/vms", ("VM.Allocate", *_CONFIG), "ProximityCreate"),
    Feature("clone", "containers cannot be cloned", "/vms", ("VM.Clone",), "ProximityClone"),
    Feature("create volumes", "containers cannot be made for want of a disk", "/storage",
            ("Datastore.AllocateSpace", "Datastore.Audit"), "ProximityVolumes"),
    Feature("use bridges", "a container cannot be made with a network", "/sdn/zones/localnetwork", ("SDN.Use",),
            "ProximityNetwork", since=8),
)  # fmt: skip
"""Everything that needs a privilege. Adoption, soft deletion, reconciliation and the janitor only look."""


def judge(cluster: str, token_id: str, held: Permissions, release: int | None, *, read_only: bool) -> list[Finding]:
    """What the token may do and may not. `release` is the major release of Proxmox VE, the newest where not known."""
    return list(_findings(cluster, token_id, held, release or NEWEST, read_only))


def missing(feature: Feature, held: Permissions) -> tuple[str, ...]:
    """The privileges of a feature that the token has nowhere where they count."""
    return tuple(one for one in feature.privileges if not _places(feature, one, held))


def remedy(feature: Feature, token_id: str, held: Permissions) -> tuple[str, ...]:
    """The lines that give a token what it lacks for a feature, to be run on any node.

    An entry on a deeper path replaces what is inherited from above, so the role also carries what holds there now.
    Both user and token get it, because a privilege-separated token has only what both have.
    """
    user, token = shlex.quote(names.user_of(token_id)), shlex.quote(token_id)
    here = "" if feature.deeper else " --propagate 0"
    paths = _where_to_grant(feature, held)
    carried = set[str]().union(*(_inherited(feature, path, held) for path in paths))
    wanted = [*feature.privileges, *sorted(carried - set(feature.privileges))]
    return (
        f'pveum role add {feature.role} --privs "{" ".join(wanted)}"',
        *(f"pveum acl modify {path}{here} --users {user} --tokens {token} --roles {feature.role}" for path in paths),
    )


def _findings(cluster: str, token_id: str, held: Permissions, release: int, read_only: bool) -> Iterator[Finding]:
    if not any(held.values()):
        said = f"{token_id} may do nothing at all: a privilege-separated token has only what both it and its user have"
        yield Finding(AREA, cluster, Level.FAIL, said, ("give rights to the user and to the token; see below",))
    if read_only:
        yield ok(AREA, cluster, "read-only: the privileges to change something are not needed")
    for feature in FEATURES:
        if release < feature.since or (read_only and feature.changes):
            continue
        lacking = missing(feature, held)
        if lacking:
            level = Level.FAIL if feature.essential else Level.WARN
            where = ", ".join(_where_to_grant(feature, held))
            said = f"{feature.name}: {', '.join(lacking)} is missing on {where}: {feature.lost}"
            hint = (_FOR_SOME,) if feature.changes and where == "/vms" else ()
            yield Finding(AREA, cluster, level, said, (*remedy(feature, token_id, held), *hint))
        else:
            yield ok(AREA, cluster, f"{feature.name}: {', '.join(feature.privileges)} on {_told(feature, held)}")


def _places(feature: Feature, privilege: str, held: Permissions) -> tuple[str, ...]:
    """The paths on which a privilege of a feature counts and holds; the widest alone where it holds everywhere."""
    if privilege in _at(feature.place, held):
        return (feature.place,)
    if not feature.deeper:
        return ()
    below = [path for path in held if path.startswith(f"{feature.place.rstrip('/')}/")]
    if feature.place == "/vms":
        below += [path for path in held if path.startswith("/pool/")]
    return tuple(sorted(path for path in below if privilege in held[path]))


def _told(feature: Feature, held: Permissions) -> str:
    places = sorted({path for one in feature.privileges for path in _places(feature, one, held)})
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    only = "" if feature.place in places else " only"
    return f"{', '.join(places[:3])}{more}{only}"


def _where_to_grant(feature: Feature, held: Permissions) -> tuple[str, ...]:
    """The pools in which the token may change something, if that is how it was set up; else the place itself."""
    if feature.place != "/vms" or not feature.changes:
        return (feature.place,)
    changes = {one for other in FEATURES if other.place == "/vms" and other.changes for one in other.privileges}
    pools = tuple(sorted(path for path in held if path.startswith("/pool/") and held[path] & changes))
    everywhere = _at("/vms", held) & changes
    return pools if pools and not everywhere else (feature.place,)


def _inherited(feature: Feature, path: str, held: Permissions) -> frozenset[str]:
    """What an entry on `path` would replace: what holds there, of the kind that is asked for there."""
    family = feature.privileges[0].partition(".")[0]
    return frozenset(one for one in _at(path, held) if one.startswith(f"{family}."))


def _at(path: str, held: Permissions) -> frozenset[str]:
    """The privileges on a path. What is not told of itself has what is told of the next path above."""
    while path not in held and path not in _ALWAYS_TOLD:
        path = path.rpartition("/")[0] or "/"
    return held.get(path, frozenset())


_FOR_SOME = "# for some guests only: /pool/NAME in place of /vms"

_ALWAYS_TOLD = ("/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms")
"""Paths that Proxmox tells of a token whenever it has anything there: to be silent about one is to say "nothing"."""
