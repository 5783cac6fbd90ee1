"""The check that Proxmox accepts the API token, and of its privileges: those that each feature needs, those that it
has, and the exact `pveum` lines for the missing ones.

Pure: permissions in, findings out. The table is that of Proxmox VE's own permission checks; see docs/permissions.md.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.privileges import Permissions, grant, held_at
from proximity_tui.doctor.finding import ClusterFacts, Finding, Level, ok, unanswered

TOKEN = "token"

PRIVILEGES = "privileges"
NEWEST = 9


_CONFIG = ("VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options")

_FOR_SOME = "# for some guests only: /pool/NAME in place of /vms"


def judge_token(facts: ClusterFacts, *, read_only: bool) -> Iterator[Finding]:
    """Yield the findings; nothing where no server could be contacted."""
    token_id = facts.cluster.token_id
    if facts.refused_token is not None:
        user, _, name = map(shlex.quote, token_id.rpartition("!"))
        yield unanswered(
            TOKEN,
            facts.name,
            facts.refused_token.sentence,
            f"does it exist, and when does it expire: pveum user token list {user}",
            f"recreate it, and store its secret in {facts.cluster.token_secret.origin}: "
            f"pveum user token remove {user} {name}; pveum user token add {user} {name}",
        )
    elif facts.used is not None:
        yield ok(TOKEN, facts.name, f"{token_id} is accepted")
    if facts.permissions is not None:
        yield from judge_privileges(facts.name, token_id, facts.permissions, _major(facts), read_only=read_only)
    elif "permissions" in facts.trouble:
        yield unanswered(PRIVILEGES, facts.name, facts.trouble["permissions"])


def _major(facts: ClusterFacts) -> int | None:
    release = facts.used.version.release if facts.used and facts.used.version else ""
    number = release.partition(".")[0]
    return int(number) if number.isdecimal() else None


@value_object
class Feature:
    """One feature of the program, and the privileges that it needs at `place`, or deeper.

    `role` is the name of the role in the advice. `since` is the first release that knows the privileges.
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


FEATURES = (
    Feature("see guests", "no guest can be seen", "/vms", ("VM.Audit",), "ProximityLook",
            changes=False, essential=True),
    Feature("see the quorum", "no absence is ever concluded; destroying and rebooting are refused", "/", ("Sys.Audit",),
            "ProximityQuorum", changes=False, essential=True, deeper=False),
    Feature("see who did it", "an alert cannot name who destroyed a container", "/nodes", ("Sys.Audit",),
            "ProximityTasks", changes=False),
    Feature("see storages", "storages and their content are not listed", "/storage", ("Datastore.Audit",),
            "ProximityStorages", changes=False),
    Feature("power", "start, shutdown, stop and reboot are denied", "/vms", ("VM.PowerMgmt",), "ProximityPower"),
    Feature("destroy", "a hard delete is denied", "/vms", ("VM.Allocate",), "ProximityDestroy"),
    Feature("back up first", "a hard delete cannot back up first", "/vms", ("VM.Backup",), "ProximityBackup"),
    Feature("store backups", "a hard delete has no storage for a backup", "/storage", ("Datastore.AllocateSpace",),
            "ProximityStore"),
    Feature("create", "containers cannot be created", "/vms", ("VM.Allocate", *_CONFIG), "ProximityCreate"),
    Feature("clone", "containers cannot be cloned", "/vms", ("VM.Clone",), "ProximityClone"),
    Feature("change settings", "settings cannot be changed, nor disks grown", "/vms", _CONFIG, "ProximityChange"),
    Feature("snapshots", "snapshots cannot be taken, deleted or rolled back to", "/vms", ("VM.Snapshot",),
            "ProximitySnapshots"),
    Feature("migrate", "containers cannot be moved to another node", "/vms", ("VM.Migrate",), "ProximityMigrate"),
    Feature("create volumes", "containers cannot be created, because no volume can be", "/storage",
            ("Datastore.AllocateSpace", "Datastore.Audit"), "ProximityVolumes"),
    Feature("use bridges", "a container cannot be created with a network", "/sdn/zones/localnetwork", ("SDN.Use",),
            "ProximityNetwork", since=8),
)  # fmt: skip
"""Everything that needs a privilege. Adoption, soft deletion, reconciliation and the janitor only look."""

SEE_BACKUPS = (
    Feature("see backups", "", "/storage", ("Datastore.AllocateSpace",), "ProximitySeeStore"),
    Feature("see backups", "", "/vms", ("VM.Backup",), "ProximitySeeBackups"),
)
"""Together they show the backups of every VMID; so does Datastore.Allocate on the storage, which may do more."""


def judge_privileges(
    cluster: str, token_id: str, held: Permissions, release: int | None, *, read_only: bool
) -> list[Finding]:
    """Return the findings about the privileges of the token. `release` is the major release of Proxmox VE, the newest
    where not known.
    """
    return list(_findings(cluster, token_id, held, release or NEWEST, read_only))


def missing(feature: Feature, held: Permissions) -> tuple[str, ...]:
    """Return the privileges of a feature that the token has nowhere where they count."""
    return tuple(one for one in feature.privileges if not _places(feature, one, held))


def remedy(feature: Feature, token_id: str, held: Permissions, *, everywhere: bool = False) -> tuple[str, ...]:
    """Return the lines that grant a token the missing privileges for a feature, to be run on any node.

    An entry on a deeper path replaces the inherited ones, so the role also carries the privileges that hold there now.
    Both user and token get it, because a privilege-separated token has only the privileges that both have. It is
    granted where the token may change something, or `everywhere`.
    """
    paths = (feature.place,) if everywhere else _where_to_grant(feature, held)
    return grant(feature.role, feature.privileges, paths, token_id, held, propagate=feature.deeper)


def _findings(cluster: str, token_id: str, held: Permissions, release: int, read_only: bool) -> Iterator[Finding]:
    if not any(held.values()):
        message = (
            f"{token_id} has no privileges: a privilege-separated token has only those that it and its user both have"
        )
        yield Finding(
            PRIVILEGES, cluster, Level.FAIL, message, ("grant privileges to the user and to the token; see below",)
        )
    if read_only:
        yield ok(PRIVILEGES, cluster, "read-only: the privileges to change something are not needed")
    for feature in FEATURES:
        if release < feature.since or (read_only and feature.changes):
            continue
        lacking = missing(feature, held)
        if lacking:
            level = Level.FAIL if feature.essential else Level.WARN
            where = ", ".join(_where_to_grant(feature, held))
            message = f"{feature.name}: {', '.join(lacking)} is missing on {where}: {feature.lost}"
            hint = (_FOR_SOME,) if feature.changes and where == "/vms" else ()
            yield Finding(PRIVILEGES, cluster, level, message, (*remedy(feature, token_id, held), *hint))
        else:
            yield ok(PRIVILEGES, cluster, f"{feature.name}: {', '.join(feature.privileges)} on {_where(feature, held)}")
    yield _backups_seen(cluster, token_id, held)


def _backups_seen(cluster: str, token_id: str, held: Permissions) -> Finding:
    """Return the finding about the visibility of backups: Proxmox lists those of a VMID only to users who may make or
    manage them, and answers with an empty list otherwise.
    """
    storages, guests = SEE_BACKUPS
    managed = {path for path in (storages.place, *held) if "Datastore.Allocate" in held_at(path, held)}
    listed = {path for path in managed if not {"Datastore.Audit", *storages.privileges}.isdisjoint(held_at(path, held))}
    if storages.place in listed:
        return ok(PRIVILEGES, cluster, f"see backups: Datastore.Allocate on {storages.place}")
    lacking = [one for one in SEE_BACKUPS if missing(one, held)]
    if lacking and not any(path.startswith("/storage/") for path in listed):
        named = " and ".join(f"{one.privileges[0]} on {one.place}" for one in lacking)
        message = f"see backups: {named} is missing: Proxmox lists backups only for users who may make them"
    elif not lacking and _places(guests, "VM.Backup", held) != (guests.place,):
        lacking = [guests]
        message = (
            f"see backups: VM.Backup on {_where(guests, held)}: that privilege is removed with a container, so an alert"
            " cannot list the backups of one that vanished"
        )
    else:
        places = sorted(listed) or [_where(storages, held)]
        return ok(PRIVILEGES, cluster, f"see backups: on {', '.join(places)}")
    advice = tuple(line for one in lacking for line in remedy(one, token_id, held, everywhere=True))
    return Finding(PRIVILEGES, cluster, Level.WARN, message, advice)


def _places(feature: Feature, privilege: str, held: Permissions) -> tuple[str, ...]:
    """Return the paths on which a privilege of a feature counts and holds; only the widest where it
    holds everywhere.
    """
    if privilege in held_at(feature.place, held):
        return (feature.place,)
    if not feature.deeper:
        return ()
    below = [path for path in held if path.startswith(f"{feature.place.rstrip('/')}/")]
    if feature.place == "/vms":
        below += [path for path in held if path.startswith("/pool/")]
    return tuple(sorted(path for path in below if privilege in held[path]))


def _where(feature: Feature, held: Permissions) -> str:
    places = sorted({path for one in feature.privileges for path in _places(feature, one, held)})
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    only = "" if feature.place in places else " only"
    return f"{', '.join(places[:3])}{more}{only}"


def _where_to_grant(feature: Feature, held: Permissions) -> tuple[str, ...]:
    """Return the pools in which the token may change something, if it was set up like that; else the place itself."""
    if feature.place != "/vms" or not feature.changes:
        return (feature.place,)
    changes = {one for other in FEATURES if other.place == "/vms" and other.changes for one in other.privileges}
    pools = tuple(sorted(path for path in held if path.startswith("/pool/") and held[path] & changes))
    everywhere = held_at("/vms", held) & changes
    return pools if pools and not everywhere else (feature.place,)
