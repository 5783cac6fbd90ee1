"""The check that Proxmox accepts the API token, and of its privileges: those that each feature needs, those that it
has, and the exact `pveum` lines for the missing ones.

Pure: permissions in, results out. What a feature needs is in `core/model/required_privileges.py`.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from proximity_tui.core.base.text import first_of
from proximity_tui.core.doctrine.observation.privileges import Permissions, grant, granted_at, granted_below
from proximity_tui.core.model.privilege import AclPath, Privilege
from proximity_tui.core.model.required_privileges import NEEDS, Need
from proximity_tui.doctor.check_result import CheckResult, ClusterFacts, Level, ok, unanswered

TOKEN = "token"

PRIVILEGES = "privileges"
NEWEST = 9

_FOR_SOME = "# for some guests only: /pool/NAME in place of /vms"


def judge_token(facts: ClusterFacts, *, read_only: bool) -> Iterator[CheckResult]:
    """Yield the results; nothing where no server could be contacted."""
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


SEE_BACKUPS = (
    Need("see backups", "", AclPath.STORAGES, (Privilege.STORAGE_SPACE,), "ProximitySeeStore"),
    Need("see backups", "", AclPath.GUESTS, (Privilege.VM_BACKUP,), "ProximitySeeBackups"),
)
"""Together they show the backups of every VMID; so does Datastore.Allocate on the storage, which may do more."""


def judge_privileges(
    cluster: str, token_id: str, granted: Permissions, release: int | None, *, read_only: bool
) -> list[CheckResult]:
    """Return the results about the privileges of the token. `release` is the major release of Proxmox VE, the newest
    where not known.
    """
    return list(_results(cluster, token_id, granted, release or NEWEST, read_only))


def missing(feature: Need, granted: Permissions) -> tuple[Privilege, ...]:
    """Return the privileges of a feature that the token has nowhere where they count. Where one of several is enough
    and it has none, that is the least of them.
    """
    lacking = tuple(one for one in feature.privileges if not _paths(feature, one, granted))
    if not feature.any_of:
        return lacking
    return lacking[:1] if lacking == feature.privileges else ()


def remedy(feature: Need, token_id: str, granted: Permissions, *, everywhere: bool = False) -> tuple[str, ...]:
    """Return the lines that grant a token the missing privileges for a feature, to be run on any node.

    An entry on a deeper path replaces the inherited ones, so the role also carries the privileges that hold there now.
    Both user and token get it, because a privilege-separated token has only the privileges that both have. It is
    granted where the token may change something, or `everywhere`.
    """
    paths = (feature.path,) if everywhere else _where_to_grant(feature, granted)
    wanted = feature.privileges[:1] if feature.any_of else feature.privileges
    return grant(feature.role, wanted, paths, token_id, granted, propagate=feature.deeper)


def _results(cluster: str, token_id: str, granted: Permissions, release: int, read_only: bool) -> Iterator[CheckResult]:
    if not any(granted.values()):
        message = (
            f"{token_id} has no privileges: a privilege-separated token has only those that it and its user both have"
        )
        yield CheckResult(
            PRIVILEGES, cluster, Level.FAIL, message, ("grant privileges to the user and to the token; see below",)
        )
    if read_only:
        yield ok(PRIVILEGES, cluster, "read-only: the privileges to change something are not needed")
    for feature in NEEDS:
        if release >= feature.since and not (read_only and feature.changes):
            yield _result(feature, cluster, token_id, granted)
    yield _backups_seen(cluster, token_id, granted)


def _result(feature: Need, cluster: str, token_id: str, granted: Permissions) -> CheckResult:
    lacking = missing(feature, granted)
    if not lacking:
        has = " or " if feature.any_of else ", "
        return ok(PRIVILEGES, cluster, f"{feature.name}: {has.join(feature.privileges)} on {_where(feature, granted)}")
    where = ", ".join(_where_to_grant(feature, granted))
    is_missing = f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing on {where}"
    message = f"{feature.name}: {is_missing}: {feature.lost}{_denied(feature)}"
    if not feature.advised:
        return ok(PRIVILEGES, cluster, f"{message}. It gives more than that: grant it only where you need it")
    level = Level.FAIL if feature.essential else Level.WARN
    hint = (_FOR_SOME,) if feature.changes and where == AclPath.GUESTS else ()
    return CheckResult(PRIVILEGES, cluster, level, message, (*remedy(feature, token_id, granted), *hint))


def _denied(feature: Need) -> str:
    said = "Denied" if feature.changes else "Shows less, or is refused"
    return f". {said}: {', '.join(feature.commands)}"


def _backups_seen(cluster: str, token_id: str, granted: Permissions) -> CheckResult:
    """Return the result about the visibility of backups: Proxmox lists those of a VMID only to users who may make or
    manage them, and answers with an empty list otherwise.
    """
    storages, guests = SEE_BACKUPS
    listed = _storages_listed(storages, granted)
    if storages.path in listed:
        return ok(PRIVILEGES, cluster, f"see backups: Datastore.Allocate on {storages.path}")
    lacking = [one for one in SEE_BACKUPS if missing(one, granted)]
    if lacking and not any(path.startswith("/storage/") for path in listed):
        named = " and ".join(f"{one.privileges[0]} on {one.path}" for one in lacking)
        verb = "is" if len(lacking) == 1 else "are"
        message = f"see backups: {named} {verb} missing: Proxmox lists backups only for users who may make them"
    elif not lacking and _paths(guests, "VM.Backup", granted) != (guests.path,):
        lacking = [guests]
        message = (
            f"see backups: VM.Backup on {_where(guests, granted)}: that privilege is removed with a container, so an"
            " alert cannot list the backups of one that vanished"
        )
    else:
        paths = sorted(listed) or [_where(storages, granted)]
        return ok(PRIVILEGES, cluster, f"see backups: on {', '.join(paths)}")
    advice = tuple(line for one in lacking for line in remedy(one, token_id, granted, everywhere=True))
    return CheckResult(PRIVILEGES, cluster, Level.WARN, message, advice)


def _storages_listed(storages: Need, granted: Permissions) -> set[str]:
    """Return the paths of storages on which the token manages backups and may list them: whoever's they are."""
    held = {path: granted_at(path, granted) for path in granted}
    held[storages.path] = granted_below(storages.path, granted)
    to_list = {"Datastore.Audit", *storages.privileges}
    return {path for path, there in held.items() if "Datastore.Allocate" in there and not to_list.isdisjoint(there)}


def _paths(feature: Need, privilege: str, granted: Permissions) -> tuple[str, ...]:
    """Return the paths on which a privilege of a feature counts and holds; only the widest where it
    holds everywhere.
    """
    if privilege in (granted_below if feature.deeper else granted_at)(feature.path, granted):
        return (feature.path,)
    if not feature.deeper:
        return ()
    below = [path for path in granted if path.startswith(f"{feature.path.rstrip('/')}/")]
    if feature.path is AclPath.GUESTS:
        below += [path for path in granted if path.startswith("/pool/")]
    return tuple(sorted(path for path in below if privilege in granted[path]))


def _where(feature: Need, granted: Permissions) -> str:
    paths = sorted({path for one in feature.privileges for path in _paths(feature, one, granted)})
    only = "" if feature.path in paths else " only"
    return f"{first_of(paths, 3)}{only}"


def _where_to_grant(feature: Need, granted: Permissions) -> tuple[str, ...]:
    """Return the pools in which the token may change something, if it was set up like that, else the feature's path."""
    if feature.path is not AclPath.GUESTS or not feature.changes:
        return (feature.path,)
    changes = {one for other in NEEDS if other.path is AclPath.GUESTS and other.changes for one in other.privileges}
    pools = tuple(sorted(path for path in granted if path.startswith("/pool/") and granted[path] & changes))
    everywhere = granted_below(AclPath.GUESTS, granted) & changes
    return pools if pools and not everywhere else (feature.path,)
